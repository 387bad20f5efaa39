"""Links between incidents, kept once and read from both ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.links import LinkKind
from kintsugi.server.incidents.tables import incident_links


@dataclass(frozen=True, slots=True)
class KeptLink:
    """A link as one of its incidents has it: what that one is to the other."""

    id: str
    kind: LinkKind
    other_id: str
    reason: str
    made_by: str
    made_at: datetime


def add_link(
    connection: sa.Connection,
    link_id: str,
    ends: tuple[str, str],
    kind: LinkKind,
    reason: str,
    by: str,
    now: datetime,
) -> bool:
    """Keep a link from the first end to the second; False when there is one like it."""
    is_known = sa.select(incident_links.c.id).where(
        incident_links.c.from_id == ends[0],
        incident_links.c.to_id == ends[1],
        incident_links.c.kind == kind.value,
    )
    if connection.execute(is_known).first() is not None:
        return False
    connection.execute(
        incident_links.insert().values(
            id=link_id, from_id=ends[0], to_id=ends[1], kind=kind.value, reason=reason, made_by=by,
            made_at=now,
        )
    )  # fmt: skip
    return True


def links_of(connection: sa.Connection, incident: Incident) -> list[KeptLink]:
    """Its links in the order in which they were made, to incidents that the viewer may see or not."""
    query = (
        sa.select(incident_links)
        .where(
            sa.or_(incident_links.c.from_id == incident.id, incident_links.c.to_id == incident.id)
        )
        .order_by(incident_links.c.id)
    )
    return [_link(row, incident.id) for row in connection.execute(query).mappings()]


def remove_link(connection: sa.Connection, link_id: str) -> bool:
    """Take a link away; False when somebody was quicker."""
    gone = incident_links.delete().where(incident_links.c.id == link_id)
    return connection.execute(gone).rowcount == 1


def _link(row: sa.RowMapping, incident_id: str) -> KeptLink:
    kind, is_from = LinkKind(row["kind"]), row["from_id"] == incident_id
    return KeptLink(
        row["id"], kind if is_from else kind.inverse, row["to_id"] if is_from else row["from_id"],
        row["reason"], row["made_by"], row["made_at"],
    )  # fmt: skip
