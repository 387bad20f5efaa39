"""Who was given access to which incident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.incidents.incident import Incident
from kintsugi.kernel.database import UtcDateTime
from kintsugi.server.incidents.tables import incident_grants


@dataclass(frozen=True, slots=True)
class Grant:
    """Access that somebody was given, by whom and when."""

    user_id: str
    granted_by: str
    granted_at: datetime


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


def withdraw(connection: sa.Connection, incident: Incident, user_id: str) -> bool:
    """Take a user's access back; False when they had none."""
    theirs = incident_grants.delete().where(
        incident_grants.c.incident_id == incident.id, incident_grants.c.user_id == user_id
    )
    return connection.execute(theirs).rowcount == 1


def grants(connection: sa.Connection, incident: Incident) -> list[Grant]:
    """Everybody who was given access, by id."""
    query = (
        sa.select(
            incident_grants.c.user_id, incident_grants.c.granted_by, incident_grants.c.granted_at
        )
        .where(incident_grants.c.incident_id == incident.id)
        .order_by(incident_grants.c.user_id)
    )
    return [Grant(**row) for row in connection.execute(query).mappings()]
