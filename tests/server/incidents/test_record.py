"""The record of an incident, through its service."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.lifecycle import TransitionRefused
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.kernel import audit
from kintsugi.kernel.auth import NotFound, Role, Viewer
from kintsugi.kernel.http import Conflict, LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork, Works
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.events import (
    IncidentReopened,
    IncidentResolved,
    IncidentStatusChanged,
    SeverityChanged,
)
from tests.server.cast import MovableClock

pytestmark = pytest.mark.both_databases

ALICE = Viewer("usr_alice", "Alice", "alice@example.com", Role.ADMIN)
BOB = Viewer("usr_bob", "Bob", "bob@example.com", Role.RESPONDER)
CHARLIE = Viewer("usr_charlie", "Charlie", "charlie@example.com", Role.VIEWER)
INVESTIGATING, IDENTIFIED, MONITORING, RESOLVED, CLOSED = IncidentStatus


def declared(works: Works, title: str = "Checkout fails", **said: object) -> Incident:
    with works.writing(BOB) as work:
        return incidents.declare(work, incidents.Declaration(title, **said))  # type: ignore[arg-type]


def moved(works: Works, incident: Incident, *statuses: IncidentStatus) -> Incident:
    for status in statuses:
        with works.writing(BOB) as work:
            incident = incidents.change_status(work, incident, status, incident.version)
    return incident


def test_from_declared_to_closed_the_record_tells_the_story(
    works: Works, clock: MovableClock
) -> None:
    start = clock.now()
    incident = declared(works, severity=Severity.SEV_2)
    for status in (IDENTIFIED, MONITORING, RESOLVED, CLOSED):
        clock.forward(minutes=10)
        incident = moved(works, incident, status)
    assert (incident.status, incident.version, incident.last_sequence) == (CLOSED, 5, 5)
    milestones = incident.milestones
    assert milestones.declared == start
    assert milestones.mitigated == start + timedelta(minutes=20)
    assert milestones.resolved == start + timedelta(minutes=30)
    assert [(one.name, one.length) for one in incidents.time_between(incident)] == [
        ("Time to resolve", timedelta(minutes=30))
    ]
    with works.reading(CHARLIE) as work:
        assert incidents.summary_text(work, incident).splitlines() == [
            "09:00:00 ● Declared as SEV-2",
            "09:10:00 ● Investigating to identified",
            "09:20:00 ● Identified to monitoring",
            "09:30:00 ● Monitoring to resolved",
            "09:40:00 ● Resolved to closed",
        ]
        assert list(incidents.status_times(work, incident)) == list(IncidentStatus)
        assert audit.first_broken(work.connection) is None


def test_a_reopened_incident_takes_back_that_it_was_over(works: Works, clock: MovableClock) -> None:
    incident = moved(works, declared(works), MONITORING, RESOLVED)
    resolved_at = incident.milestones.resolved
    clock.forward(hours=2)
    incident = moved(works, incident, INVESTIGATING)
    assert (incident.milestones.mitigated, incident.milestones.resolved) == (None, None)
    with works.reading(BOB) as work:
        kept = {one.name: one.old for one in incidents.corrections(work, incident)}
        assert kept == {"mitigated": resolved_at, "resolved": resolved_at}
        assert incidents.timeline(work, incident)[-1].text == "Reopened, resolved to investigating"
    clock.forward(hours=1)
    assert moved(works, incident, RESOLVED).milestones.resolved == clock.now()


def test_what_a_rule_refuses_leaves_no_trace(works: Works) -> None:
    incident = declared(works)
    with pytest.raises(TransitionRefused, match="cannot go to closed"):
        moved(works, incident, CLOSED)
    with works.reading(BOB) as work:
        assert incidents.get(work, incident.id) == incident
        assert len(incidents.timeline(work, incident)) == 1


def test_of_many_changes_from_one_version_exactly_one_wins(works: Works) -> None:
    incident = declared(works)

    lost: list[object] = []

    def race(number: int) -> bool:
        try:
            with works.writing(BOB) as work:
                said = incidents.Changes(title=f"Title {number}")
                incidents.edit(work, incident, said, incident.version)
        except LostRace as error:
            lost.append(error.current)
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(race, range(8))) == 1
    assert len(lost) == 7
    assert all(isinstance(current, dict) and current["version"] == 2 for current in lost)
    with works.reading(BOB) as work:
        assert len(incidents.timeline(work, incident)) == 2


def test_a_note_makes_nobody_elses_change_too_late(works: Works) -> None:
    incident = declared(works)
    with works.writing(BOB) as work:
        incidents.add_note(work, incident, "Restarted a pod")
    assert moved(works, incident, IDENTIFIED).last_sequence == 3


def test_numbers_are_unique_and_without_holes_under_twenty_threads(works: Works) -> None:
    with ThreadPoolExecutor(20) as pool:
        made = list(pool.map(lambda number: declared(works, f"Number {number}"), range(40)))
    assert sorted(one.number for one in made) == list(range(1, 41))
    assert {one.reference for one in made} == {f"INC-{number}" for number in range(1, 41)}


def test_notes_of_twenty_threads_all_stand_in_their_own_place(works: Works) -> None:
    incident = declared(works)

    def note(number: int) -> None:
        with works.writing(BOB) as work:
            incidents.add_note(work, incident, f"Note {number}")

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(note, range(40)))
    with works.reading(BOB) as work:
        entries = incidents.timeline(work, incident)
    assert sorted(one.sequence for one in entries) == list(range(1, 42))


@pytest.mark.parametrize(
    "statement", ["UPDATE incident_events SET text = 'other'", "DELETE FROM incident_events"]
)
def test_the_timeline_is_append_only(works: Works, statement: str) -> None:
    declared(works)
    with pytest.raises(DBAPIError, match="append-only"), works.writing(BOB) as work:
        work.connection.execute(sa.text(statement))


def test_what_happened_earlier_stands_earlier(works: Works, clock: MovableClock) -> None:
    incident = declared(works)
    clock.forward(minutes=30)
    with works.writing(BOB) as work:
        incidents.add_note(work, incident, "Deployed 4.18.0", work.now - timedelta(hours=1))
        late = incidents.add_note(work, incident, "Errors rise", work.now - timedelta(minutes=45))
    assert late.recorded_at - late.happened_at == timedelta(minutes=45)
    with works.reading(BOB) as work:
        told = [entry.text for entry in incidents.timeline(work, incident)]
        since = [entry.text for entry in incidents.entries_since(work, incident, 2)]
    assert told == ["Deployed 4.18.0", "Errors rise", "Declared"]
    assert since == ["Errors rise"]


def test_nothing_happened_in_the_future(works: Works) -> None:
    incident = declared(works)
    with works.writing(BOB) as work, pytest.raises(InvalidValue) as refused:
        incidents.add_note(work, incident, "Soon", work.now + timedelta(hours=1))
    assert refused.value.field == "happenedAt"


def test_a_private_incident_is_not_there_for_a_stranger(works: Works) -> None:
    secret = declared(works, "Credentials leaked", is_private=True, external_id="sec-1")
    declared(works, "Checkout fails")
    for viewer in (ALICE, CHARLIE):
        with works.reading(viewer) as work:
            for name in (secret.id, secret.reference, "sec-1"):
                with pytest.raises(NotFound):
                    incidents.get(work, name)
            every = incidents.list_incidents(work, incidents.Wanted(), 10).items
            assert [one.title for one in every] == ["Checkout fails"]
            assert not incidents.list_incidents(work, incidents.Wanted(text="leaked"), 10).items
            assert incidents.counts(work, incidents.Wanted())[INVESTIGATING] == 1
    with works.writing(BOB) as work:
        assert incidents.grant_access(work, secret, ALICE.user_id, ALICE.name)
        assert not incidents.grant_access(work, secret, ALICE.user_id)
    with works.reading(ALICE) as work:
        assert incidents.get(work, secret.reference).title == "Credentials leaked"
        assert incidents.counts(work, incidents.Wanted())[INVESTIGATING] == 2


def test_a_taken_external_id_is_named_only_to_those_who_see_it(works: Works) -> None:
    declared(works, external_id="inc_123")
    declared(works, external_id="sec-1", is_private=True)

    def again(work: UnitOfWork, external_id: str) -> None:
        incidents.declare(work, incidents.Declaration("Again", external_id=external_id))

    with works.writing(ALICE) as work, pytest.raises(Conflict, match="INC-1 already has"):
        again(work, "inc_123")
    with (
        works.writing(ALICE) as work,
        pytest.raises(Conflict, match=r"^the externalId sec-1 is taken$"),
    ):
        again(work, "sec-1")
    with works.writing(ALICE) as work, pytest.raises(InvalidValue, match="externalId"):
        again(work, "INC-7")


def test_severity_keeps_its_history(works: Works) -> None:
    incident = declared(works, severity=Severity.SEV_3)
    for severity, reason in (
        (Severity.SEV_1, "62% fail"),
        (Severity.SEV_1, "same"),
        (Severity.SEV_2, ""),
    ):
        with works.writing(BOB) as work:
            incident = incidents.change_severity(work, incident, severity, incident.version, reason)
    with works.reading(BOB) as work:
        told = [entry.text for entry in incidents.severity_history(work, incident)]
    assert told == ["Declared as SEV-3", "SEV-3 to SEV-1: 62% fail", "SEV-1 to SEV-2"]


def test_a_corrected_milestone_changes_what_is_derived(works: Works) -> None:
    incident = moved(works, declared(works), RESOLVED)
    with works.writing(BOB) as work:
        before = work.now - timedelta(minutes=40)
        incident = incidents.correct_milestone(
            work, incident, "declared", before, "declared by phone", incident.version
        )
        assert incidents.time_between(incident)[-1].length == timedelta(minutes=40)
        assert [one.reason for one in incidents.corrections(work, incident)] == [
            "declared by phone"
        ]
        for name, at, reason in (
            ("declared", work.now, " "), ("finished", work.now, "x"), ("detected", work.now + timedelta(days=1), "x"),
        ):  # fmt: skip
            with pytest.raises(InvalidValue):
                incidents.correct_milestone(work, incident, name, at, reason, incident.version)


def test_an_edit_that_changes_nothing_writes_nothing(works: Works) -> None:
    incident = declared(works, services=("api", "API", "web"))
    assert incident.services == ("api", "web")
    with works.writing(BOB) as work:
        same = incidents.Changes(title=incident.title, services=("api", "web"))
        assert incidents.edit(work, incident, same, incident.version) == incident
        with pytest.raises(LostRace):
            incidents.edit(work, incident, same, incident.version - 1)


def test_news_travels_up_in_the_same_transaction(works: Works) -> None:
    told: list[object] = []

    def hear(_work: UnitOfWork, event: object) -> None:
        told.append(type(event))

    kinds = (IncidentStatusChanged, IncidentResolved, IncidentReopened, SeverityChanged)
    loud = Works(works.database, works.clock, dict.fromkeys(kinds, (hear,)))
    incident = moved(loud, declared(loud), RESOLVED, INVESTIGATING)
    with loud.writing(BOB) as work:
        incidents.change_severity(work, incident, Severity.SEV_1, incident.version, "worse")
    assert told == [
        IncidentStatusChanged, IncidentResolved, IncidentStatusChanged, IncidentReopened, SeverityChanged,
    ]  # fmt: skip


def test_pages_show_every_incident_once(works: Works) -> None:
    for number in range(23):
        declared(works, f"Number {number}", services=("api",) if number % 2 else ("web",))

    def every(wanted: incidents.Wanted) -> list[int]:
        seen: list[int] = []
        cursor = None
        with works.reading(CHARLIE) as work:
            while True:
                page = incidents.list_incidents(work, wanted, 5, cursor)
                seen += [one.number for one in page.items]
                cursor = page.next_cursor
                if cursor is None:
                    return seen

    assert every(incidents.Wanted()) == list(range(23, 0, -1))
    assert every(incidents.Wanted(service="API")) == list(range(22, 0, -2))
    assert every(incidents.Wanted(text="number 2")) == [23, 22, 21, 3]
    assert every(incidents.Wanted(text="%")) == []
    assert every(incidents.Wanted(statuses=(RESOLVED,))) == []


def test_pages_show_every_entry_once_in_both_directions(works: Works, clock: MovableClock) -> None:
    incident = declared(works)
    for number in range(11):
        clock.forward(minutes=number % 2)
        with works.writing(BOB) as work:
            incidents.add_note(work, incident, f"Note {number}")
    for is_backwards in (False, True):
        seen: list[str] = []
        cursor = None
        with works.reading(BOB) as work:
            every = [entry.text for entry in incidents.timeline(work, incident)]
            while True:
                page = incidents.timeline_page(work, incident, 4, cursor, is_backwards=is_backwards)
                seen += [entry.text for entry in page.items]
                cursor = page.next_cursor
                if cursor is None:
                    break
        assert seen == (every[::-1] if is_backwards else every)
