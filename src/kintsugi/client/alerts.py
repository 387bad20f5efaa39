"""Alerts on a Kintsugi server: listed, answered, judged and explained; their sources; what was changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from kintsugi.client.http import Connection, understood

ALERTS, SOURCES, CHANGES = "/api/alerts", "/api/alert-sources", "/api/changes"


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert on the server, and the answer it came in."""

    id: str
    title: str
    state: str
    severity: str | None
    service: str
    rule: str
    source: str
    raised_at: datetime
    incident_id: str | None
    verdict: str | None
    data: Mapping[str, Any] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Done:
    """Of how many alerts it was asked, and for how many it was news."""

    alerts: int
    changed: int
    data: Mapping[str, Any] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Source:
    """A source of alerts. `key` is what it sends with: there after it was made or its key was, else empty."""

    id: str
    name: str
    format: str
    address: str
    snippet: str
    last_event_at: datetime | None
    retired_at: datetime | None
    key: str = field(repr=False)
    data: Mapping[str, Any] = field(repr=False, compare=False)


def listed(connection: Connection, query: Mapping[str, str | Sequence[str]]) -> Iterator[Alert]:
    """Alerts, newest first; pages are fetched as you read on. Raises ClientError."""
    return connection.items(ALERTS, _alert, {k: v for k, v in query.items() if v})


def find(connection: Connection, alert_id: str) -> Alert:
    """The alert of an id; `data` has its history, too. Raises ClientError."""
    return understood(_alert, connection.get(f"{ALERTS}/{quote(alert_id, safe='')}").data)


def acknowledge(connection: Connection, alert_ids: Sequence[str]) -> Done:
    """Take alerts, all of them or none. Raises ClientError."""
    return _do(connection, "acknowledge", {"alerts": list(alert_ids)})


def resolve(connection: Connection, alert_ids: Sequence[str], reason: str = "") -> Done:
    """Say that alerts are over, all of them or none. Raises ClientError."""
    return _do(connection, "resolve", {"alerts": list(alert_ids), "reason": reason})


def judge(connection: Connection, alert_ids: Sequence[str], verdict: str | None) -> Done:
    """Say what alerts were worth: useful, noise, duplicate, nothing_to_do; None takes it back. Raises ClientError."""
    return _do(connection, "verdict", {"alerts": list(alert_ids), "verdict": verdict})


def explain(
    connection: Connection, body: str, *, format_name: str = "", source: str = ""
) -> Mapping[str, Any]:
    """What would become of a message now, step by step; nothing is written. Raises ClientError."""
    said = {"body": body, "format": format_name, "source": source}
    answer = connection.post(f"{ALERTS}/explain", said).data
    return understood(lambda data: {**data, "events": list(data["events"])}, answer)


def add_change(
    connection: Connection,
    summary: str,
    *,
    at: str | None = None,
    origin: str = "",
    services: Sequence[str] = (),
    links: Sequence[str] = (),
    details: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    """Tell of a change; now unless it says when. Raises ClientError."""
    body = {
        "summary": summary, "at": at, "origin": origin, "services": list(services),
        "links": [{"url": url} for url in links], "details": dict(details or {}),
    }  # fmt: skip
    return understood(dict[str, Any], connection.post(CHANGES, body).data)


def sources(connection: Connection) -> Iterator[Source]:
    """Every source, by name. Raises ClientError."""
    return connection.items(SOURCES, _source)


def add_source(connection: Connection, name: str, format_name: str, *, service: str = "") -> Source:
    """A source, with its first key this one time. Raises ClientError."""
    body = {"name": name, "format": format_name, "service": service}
    return understood(_source, connection.post(SOURCES, body).data)


def rotate(connection: Connection, name: str, overlap_hours: float | None = None) -> Source:
    """A new key of a source, this one time; those before it end after the overlap. Raises ClientError."""
    body = {} if overlap_hours is None else {"overlapHours": overlap_hours}
    place = f"{SOURCES}/{quote(name, safe='')}/rotate"
    return understood(_source, connection.post(place, body).data)


def _do(connection: Connection, what: str, body: Mapping[str, object]) -> Done:
    answer = connection.post(f"{ALERTS}/{what}", body).data
    return understood(lambda data: Done(data["alerts"], data["changed"], data), answer)


def _alert(data: Mapping[str, Any]) -> Alert:
    return Alert(
        data["id"], data["title"], data["state"], data["severity"], data["service"], data["rule"],
        data["source"], datetime.fromisoformat(data["raisedAt"]), data["incidentId"],
        data["verdict"], data,
    )  # fmt: skip


def _source(data: Mapping[str, Any]) -> Source:
    return Source(
        data["id"], data["name"], data["format"], data["address"], data["snippet"],
        _moment(data["lastEventAt"]), _moment(data["retiredAt"]), data.get("key") or "", data,
    )  # fmt: skip


def _moment(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)
