"""Actions on a Kintsugi server: listed, and moved on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from kintsugi.client.http import Connection, understood

ACTIONS = "/api/actions"


@dataclass(frozen=True, slots=True)
class Remote:
    """An action on the server, and the answer it came in."""

    reference: str
    description: str
    owner: str
    priority: str
    status: str
    due_on: date
    is_overdue: bool
    postmortem: str
    gets_letters: bool
    version: int
    data: Mapping[str, Any]


def listed(connection: Connection, query: Mapping[str, str]) -> Iterator[Remote]:
    """Actions as the list has them, those due first at the top, page after page. Raises ClientError."""
    return connection.items(ACTIONS, _remote, query)


def find(connection: Connection, name: str) -> Remote:
    """The action of an id or reference (ACT-7). Raises ClientError."""
    return understood(_remote, connection.get(_path(name)).data)


def move(connection: Connection, action: Remote, status: str, evidence: str = "") -> Remote:
    """Bring it to a state. Raises ClientError: 409 where the state may not follow, 412 for a lost race."""
    body = {"status": status} | ({"evidence": evidence} if evidence else {})
    answer = connection.patch(_path(action.reference), body, etag=f'"{action.version}"')
    return understood(_remote, answer.data)


def _path(name: str) -> str:
    return f"{ACTIONS}/{quote(name, safe='')}"


def _remote(data: Mapping[str, Any]) -> Remote:
    return Remote(
        data["reference"], data["description"], data["owner"], data.get("priority") or "",
        data["status"], date.fromisoformat(data["dueOn"]), data["overdue"], data["postmortem"],
        data.get("getsLetters", True), data["version"], data,
    )  # fmt: skip
