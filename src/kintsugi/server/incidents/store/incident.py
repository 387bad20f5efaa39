"""The rows of incidents: made, found, and changed by compare-and-set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.incidents.incident import Incident
from kintsugi.kernel.auth import Viewer
from kintsugi.server.incidents.store.rows import incident_of, kept_numbers, listed, visible
from kintsugi.server.incidents.tables import incidents


def add(connection: sa.Connection, incident: Incident) -> None:
    values = {
        "id": incident.id, "number": incident.number, "reference": incident.reference,
        "external_id": incident.external_id, "title": incident.title, "summary": incident.summary,
        "status": incident.status.value,
        "severity": incident.severity.value if incident.severity else None,
        "is_private": incident.is_private, "is_drill": incident.is_drill,
        "detection_how": incident.detection.value if incident.detection else None,
        "impact_text": incident.impact, "impact_numbers": kept_numbers(incident.impact_numbers),
        "services": listed(incident.services),
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
            return incident_of(row)
    return None


def with_external_id(
    connection: sa.Connection, viewer: Viewer, external_id: str
) -> tuple[bool, Incident | None]:
    """Whether an incident has this external id, and that incident if the viewer sees it."""
    mine = incidents.c.external_id == external_id
    taken = connection.execute(sa.select(incidents.c.id).where(mine)).first() is not None
    row = connection.execute(sa.select(incidents).where(mine, visible(viewer))).mappings().first()
    return taken, incident_of(row) if row is not None else None


def find_any(connection: sa.Connection, reference: str) -> Incident | None:
    """The incident of an id or reference, whoever may see it: for break-glass, and for what no viewer is told."""
    is_it = sa.or_(incidents.c.id == reference, incidents.c.reference == reference.upper())
    row = connection.execute(sa.select(incidents).where(is_it)).mappings().first()
    return incident_of(row) if row is not None else None


def of_ids(connection: sa.Connection, viewer: Viewer, ids: Iterable[str]) -> dict[str, Incident]:
    """The incidents of these ids that the viewer sees."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    query = sa.select(incidents).where(incidents.c.id.in_(wanted), visible(viewer))
    rows = connection.execute(query).mappings()
    return {row["id"]: incident_of(row) for row in rows}


def lock(connection: sa.Connection, ids: Iterable[str]) -> None:
    """Keep these rows as they are until the commit.

    Always in one order, so that two who lock the same two do not wait for each other.
    """
    query = (
        sa.select(incidents.c.id)
        .where(incidents.c.id.in_(sorted(set(ids))))
        .order_by(incidents.c.id)
        .with_for_update()
    )
    connection.execute(query).all()


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
