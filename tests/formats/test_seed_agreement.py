"""Three hundred records that the generator seed's own code scored: we must give the same answers.

`seed_records.json` holds each record in the seed's own shape beside what its code made of it. The
records stand at and around each threshold; durations are whole minutes or halves, because the seed
writes 45.0 where we write 45.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kintsugi.core.incidents.severity_score import seed_score, severity_score
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.quality import assess_basic, missing_fields, seed_quality
from kintsugi.core.postmortems.seed_sections import SEED_SECTIONS
from kintsugi.formats.codec import decode
from kintsugi.formats.reading import Reading
from kintsugi.formats.seed_json import seed_data

RECORDS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "fixtures/seed_records.json").read_text("utf-8")
)


@pytest.fixture(scope="module")
def read() -> list[tuple[Postmortem, dict[str, Any]]]:
    return [(decode(Postmortem, each["record"], Reading()), each) for each in RECORDS]


Read = list[tuple[Postmortem, dict[str, Any]]]


def test_the_records_are_many_and_reach_both_ends() -> None:
    assert len(RECORDS) == 300
    assert {0, 100} <= {each["severity_score"] for each in RECORDS}
    assert 100 in {each["quality_score"] for each in RECORDS}
    assert len({tuple(each["missing"]) for each in RECORDS}) > 30


def test_nothing_of_a_record_is_left_unread() -> None:
    for each in RECORDS:
        reading = Reading()
        decode(Postmortem, each["record"], reading)
        assert (reading.unknown, reading.notes) == ([], [])


def test_severity_scores_agree(read: Read) -> None:
    for postmortem, seed in read:
        assert seed_score(postmortem.impact) == seed["severity_score"]
        assert severity_score(postmortem.impact).value == seed["severity_score"]


def test_completeness_agrees(read: Read) -> None:
    for postmortem, seed in read:
        assert assess_basic(postmortem).value == seed["quality_score"]
        assert seed_quality(postmortem) == seed["quality_score"]


def test_missing_fields_agree_in_name_and_order(read: Read) -> None:
    for postmortem, seed in read:
        assert list(missing_fields(postmortem)) == seed["missing"]


@pytest.mark.parametrize("name", SEED_SECTIONS.names)
def test_section_texts_agree(read: Read, name: str) -> None:
    section = SEED_SECTIONS.get(name)
    assert section is not None
    for postmortem, seed in read:
        assert section.build(postmortem) == seed["document"]["sections"][name]


def test_the_whole_document_agrees_in_keys_order_and_values(read: Read) -> None:
    for postmortem, seed in read:
        assert json.dumps(seed_data(postmortem)) == json.dumps(seed["document"])
