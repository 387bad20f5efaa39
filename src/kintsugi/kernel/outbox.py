"""Jobs as rows: work to do later, written in the transaction that wants it done. `kernel.jobs` does it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa

from kintsugi.kernel.database import UtcDateTime, insert_into, metadata
from kintsugi.kernel.ids import new_id


class State(Enum):
    """Where a job is on its way."""

    WAITING = "waiting"
    HANDED = "handed"
    DONE = "done"
    PARKED = "parked"
    CANCELLED = "cancelled"


OPEN = (State.WAITING.value, State.HANDED.value)

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("key", sa.String(200), nullable=False, unique=True),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    # Counts the times it was handed over; a delivery of an earlier round finds nothing to do.
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Index(None, "state", "due_at"),
)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do once, not before `due_at`; `key` says which of all things it is."""

    id: str
    key: str
    kind: str
    payload: Mapping[str, Any]
    state: State
    due_at: datetime
    round: int
    attempts: int
    error: str
    created_at: datetime
    changed_at: datetime


def job_of(row: sa.RowMapping) -> Job:
    """The job that a row holds."""
    return Job(
        **(dict(row) | {"payload": json.loads(row["payload"]), "state": State(row["state"])})
    )


def put(
    connection: sa.Connection,
    now: datetime,
    kind: str,
    payload: Mapping[str, Any],
    due_at: datetime,
    key: str,
) -> bool:
    """Write a job down; False when one with its key is there already, unless that was cancelled."""
    fresh = {
        "kind": kind, "payload": json.dumps(payload, ensure_ascii=False), "state": State.WAITING.value,
        "due_at": due_at, "attempts": 0, "error": "", "changed_at": now,
    }  # fmt: skip
    row = fresh | {"id": new_id("job", now), "key": key, "round": 0, "created_at": now}
    written = insert_into(connection, jobs).values(row)
    written = written.on_conflict_do_update(
        index_elements=["key"], set_=fresh, where=jobs.c.state == State.CANCELLED.value
    )
    return connection.execute(written.returning(jobs.c.id)).first() is not None


def cancel(connection: sa.Connection, now: datetime, key: str) -> bool:
    """Take a job back, also one that is parked; False when there is none of this key that is still to be done."""
    is_it = sa.and_(jobs.c.key == key, jobs.c.state.in_((*OPEN, State.PARKED.value)))
    update = jobs.update().where(is_it).values(state=State.CANCELLED.value, changed_at=now)
    return connection.execute(update).rowcount == 1
