"""The blame lint on published postmortems; in `make soak`, where LINT_CORPUS names a folder of them."""

import os
from pathlib import Path

import pytest

from tests.soak.lint_corpus import figures

FOLDER = os.environ.get("LINT_CORPUS", "")


@pytest.mark.soak
@pytest.mark.skipif(not FOLDER, reason="LINT_CORPUS names no folder")
def test_at_most_two_findings_in_10_000_words_are_wrong_and_none_is_unjudged() -> None:
    told = figures(Path(FOLDER))
    assert told.unjudged == []
    assert told.wrong <= 2
