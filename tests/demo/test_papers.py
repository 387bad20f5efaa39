"""The demo's postmortems as data: whole, with references that are there, and flawed only where that is meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from kintsugi.core.language.action_wording import is_verb_first
from kintsugi.core.language.wording import blamed_people, disguised_fixes
from kintsugi.core.postmortems.completeness import assess_full
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.revisions import SECTIONS
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.demo.company.moments import moment
from kintsugi.demo.company.papers import Deed, Paper, Reader, paper
from kintsugi.demo.company.story import TEMPLATE, company
from kintsugi.formats.markdown.templating import SHIPPED, parse_template
from kintsugi.formats.records import read_data
from tests.demo.test_stories import NOWS

COMPANY = company()
PAPERS = list(COMPANY.papers)
NAMES = [person.name for person in COMPANY.people.values()]
READER = Reader(
    moment=lambda _: "2026-11-21T12:00:00Z", day=lambda _: "2026-11-21",
    named=lambda kind, _: f"{kind.upper()}-1", addresses={}, names={},
)  # fmt: skip

BLAMES = {("yen-refunds", "root_cause"), ("old-scanners", "root_cause"), ("old-scanners", "A1")}
"""Where a sentence blames somebody, or asks people to be more careful: for the linter to find."""
TELLS_FIXES = {("sms-spain", "root_cause")}
VAGUE = {"limiter-key/A3", "blind-logs/A2", "sms-spain/A1"}
UNOWNED = {"limiter-key/A2", "old-scanners/A1"}


def by_key(one: Paper) -> str:
    return one.key


def written(one: Paper) -> Iterator[dict[str, Any]]:
    """Everything that is written into a postmortem, as plain data: its document, and the later changes."""
    yield dict(one.document)
    for turn in one.turns:
        yield dict(turn.sections)


def document(one: Paper) -> Postmortem:
    return read_data(READER.read(dict(one.document))).postmortem


def strings(value: Any) -> Iterator[str]:  # noqa: ANN401 - plain data
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)


def test_there_are_25_each_of_an_incident_of_the_year() -> None:
    assert len(PAPERS) == len({one.key for one in PAPERS}) == 25
    assert {one.key for one in PAPERS} < {story.key for story in COMPANY.stories}


def test_all_sorts_of_templates_and_scenarios_are_there() -> None:
    used = {one.template for one in PAPERS}
    assert used >= {"product", "standard", "sre", "executive", "report", TEMPLATE}
    assert used <= {*SHIPPED, TEMPLATE}
    assert parse_template(COMPANY.template, file=TEMPLATE).name == TEMPLATE
    assert len({one.scenario for one in PAPERS if one.scenario}) == 5


@pytest.mark.parametrize("one", PAPERS, ids=by_key)
def test_every_key_is_one_of_a_record(one: Paper) -> None:
    for data in written(one):
        assert set(data) <= set(SECTIONS)
        record = read_data(READER.read({"title": "A title"} | data))
        assert record.postmortem.extra == ()
        # What a comma in a flow mapping cuts off becomes a key without a value.
        assert [key for key in _keys(data) if " " in key] == []


def _keys(value: Any) -> Iterator[str]:  # noqa: ANN401 - plain data
    if isinstance(value, dict | list):
        if isinstance(value, dict):
            yield from value
        for each in value.values() if isinstance(value, dict) else value:
            yield from _keys(each)


@pytest.mark.parametrize("one", PAPERS, ids=by_key)
def test_it_is_drafted_first_and_its_turns_are_in_order(one: Paper) -> None:
    assert one.turns[0].deed is Deed.DRAFT
    lengths = [turn.after for turn in one.turns]
    assert lengths == sorted(lengths)
    assert lengths[0] > timedelta(0)


@pytest.mark.parametrize("one", PAPERS, ids=by_key)
def test_people_do_what_they_may(one: Paper) -> None:
    viewers = {key for key, person in COMPANY.people.items() if person.role.value == "viewer"}
    for turn in one.turns:
        assert turn.who in COMPANY.people
        assert turn.who not in viewers or turn.deed in (Deed.START, Deed.DONE)
        if turn.deed is Deed.APPROVE:
            assert turn.who != one.turns[0].who, turn


@pytest.mark.parametrize("now", NOWS, ids=lambda now: f"{now:%Y-%m-%d}")
def test_all_of_it_has_happened_whenever_now_is(now: datetime) -> None:
    declared = {story.key: moment(story.at, now) for story in COMPANY.stories}
    for one in PAPERS:
        assert declared[one.key] + one.turns[-1].after <= now, one.key


def test_what_blames_is_there_to_be_found_and_nowhere_else() -> None:
    found = set()
    for one in PAPERS:
        for data in written(one):
            for name, value in data.items():
                is_list = name == "action_items"
                parts = [(item["id"], item) for item in value] if is_list else [(name, value)]
                for where, part in parts:
                    is_cause = name in ("root_cause", "trigger", "contributing_factors")
                    if any(
                        blamed_people(text, people=NAMES, is_cause=is_cause)
                        for text in strings(part)
                    ):
                        found.add((one.key, where))
    assert found == BLAMES


def test_what_tells_a_fix_as_a_fact_is_there_to_be_found_and_nowhere_else() -> None:
    account = ("summary", "impact", "lead_up", "trigger", "root_cause", "resolution", "timeline")
    found = {
        (one.key, name)
        for one in PAPERS
        for data in written(one)
        for name in account
        if any(disguised_fixes(text) for text in strings(data.get(name)))
    }
    assert found == TELLS_FIXES


def test_no_comment_and_no_note_blames_anybody() -> None:
    said = [(one.key, turn.text) for one in PAPERS for turn in one.turns if turn.text]
    assert [each for each in said if blamed_people(each[1], people=NAMES)] == []
    assert [each for each in said if "!" in each[1]] == []


def test_actions_are_worded_as_we_ask_but_for_some() -> None:
    unowned, vague, weak = set(), set(), []
    for one in PAPERS:
        items = document(one).action_items
        assert len({item.id for item in items}) == len(items)
        for item in items:
            name = f"{one.key}/{item.id}"
            unowned |= {name} if not item.owner else set()
            vague |= {name} if item.description.startswith(("Improve", "Look into")) else set()
            weak += [] if is_verb_first(item.description) else [name]
            if item.ticket:
                assert item.ticket.startswith("https://tracker.example.com/")
    assert (unowned, vague, weak) == (UNOWNED, VAGUE, [])


def test_the_flaws_are_there_to_be_found() -> None:
    failing = {
        one.key: {x.id for x in assess_full(document(one)).results if x.outcome.name == "FAIL"}
        for one in PAPERS
    }
    assert {key for key, found in failing.items() if "2.number" in found} == {
        "blind-logs",
        "sms-spain",
    }
    assert "15.person" in failing["yen-refunds"] & failing["old-scanners"]
    assert "1.factors" in failing["old-scanners"]
    lucky = {key for key, found in failing.items() if "1.lucky" in found}
    assert lucky >= {"blind-logs", "boxes"}
    required = {x for found in failing.values() for x in found if x.startswith("1.")}
    required -= {"1.timeline"}  # most of a timeline comes from the incident's record
    good = [key for key, found in failing.items() if not found & required]
    assert len(good) >= 15


def test_a_sentence_that_names_nothing_of_ours_is_refused() -> None:
    with pytest.raises(InvalidValue):
        paper({"key": "a", "story": [{"soren publishes": None}]})
    with pytest.raises(InvalidValue):
        paper({"key": "a", "storey": []})
