"""Who holds which role of an incident, and its tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from kintsugi.core.incidents.command import Holding, Task, TaskStatus
from kintsugi.core.incidents.incident import Incident
from kintsugi.server.incidents.tables import incident_roles, incident_tasks


def holdings(connection: sa.Connection, incident: Incident) -> list[Holding]:
    """Every role that somebody holds or is offered, the oldest first."""
    query = (
        sa.select(incident_roles)
        .where(incident_roles.c.incident_id == incident.id)
        .order_by(incident_roles.c.since, incident_roles.c.role, incident_roles.c.user_id)
    )
    return [
        Holding(row.role, row.user_id, row.since, row.offered_to, row.offered_at)
        for row in connection.execute(query)
    ]


def roles_held(connection: sa.Connection, ids: Iterable[str]) -> dict[str, set[str]]:
    """The roles other than command that somebody holds, by the id of the incident."""
    table = incident_roles
    wanted = sa.select(table.c.incident_id, table.c.role).where(
        table.c.incident_id.in_(sorted(set(ids)))
    )
    found: dict[str, set[str]] = {}
    for row in connection.execute(wanted):
        found.setdefault(row.incident_id, set()).add(row.role)
    return found


def offers_to(connection: sa.Connection, user_id: str) -> list[tuple[str, str, str]]:
    """The roles that are offered to somebody: incident, role, and who offers it; the newest first."""
    table = incident_roles
    query = (
        sa.select(table.c.incident_id, table.c.role, table.c.user_id)
        .where(table.c.offered_to == user_id)
        .order_by(table.c.offered_at.desc(), table.c.role)
    )
    return [(row.incident_id, row.role, row.user_id) for row in connection.execute(query)]


def keep_holding(connection: sa.Connection, incident: Incident, holding: Holding) -> None:
    """Have somebody hold a role, with or without an offer of it to another."""
    drop_holding(connection, incident, holding.role, holding.user_id)
    connection.execute(
        incident_roles.insert().values(
            incident_id=incident.id, role=holding.role, user_id=holding.user_id, since=holding.since,
            offered_to=holding.offered_to, offered_at=holding.offered_at,
        )
    )  # fmt: skip


def drop_holding(connection: sa.Connection, incident: Incident, role: str, user_id: str) -> bool:
    """Somebody holds a role no longer; False when they did not."""
    theirs = incident_roles.delete().where(
        incident_roles.c.incident_id == incident.id,
        incident_roles.c.role == role,
        incident_roles.c.user_id == user_id,
    )
    return connection.execute(theirs).rowcount == 1


def tasks(connection: sa.Connection, incident: Incident) -> list[Task]:
    """Its tasks by number."""
    query = (
        sa.select(incident_tasks)
        .where(incident_tasks.c.incident_id == incident.id)
        .order_by(incident_tasks.c.number)
    )
    return [_task(row) for row in connection.execute(query).mappings()]


def add_task(connection: sa.Connection, incident: Incident, task: Task) -> None:
    """Keep a new task."""
    connection.execute(
        incident_tasks.insert().values(
            id=task.id, incident_id=incident.id, number=task.number, text=task.text,
            assignee_id=task.assignee_id, status=task.status.value, due_at=task.due_at,
            created_by=task.created_by, created_at=task.created_at, settled_at=task.settled_at,
            version=task.version,
        )
    )  # fmt: skip


def change_task(
    connection: sa.Connection, task: Task, expected: int | None, values: Mapping[str, object]
) -> bool:
    """Write values if the task is still at that version (None: at any); False when it is not."""
    table = incident_tasks
    changed = table.update().where(table.c.id == task.id)
    if expected is not None:
        changed = changed.where(table.c.version == expected)
    done = connection.execute(changed.values({**values, "version": table.c.version + 1}))
    return done.rowcount == 1


def _task(row: Mapping[str, object] | sa.RowMapping) -> Task:
    said = {key: value for key, value in row.items() if key not in ("incident_id", "status")}
    return Task(**said, status=TaskStatus(row["status"]))  # type: ignore[arg-type] # columns are its fields
