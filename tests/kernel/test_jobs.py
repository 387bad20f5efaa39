"""Work done later, by a real worker on SQLite and on PostgreSQL; the clock is the test's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from kintsugi.kernel import audit, jobs
from kintsugi.kernel.auth import SYSTEM, NotFound
from kintsugi.kernel.jobs import Jobs, Nightly, Pace, Patience, StepFailed, Worker
from kintsugi.kernel.jobs.presence import workers
from kintsugi.kernel.unit_of_work import UnitOfWork, Works
from tests.server.cast import MovableClock

QUICK = Pace(tick=timedelta(milliseconds=20), beat=timedelta(milliseconds=100))
IMPATIENT = Patience(tries=3, first=timedelta(0))
NOTE = "note"
PATIENCE = 120.0
"""Seconds after which what is waited for does not come: a worker's engine alone takes seconds to start."""


def write_note(work: UnitOfWork, payload: jobs.Payload) -> None:
    work.audit("test.note", payload["what"])


def notes(works: Works) -> list[str]:
    with works.reading(SYSTEM) as work:
        return [entry.target for entry in audit.in_order(work.connection)]


def ask(works: Works, what: str, kind: str = NOTE, **after: float) -> None:
    with works.writing(SYSTEM) as work:
        due_at = work.now + timedelta(**after)
        assert work.later(kind, {"what": what}, key=what, at=due_at)


def until(is_so: Callable[[], bool]) -> None:
    gives_up = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < gives_up, "it did not come to that"
        time.sleep(0.02)


def parked(works: Works) -> list[tuple[str, str]]:
    with works.reading(SYSTEM) as work:
        return [(job.key, job.error) for job in jobs.overview(work.connection).parked]


@contextmanager
def working(works: Works, registered: Jobs | None = None) -> Iterator[Worker]:
    """A worker in a thread of this process."""
    worker = Worker(works, registered or Jobs({NOTE: write_note}), QUICK)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join()


@pytest.mark.long
def test_a_job_is_done_when_it_is_due_and_not_before(works: Works, clock: MovableClock) -> None:
    ask(works, "in an hour", hours=1)
    with working(works):
        ask(works, "at once")
        until(lambda: notes(works) == ["at once"])
        clock.forward(minutes=59)
        ask(works, "then")
        until(lambda: len(notes(works)) == 2)
        clock.forward(minutes=1)
        until(lambda: notes(works) == ["at once", "then", "in an hour"])


@pytest.mark.both_databases
@pytest.mark.long
def test_what_was_rolled_back_or_taken_back_is_never_done(works: Works) -> None:
    def ask_and_fail() -> None:
        with works.writing(SYSTEM) as work:
            work.later(NOTE, {"what": "rolled back"}, key="rolled back")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask_and_fail()
    ask(works, "taken back")
    with works.writing(SYSTEM) as work:
        assert work.cancel_later("taken back")
        assert not work.cancel_later("taken back")
    ask(works, "wanted")
    with working(works):
        until(lambda: notes(works) == ["wanted"])
        with works.writing(SYSTEM) as work:
            assert not work.cancel_later("wanted"), "what is done cannot be taken back"


@pytest.mark.both_databases
@pytest.mark.long
def test_the_same_wish_twice_is_one_and_a_key_taken_back_is_free(works: Works) -> None:
    ask(works, "a")
    with works.writing(SYSTEM) as work:
        assert not work.later(NOTE, {"what": "b"}, key="a")
        assert work.cancel_later("a")
        assert work.later(NOTE, {"what": "c"}, key="a")
    with working(works):
        until(lambda: notes(works) == ["c"])


@pytest.mark.long
def test_a_handler_that_fails_is_tried_again_and_has_one_effect(works: Works) -> None:
    failures = iter([True, True, False])

    def stumble(work: UnitOfWork, payload: jobs.Payload) -> None:
        work.audit("test.note", payload["what"])
        if next(failures):
            raise ConnectionResetError

    with working(works, Jobs({NOTE: stumble}, patience=IMPATIENT)):
        ask(works, "once")
        until(lambda: notes(works) == ["once"])


@pytest.mark.long
def test_a_job_that_fails_for_good_is_parked_and_can_be_done_again(works: Works) -> None:
    outside: list[str] = []
    is_mended = threading.Event()

    def private(_work: UnitOfWork, _payload: jobs.Payload) -> None:
        raise ValueError("what somebody wrote in a private incident")

    def call(key: str, payload: jobs.Payload) -> None:
        outside.append(key)
        if not is_mended.is_set():
            raise StepFailed("the address is gone", permanent=payload["what"] == "gone")

    heard: list[tuple[str, str]] = []

    def hear(_work: UnitOfWork, payload: jobs.Payload, why: str) -> None:
        heard.append((payload["what"], why))

    steps, told = {"call": call}, {"call": hear}
    registered = Jobs({"private": private}, steps, parked=told, patience=IMPATIENT)
    with working(works, registered):
        ask(works, "secret", "private")
        ask(works, "gone", "call")
        ask(works, "away", "call")
        until(lambda: len(parked(works)) == 3)
        assert sorted(parked(works)) == [
            ("away", "StepFailed: the address is gone"),
            ("gone", "StepFailed: the address is gone"),
            ("secret", "ValueError"),
        ]
        assert sorted(outside) == ["away", "away", "away", "gone"]
        assert sorted(heard) == [
            (key, "StepFailed: the address is gone") for key in ("away", "gone")
        ]
        is_mended.set()
        with works.writing(SYSTEM) as work:
            for job in jobs.overview(work.connection).parked:
                if job.kind == "call":
                    jobs.do_again(work, job.id)
            with pytest.raises(NotFound):
                jobs.do_again(work, "job_none")
        until(lambda: [key for key, _ in parked(works)] == ["secret"])


@pytest.mark.long
def test_a_nightly_job_comes_each_night_and_one_missed_is_made_up_for_once(
    works: Works, clock: MovableClock
) -> None:
    def night(work: UnitOfWork, _payload: jobs.Payload) -> None:
        work.audit("test.night", f"{work.now:%d %H:%M}")

    registered = Jobs({"night": night}, nightly=(Nightly("night", "15 3 * * *"),))
    with working(works, registered):
        until(lambda: waiting(works) == 1)
        clock.forward(hours=18, minutes=14)
        ask_nothing_yet = notes(works)
        clock.forward(minutes=2)
        until(lambda: notes(works) == ["03 03:16"])
        until(lambda: waiting(works) == 1)
    assert ask_nothing_yet == []
    clock.forward(days=4)
    with working(works, registered):
        until(lambda: notes(works) == ["03 03:16", "07 03:16"])


def waiting(works: Works) -> int:
    with works.reading(SYSTEM) as work:
        return jobs.overview(work.connection).counts[jobs.State.WAITING]


@pytest.mark.long
def test_a_stop_finishes_what_is_in_flight_and_begins_nothing_more(works: Works) -> None:
    has_begun, may_end = threading.Event(), threading.Event()

    def slow(key: str, _payload: jobs.Payload) -> None:
        has_begun.set()
        may_end.wait(PATIENCE)
        with works.writing(SYSTEM) as work:
            work.audit("test.note", key)

    with working(works, Jobs(steps={"slow": slow})) as worker:
        ask(works, "slow", "slow")
        assert has_begun.wait(PATIENCE)
        worker.stop()
        ask(works, "too late", "slow")
        threading.Timer(0.3, may_end.set).start()
    assert notes(works) == ["slow"]
    assert waiting(works) == 1


@pytest.mark.long
def test_a_worker_that_was_struck_off_ends(works: Works) -> None:
    worker = Worker(works, Jobs({NOTE: write_note}), QUICK)

    has_ended = threading.Event()

    def strike_off() -> None:
        # Again and again: while it begins, a worker enters itself twice.
        until(lambda: is_seen(works))
        while not has_ended.wait(0.05):
            with works.writing(SYSTEM) as work:
                work.connection.execute(workers.delete())

    striker = threading.Thread(target=strike_off)
    striker.start()
    try:
        with pytest.raises(jobs.LeaseLost):
            worker.run()
    finally:
        has_ended.set()
        striker.join()


def is_seen(works: Works) -> bool:
    with works.reading(SYSTEM) as work:
        return jobs.overview(work.connection).is_worked(work.now)


@pytest.mark.both_databases
@pytest.mark.long
def test_what_a_dead_worker_had_begun_is_taken_over(works: Works, clock: MovableClock) -> None:
    """The dead one is played by rows: it had claimed a delivery and was seen a minute ago."""
    ask(works, "left behind")
    with works.writing(SYSTEM) as work:
        row = {"id": "wrk_dead", "host": "h", "started_at": work.now, "seen_at": work.now}
        work.connection.execute(workers.insert().values(row))
    never = threading.Event()

    def hang(_work: UnitOfWork, _payload: jobs.Payload) -> None:
        never.set()
        raise SystemExit

    with working(works, Jobs({NOTE: hang})):
        assert never.wait(PATIENCE)
    schema = "" if works.database.is_sqlite else "dbos."
    with works.writing(SYSTEM) as work:
        claimed = f"UPDATE {schema}workflow_status SET status = 'PENDING', executor_id = 'wrk_dead'"  # noqa: S608
        work.connection.execute(sa.text(claimed))
    clock.forward(minutes=1)
    with working(works):
        until(lambda: notes(works) == ["left behind"])
        with works.reading(SYSTEM) as work:
            assert "wrk_dead" not in work.connection.scalars(sa.select(workers.c.id)).all()
