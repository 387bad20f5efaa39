"""Every query of the worker on jobs. Each change is a compare-and-set on state and round."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from kintsugi.kernel.outbox import Job, State, job_of, jobs

BATCH = 100


def hand_over_due(
    connection: sa.Connection, now: datetime, forgotten: datetime, kinds: Collection[str]
) -> list[Job]:
    """Jobs that are due, handed over from now on, each in a new round.

    Also those handed over so long ago (before `forgotten`) that nobody can still be at them. Two
    workers that look at the same time get different jobs.
    """
    is_due = sa.and_(jobs.c.state == State.WAITING.value, jobs.c.due_at <= now)
    is_lost = sa.and_(jobs.c.state == State.HANDED.value, jobs.c.changed_at <= forgotten)
    query = sa.select(jobs).where(sa.or_(is_due, is_lost), jobs.c.kind.in_(sorted(kinds)))
    query = query.order_by(jobs.c.due_at).limit(BATCH).with_for_update(skip_locked=True)
    found = [job_of(row) for row in connection.execute(query).mappings()]
    if found:
        handed = {"state": State.HANDED.value, "round": jobs.c.round + 1, "changed_at": now}
        ids = [job.id for job in found]
        connection.execute(jobs.update().where(jobs.c.id.in_(ids)).values(handed))
    return found


def any_due(connection: sa.Connection, now: datetime, forgotten: datetime) -> bool:
    """Whether there is anything to hand over: a read, so that an idle worker takes no lock."""
    is_due = sa.and_(jobs.c.state == State.WAITING.value, jobs.c.due_at <= now)
    is_lost = sa.and_(jobs.c.state == State.HANDED.value, jobs.c.changed_at <= forgotten)
    return (
        connection.execute(sa.select(jobs.c.id).where(sa.or_(is_due, is_lost))).first() is not None
    )


def begin(connection: sa.Connection, now: datetime, job_id: str, round_: int) -> Job | None:
    """Count an attempt; None when there is nothing to do any more: done, cancelled, or in a later round."""
    counted = {"attempts": jobs.c.attempts + 1, "changed_at": now}
    if not _changed(connection, job_id, round_, counted):
        return None
    row = connection.execute(sa.select(jobs).where(jobs.c.id == job_id)).mappings().one()
    return job_of(row)


def hold(connection: sa.Connection, job: Job) -> bool:
    """Keep others from the job until the transaction ends; False when it is not to be done any more."""
    query = sa.select(jobs.c.id).where(_is_ours(job.id, job.round)).with_for_update()
    return connection.execute(query).first() is not None


def finish(connection: sa.Connection, now: datetime, job: Job) -> bool:
    """Note that it is done; False when somebody took it back meanwhile."""
    done = {"state": State.DONE.value, "error": "", "changed_at": now}
    return _changed(connection, job.id, job.round, done)


def try_again(
    connection: sa.Connection, now: datetime, job: Job, due_at: datetime, error: str
) -> None:
    """Note why it failed, and when the next try is."""
    again = {"state": State.WAITING.value, "due_at": due_at, "error": error, "changed_at": now}
    _changed(connection, job.id, job.round, again)


def park(connection: sa.Connection, now: datetime, job: Job, error: str) -> bool:
    """Note why it failed for good; a person decides what becomes of it. False when it was taken back meanwhile."""
    parked = {"state": State.PARKED.value, "error": error, "changed_at": now}
    return _changed(connection, job.id, job.round, parked)


def overdue(connection: sa.Connection, now: datetime, kinds: Collection[str]) -> list[Job]:
    """What `park_overdue` parks of these kinds."""
    query = sa.select(jobs).where(_is_overdue(now), jobs.c.kind.in_(sorted(kinds)))
    return [job_of(row) for row in connection.execute(query.order_by(jobs.c.id)).mappings()]


def park_overdue(connection: sa.Connection, now: datetime, error: str) -> int:
    """Park all that should have been done by now, and all that somebody had begun; how many."""
    parked = {"state": State.PARKED.value, "error": error, "changed_at": now}
    return connection.execute(jobs.update().where(_is_overdue(now)).values(parked)).rowcount


def put_back(connection: sa.Connection, now: datetime, job_id: str, round_: int) -> None:
    """Let another worker have a job that was handed over and not begun."""
    _changed(connection, job_id, round_, {"state": State.WAITING.value, "changed_at": now})


def purge(connection: sa.Connection, before: datetime) -> int:
    """Forget jobs that came to their end before a moment; how many."""
    over = [state.value for state in (State.DONE, State.CANCELLED, State.PARKED)]
    is_old = sa.and_(jobs.c.state.in_(over), jobs.c.changed_at < before)
    return connection.execute(jobs.delete().where(is_old)).rowcount


def _is_overdue(now: datetime) -> sa.ColumnElement[bool]:
    is_late = sa.and_(jobs.c.state == State.WAITING.value, jobs.c.due_at <= now)
    return sa.or_(is_late, jobs.c.state == State.HANDED.value)


def _is_ours(job_id: str, round_: int) -> sa.ColumnElement[bool]:
    return sa.and_(jobs.c.id == job_id, jobs.c.round == round_, jobs.c.state == State.HANDED.value)


def _changed(
    connection: sa.Connection, job_id: str, round_: int, values: dict[str, object]
) -> bool:
    update = jobs.update().where(_is_ours(job_id, round_)).values(values)
    return connection.execute(update).rowcount == 1
