"""How the jobs stand: for the settings page, `kintsugi db check`, `/readyz` and `/metrics`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kintsugi.kernel.auth import SYSTEM, NotFound
from kintsugi.kernel.jobs import presence, rows
from kintsugi.kernel.jobs.registry import Parked
from kintsugi.kernel.observability import log
from kintsugi.kernel.outbox import Job, State, job_of, jobs
from kintsugi.kernel.unit_of_work import UnitOfWork, Works

SHOWN = 50
LIVES = timedelta(seconds=30)
"""A worker that said so within this lives."""


@dataclass(frozen=True, slots=True)
class Overview:
    """How many jobs there are in each state, when a worker was last seen, and the newest that are parked."""

    counts: Mapping[State, int]
    last_seen: datetime | None
    oldest_due: datetime | None
    parked: tuple[Job, ...]

    def is_worked(self, now: datetime) -> bool:
        """Whether a worker lives."""
        return self.last_seen is not None and now - self.last_seen <= LIVES


def overview(connection: sa.Connection, without: Collection[str] = ()) -> Overview:
    """How the jobs stand; those of the kinds in `without` are not counted, and still shown when they are parked."""
    is_counted = jobs.c.kind.not_in(sorted(without))
    grouped = connection.execute(
        sa.select(jobs.c.state, sa.func.count()).where(is_counted).group_by(jobs.c.state)
    )
    found = {state: count for state, count in grouped}  # noqa: C416 - rows, not pairs
    is_waiting = sa.and_(is_counted, jobs.c.state == State.WAITING.value)
    query = sa.select(jobs).where(jobs.c.state == State.PARKED.value)
    query = query.order_by(jobs.c.changed_at.desc(), jobs.c.id).limit(SHOWN)
    return Overview(
        {state: found.get(state.value, 0) for state in State},
        presence.last_seen(connection),
        connection.execute(sa.select(sa.func.min(jobs.c.due_at)).where(is_waiting)).scalar(),
        tuple(job_of(row) for row in connection.execute(query).mappings()),
    )


def do_again(work: UnitOfWork, job_id: str) -> None:
    """Let a parked job be tried again, now. Raises NotFound."""
    again = {
        "state": State.WAITING.value,
        "attempts": 0,
        "due_at": work.now,
        "changed_at": work.now,
    }
    is_it = sa.and_(jobs.c.id == job_id, jobs.c.state == State.PARKED.value)
    if work.connection.execute(jobs.update().where(is_it).values(again)).rowcount != 1:
        raise NotFound("there is no such parked job")
    work.audit("job.do_again", job_id)


def park_overdue(work: UnitOfWork, told: Mapping[str, Parked] | None = None) -> int:
    """Park what should have been done by now, for a person to decide on; how many jobs.

    After a restore: whether they were done, nobody can tell from what the backup holds. `told` are, by kind,
    those who hear that a job is parked.
    """
    why = "it was overdue when a backup was restored, and may have been done after the backup"
    if told:
        for job in rows.overdue(work.connection, work.now, told):
            told[job.kind](work, job.payload, why)
    parked = rows.park_overdue(work.connection, work.now, why)
    work.audit("job.park_overdue", "jobs", parked=parked)
    return parked


class JobNumbers(Collector):
    """What /metrics tells of the jobs, read when it is asked for.

    How many there are of a kind in `uncounted` would tell a stranger that something private happened; that one of
    them is late, it tells all the same.
    """

    def __init__(self, works: Callable[[], Works], uncounted: Collection[str] = ()) -> None:
        self._works = works
        self._uncounted = uncounted

    def describe(self) -> list[Metric]:
        """Nothing: so that registering reads no database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The numbers."""
        try:
            with self._works().reading(SYSTEM) as work:
                found, now = overview(work.connection), work.now
                counted = overview(work.connection, self._uncounted).counts
        except sa.exc.DBAPIError:
            # The other numbers are told all the same; /readyz says what is wrong.
            log.warning("the database does not answer for /metrics")
            return
        counts = GaugeMetricFamily("kintsugi_jobs", "Jobs by state.", labels=["state"])
        for state, count in counted.items():
            counts.add_metric([state.value], count)
        yield counts
        late = max((now - found.oldest_due).total_seconds(), 0.0) if found.oldest_due else 0.0
        yield GaugeMetricFamily(
            "kintsugi_jobs_late_seconds", "How late the job is that waits the longest.", late
        )
        yield GaugeMetricFamily(
            "kintsugi_worker_up", "Whether a worker lives.", float(found.is_worked(now))
        )
