"""The timeline's entries, which are only ever added, and the milestones' corrections."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.incidents.incident import Entry, Incident
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.kernel.database import UtcDateTime
from kintsugi.server.incidents.store.rows import entry_of
from kintsugi.server.incidents.tables import incident_events, milestone_corrections


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
    return [entry_of(row) for row in rows.mappings()]


def with_kind(connection: sa.Connection, incident_ids: Iterable[str], kind: EventKind) -> set[str]:
    """Those of the incidents whose timeline has an entry of a kind."""
    table = incident_events.c
    query = sa.select(table.incident_id).where(
        table.incident_id.in_(list(incident_ids)), table.kind == kind.value
    )
    return {row.incident_id for row in connection.execute(query.distinct())}


def messages_told(
    connection: sa.Connection, incident_ids: Iterable[str]
) -> dict[str, list[tuple[datetime, datetime | None]]]:
    """When each message of these incidents happened, in order, and by when it promised the next; by incident."""
    table = incident_events.c
    ids = list(incident_ids)
    if not ids:
        return {}
    query = (
        sa.select(table.incident_id, table.happened_at, table.detail)
        .where(table.incident_id.in_(ids), table.kind == EventKind.MESSAGE.value)
        .order_by(table.happened_at, table.sequence)
    )
    found: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for row in connection.execute(query):
        promised = json.loads(row.detail).get("promised")
        told = datetime.fromisoformat(promised) if promised else None
        found.setdefault(row.incident_id, []).append((row.happened_at, told))
    return found


def details_of(
    connection: sa.Connection, incident: Incident, evidence: str
) -> list[dict[str, str]]:
    """What the entries that name a source keep beside their text."""
    table = incident_events.c
    query = sa.select(table.detail).where(
        table.incident_id == incident.id, table.evidence == evidence
    )
    return [json.loads(detail) for detail in connection.scalars(query)]


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
    return [entry_of(row) for row in connection.execute(query).mappings()]


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


def entry_at(connection: sa.Connection, incident: Incident, sequence: int) -> Entry:
    """The entry with this sequence. There is one for each up to the incident's last."""
    query = sa.select(incident_events).where(
        incident_events.c.incident_id == incident.id, incident_events.c.sequence == sequence
    )
    return entry_of(connection.execute(query).mappings().one())


def actors(connection: sa.Connection, incident: Incident) -> list[str]:
    """The ids of all who wrote into the timeline or changed the incident."""
    query = (
        sa.select(incident_events.c.actor_id)
        .where(incident_events.c.incident_id == incident.id)
        .distinct()
        .order_by(incident_events.c.actor_id)
    )
    return [row.actor_id for row in connection.execute(query)]
