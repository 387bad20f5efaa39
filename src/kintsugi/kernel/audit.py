"""The audit log: who changed what, when. No code path changes a row, and each carries the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kintsugi.kernel.auth import Viewer
from kintsugi.kernel.database import UtcDateTime, metadata

entries = sa.Table(
    "audit_entries",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("actor_id", sa.String(64), nullable=False, index=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.String(64), nullable=False, index=True),
    sa.Column("target", sa.String(64), nullable=False, index=True),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("before_hash", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: the actor's name as it was then, the action as `incident.declare`, and its detail as JSON text."""

    number: int
    at: datetime
    actor_id: str
    actor: str
    action: str
    target: str
    detail: str
    before_hash: str
    hash: str


def record(
    connection: sa.Connection,
    viewer: Viewer,
    now: datetime,
    action: str,
    target: str,
    detail: Mapping[str, Any],
) -> None:
    """Write one row in the caller's transaction. Secrets do not belong into `detail`.

    On PostgreSQL writers take turns on the last row by a lock for the transaction, so that the chain
    has no forks; on SQLite there is one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(7061)"))
    last = connection.execute(
        sa.select(entries.c.number, entries.c.hash).order_by(entries.c.number.desc()).limit(1)
    ).first()
    number, before = (last.number + 1, last.hash) if last else (1, FIRST)
    text = json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str)
    made = Entry(number, now, viewer.user_id, viewer.name, action, target, text, before, "")
    connection.execute(
        entries.insert().values(
            number=number, at=now, actor_id=made.actor_id, actor=made.actor, action=action, target=target,
            detail=text, before_hash=before, hash=hash_of(made),
        )
    )  # fmt: skip


def hash_of(entry: Entry) -> str:
    """The hash that the entry's content and the hash before it give."""
    said = [
        entry.number, entry.at.isoformat(timespec="microseconds"), entry.actor_id, entry.actor, entry.action,
        entry.target, entry.detail, entry.before_hash,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def in_order(connection: sa.Connection) -> Iterator[Entry]:
    """Every entry, the oldest first."""
    for row in connection.execute(sa.select(entries).order_by(entries.c.number)).mappings():
        yield Entry(**row)


def first_broken(connection: sa.Connection) -> int | None:
    """The number of the first row whose chain does not hold; None when all of it does."""
    before, expected = FIRST, 1
    for entry in in_order(connection):
        if entry.number != expected or entry.before_hash != before or hash_of(entry) != entry.hash:
            return entry.number
        before, expected = entry.hash, expected + 1
    return None
