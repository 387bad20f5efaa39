"""Does one job: counts the attempt, runs its handler or step, and notes how it went."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import sqlalchemy as sa
import structlog

from kintsugi.core.shared.errors import DomainError
from kintsugi.core.shared.text import one_line, shortened
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.jobs import rows
from kintsugi.kernel.jobs.registry import Jobs, StepFailed
from kintsugi.kernel.observability import log
from kintsugi.kernel.outbox import Job
from kintsugi.kernel.unit_of_work import UnitOfWork, Works

Answer = TypeVar("Answer")
IN_THE_DATABASE = 4
"""Units of work that a worker has open at once, so that the pages beside it find a free connection."""


class TakenBack(Exception):
    """The job was cancelled, or given to somebody else, before its handler came to its end."""


class UnknownKind(Exception):
    """No handler and no step is registered for the kind; a newer version wrote it."""


class Delivery:
    """Delivers jobs, from as many threads as the engine has."""

    def __init__(self, works: Works, jobs: Jobs) -> None:
        self._works = works
        self._jobs = jobs
        self._room = threading.BoundedSemaphore(IN_THE_DATABASE)
        self._turn = threading.Condition()
        self._in_flight = 0
        self._is_closed = False

    def deliver(self, job_id: str, round_: int) -> None:
        """Do a job, if this round of it is still to be done.

        1. Count the attempt, in a transaction of its own: a job that kills its worker is counted too.
        2. Run the handler in a unit of work that also notes the job as done, or the step and then the note.
        3. When it fails, note why, and when it is tried again; or park it.
        """
        with self._counted() as is_open, structlog.contextvars.bound_contextvars(job=job_id):
            if not is_open:
                self._noted(lambda work: rows.put_back(work.connection, work.now, job_id, round_))
                return
            job = self._noted(lambda work: rows.begin(work.connection, work.now, job_id, round_))
            if job is None:
                return
            if job.attempts > self._jobs.patience.tries:
                self._failed(job, "it was begun again and again and never came to an end", True)
                return
            try:
                self._do(job)
            except TakenBack:
                log.info("job taken back", kind=job.kind)
            except Exception as error:  # noqa: BLE001 - the edge of the worker: any handler, any error
                log.exception("job failed", kind=job.kind, attempt=job.attempts)
                self._failed(job, _told(error), getattr(error, "permanent", False))

    def close(self, within_seconds: float) -> bool:
        """Begin nothing any more, and wait for what is in flight; whether all of it came to its end."""
        with self._turn:
            self._is_closed = True
            return self._turn.wait_for(lambda: self._in_flight == 0, within_seconds)

    @contextmanager
    def _counted(self) -> Iterator[bool]:
        with self._turn:
            self._in_flight += 1
            is_open = not self._is_closed
        try:
            yield is_open
        finally:
            with self._turn:
                self._in_flight -= 1
                self._turn.notify_all()

    def _do(self, job: Job) -> None:
        handler, step = self._jobs.handlers.get(job.kind), self._jobs.steps.get(job.kind)
        if handler is not None:
            with self._writing() as work:
                if not rows.hold(work.connection, job):
                    raise TakenBack
                handler(work, job.payload)
                if not rows.finish(work.connection, work.now, job):
                    raise TakenBack
        elif step is not None:
            step(job.key, job.payload)
            self._noted(lambda work: rows.finish(work.connection, work.now, job))
        else:
            raise UnknownKind(job.kind)

    def _failed(self, job: Job, why: str, is_final: bool) -> None:
        patience = self._jobs.patience

        def note(work: UnitOfWork) -> None:
            if is_final or job.attempts >= patience.tries:
                if rows.park(work.connection, work.now, job, why) and job.kind in self._jobs.parked:
                    self._jobs.parked[job.kind](work, job.payload, why)
                return
            due_at = work.now + patience.wait(job.attempts)
            rows.try_again(work.connection, work.now, job, due_at, why)

        self._noted(note)

    def _noted(self, write: Callable[[UnitOfWork], Answer]) -> Answer:
        """What a short write answers; while the database is away it is tried again, for half a minute."""
        for pause in (0.2, 1.0, 5.0, 10.0, 15.0):
            try:
                with self._writing() as work:
                    return write(work)
            except sa.exc.OperationalError:
                log.warning("the database does not answer the worker")
                time.sleep(pause)
        with self._writing() as work:
            return write(work)

    @contextmanager
    def _writing(self) -> Iterator[UnitOfWork]:
        with self._room, self._works.writing(SYSTEM) as work:
            yield work


def _told(error: Exception) -> str:
    """Why a job failed, for its row.

    Of an error that no rule of ours made only the kind is kept: its text may hold what people wrote.
    """
    name = type(error).__name__
    if not isinstance(error, StepFailed | DomainError):
        return name
    return shortened(one_line(f"{name}: {error}"), 500)
