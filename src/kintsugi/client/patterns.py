"""Patterns on a Kintsugi server: classes of cause with their incidents, and what people say of an incident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from kintsugi.client.http import Connection, Query, understood
from kintsugi.core.knowledge.told import PatternAction, PatternIncident, PatternTold

PATTERNS = "/api/patterns"


@dataclass(frozen=True, slots=True)
class RemoteClass:
    """A class as the list has it: how many incidents of the period are confirmed, and for how many it is suggested."""

    key: str
    title: str
    incidents: int
    waiting: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class RemoteDecision:
    """What was said of an incident, or what its words suggest: then `decision` is empty and `why` says why."""

    key: str
    title: str
    decision: str
    by_name: str = ""
    why: str = ""


def listed(connection: Connection, query: Query) -> tuple[list[RemoteClass], Mapping[str, Any]]:
    """The classes, and the answer they came in. Raises ClientError."""
    data = connection.get(PATTERNS, query).data
    return understood(lambda found: [_class(one) for one in found["classes"]], data), data


def find(connection: Connection, key: str) -> Mapping[str, Any]:
    """One class, as the server answers. Raises ClientError."""
    data: Mapping[str, Any] = connection.get(f"{PATTERNS}/{quote(key, safe='')}").data
    return data


def told(connection: Connection) -> list[PatternTold]:
    """Every class with a confirmed incident of the last ten years, as files of a base tell it. Raises ClientError."""
    classes, _ = listed(connection, {"days": 3650})
    return [understood(_told, find(connection, one.key)) for one in classes if one.incidents]


def decisions(connection: Connection, incident: str) -> list[RemoteDecision]:
    """What was said of an incident, and what is suggested of the rest. Raises ClientError."""
    return understood(_decisions, connection.get(_path(incident)).data)


def decide(connection: Connection, incident: str, key: str, decision: str) -> list[RemoteDecision]:
    """Say that an incident is of a class (`confirmed`), or is not (`refused`). Raises ClientError."""
    path = f"{_path(incident)}/{quote(key, safe='')}"
    return understood(_decisions, connection.put(path, {"decision": decision}).data)


def _path(incident: str) -> str:
    return f"/api/incidents/{quote(incident, safe='')}/classes"


def _class(data: Mapping[str, Any]) -> RemoteClass:
    last = data.get("lastAt")
    return RemoteClass(
        data["key"], data["title"], data["incidents"], data["waiting"],
        datetime.fromisoformat(last) if last else None,
    )  # fmt: skip


def _decisions(data: Mapping[str, Any]) -> list[RemoteDecision]:
    said = [
        RemoteDecision(one["key"], one["title"], one["decision"], one["byName"])
        for one in data["decided"]
    ]
    return said + [
        RemoteDecision(one["key"], one["title"], "", why=_why(one)) for one in data["suggested"]
    ]


def _why(data: Mapping[str, Any]) -> str:
    terms = ", ".join(f"{one['term']} in the {one['field']}" for one in data["terms"])
    return "; ".join(filter(None, ("a factor of the postmortem" if data["named"] else "", terms)))


def _told(data: Mapping[str, Any]) -> PatternTold:
    return PatternTold(
        data["key"], data["title"], data["description"],
        tuple(
            PatternIncident(
                datetime.fromisoformat(one["beganAt"]).date(), one["title"], one["reference"],
                tuple(one["postmortems"]),
            )
            for one in data["incidents"]
        ),
        tuple(data["says"]),
        tuple(
            PatternAction(
                one["description"].split("\n")[0], one["reference"], one["owner"],
                date.fromisoformat(one["dueOn"]),
            )
            for one in data["openActions"]
        ),
    )  # fmt: skip
