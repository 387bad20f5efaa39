"""Opsgenie's Alert API: alerts are created, acknowledged and closed by their alias; its own webhooks are read too.

https://docs.opsgenie.com/docs/alert-api
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

import msgspec

from kintsugi.core.alerts.event import AlertEvent, Happening
from kintsugi.core.shared.text import one_line
from kintsugi.formats.alerts.bodies import read
from kintsugi.formats.alerts.details import details_of, tags_of
from kintsugi.formats.alerts.format import (
    Decoded,
    Format,
    Headers,
    SourceKind,
    Undecodable,
    decoded,
)
from kintsugi.formats.alerts.limits import (
    MAX_DESCRIPTION,
    MAX_RULE,
    MAX_SERVICE,
    MAX_TITLE,
    MAX_WORD,
    Notes,
    bounded,
    digest,
    first,
    key_of,
    line,
    links_of,
    tidied,
)
from kintsugi.formats.alerts.moments import moment

_LONGEST_PATH = 4096
_ACTIONS = {
    "create": Happening.TRIGGER,
    "unacknowledge": Happening.TRIGGER,
    "acknowledge": Happening.ACKNOWLEDGE,
    "close": Happening.RESOLVE,
    "delete": Happening.RESOLVE,
}


class _Alert(msgspec.Struct, rename="camel"):
    message: str = ""
    alias: str = ""
    description: str = ""
    priority: str = ""
    entity: str = ""
    source: str = ""
    details: Any = None
    tags: Any = None
    note: str = ""
    alert_id: str = ""
    created_at: Any = None
    updated_at: Any = None


class _Body(_Alert, rename="camel"):
    action: str = ""
    alert: _Alert | None = None


_DECODER = msgspec.json.Decoder(_Body)


class Asked(NamedTuple):
    """What a path of the Alert API asks for; `identifier` is empty for a creation."""

    action: str
    identifier: str
    identifier_type: str


def asked(path: str, method: str = "POST") -> Asked:
    """What is asked by this path below the API (`/v2/alerts/a1/close?identifierType=alias`). Raises Undecodable."""
    where, _, query = path[:_LONGEST_PATH].partition("?")
    parts = [unquote(part) for part in where.strip("/").split("/")]
    if "alerts" in parts:
        parts = parts[parts.index("alerts") + 1 :]
    parts = [part for part in parts if part]
    if not parts:
        return Asked("create", "", "")
    try:
        asks = dict(parse_qsl(query, max_num_fields=20))
    except ValueError as error:
        raise Undecodable("the address has too many parameters") from error
    action = parts[1].lower() if len(parts) > 1 else "delete" if method == "DELETE" else ""
    if not action:
        raise Undecodable("the address asks for nothing that is an event")
    return Asked(action, parts[0], asks.get("identifierType", "id").lower())


def decode(body: bytes, headers: Headers, _mapping: Mapping[str, object] | None) -> Decoded:
    """One event: what the path asks for, or what one of Opsgenie's own webhooks tells.

    An alert created without an alias is known by its own bytes: the same sent twice is one alert.
    """
    asks = asked(headers.get(":path", ""), headers.get(":method", "POST").upper())
    is_bare = asks.identifier != "" and not body.strip()
    given: _Alert = _Body() if is_bare else read(body, _DECODER, _Body)
    notes = Notes()
    action, key = asks.action, ""
    if asks.identifier:
        if asks.identifier_type != "alias":
            raise Undecodable("alerts are known by their alias here: add ?identifierType=alias")
        key = key_of(asks.identifier)
    elif isinstance(given, _Body) and given.alert is not None:
        action, given = given.action.strip().lower(), given.alert
        key = key_of(given.alias) or key_of(given.alert_id)
    happening = _ACTIONS.get(action)
    if happening is None:
        notes.say(
            f"{one_line(action)[:60] or 'no action'} does not change whether an alert is open"
        )
        return Decoded(notes=notes.told)
    title = line(given.message, MAX_TITLE, "the title", notes)
    if not title and action == "create":
        raise Undecodable("the message is missing", ("message",))
    key = key or key_of(given.alias) or digest(body)
    return decoded([_event(given, happening, key, title, notes)], notes.told)


def _event(alert: _Alert, happening: Happening, key: str, title: str, notes: Notes) -> AlertEvent:
    found = details_of(alert.details)
    plain, pairs = tags_of(alert.tags)
    labels = pairs | found.labels
    for name, text in (("entity", alert.entity), ("source", alert.source), ("tags", plain)):
        if text:
            labels.setdefault(name, text)
    description = first(alert.description, found.annotations.pop("description", ""))
    is_over = happening is Happening.RESOLVE
    return AlertEvent(
        happening=happening,
        key=key,
        title=title or "Alert without a name",
        description=bounded(description, MAX_DESCRIPTION, "the description", notes),
        severity_word=line(alert.priority, MAX_WORD, "the priority", notes),
        service=line(found.service or pairs.get("service", ""), MAX_SERVICE, "the service", notes),
        rule=line(
            labels.get("alertname", "") or labels.get("rule", ""), MAX_RULE, "the rule", notes
        ),
        labels=tidied(labels, notes),
        annotations=tidied(found.annotations, notes, limit=MAX_DESCRIPTION, what="detail"),
        values=tidied(found.values, notes, what="value"),
        links=links_of(((text, name) for name, text in found.annotations.items()), notes),
        runbook_url=found.runbook_url,
        starts_at=None if is_over else moment(alert.created_at),
        ends_at=moment(alert.updated_at) if is_over else None,
    )


def accepted(request_id: str, took_seconds: float) -> bytes:
    """The body of the answer 202."""
    return msgspec.json.encode(
        {
            "result": "Request will be processed",
            "took": round(took_seconds, 3),
            "requestId": request_id,
        }
    )


def refused(message: str, request_id: str, took_seconds: float) -> bytes:
    """The body of an answer that is not 202."""
    return msgspec.json.encode(
        {"message": message, "took": round(took_seconds, 3), "requestId": request_id}
    )


FORMAT = Format(
    name="opsgenie",
    title="Opsgenie alerts",
    help="Opsgenie's Alert API: what creates and closes alerts there needs only another address.",
    kind=SourceKind.MONITORING,
    reads=decode,
)
