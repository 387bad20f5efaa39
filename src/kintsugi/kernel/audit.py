"""The audit log: who changed what, when. No code path changes a row, and each carries the hash of the one before.

People stand in it by id and not by name, so that erasing somebody reaches the log without changing it.
What tells how many rows there are (the number, the hash before) is never shown: a viewer who may not see
some of them must not see that there are any.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
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

Hidden = Callable[[Viewer], sa.Select[tuple[str]]]
"""What a room says a viewer may not see: a query of the ids of such targets."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: the action as `incident.declare`, and its detail as JSON text.

    `actor` names who is nobody's account, such as the product itself; it is empty for people.
    """

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
    """Write one row in the caller's transaction. Secrets, names and e-mails do not belong into `detail`.

    `target` is what a `Hidden` query would name: whatever concerns a private incident has it as target.

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
    actor = "" if viewer.email else viewer.name
    made = Entry(number, now, viewer.user_id, actor, action, target, text, before, "")
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


def in_order(connection: sa.Connection, from_number: int = 1) -> Iterator[Entry]:
    """Every entry from a number on, the oldest first."""
    query = sa.select(entries).where(entries.c.number >= from_number).order_by(entries.c.number)
    for row in connection.execute(query).mappings():
        yield Entry(**row)


def first_broken(connection: sa.Connection, newest: int = 0) -> int | None:
    """The number of the first row whose chain does not hold; None when all of it does.

    `newest` looks at so many of the last rows only: quick enough for a page.
    """
    before, expected = FIRST, 1
    last = connection.execute(sa.select(sa.func.max(entries.c.number))).scalar() or 0
    if newest and last > newest:
        expected = last - newest + 1
        row = sa.select(entries.c.hash).where(entries.c.number == expected - 1)
        before = connection.execute(row).scalar() or FIRST
    for entry in in_order(connection, expected):
        if entry.number != expected or entry.before_hash != before or hash_of(entry) != entry.hash:
            return entry.number
        before, expected = entry.hash, expected + 1
    return None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are asked for; what is None or empty does not narrow it. `action` may be the part before the dot."""

    actor_ids: tuple[str, ...] | None = None
    action: str = ""
    target: str = ""
    since: datetime | None = None
    until: datetime | None = None


def visible(viewer: Viewer, hidden: Sequence[Hidden]) -> sa.ColumnElement[bool]:
    """Which rows a viewer sees: those whose target no room hides from them."""
    return sa.and_(sa.true(), *(entries.c.target.not_in(each(viewer)) for each in hidden))


def listing(
    connection: sa.Connection,
    is_visible: sa.ColumnElement[bool],
    wanted: Wanted,
    limit: int,
    after: tuple[datetime, str] | None = None,
) -> list[Entry]:
    """Rows from the newest on, from after the one with a time and a hash."""
    query = sa.select(entries).where(is_visible, *_narrowed(wanted))
    if after is not None:
        at, hashed = after
        place = sa.select(entries.c.number).where(entries.c.at == at, entries.c.hash == hashed)
        query = query.where(entries.c.number < place.scalar_subquery())
    rows = connection.execute(query.order_by(entries.c.number.desc()).limit(limit))
    return [Entry(**row) for row in rows.mappings()]


def actions(connection: sa.Connection, is_visible: sa.ColumnElement[bool]) -> list[str]:
    """Every action among the visible rows."""
    query = sa.select(entries.c.action).where(is_visible).distinct().order_by(entries.c.action)
    return list(connection.scalars(query))


def _narrowed(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.actor_ids is not None:
        found.append(entries.c.actor_id.in_(wanted.actor_ids))
    if wanted.action:
        within = entries.c.action.startswith(f"{wanted.action}.", autoescape=True)
        found.append(sa.or_(entries.c.action == wanted.action, within))
    if wanted.target:
        found.append(entries.c.target == wanted.target)
    if wanted.since is not None:
        found.append(entries.c.at >= wanted.since)
    if wanted.until is not None:
        found.append(entries.c.at < wanted.until)
    return found
