"""Every query of incidents. What reads takes the viewer: a private incident is not there for a stranger."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.incident import Entry, Incident
from kintsugi.core.incidents.milestones import Milestones
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.severity import Severity
from kintsugi.kernel.auth import Viewer
from kintsugi.kernel.database import UtcDateTime
from kintsugi.server.incidents.tables import (
    MILESTONES,
    incident_events,
    incident_grants,
    incidents,
    milestone_corrections,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which incidents a list shows; what is None or empty does not narrow it."""

    statuses: tuple[IncidentStatus, ...] = ()
    severity: Severity | None = None
    service: str = ""
    tag: str = ""
    text: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """A milestone's time that was changed, from what to what, why and by whom."""

    id: str
    incident_id: str
    name: str
    old: datetime | None
    new: datetime | None
    reason: str
    by: str
    at: datetime


def visible(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Which rows the viewer sees: those not private, their own, and those they were given access to.

    A role gives nothing here: an admin sees a private incident only when it is shared with them.
    """
    granted = sa.exists().where(
        incident_grants.c.incident_id == incidents.c.id,
        incident_grants.c.user_id == viewer.user_id,
    )
    return sa.or_(
        incidents.c.is_private.is_(False), incidents.c.created_by == viewer.user_id, granted
    )


def next_number(connection: sa.Connection) -> int:
    """The next incident's number. Whoever declares beside us waits until we are committed."""
    taken = sa.text(
        "INSERT INTO counters (name, value) VALUES ('incident', 1)"
        " ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value"
    )
    return int(connection.execute(taken).scalar_one())


def add(connection: sa.Connection, incident: Incident) -> None:
    values = {
        "id": incident.id, "number": incident.number, "reference": incident.reference,
        "external_id": incident.external_id, "title": incident.title, "summary": incident.summary,
        "status": incident.status.value,
        "severity": incident.severity.value if incident.severity else None,
        "is_private": incident.is_private, "is_drill": incident.is_drill,
        "detection_how": incident.detection.value if incident.detection else None,
        "impact_text": incident.impact, "services": listed(incident.services),
        "tags": listed(incident.tags), "commander_id": incident.commander_id,
        "created_by": incident.created_by, "created_at": incident.created_at,
        "updated_at": incident.updated_at, "version": incident.version,
        "last_sequence": incident.last_sequence, **dict(incident.milestones.known()),
    }  # fmt: skip
    connection.execute(incidents.insert().values(values))


def find(connection: sa.Connection, viewer: Viewer, name: str) -> Incident | None:
    """The incident of an id, else of a reference in any case, else of an external id."""
    for column, key in (
        (incidents.c.id, name),
        (incidents.c.reference, name.upper()),
        (incidents.c.external_id, name),
    ):
        row = (
            connection.execute(sa.select(incidents).where(column == key, visible(viewer)))
            .mappings()
            .first()
        )
        if row is not None:
            return _incident(row)
    return None


def with_external_id(
    connection: sa.Connection, viewer: Viewer, external_id: str
) -> tuple[bool, Incident | None]:
    """Whether an incident has this external id, and that incident if the viewer sees it."""
    mine = incidents.c.external_id == external_id
    taken = connection.execute(sa.select(incidents.c.id).where(mine)).first() is not None
    row = connection.execute(sa.select(incidents).where(mine, visible(viewer))).mappings().first()
    return taken, _incident(row) if row is not None else None


def listing(
    connection: sa.Connection, viewer: Viewer, wanted: Wanted, limit: int, before: int | None
) -> list[Incident]:
    """Incidents from the newest number down, below `before`."""
    query = sa.select(incidents).where(visible(viewer), *_narrowed(wanted))
    if before is not None:
        query = query.where(incidents.c.number < before)
    rows = connection.execute(query.order_by(incidents.c.number.desc()).limit(limit))
    return [_incident(row) for row in rows.mappings()]


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


def change(
    connection: sa.Connection,
    incident_id: str,
    expected: int | None,
    now: datetime,
    values: Mapping[str, object],
) -> int | None:
    """Write `values` if the incident is still at that version (None: at any); the sequence of its next entry.

    None when it is at another version: somebody was quicker. The row stays locked until the commit.
    """
    changed = incidents.update().where(incidents.c.id == incident_id)
    if expected is not None:
        changed = changed.where(incidents.c.version == expected)
    values = {
        **values, "version": incidents.c.version + 1,
        "last_sequence": incidents.c.last_sequence + 1, "updated_at": now,
    }  # fmt: skip
    done = connection.execute(changed.values(values).returning(incidents.c.last_sequence)).first()
    return None if done is None else int(done.last_sequence)


def next_sequence(connection: sa.Connection, incident_id: str) -> int:
    """The sequence of an entry that changes nothing else."""
    counted = (
        incidents.update()
        .where(incidents.c.id == incident_id)
        .values(last_sequence=incidents.c.last_sequence + 1)
        .returning(incidents.c.last_sequence)
    )
    return int(connection.execute(counted).scalar_one())


def append(connection: sa.Connection, incident_id: str, entry: Entry) -> None:
    connection.execute(
        incident_events.insert().values(
            id=entry.id, incident_id=incident_id, sequence=entry.sequence,
            happened_at=entry.happened_at, recorded_at=entry.recorded_at, kind=entry.kind.value,
            text=entry.text, actor_id=entry.actor_id, actor=entry.actor, important=entry.important,
            evidence=entry.evidence, detail=json.dumps(dict(entry.detail), ensure_ascii=False),
        )
    )  # fmt: skip


def entries(
    connection: sa.Connection,
    incident: Incident,
    *,
    limit: int | None = None,
    after: tuple[datetime, int] | None = None,
    kind: EventKind | None = None,
    is_backwards: bool = False,
) -> list[Entry]:
    """The timeline in the order in which things happened, or backwards, from after one entry on.

    `incident` was read by a viewer who sees it.
    """
    table = incident_events.c
    query = sa.select(incident_events).where(table.incident_id == incident.id)
    if kind is not None:
        query = query.where(table.kind == kind.value)
    place = sa.tuple_(table.happened_at, table.sequence)
    if after is not None:
        at, sequence = after
        there = sa.tuple_(sa.literal(at, UtcDateTime), sa.literal(sequence))
        query = query.where(place < there if is_backwards else place > there)
    ends = (table.happened_at, table.sequence)
    query = query.order_by(*(end.desc() if is_backwards else end for end in ends))
    rows = connection.execute(query if limit is None else query.limit(limit))
    return [_entry(row) for row in rows.mappings()]


def entries_since(
    connection: sa.Connection, incident: Incident, sequence: int, limit: int
) -> list[Entry]:
    """What was written down after the entry with this sequence, in that order."""
    query = (
        sa.select(incident_events)
        .where(incident_events.c.incident_id == incident.id, incident_events.c.sequence > sequence)
        .order_by(incident_events.c.sequence)
        .limit(limit)
    )
    return [_entry(row) for row in connection.execute(query).mappings()]


def add_correction(connection: sa.Connection, correction: Correction) -> None:
    values = {name: getattr(correction, name) for name in Correction.__dataclass_fields__}
    connection.execute(milestone_corrections.insert().values(values))


def corrections(connection: sa.Connection, incident: Incident) -> list[Correction]:
    query = (
        sa.select(milestone_corrections)
        .where(milestone_corrections.c.incident_id == incident.id)
        .order_by(milestone_corrections.c.at, milestone_corrections.c.id)
    )
    return [Correction(**row) for row in connection.execute(query).mappings()]


def grant(
    connection: sa.Connection, incident: Incident, user_id: str, by: str, now: datetime
) -> bool:
    """Let a user see it; False when they were let in before, also a moment ago by somebody else."""
    let_in = sa.text(
        "INSERT INTO incident_grants (incident_id, user_id, granted_by, granted_at)"
        " VALUES (:incident_id, :user_id, :granted_by, :granted_at) ON CONFLICT DO NOTHING"
    ).bindparams(sa.bindparam("granted_at", type_=UtcDateTime))
    done = connection.execute(
        let_in,
        {"incident_id": incident.id, "user_id": user_id, "granted_by": by, "granted_at": now},
    )
    return done.rowcount == 1


def granted(connection: sa.Connection, incident: Incident) -> list[str]:
    query = (
        sa.select(incident_grants.c.user_id)
        .where(incident_grants.c.incident_id == incident.id)
        .order_by(incident_grants.c.user_id)
    )
    return [row.user_id for row in connection.execute(query)]


def listed(words: Sequence[str]) -> str:
    """Words as they are kept: a JSON list."""
    return json.dumps(list(words), ensure_ascii=False)


def _incident(row: sa.RowMapping) -> Incident:
    return Incident(
        id=row["id"], number=row["number"], reference=row["reference"],
        external_id=row["external_id"], title=row["title"], summary=row["summary"],
        status=IncidentStatus(row["status"]),
        severity=Severity(row["severity"]) if row["severity"] is not None else None,
        is_private=row["is_private"], is_drill=row["is_drill"],
        detection=DetectionMethod(row["detection_how"]) if row["detection_how"] else None,
        impact=row["impact_text"], services=tuple(json.loads(row["services"])),
        tags=tuple(json.loads(row["tags"])), commander_id=row["commander_id"],
        created_by=row["created_by"], created_at=row["created_at"], updated_at=row["updated_at"],
        version=row["version"], last_sequence=row["last_sequence"],
        milestones=Milestones(**{name: row[name] for name in MILESTONES}),
    )  # fmt: skip


def _entry(row: sa.RowMapping) -> Entry:
    return Entry(
        id=row["id"], sequence=row["sequence"], happened_at=row["happened_at"],
        recorded_at=row["recorded_at"], kind=EventKind(row["kind"]), text=row["text"],
        actor_id=row["actor_id"], actor=row["actor"], important=row["important"],
        evidence=row["evidence"], detail=json.loads(row["detail"]),
    )  # fmt: skip
