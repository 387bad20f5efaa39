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
    source: Source


def waiting(connection: sa.Connection, before_id: str, most: int) -> Iterator[Kept]:
    """Bodies that wait to be recorded, of before an id, oldest first."""
    query = (
        sa.select(
            alert_sources, alert_bodies.c.id.label("body_id"), alert_bodies.c.received_at,
            alert_bodies.c.headers, alert_bodies.c.body,
        )
        .join_from(waiting_bodies, alert_bodies, alert_bodies.c.id == waiting_bodies.c.body_id)
        .join(alert_sources, alert_sources.c.id == alert_bodies.c.source_id)
        .where(waiting_bodies.c.body_id < before_id)
        .order_by(waiting_bodies.c.body_id)
        .limit(most)
    )  # fmt: skip
    for row in connection.execute(query).mappings():
        yield Kept(
            row["body_id"], row["received_at"], row["headers"], bytes(row["body"]), source_of(row),
        )  # fmt: skip
