"""Fault trees and why-trees on a Kintsugi server: listed, taken away as text, and brought back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from kintsugi.client.http import Connection, understood

FAULT_TREES = "/api/fault-trees"
WHY_TREES = "/api/why-trees"


@dataclass(frozen=True, slots=True)
class RemoteTree:
    """A tree on the server: where it stands, and the answer it came in."""

    id: str
    reference: str
    version: int
    data: Mapping[str, Any]


def listed(
    connection: Connection, rooms: str, query: Mapping[str, str]
) -> Iterator[Mapping[str, Any]]:
    """Trees as the list has them, page after page. `rooms` is FAULT_TREES or WHY_TREES."""
    return connection.items(rooms, dict, query)


def find(connection: Connection, rooms: str, name: str) -> RemoteTree:
    """The tree of an id or reference. Raises ClientError."""
    return understood(_remote, connection.get(_path(rooms, name)).data)


def exported(connection: Connection, rooms: str, name: str, form: str) -> str:
    """The tree in one of the forms of its files. Raises ClientError."""
    return connection.get(f"{_path(rooms, name)}/export", {"form": form}).text


def create(connection: Connection, rooms: str, body: Mapping[str, object]) -> RemoteTree:
    """A new tree. Raises ClientError."""
    return understood(_remote, connection.post(rooms, dict(body)).data)


def change(
    connection: Connection, rooms: str, name: str, body: Mapping[str, object], version: int
) -> RemoteTree:
    """The tree with what is said, as it was read at a version. Raises ClientError, 412 for a lost race."""
    answer = connection.patch(_path(rooms, name), dict(body), etag=f'"{version}"')
    return understood(_remote, answer.data)


def _path(rooms: str, name: str) -> str:
    return f"{rooms}/{quote(name, safe='')}"


def _remote(data: Mapping[str, Any]) -> RemoteTree:
    return RemoteTree(data["id"], data["reference"], data["version"], data)
