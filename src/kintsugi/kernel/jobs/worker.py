"""A worker: hands due jobs over to the engine, says that it lives, and looks after workers that no longer do."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.ids import new_id
from kintsugi.kernel.jobs import presence, rows
from kintsugi.kernel.jobs.delivery import Delivery
from kintsugi.kernel.jobs.engine import Engine
from kintsugi.kernel.jobs.presence import LeaseLost
from kintsugi.kernel.jobs.registry import Jobs, Payload
from kintsugi.kernel.observability import log
from kintsugi.kernel.outbox import put
from kintsugi.kernel.unit_of_work import Works

PURGE = "jobs.purge"
"""The kind of the worker's own job: it forgets what is over."""
KEPT = timedelta(days=30)
ENGINE_KEEPS = timedelta(days=1)
RECOVERY = "recovery"
STOPS_WITHIN = 30.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a worker looks, and how long it may be silent before others take over."""

    tick: timedelta = timedelta(milliseconds=500)
    beat: timedelta = timedelta(seconds=5)
    lease: timedelta = timedelta(seconds=30)
    forgotten: timedelta = timedelta(hours=2)
    grace: timedelta = timedelta(seconds=10)


class Worker:
    """One worker. `run` returns when `stop` was called, and what was in flight has come to its end."""

    def __init__(self, works: Works, jobs: Jobs, pace: Pace = Pace()) -> None:
        self.id = new_id("wrk", works.clock.now())
        self._works = works
        self._pace = pace
        self._jobs = replace(jobs, steps={**jobs.steps, PURGE: self._purge})
        self._delivery = Delivery(works, self._jobs)
        self._engine: Engine | None = None
        self._stopping = threading.Event()
        self._renewed = 0.0
        self._written: dict[str, datetime] = {}
        self.left_in_flight = False

    def stop(self) -> None:
        """Ask it to end. Safe from a signal handler."""
        self._stopping.set()

    def run(self) -> None:
        """Work. Raises LeaseLost when others have taken over, since it could not say that it lives."""
        self._enter()
        tick = self._pace.tick.total_seconds()
        engine = Engine(self._works.database, self.id, self._delivery.deliver, tick)
        self._engine = engine
        log.info("worker begins", worker=self.id)
        try:
            self._enter()  # once more: on a slow machine the engine took longer than a lease
            self._beat(engine)
            while not self._stopping.wait(tick):
                self._turn(engine)
        finally:
            ended = self._delivery.close(self._pace.grace.total_seconds())
            self.left_in_flight = not ended
            engine.stop()
        with self._works.writing(SYSTEM) as work:
            presence.leave(work.connection, work.now, self.id)
        log.info("worker ends", worker=self.id)

    def _enter(self) -> None:
        with self._works.writing(SYSTEM) as work:
            presence.enter(work.connection, work.now, self.id, socket.gethostname())
        self._renewed = time.monotonic()

    def _turn(self, engine: Engine) -> None:
        silent = time.monotonic() - self._renewed
        try:
            if silent >= self._pace.beat.total_seconds():
                self._beat(engine)
            self._hand_over(engine)
        except LeaseLost:
            raise
        except Exception as error:
            if silent >= self._pace.lease.total_seconds():
                raise LeaseLost from error
            log.exception("worker stumbles", worker=self.id)

    def _beat(self, engine: Engine) -> None:
        with self._works.writing(SYSTEM) as work:
            presence.renew(work.connection, work.now, self.id)
            leads = presence.take_lease(
                work.connection, work.now, RECOVERY, self.id, self._pace.lease
            )
            self._write_nightly(work.connection, work.now)
        self._renewed = time.monotonic()
        if leads:
            self._look_after_the_gone(engine)

    def _write_nightly(self, connection: sa.Connection, now: datetime) -> None:
        for nightly in self._jobs.nightly:
            due_at = nightly.next_after(now)
            if self._written.get(nightly.kind) != due_at:
                put(
                    connection,
                    now,
                    nightly.kind,
                    {},
                    due_at,
                    f"{nightly.kind} {due_at.isoformat()}",
                )
                self._written[nightly.kind] = due_at

    def _look_after_the_gone(self, engine: Engine) -> None:
        """Take over first and strike off then: who dies in between leaves it to be done again."""
        with self._works.reading(SYSTEM) as work:
            since = work.now - self._pace.lease
            # Not itself: a clock that leaps on after its beat makes it look silent, to it alone.
            gone = [one for one in presence.gone(work.connection, since) if one != self.id]
        for worker_id in gone:
            taken = engine.take_over(worker_id)
            with self._works.writing(SYSTEM) as work:
                presence.bury(work.connection, worker_id, since)
            log.info("worker is gone", gone=worker_id, taken_over=taken)

    def _hand_over(self, engine: Engine) -> None:
        with self._works.reading(SYSTEM) as work:
            if not rows.any_due(work.connection, work.now, work.now - self._pace.forgotten):
                return
        kinds = {*self._jobs.handlers, *self._jobs.steps}
        with self._works.writing(SYSTEM) as work:
            forgotten = work.now - self._pace.forgotten
            for job in rows.hand_over_due(work.connection, work.now, forgotten, kinds):
                engine.enqueue(work.connection, job.id, job.round + 1)

    def _purge(self, _key: str, _payload: Payload) -> None:
        with self._works.writing(SYSTEM) as work:
            ours = rows.purge(work.connection, work.now - KEPT)
            before = work.now - ENGINE_KEEPS
        theirs = self._engine.forget(before) if self._engine else 0
        log.info("jobs forgotten", jobs=ours, deliveries=theirs)


class InBackground:
    """A worker in a thread beside the web: when it fails the web goes on, and another is started."""

    def __init__(
        self,
        make: Callable[[], Worker],
        begins_after: timedelta = timedelta(seconds=1),
        again_after: timedelta = timedelta(seconds=10),
    ) -> None:
        self._make = make
        self._begins_after = begins_after.total_seconds()
        self._again_after = again_after.total_seconds()
        self._stopping = threading.Event()
        self._worker: Worker | None = None
        self._thread = threading.Thread(target=self._keep_working, name="worker", daemon=True)

    def start(self) -> None:
        """Start, a moment later: loading the engine must not keep the first pages waiting."""
        self._thread.start()

    def stop(self) -> bool:
        """Stop, when what is in flight has come to its end; whether it has."""
        self._stopping.set()
        if self._worker is not None:
            self._worker.stop()
        if self._thread.is_alive():
            self._thread.join(STOPS_WITHIN)
        return not self._thread.is_alive() and not (self._worker and self._worker.left_in_flight)

    def _keep_working(self) -> None:
        pause = self._begins_after
        while not self._stopping.wait(pause):
            self._worker = self._make()
            if self._stopping.is_set():  # it was told to stop before there was a worker to tell
                return
            try:
                self._worker.run()
            except Exception:  # noqa: BLE001 - the edge of the worker
                log.exception("worker failed")
            pause = self._again_after
