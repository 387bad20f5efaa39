"""Recovery criteria of an incident on a Kintsugi server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from kintsugi.client.http import Connection, understood


@dataclass(frozen=True, slots=True)
class RemoteCriterion:
    """A criterion on the server: its status, and who settled it last with which note (empty: nobody)."""

    number: int
    text: str
    expected: str
    status: str
    by: str
    note: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RemoteRecovery:
    """The criteria of an incident, what is offered for its severity, and whether that asks for any."""

    criteria: tuple[RemoteCriterion, ...]
    offered: tuple[str, ...]
    is_asked_for: bool
    data: Mapping[str, Any]


def criteria(connection: Connection, incident: str) -> RemoteRecovery:
    """What has to hold before it is resolved. Raises ClientError."""
    return understood(_recovery, connection.get(_path(incident)).data)


def add(connection: Connection, incident: str, text: str, expected: str = "") -> RemoteRecovery:
    """One more criterion; an empty text adds all that is offered. Raises ClientError."""
    body = {"text": text, "expected": expected} if text else {"offered": True}
    return understood(_recovery, connection.post(_path(incident), body).data)


def change(
    connection: Connection, incident: str, number: str, said: Mapping[str, str]
) -> RemoteCriterion:
    """Settle or reword the criterion of a number or id. Raises ClientError."""
    path = f"{_path(incident)}/{quote(number, safe='')}"
    return understood(_criterion, connection.patch(path, dict(said)).data)


def remove(connection: Connection, incident: str, number: str) -> None:
    """Take an open criterion away. Raises ClientError."""
    connection.delete(f"{_path(incident)}/{quote(number, safe='')}")


def _path(incident: str) -> str:
    return f"/api/incidents/{quote(incident, safe='')}/criteria"


def _recovery(data: Mapping[str, Any]) -> RemoteRecovery:
    offered = tuple(
        f"{one['text']} ({one['expected']})" if one["expected"] else one["text"]
        for one in data["offered"]
    )
    found = tuple(_criterion(one) for one in data["items"])
    return RemoteRecovery(found, offered, data["askedFor"], data)


def _criterion(data: Mapping[str, Any]) -> RemoteCriterion:
    last = data["history"][-1] if data["history"] else {"byName": "", "note": ""}
    return RemoteCriterion(
        data["number"], data["text"], data["expected"], data["status"], last["byName"],
        last["note"], data,
    )  # fmt: skip
