"""Lists of incidents: narrowed, newest first, and counted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.shared.severity import Severity
from kintsugi.kernel.auth import Viewer
from kintsugi.server.incidents.store.rows import incident_of, visible, visible_to
from kintsugi.server.incidents.tables import incidents


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which incidents a list shows; what is None or empty does not narrow it."""

    statuses: tuple[IncidentStatus, ...] = ()
    severity: Severity | None = None
    service: str = ""
    tag: str = ""
    text: str = ""
    external_id: str = ""
    commander_id: str = ""
    declared_after: datetime | None = None
    declared_before: datetime | None = None
    is_drill: bool | None = None


def listing(
    connection: sa.Connection, viewer: Viewer, wanted: Wanted, limit: int, before: int | None
) -> list[Incident]:
    """Incidents from the newest number down, below `before`."""
    query = sa.select(incidents).where(visible(viewer), *_narrowed(wanted))
    if before is not None:
        query = query.where(incidents.c.number < before)
    rows = connection.execute(query.order_by(incidents.c.number.desc()).limit(limit))
    return [incident_of(row) for row in rows.mappings()]


def titled(
    connection: sa.Connection, viewer: Viewer, titles: Sequence[str], since: datetime, most: int
) -> list[Incident]:
    """The newest of those declared since a moment with one of these titles, in any case."""
    same = sa.or_(
        incidents.c.title.in_(titles),
        # SQLite lowers what is ASCII alone; other letters have to be as they are.
        sa.func.lower(incidents.c.title).in_([title.lower() for title in titles]),
    )
    query = (
        sa.select(incidents)
        .where(visible(viewer), incidents.c.created_at >= since, same)
        .order_by(incidents.c.number.desc())
        .limit(most)
    )
    return [incident_of(row) for row in connection.execute(query).mappings()]


@dataclass(frozen=True, slots=True)
class Place:
    """An incident's place in a list: enough to know whether it was read before."""

    id: str
    version: int
    number: int
    commander_id: str | None


_PLACES = sa.select(
    incidents.c.id, incidents.c.version, incidents.c.number, incidents.c.commander_id
).where(visible_to(sa.bindparam("viewer_id")))
_NEWEST = _PLACES.order_by(incidents.c.number.desc()).limit(sa.bindparam("most"))
_BELOW = _NEWEST.where(incidents.c.number < sa.bindparam("below"))


def places(
    connection: sa.Connection, viewer: Viewer, wanted: Wanted, limit: int, before: int | None
) -> list[Place]:
    """The same list as `listing`, without what the incidents say. The statements are built once."""
    query = _NEWEST if before is None else _BELOW
    if wanted != Wanted():
        query = query.where(*_narrowed(wanted))
    asked = {"viewer_id": viewer.user_id, "most": limit, "below": before}
    return [Place(*row) for row in connection.execute(query, asked)]


def counts(connection: sa.Connection, viewer: Viewer, wanted: Wanted) -> dict[IncidentStatus, int]:
    """How many incidents of each status a list of what is wanted would show."""
    query = (
        sa.select(incidents.c.status, sa.func.count())
        .where(visible(viewer), *_narrowed(wanted))
        .group_by(incidents.c.status)
    )
    return {IncidentStatus(status): count for status, count in connection.execute(query)}


def _narrowed(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.statuses:
        found.append(incidents.c.status.in_([status.value for status in wanted.statuses]))
    if wanted.severity is not None:
        found.append(incidents.c.severity == wanted.severity.value)
    if wanted.external_id:
        found.append(incidents.c.external_id == wanted.external_id)
    if wanted.commander_id:
        found.append(incidents.c.commander_id == wanted.commander_id)
    if wanted.is_drill is not None:
        found.append(incidents.c.is_drill.is_(wanted.is_drill))
    if wanted.declared_after is not None:
        found.append(incidents.c.created_at >= wanted.declared_after)
    if wanted.declared_before is not None:
        found.append(incidents.c.created_at < wanted.declared_before)
    for column, name in ((incidents.c.services, wanted.service), (incidents.c.tags, wanted.tag)):
        if name:
            found.append(column.icontains(json.dumps(name, ensure_ascii=False), autoescape=True))
    if wanted.text:
        searched = (
            "title",
            "summary",
            "impact_text",
            "reference",
            "external_id",
            "services",
            "tags",
        )
        found.append(
            sa.or_(
                *(incidents.c[name].icontains(wanted.text, autoescape=True) for name in searched)
            )
        )
    return found
