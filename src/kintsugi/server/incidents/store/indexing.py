"""Incidents as a search is to find them: every one, whoever may see it. What shows them asks who looks."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from kintsugi.core.incidents.incident import Entry, Incident
from kintsugi.server.incidents.store.rows import entry_of, incident_of
from kintsugi.server.incidents.tables import incident_events, incidents


def whole(connection: sa.Connection, ids: Sequence[str]) -> list[tuple[Incident, list[Entry]]]:
    """The incidents of these ids with their timelines, the newest entry first."""
    query = sa.select(incidents).where(incidents.c.id.in_(ids)).order_by(incidents.c.number)
    found = [incident_of(row) for row in connection.execute(query).mappings()]
    table = incident_events.c
    told = sa.select(incident_events).where(table.incident_id.in_(ids))
    entries: dict[str, list[Entry]] = {one.id: [] for one in found}
    for row in connection.execute(told.order_by(table.sequence.desc())).mappings():
        entries[row["incident_id"]].append(entry_of(row))
    return [(one, entries[one.id]) for one in found]


def numbered(connection: sa.Connection, after: int, most: int) -> list[tuple[int, str]]:
    """Numbers and ids of the incidents behind a number, in order."""
    query = sa.select(incidents.c.number, incidents.c.id).where(incidents.c.number > after)
    rows = connection.execute(query.order_by(incidents.c.number).limit(most))
    return [(int(row.number), str(row.id)) for row in rows]
