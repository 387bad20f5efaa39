"""Command of an incident on a Kintsugi server: its roles and tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from kintsugi.client.http import Connection, understood


@dataclass(frozen=True, slots=True)
class RemoteRole:
    """Who holds a role, and whom it is offered to; names, empty for nobody."""

    role: str
    name: str
    offered_name: str


@dataclass(frozen=True, slots=True)
class RemoteRoles:
    """The roles of an incident, and those its severity asks for and nobody holds."""

    held: tuple[RemoteRole, ...]
    asked_for: tuple[str, ...]
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RemoteTask:
    """A task on the server, and the answer it came in."""

    id: str
    number: int
    text: str
    assignee: str
    status: str
    due_at: datetime | None
    is_overdue: bool
    version: int
    data: Mapping[str, Any]


def roles(connection: Connection, incident: str) -> RemoteRoles:
    """Who holds which role. Raises ClientError."""
    return understood(_roles, connection.get(_path(incident, "roles")).data)


def move_role(
    connection: Connection, incident: str, role: str, do: str, who: str = ""
) -> RemoteRoles:
    """Give, offer, accept, decline or release a role. Raises ClientError: 409 where it cannot be done now."""
    body = {"role": role, "do": do, "who": who}
    return understood(_roles, connection.post(_path(incident, "roles"), body).data)


def tasks(connection: Connection, incident: str) -> list[RemoteTask]:
    """Its tasks by number. Raises ClientError."""
    data = connection.get(_path(incident, "tasks")).data
    return understood(lambda found: [_task(one) for one in found["items"]], data)


def add_task(
    connection: Connection, incident: str, text: str, assignee: str = "", due_at: str | None = None
) -> RemoteTask:
    """A new task. Raises ClientError."""
    body = {"text": text, "assignee": assignee, "dueAt": due_at}
    return understood(_task, connection.post(_path(incident, "tasks"), body).data)


def settle_task(connection: Connection, incident: str, number: str, status: str) -> RemoteTask:
    """Bring the task of a number or id to a status. Raises ClientError."""
    path = f"{_path(incident, 'tasks')}/{quote(number, safe='')}"
    return understood(_task, connection.patch(path, {"status": status}).data)


def _path(incident: str, part: str) -> str:
    return f"/api/incidents/{quote(incident, safe='')}/{part}"


def _roles(data: Mapping[str, Any]) -> RemoteRoles:
    held = tuple(
        RemoteRole(one["role"], one["name"], one.get("offeredName") or "") for one in data["items"]
    )
    return RemoteRoles(held, tuple(data["askedFor"]), data)


def _task(data: Mapping[str, Any]) -> RemoteTask:
    due = data.get("dueAt")
    return RemoteTask(
        data["id"], data["number"], data["text"], data.get("assignee") or "", data["status"],
        datetime.fromisoformat(due) if due else None, data["overdue"], data["version"], data,
    )  # fmt: skip
