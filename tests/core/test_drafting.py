"""A draft from an incident's record, which incidents ask for one, and what changed between two texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.incident import Entry, Incident
from kintsugi.core.incidents.milestones import Milestones
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.drafting import count_record, drafted, kept
from kintsugi.core.postmortems.required import draft_clock, reasons_required
from kintsugi.core.postmortems.revisions import (
    SECTIONS,
    Mark,
    changed_sections,
    diff_lines,
    overtaken,
)
from kintsugi.core.shared.severity import Severity
from tests.strategies import postmortems

BEGAN = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
INCIDENT = Incident(
    id="inc_1", number=7, reference="INC-7", title="Checkout is slow", status=IncidentStatus.RESOLVED,
    created_by="usr_a", created_at=BEGAN, updated_at=BEGAN, version=3, last_sequence=4,
    severity=Severity.SEV_2, services=("checkout",), impact="Half of the orders failed.",
    commander_id="usr_b",
    milestones=Milestones(impact_start=BEGAN, declared=BEGAN, resolved=BEGAN + timedelta(minutes=150)),
)  # fmt: skip
PEOPLE = {"usr_a": "alice@example.com", "usr_b": "bob@example.com"}


def entry(
    number: int, kind: EventKind, text: str, *, important: bool = False, by: str = "usr_a"
) -> Entry:
    at = BEGAN + timedelta(minutes=number)
    return Entry(f"evt_{number}", number, at, at, kind, text, by, by, important, "", {})


ENTRIES = (
    entry(1, EventKind.STATUS, "Declared as SEV-2", important=True),
    entry(2, EventKind.NOTE, "Looking at graphs"),
    entry(3, EventKind.MESSAGE, "Told support", by="usr_b"),
    entry(4, EventKind.ROLLBACK, "Rolled back v42", by="usr_b"),
)


def draft() -> tuple[Postmortem, tuple[object, ...]]:
    return drafted(
        INCIDENT, ENTRIES, zone=ZoneInfo("Europe/Zurich"), zone_name="Europe/Zurich", people=PEOPLE
    )


def test_a_draft_takes_what_the_record_says_and_nothing_else() -> None:
    postmortem, _ = draft()
    assert postmortem.title == "[checkout] Checkout is slow - Mar 29, 2026"
    assert (postmortem.severity, postmortem.commander) == (Severity.SEV_2, "bob@example.com")
    assert postmortem.milestones == INCIDENT.milestones
    assert (postmortem.root_cause, postmortem.trigger, postmortem.timeline) == ("", "", ())


def test_proposals_say_from_what_they_are_and_are_kept_once() -> None:
    postmortem, proposals = drafted(INCIDENT, ENTRIES, zone=UTC, zone_name="UTC", people=PEOPLE)
    told = {one.key: one.because for one in proposals}
    assert told["event:1"] == "entry 1 of the incident's timeline, marked important"
    assert told["event:4"] == "entry 4 of the incident's timeline, of the kind rollback"
    assert told["contributor:usr_a"] == "wrote 2 of the 4 entries of the timeline"
    assert "event:2" not in told
    for _ in range(2):
        for proposal in proposals:
            postmortem = kept(postmortem, proposal)
    assert [event.description for event in postmortem.timeline] == [
        "Declared as SEV-2", "Rolled back v42",
    ]  # fmt: skip
    assert postmortem.contributors == ("alice@example.com", "bob@example.com")
    assert len(postmortem.action_items) == 3


def test_the_record_is_counted_by_kind_and_not_by_words() -> None:
    counts = count_record((*ENTRIES, entry(5, EventKind.NOTE, "sent a message about the rollback")))
    assert counts.messages == 1
    assert counts.by_kind[EventKind.ROLLBACK] == 1


def test_an_incident_says_why_it_asks_for_a_postmortem() -> None:
    assert reasons_required(INCIDENT, rolled_back=True) == (
        "it is SEV-2",
        "it lasted 2 h 30 min, more than 1 h",
        "a change was rolled back",
    )
    noticed = replace(INCIDENT, detection=DetectionMethod.CUSTOMER, severity=Severity.SEV_4)
    assert "people noticed it before monitoring did" in reasons_required(noticed, rolled_back=False)
    lost = replace(INCIDENT, severity=Severity.SEV_4, impact_numbers=Impact(data_loss=True))
    assert reasons_required(lost, rolled_back=False)[-1] == "data was lost"
    assert reasons_required(replace(INCIDENT, is_drill=True), rolled_back=True) == ()


def test_the_clock_of_a_draft_runs_from_the_end_of_the_incident() -> None:
    clock = draft_clock(INCIDENT, BEGAN + timedelta(hours=30))
    assert clock is not None
    assert (clock.is_past_target, clock.is_past_limit) == (True, False)
    assert draft_clock(replace(INCIDENT, status=IncidentStatus.MONITORING), BEGAN) is None


@given(postmortems(), postmortems())
def test_every_section_that_differs_is_shown_and_no_other(
    before: Postmortem, after: Postmortem
) -> None:
    shown = [change.name for change in changed_sections(before, after)]
    assert shown == [name for name in SECTIONS if getattr(before, name) != getattr(after, name)]
    assert changed_sections(before, before) == ()


@given(
    st.lists(st.sampled_from("abcd"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12)
)
def test_a_diff_holds_both_texts(before: list[str], after: list[str]) -> None:
    lines = diff_lines(before, after)
    assert [one.text for one in lines if one.mark is not Mark.ADDED] == before
    assert [one.text for one in lines if one.mark is not Mark.REMOVED] == after


def test_only_sections_changed_since_they_were_read_are_overtaken() -> None:
    changed_at = {"summary": 4, "trigger": 2}
    assert overtaken(changed_at, ["summary", "trigger", "title"], 3) == ("summary",)
    assert overtaken(changed_at, ["trigger"], 2) == ()


def test_a_line_that_is_much_the_same_says_which_words_differ() -> None:
    went, came = diff_lines(["16 of 64 gateways fetch it late."], ["18 of 64 gateways fetch it."])
    assert [text for text, differs in went.pieces if differs] == ["16", " late"]
    assert [text for text, differs in came.pieces if differs] == ["18"]
    other, shorter, new = diff_lines(["One thing"], ["Another matter altogether", "More"])
    assert (other.pieces, shorter.pieces, new.pieces) == ((), (), ())


@given(st.lists(st.text("ab c.", max_size=9), max_size=4), st.lists(st.text("ab c."), max_size=4))
def test_the_pieces_of_a_line_are_its_text(before: list[str], after: list[str]) -> None:
    for line in diff_lines(before, after):
        assert "".join(text for text, _ in line.pieces) in ("", line.text)
