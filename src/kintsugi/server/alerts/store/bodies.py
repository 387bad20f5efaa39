"""Queries of bodies that are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from kintsugi.server.alerts.source import Source
from kintsugi.server.alerts.store.sources import source_of
from kintsugi.server.alerts.tables import alert_bodies, alert_sources, waiting_bodies


class Kept(NamedTuple):
    """A body that is kept, and its source."""

    id: str
    received_at: datetime
    headers: str
    body: bytes
    state: str
    source: Source


def waiting(connection: sa.Connection, before_id: str, most: int) -> Iterator[Kept]:
    """Bodies that wait to be recorded, of before an id, oldest first."""
    query = (
        sa.select(
            alert_sources, alert_bodies.c.id.label("body_id"), alert_bodies.c.received_at,
            alert_bodies.c.headers, alert_bodies.c.body, alert_bodies.c.state,
        )
        .join_from(waiting_bodies, alert_bodies, alert_bodies.c.id == waiting_bodies.c.body_id)
        .join(alert_sources, alert_sources.c.id == alert_bodies.c.source_id)
        .where(waiting_bodies.c.body_id < before_id)
        .order_by(waiting_bodies.c.body_id)
        .limit(most)
    )  # fmt: skip
    for row in connection.execute(query).mappings():
        yield Kept(
            row["body_id"], row["received_at"], row["headers"], bytes(row["body"]), row["state"],
            source_of(row),
        )  # fmt: skip


def make_wait(connection: sa.Connection, body_id: str) -> bool:
    """Have a dead letter recorded again; False when there is none of this id, or it is none any more."""
    update = alert_bodies.update().where(
        alert_bodies.c.id == body_id, alert_bodies.c.state.in_(("dead", "dismissed"))
    )
    if connection.execute(update.values(state="replayed", problem="")).rowcount != 1:
        return False
    connection.execute(waiting_bodies.insert().values(body_id=body_id))
    return True


def purge(connection: sa.Connection, before_id: str) -> int:
    """How many bodies of before an id were forgotten: all but those that wait."""
    waits = sa.select(waiting_bodies.c.body_id)
    gone = alert_bodies.delete().where(
        alert_bodies.c.id < before_id, alert_bodies.c.id.not_in(waits)
    )
    return connection.execute(gone).rowcount
