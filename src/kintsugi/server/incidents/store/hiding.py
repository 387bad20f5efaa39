"""Which incidents somebody may not see, and which wait for somebody."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.lifecycle import OPEN
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.kernel.auth import Viewer
from kintsugi.server.incidents.store.rows import counted, incident_of, visible
from kintsugi.server.incidents.tables import incidents


def hidden_ids(viewer: Viewer) -> sa.Select[tuple[str]]:
    """The ids of the incidents that the viewer may not see, as a query to stand inside another."""
    return sa.select(incidents.c.id).where(sa.not_(visible(viewer)))


def open_ones(
    connection: sa.Connection, viewer: Viewer, statuses: Iterable[IncidentStatus], limit: int
) -> list[Incident]:
    """Those at these statuses: the worst first, without a severity last; then the viewer's own, then the newest."""
    is_mine = sa.or_(
        incidents.c.commander_id == viewer.user_id, incidents.c.created_by == viewer.user_id
    )
    is_at = incidents.c.status.in_([status.value for status in statuses])
    query = (
        sa.select(incidents)
        .where(visible(viewer), is_at, incidents.c.merged_into_id.is_(None))
        .order_by(
            sa.func.coalesce(incidents.c.severity, 9),
            sa.case((is_mine, 0), else_=1),
            incidents.c.number.desc(),
        )
        .limit(limit)
    )
    return [incident_of(row) for row in connection.execute(query).mappings()]


def open_with_service(connection: sa.Connection, services: Iterable[str]) -> Incident | None:
    """The newest open incident of one of these services, of those that everybody sees and that are no drill."""
    named = [
        incidents.c.services.contains(json.dumps(name, ensure_ascii=False), autoescape=True)
        for name in services
    ]
    if not named:
        return None
    query = (
        sa.select(incidents)
        .where(
            counted(),
            incidents.c.status.in_([status.value for status in OPEN]),
            sa.or_(*named),
        )
        .order_by(incidents.c.number.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return incident_of(row) if row is not None else None


def unfinished(
    connection: sa.Connection, viewer: Viewer, resolved_by: datetime, limit: int
) -> list[Incident]:
    """Resolved ones that nobody closed since, or that have no severity; the longest resolved first."""
    query = (
        sa.select(incidents)
        .where(
            visible(viewer),
            incidents.c.status == IncidentStatus.RESOLVED.value,
            incidents.c.merged_into_id.is_(None),
            sa.or_(incidents.c.resolved <= resolved_by, incidents.c.severity.is_(None)),
        )
        .order_by(incidents.c.resolved, incidents.c.number)
        .limit(limit)
    )
    return [incident_of(row) for row in connection.execute(query).mappings()]
