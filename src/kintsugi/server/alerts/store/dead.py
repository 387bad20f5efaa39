"""Bodies that could not be decoded, and bodies in general: what was sent, for thirty days."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from kintsugi.server.alerts.tables import alert_bodies, alert_sources

DEAD = "dead"
LETTERS = (DEAD, "replayed", "dismissed")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A body that could not be decoded, and why. `state`: dead, replayed or dismissed."""

    id: str
    source_id: str
    source: str
    format: str
    received_at: datetime
    state: str
    problem: str
    size: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A body with its headers, byte for byte; `headers_text` is what is kept of them, as JSON."""

    source_id: str
    headers_text: str
    content: bytes

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that are kept."""
        found: dict[str, str] = json.loads(self.headers_text)
        return found


_LETTERS = sa.select(
    alert_bodies.c.id, alert_bodies.c.source_id, alert_bodies.c.received_at, alert_bodies.c.state,
    alert_bodies.c.problem, sa.func.length(alert_bodies.c.body).label("size"),
    alert_sources.c.name, alert_sources.c.format,
).join_from(alert_bodies, alert_sources, alert_sources.c.id == alert_bodies.c.source_id)  # fmt: skip


def letters(
    connection: sa.Connection,
    states: Sequence[str],
    source_id: str,
    limit: int,
    after: tuple[datetime, str] | None = None,
) -> list[DeadLetter]:
    """Dead letters in these states, the newest first, after the one with this time and id."""
    column = alert_bodies.c
    query = _LETTERS.where(column.state.in_(states))
    if source_id:
        query = query.where(column.source_id == source_id)
    if after is not None:
        place = map(sa.literal, after, (column.received_at.type, column.id.type))
        query = query.where(sa.tuple_(column.received_at, column.id) < sa.tuple_(*place))
    query = query.order_by(column.received_at.desc(), column.id.desc()).limit(limit)
    return [_letter(row) for row in connection.execute(query).mappings()]


def letter(connection: sa.Connection, body_id: str) -> DeadLetter | None:
    """The dead letter of an id, whatever became of it."""
    query = _LETTERS.where(alert_bodies.c.id == body_id, alert_bodies.c.state.in_(LETTERS))
    row = connection.execute(query).mappings().first()
    return _letter(row) if row is not None else None


def sent(connection: sa.Connection, body_id: str) -> Sent | None:
    """The body of an id; None once it is forgotten."""
    query = sa.select(alert_bodies.c.source_id, alert_bodies.c.headers, alert_bodies.c.body).where(
        alert_bodies.c.id == body_id
    )
    row = connection.execute(query).first()
    return Sent(row.source_id, row.headers, bytes(row.body)) if row is not None else None


def lay(connection: sa.Connection, body_id: str, state: str) -> bool:
    """A dead letter is no longer dead; False when it was not."""
    update = alert_bodies.update().where(alert_bodies.c.id == body_id, alert_bodies.c.state == DEAD)
    return connection.execute(update.values(state=state)).rowcount == 1


def count(connection: sa.Connection) -> int:
    """How many letters are dead."""
    query = sa.select(sa.func.count()).where(alert_bodies.c.state == DEAD)
    return int(connection.execute(query.select_from(alert_bodies)).scalar_one())


def _letter(row: sa.RowMapping) -> DeadLetter:
    return DeadLetter(
        row["id"], row["source_id"], row["name"], row["format"], row["received_at"], row["state"],
        row["problem"], row["size"],
    )  # fmt: skip
