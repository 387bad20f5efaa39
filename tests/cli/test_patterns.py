"""`kintsugi pattern` and the patterns of `kb sync`, against a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import kintsugi
from tests.client.live import Live, live  # noqa: F401 - a fixture is found by name
from tests.server.cast import sqlite_template  # noqa: F401 - a fixture is found by name


@pytest.mark.long
def test_a_class_is_suggested_confirmed_and_told_to_a_base(
    live: Live,  # noqa: F811 - the fixture of that name
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("KINTSUGI_URL", live.url)
    monkeypatch.setenv("KINTSUGI_TOKEN", live.tokens["bob"])
    monkeypatch.chdir(tmp_path)
    kintsugi("incident", "declare", "The feature flag was off")
    suggested = kintsugi("pattern", "suggest", "INC-1")
    assert "configuration_change  suggested  feature flag in the title" in suggested.out
    said = kintsugi("pattern", "confirm", "INC-1", "configuration_change", "--json")
    assert [(one["key"], one["decision"]) for one in said.data["items"]] == [
        ("configuration_change", "confirmed")
    ]
    assert "confirmed by Bob" in kintsugi("pattern", "suggest", "INC-1").out
    refused = kintsugi("pattern", "refuse", "INC-1", "process_gap")
    assert "process_gap           refused by Bob" in refused.out
    listed = kintsugi("pattern", "list", "--days", "30")
    assert "configuration_change  Configuration change  1" in listed.out
    shown = kintsugi("pattern", "show", "configuration_change")
    assert "INC-1" in shown.out
    assert kintsugi("pattern", "show", "none").code == 2
    kintsugi("kb", "init", "kb")
    synced = kintsugi("kb", "sync", "kb")
    assert (synced.code, synced.out) == (0, "patterns/configuration-change.md  written\n")
    text = Path("kb/patterns/configuration-change.md").read_text()
    assert "| INC-1 The feature flag was off |" in text
    assert "(patterns/configuration-change.md)" in Path("kb/README.md").read_text()
    assert kintsugi("kb", "sync", "kb").out == ""
