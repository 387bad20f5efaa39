"""What intake knows and writes when it is not alone: other writers, a killed process, a database that refuses."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.alerts.event import AlertEvent, AlertState, Happening
from kintsugi.core.alerts.fingerprint import content_hash, fingerprint
from kintsugi.core.alerts.lifecycle import Known, Step, next_step
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.database import Database
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.alerts.service.delivery import Delivery, Message
from kintsugi.server.alerts.service.echoes import Echoes
from kintsugi.server.alerts.service.folding import is_repeat
from kintsugi.server.alerts.service.known import (
    KnownAlerts,
    counted,
    known_of,
    pending_of,
    record_of,
)
from kintsugi.server.alerts.service.new_ids import NewIds
from kintsugi.server.alerts.service.reading import read_again
from kintsugi.server.alerts.service.recording import Recording
from kintsugi.server.alerts.service.sources import make_source
from kintsugi.server.alerts.service.tally import Tally
from kintsugi.server.alerts.service.writer import Writer
from kintsugi.server.alerts.source import Source
from kintsugi.server.alerts.store.recording import recorder_for
from kintsugi.server.alerts.tables import alert_bodies, alert_events, alerts, waiting_bodies
from tests.core.alerts import strategies
from tests.server.alerts.intake import firing, full, locked, rows
from tests.server.cast import MovableClock
from tests.server.databases import hurry


def event(key: str = "a", **said: object) -> AlertEvent:
    told: dict[str, object] = {"happening": Happening.TRIGGER, "title": "slow", "key": key}
    return AlertEvent(**(told | said))  # type: ignore[arg-type] # fields of an event


@pytest.fixture
def source(works: Works) -> Source:
    with works.writing(SYSTEM) as work:
        return make_source(work, "Prometheus", "alertmanager-api")[0]


def recording(works: Works, known: KnownAlerts | None = None) -> Recording:
    """A writer's hands, without its thread: every step is the test's."""
    return Recording(
        recorder_for(works.database), works.clock, Tally(), lambda: None, Echoes(),
        known or KnownAlerts(),
    )  # fmt: skip


def told(by: Recording, source: Source, *events: AlertEvent) -> Delivery:
    """Deliver events in one body, and record them."""
    made = Delivery(source, "{}", b"[]", events)
    by.keep([made])
    by.record()
    assert not made.error
    return made


def states(works: Works) -> list[tuple[str, str, int]]:
    return [(row["key"], row["state"], row["events"]) for row in rows(works, alerts)]


def change_state(works: Works, state: str) -> None:
    """Somebody else acknowledges or ends every alert."""
    with works.writing(SYSTEM) as work:
        values = {"state": state, "resolved_at": work.now, "resolved_how": "person"}
        work.connection.execute(alerts.update().values(**values))


def test_a_repeat_after_a_person_ended_the_alert_opens_a_new_one(
    works: Works, source: Source, clock: MovableClock
) -> None:
    intake = recording(works)
    told(intake, source, event())
    told(intake, source, event())
    change_state(works, "resolved")
    clock.forward(minutes=1)
    told(intake, source, event())
    intake.finish()
    assert states(works) == [("a", "resolved", 2), ("a", "firing", 1)]


def test_a_repeat_of_an_alert_that_a_person_took_leaves_it_taken(
    works: Works, source: Source
) -> None:
    intake = recording(works)
    told(intake, source, event())
    change_state(works, "acknowledged")
    told(intake, source, event())
    told(intake, source, event(happening=Happening.ACKNOWLEDGE))
    intake.finish()
    assert states(works) == [("a", "acknowledged", 3)]
    assert [row["kind"] for row in rows(works, alert_events)] == ["triggered"]


def test_an_alert_that_was_forgotten_is_opened_anew(works: Works, source: Source) -> None:
    intake = recording(works)
    told(intake, source, event())
    with works.writing(SYSTEM) as work:
        work.connection.execute(alert_events.delete())
        work.connection.execute(alerts.delete())
    told(intake, source, event())
    assert states(works) == [("a", "firing", 1)]


def test_two_writers_on_one_database_know_of_each_other(
    works: Works, source: Source, clock: MovableClock, database_url: str
) -> None:
    other = Works(Database(database_url), clock)
    hurry(other.database)
    one, two = recording(works), recording(other)
    told(one, source, event("a"), event("b"))
    told(two, source, event("a"), event("b", title="very slow"))
    told(one, source, event("b", title="very slow"), event("a", happening=Happening.RESOLVE))
    clock.forward(minutes=1)
    told(two, source, event("a"))
    told(one, source, event("a"))
    one.finish()
    two.finish()
    other.database.close()
    assert states(works) == [("a", "resolved", 3), ("b", "firing", 3), ("a", "firing", 2)]


@dataclass
class Told:
    """Whom a writer has told, until all have been."""

    wanted: int
    count: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    done: threading.Event = field(default_factory=threading.Event)

    def __call__(self, batch: Sequence[Delivery]) -> None:
        self.count += len(batch)
        self.errors.update(one.error for one in batch)
        if self.count >= self.wanted:
            self.done.set()


def test_two_writers_told_of_the_same_alerts_at_once_make_one_of_each(
    works: Works, source: Source, clock: MovableClock, database_url: str
) -> None:
    other = Works(Database(database_url), clock)
    hurry(other.database)
    pairs = [(each, Told(60)) for each in (works, other)]
    writers = [Writer(each, heard) for each, heard in pairs]

    def send(writer: Writer) -> None:
        for number in range(60):
            told = [firing(f"{(number + step) % 40}") for step in range(5)]
            writer.take(read_again(Delivery(source, "{}", json.dumps(told).encode())))

    threads = [threading.Thread(target=send, args=(writer,)) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _, heard in pairs:
        assert heard.done.wait(120)
        assert set(heard.errors) == {""}
    assert all(writer.stop() for writer in writers)
    other.database.close()
    found = rows(works, alerts)
    assert Counter(row["title"] for row in found) == {f"{n} is slow": 1 for n in range(40)}
    assert sum(row["events"] for row in found) == 600
    assert rows(works, waiting_bodies) == []


def test_what_was_kept_and_not_recorded_is_recorded_by_the_next_process_once(
    works: Works, source: Source
) -> None:
    body = b'[{"labels": {"alertname": "Disk", "instance": "db-1"}}]'
    killed = recording(works)
    killed.keep([Delivery(source, "{}", body, [event("from the body")])])
    assert (states(works), len(rows(works, waiting_bodies))) == ([], 1)
    following = Writer(works, lambda _batch: None)
    following._recover_at = float("-inf")  # noqa: SLF001 - on PostgreSQL it waits for others first
    with works.writing(SYSTEM) as work:
        if not works.database.is_sqlite:
            _grow_old(work.connection)
    following.start()
    assert following.stop()
    (alert,) = rows(works, alerts)
    assert (alert["title"], alert["state"]) == ("Disk on db-1", "firing")
    killed.record()
    assert len(rows(works, alerts)) == 1, "whoever took the body off the list has recorded it"
    assert rows(works, waiting_bodies) == []


def _grow_old(connection: sa.Connection) -> None:
    """Bodies of a minute ago."""
    old = f"bod_{0:032x}"
    connection.execute(alert_bodies.update().values(id=old))
    connection.execute(waiting_bodies.update().values(body_id=old))


def test_what_is_sent_again_before_it_is_recorded_is_not_kept_twice(
    works: Works, source: Source
) -> None:
    intake = recording(works)
    intake.keep([Delivery(source, "{}", b"[]", [event()]) for _ in range(3)])
    intake.keep([Delivery(source, "{}", b"[]", [event()]) for _ in range(3)])
    assert len(rows(works, alert_bodies)) == 1
    intake.finish()
    assert states(works) == [("a", "firing", 6)]


def test_a_resolve_and_the_next_trigger_are_kept_though_nothing_is_recorded_yet(
    works: Works, source: Source
) -> None:
    intake = recording(works)
    for happening in (Happening.TRIGGER, Happening.RESOLVE, Happening.TRIGGER):
        intake.keep([Delivery(source, "{}", b"[]", [event(happening=happening)])])
    assert len(rows(works, alert_bodies)) == 3
    intake.finish()
    assert [state for _, state, _ in states(works)] == ["resolved", "firing"]


def test_one_body_that_cannot_be_stored_becomes_a_dead_letter_and_takes_none_along(
    works: Works, source: Source
) -> None:
    intake = recording(works)
    good, bad = (
        Delivery(source, "{}", b"[1]", [event()]),
        Delivery(source, "{}", b"[2]", [event("b")]),
    )
    bad.events = [event("b", title="half \ud800 a character")]
    last = Delivery(source, "{}", b"[3]", [event("c")])
    intake.keep([good, bad, last])
    intake.record()
    assert [key for key, _, _ in states(works)] == ["a", "c"]
    letters = [row for row in rows(works, alert_bodies) if row["state"] == "dead"]
    assert [(row["body"], row["problem"]) for row in letters] == [
        (b"[2]", "it holds what cannot be stored")
    ]
    assert rows(works, waiting_bodies) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_kept_is_recorded_once_the_database_can_again(
    works: Works, source: Source
) -> None:
    kept = recording(works)
    kept.keep([Delivery(source, "{}", b"[]", [event("before")])])
    kept.rest()
    with locked(works):
        assert not kept.record()
        assert kept.seconds_left
    kept.finish()
    assert [key for key, _, _ in states(works)] == ["before"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("how", [locked, full])
def test_a_database_that_refuses_refuses_the_sender_and_loses_nothing(
    works: Works, source: Source, how: Callable[[Works], AbstractContextManager[None]]
) -> None:
    kept = recording(works)
    kept.keep([Delivery(source, "{}", b"[]", [event("before")])])
    kept.rest()
    refused = Delivery(source, "{}", b" " * 500_000, [event("meanwhile")])
    with how(works):
        kept.keep([refused])
        assert refused.error == "the database cannot write now"
        kept.rest()
    kept.finish()
    assert [key for key, _, _ in states(works)] == ["before"]


def test_what_a_writer_forgot_it_reads_again_and_counts_none_twice(
    works: Works, source: Source
) -> None:
    intake = recording(works, KnownAlerts(generation=3))
    many = [event(f"{number}") for number in range(12)]
    for _ in range(3):
        told(intake, source, *many)
    intake.finish()
    assert {events for _, _, events in states(works)} == {3}


def test_an_end_that_is_moved_on_is_written_with_the_repeats(
    works: Works, source: Source, clock: MovableClock
) -> None:
    intake = recording(works)
    told(intake, source, event(ends_at=clock.now() + timedelta(minutes=4)))
    clock.forward(minutes=1)
    later = clock.now() + timedelta(minutes=4)
    told(intake, source, event(ends_at=later))
    intake.finish()
    (alert,) = rows(works, alerts)
    assert (alert["ends_at"], alert["events"], alert["seen_at"]) == (later, 2, clock.now())


def test_a_writer_that_was_stopped_takes_nothing_more(works: Works, source: Source) -> None:
    heard = Told(1)
    writer = Writer(works, heard)
    assert writer.take(Delivery(source, "{}", b"[]", [event()]))
    assert writer.stop()
    assert heard.done.is_set()
    assert states(works) == [("a", "firing", 1)]
    assert not writer.take(Delivery(source, "{}", b"[]", [event()]))


@given(strategies.known, strategies.events(), st.booleans(), strategies.moments)
def test_what_intake_takes_for_a_repeat_is_one_to_the_rules(
    known: Known, told: AlertEvent, is_same: bool, now: datetime
) -> None:
    record = _record_of(known, content_hash(told) if is_same else "0" * 16)
    message = _message(told)
    if is_repeat(record, message, now):
        assert next_step(known_of(record), told, message.content_text, now) is Step.REPEAT


@given(strategies.known)
def test_what_is_known_comes_back_from_its_record(known: Known) -> None:
    record = _record_of(known, "0123456789abcdef")
    back = known_of(record)
    assert (back.state, back.starts_at, back.ends_at) == (
        known.state,
        known.starts_at,
        known.ends_at,
    )
    assert (back.severity, back.ending) == (known.severity, known.ending)
    assert (back.raised_at, back.resolved_at) == (known.raised_at, known.resolved_at)
    assert back.alert_id == "alr_" + "0" * 31 + "1"
    twice = counted(counted(record))
    pending = pending_of(twice)
    assert pending is not None
    assert (pending.events, pending.alert_id) == (2, back.alert_id)
    assert known_of(twice) == back


def _record_of(known: Known, content: str) -> bytes:
    return record_of(
        Known(
            "alr_" + "0" * 31 + "1", known.state, content, known.severity, known.starts_at,
            known.ends_at, known.raised_at, known.resolved_at, known.ending,
        ), 7,
    )  # fmt: skip


def _message(told: AlertEvent) -> Message:
    known_by, said = fingerprint("src_1", told.key), content_hash(told)
    return Message(bytes.fromhex(known_by), bytes.fromhex(said), told, known_by, said)


def test_ids_of_one_moment_and_of_later_ones_rise(clock: MovableClock) -> None:
    ids, made = NewIds(), list[str]()
    for step in (0.0, 0.5, 60.0, -120.0):
        clock.forward(seconds=step)
        ids.begin(clock.now())
        made += [ids.text("bod") for _ in range(100)]
    assert made == sorted(made)
    assert len(set(made)) == 400
    assert {text[16] for text in made} == {"7"}


def test_memory_of_alerts_is_bounded() -> None:
    alerts_known = KnownAlerts(generation=100)
    record = record_of(
        Known("alr_" + "0" * 32, AlertState.FIRING, "0" * 16, None, None, None, strategies.NOON),
        0,
    )
    for number in range(10_000):
        alerts_known.put(number.to_bytes(16), counted(record))
    assert len(alerts_known) <= 200
    assert len(alerts_known.left) + len(alerts_known) == 10_000, (
        "what is counted is never forgotten"
    )
