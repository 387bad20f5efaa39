"""How often incidents began, of those that everybody sees and that are neither drills nor merged."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.incidents.incident import Incident
from kintsugi.kernel.database import UtcDateTime
from kintsugi.server.incidents.store.rows import counted, incident_of
from kintsugi.server.incidents.tables import incidents

_BEGAN = sa.func.coalesce(
    incidents.c.impact_start, incidents.c.detected, incidents.c.created_at, type_=UtcDateTime()
)


def first_began(connection: sa.Connection) -> datetime | None:
    """When the first of all of them began."""
    found: datetime | None = connection.scalar(
        sa.select(sa.func.min(_BEGAN, type_=UtcDateTime())).where(counted())
    )
    return found


def began_since(
    connection: sa.Connection,
    since: datetime,
    service: str = "",
    ids: Collection[str] | None = None,
) -> int:
    """How many began at a moment or later; of a service, or of these ids, if said."""
    query = sa.select(sa.func.count()).select_from(incidents).where(counted(), since <= _BEGAN)
    if service:
        named = json.dumps(service, ensure_ascii=False)
        query = query.where(incidents.c.services.icontains(named, autoescape=True))
    if ids is not None:
        query = query.where(incidents.c.id.in_(list(ids)))
    return int(connection.scalar(query) or 0)


def counted_of(connection: sa.Connection, ids: Iterable[str]) -> list[Incident]:
    """Those of the ids that are in statistics."""
    query = sa.select(incidents).where(counted(), incidents.c.id.in_(list(ids)))
    return [incident_of(row) for row in connection.execute(query).mappings()]


def counted_between(
    connection: sa.Connection, since: datetime | None = None, until: datetime | None = None
) -> list[Incident]:
    """All that began at `since` or later and before `until`, the earliest first."""
    query = sa.select(incidents).where(counted())
    if since is not None:
        query = query.where(since <= _BEGAN)
    if until is not None:
        query = query.where(until > _BEGAN)
    rows = connection.execute(query.order_by(_BEGAN, incidents.c.number)).mappings()
    return [incident_of(row) for row in rows]
