"""Workers that are killed, stopped and shared with: what was promised is done, and done once."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kintsugi.kernel import audit
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.clock import SystemClock
from kintsugi.kernel.database import Database
from kintsugi.kernel.unit_of_work import Works
from tests.server.cast import (  # noqa: F401 - fixtures are found by name
    cluster,
    database_url,
    postgres_giver,
    postgres_template,
    sqlite_giver,
    sqlite_template,
)

ROOT = Path(__file__).parents[2]
Started = subprocess.Popen[str]
Start = Callable[[str], Started]


@pytest.fixture
def works(database_url: str) -> Iterator[Works]:  # noqa: F811 - the fixture above
    database = Database(database_url)
    yield Works(database, SystemClock())
    database.close()


@pytest.fixture
def start(database_url: str) -> Iterator[Start]:  # noqa: F811 - the fixture above
    """Starts a worker with a name, in a process of its own; all are killed at the end."""
    started: list[Started] = []

    def start_one(name: str) -> Started:
        command = [sys.executable, "-m", "tests.journeys.worker_process", database_url, name]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert said(process) == "ready"
        return process

    yield start_one
    for process in started:
        process.kill()
        process.communicate()


def said(process: Started) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def ask(works: Works, count: int, seconds: float, kind: str = "note", first: int = 0) -> list[str]:
    with works.writing(SYSTEM) as work:
        due_at = work.now + timedelta(seconds=seconds)
        names = [f"{kind} {number}" for number in range(first, first + count)]
        for name in names:
            work.later(kind, {"what": name, "seconds": 1}, key=name, at=due_at)
    return names


def done(works: Works) -> Counter[str]:
    with works.reading(SYSTEM) as work:
        return Counter(entry.target for entry in audit.in_order(work.connection))


def until(is_so: Callable[[], bool]) -> None:
    gives_up = time.monotonic() + 180
    while not is_so():
        assert time.monotonic() < gives_up, "it did not come to that"
        time.sleep(0.1)


def test_another_worker_fires_the_timers_of_one_that_was_killed(works: Works, start: Start) -> None:
    first = start("first")
    names = ask(works, 50, seconds=6)
    time.sleep(1.5)  # while nothing is due: what it knows of them goes with it
    first.kill()
    start("second")
    until(lambda: len(done(works)) == len(names))
    assert done(works) == Counter(names)


def test_timers_that_are_due_while_a_worker_is_killed_are_each_done_once(
    works: Works, start: Start
) -> None:
    first = start("first")
    names = ask(works, 50, seconds=0)
    until(lambda: len(done(works)) > 0)
    first.kill()
    start("second")
    until(lambda: len(done(works)) == len(names))
    assert done(works) == Counter(names)


def test_a_job_whose_worker_is_killed_in_the_middle_is_done_once(
    works: Works, start: Start
) -> None:
    first = start("first")
    ask(works, 1, seconds=0, kind="slow")
    assert said(first) == "begun"
    first.kill()
    start("second")
    until(lambda: done(works) == Counter(["slow 0"]))


def test_a_worker_told_to_stop_finishes_its_job_first(works: Works, start: Start) -> None:
    first = start("first")
    ask(works, 1, seconds=0, kind="slow")
    assert said(first) == "begun"
    first.terminate()
    assert first.wait(60) == 0
    assert done(works) == Counter(["slow 0"])


def test_two_workers_share_the_work(works: Works, start: Start) -> None:
    start("first")
    start("second")
    names: list[str] = []

    def both_took_part() -> bool:
        """Asked again and again: which of the two is there first, and how soon the other, nobody knows."""
        names.extend(ask(works, 20, seconds=0, first=len(names)))
        until(lambda: len(done(works)) == len(names))
        with works.reading(SYSTEM) as work:
            return len({entry.detail for entry in audit.in_order(work.connection)}) == 2

    until(both_took_part)
    assert done(works) == Counter(names)
