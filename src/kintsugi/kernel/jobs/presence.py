"""Which workers live: each writes that it is there, and one at a time looks after those that no longer do."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from kintsugi.kernel.database import UtcDateTime, insert_into, metadata

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("host", sa.String(255), nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.Column("stopped_at", UtcDateTime),
)
"""A row stays until somebody has looked for what its worker left behind."""

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("holder", sa.String(64), nullable=False),
    sa.Column("until", UtcDateTime, nullable=False),
)


class LeaseLost(Exception):
    """This worker could not say in time that it lives; others have taken over its work."""


def enter(connection: sa.Connection, now: datetime, worker_id: str, host: str) -> None:
    """A worker begins, or goes on although it was slow to begin."""
    row = {"id": worker_id, "host": host[:255], "started_at": now, "seen_at": now}
    written = insert_into(connection, workers).values(row)
    connection.execute(written.on_conflict_do_update(index_elements=["id"], set_={"seen_at": now}))


def renew(connection: sa.Connection, now: datetime, worker_id: str) -> None:
    """A worker says that it lives. Raises LeaseLost when others no longer believe it."""
    update = workers.update().where(workers.c.id == worker_id).values(seen_at=now)
    if connection.execute(update).rowcount != 1:
        raise LeaseLost


def leave(connection: sa.Connection, now: datetime, worker_id: str) -> None:
    """A worker has stopped; what it may have left behind can be taken at once."""
    stopped = workers.update().where(workers.c.id == worker_id).values(stopped_at=now)
    connection.execute(stopped)


def gone(connection: sa.Connection, seen_since: datetime) -> list[str]:
    """The workers that stopped, or were last seen before."""
    is_gone = sa.or_(workers.c.stopped_at.is_not(None), workers.c.seen_at < seen_since)
    return list(connection.scalars(sa.select(workers.c.id).where(is_gone)))


def bury(connection: sa.Connection, worker_id: str, seen_since: datetime) -> bool:
    """Strike a worker off, so that it notices should it still live; False when it was seen meanwhile."""
    is_gone = sa.or_(workers.c.stopped_at.is_not(None), workers.c.seen_at < seen_since)
    deleted = workers.delete().where(workers.c.id == worker_id, is_gone)
    return connection.execute(deleted).rowcount == 1


def last_seen(connection: sa.Connection) -> datetime | None:
    """When any worker last said that it lives; None when none does."""
    query = sa.select(workers.c.seen_at).where(workers.c.stopped_at.is_(None))
    return connection.execute(query.order_by(workers.c.seen_at.desc()).limit(1)).scalar()


def take_lease(
    connection: sa.Connection, now: datetime, name: str, holder: str, length: timedelta
) -> bool:
    """Whether the lease is this holder's from now on: it was theirs, nobody's, or has run out."""
    mine = {"holder": holder, "until": now + length}
    is_free = sa.or_(leases.c.holder == holder, leases.c.until < now)
    written = insert_into(connection, leases).values({"name": name} | mine)
    written = written.on_conflict_do_update(index_elements=["name"], set_=mine, where=is_free)
    return connection.execute(written.returning(leases.c.name)).first() is not None
