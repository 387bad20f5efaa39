"""What was changed, and by what tool we know."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.alerts.event import AlertLink
from kintsugi.server.alerts.store.rows import links_of
from kintsugi.server.alerts.tables import alert_sources, changes


@dataclass(frozen=True, slots=True)
class KeptChange:
    """A change event. `source` is the name of the source that told of it, empty for a person; `origin` the tool."""

    id: str
    at: datetime
    received_at: datetime
    summary: str
    origin: str = ""
    services: tuple[str, ...] = ()
    links: tuple[AlertLink, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    source_id: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class WantedChanges:
    """Which changes a list shows; what is None or empty does not narrow it. Of `services` any one is enough."""

    services: tuple[str, ...] = ()
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


def listing(
    connection: sa.Connection,
    wanted: WantedChanges,
    limit: int,
    after: tuple[datetime, str] | None = None,
) -> list[KeptChange]:
    """Changes, the newest first, after the one with this time and id."""
    column = changes.c
    query = sa.select(changes, alert_sources.c.name.label("source")).join_from(
        changes, alert_sources, alert_sources.c.id == column.source_id, isouter=True
    )
    if wanted.services:
        named = (json.dumps(name, ensure_ascii=False) for name in wanted.services)
        query = query.where(
            sa.or_(*(column.services.contains(name, autoescape=True) for name in named))
        )
    if wanted.text:
        query = query.where(column.summary.icontains(wanted.text, autoescape=True))
    if wanted.since is not None:
        query = query.where(column.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(column.at < wanted.until)
    if after is not None:
        place = map(sa.literal, after, (column.at.type, column.id.type))
        query = query.where(sa.tuple_(column.at, column.id) < sa.tuple_(*place))
    query = query.order_by(column.at.desc(), column.id.desc()).limit(limit)
    return [_change(row) for row in connection.execute(query).mappings()]


def add(connection: sa.Connection, change: KeptChange) -> None:
    """One more change."""
    links: Sequence[tuple[str, str]] = [(link.url, link.text) for link in change.links]
    connection.execute(
        changes.insert().values(
            id=change.id, source_id=change.source_id, at=change.at,
            received_at=change.received_at, summary=change.summary, origin=change.origin,
            services=json.dumps(change.services, ensure_ascii=False),
            links=json.dumps(links, ensure_ascii=False),
            details=json.dumps(dict(change.details), ensure_ascii=False),
        )
    )  # fmt: skip


def _change(row: sa.RowMapping) -> KeptChange:
    return KeptChange(
        row["id"], row["at"], row["received_at"], row["summary"], row["origin"],
        tuple(json.loads(row["services"])), links_of(row["links"]), json.loads(row["details"]),
        row["source_id"], row["source"] or "",
    )  # fmt: skip
