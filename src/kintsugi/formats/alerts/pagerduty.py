"""PagerDuty's Events API v2, and the v1 that came before: alerts and changes from all that can page.

https://developer.pagerduty.com/docs/events-api-v2-overview
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from kintsugi.core.alerts.event import AlertEvent, ChangeEvent, Happening
from kintsugi.core.shared.text import one_line
from kintsugi.formats.alerts.bodies import read, text_of
from kintsugi.formats.alerts.details import Details, details_of
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

CHANGE_PATH = "/v2/change/enqueue"
_HAPPENINGS = {
    "trigger": Happening.TRIGGER,
    "acknowledge": Happening.ACKNOWLEDGE,
    "resolve": Happening.RESOLVE,
}


class _Payload(msgspec.Struct):
    summary: str = ""
    source: str = ""
    severity: str = ""
    timestamp: Any = ""
    component: str = ""
    group: str = ""
    class_: str = msgspec.field(default="", name="class")
    custom_details: Any = None


class _Event(msgspec.Struct):
    routing_key: str = ""
    event_action: str = ""
    dedup_key: str = ""
    payload: _Payload | None = None
    links: Any = None
    images: Any = None
    client: str = ""
    client_url: str = ""
    service_key: str = ""
    event_type: str = ""
    incident_key: str = ""
    description: str = ""
    details: Any = None


class _Keyed(msgspec.Struct):
    routing_key: str = ""
    service_key: str = ""


_DECODER = msgspec.json.Decoder(_Event)
_KEY_DECODER = msgspec.json.Decoder(_Keyed)


def routing_key(body: bytes) -> str:
    """The key that a body sent to /v2/enqueue carries, empty if none. Raises Undecodable."""
    try:
        keyed = read(body, _KEY_DECODER, _Keyed)
    except RecursionError as error:
        raise Undecodable("the body is nested too deep") from error
    return (keyed.routing_key or keyed.service_key).strip()


def decode(body: bytes, headers: Headers, _mapping: Mapping[str, object] | None) -> Decoded:
    """One event, or one change when it was sent to /v2/change/enqueue.

    A trigger without dedup_key is known by its own bytes: the same sent twice is one alert. Refused as
    PagerDuty refuses: an unknown event_action, a trigger without a summary, the others without a dedup_key.
    """
    event = read(body, _DECODER, _Event)
    notes = Notes()
    if CHANGE_PATH in headers.get(":path", ""):
        return Decoded((), (_change(event, notes),), "", notes.told)
    action = (event.event_action or event.event_type).strip().lower()
    happening = _HAPPENINGS.get(action)
    if happening is None:
        raise Undecodable(
            f"{one_line(action)[:60]!r} is no action; expected trigger, acknowledge or resolve",
            ("event_action",),
        )
    key = key_of(event.dedup_key) or key_of(event.incident_key)
    if not key and happening is not Happening.TRIGGER:
        raise Undecodable(
            "an acknowledgement or resolve needs the key of its alert", ("dedup_key",)
        )
    return decoded([_event(event, happening, key or digest(body), notes)], notes.told)


def _event(event: _Event, happening: Happening, key: str, notes: Notes) -> AlertEvent:
    payload = event.payload or _Payload()
    summary = first(payload.summary, event.description)
    title = line(summary, MAX_TITLE, "the title", notes)
    if not title and happening is Happening.TRIGGER:
        raise Undecodable("the summary is missing", ("payload", "summary"))
    found = details_of(payload.custom_details if event.details is None else event.details)
    labels = _labels(payload, found)
    description = found.annotations.pop("description", "")
    if len(summary) > MAX_TITLE:
        description = description or summary
    at = moment(payload.timestamp)
    return AlertEvent(
        happening=happening,
        key=key,
        title=title or "Alert without a name",
        description=bounded(description, MAX_DESCRIPTION, "the description", notes),
        severity_word=line(payload.severity, MAX_WORD, "the severity", notes),
        service=line(found.service, MAX_SERVICE, "the service", notes),
        rule=line(payload.class_, MAX_RULE, "the rule", notes),
        labels=tidied(labels, notes),
        annotations=tidied(found.annotations, notes, limit=MAX_DESCRIPTION, what="detail"),
        values=tidied(found.values, notes, what="value"),
        links=links_of(_links(event), notes),
        runbook_url=found.runbook_url,
        starts_at=None if happening is Happening.RESOLVE else at,
        ends_at=at if happening is Happening.RESOLVE else None,
    )


def _labels(payload: _Payload, found: Details) -> dict[str, str]:
    own = {
        "source": payload.source,
        "component": payload.component,
        "group": payload.group,
        "class": payload.class_,
    }
    return found.labels | {name: text for name, text in own.items() if text}


def _links(event: _Event) -> Iterator[tuple[str, str]]:
    if event.client_url:
        yield event.client_url, event.client or "Sender"
    for given, address, text in ((event.links, "href", "text"), (event.images, "src", "alt")):
        if not isinstance(given, list):
            continue
        for one in given:
            if isinstance(one, dict):
                yield text_of(one.get(address) or one.get("href")), text_of(one.get(text))


def _change(event: _Event, notes: Notes) -> ChangeEvent:
    payload = event.payload or _Payload()
    summary = line(payload.summary, MAX_TITLE, "the summary", notes)
    if not summary:
        raise Undecodable("the summary is missing", ("payload", "summary"))
    found = details_of(payload.custom_details)
    services = [line(one, MAX_SERVICE, "the service", notes) for one in found.services]
    told = found.labels | found.values | found.annotations
    return ChangeEvent(
        summary=summary,
        at=moment(payload.timestamp),
        source=line(payload.source, MAX_RULE, "the source", notes),
        services=tuple(dict.fromkeys(one for one in services if one)),
        links=links_of(_links(event), notes),
        details=tidied(told, notes, limit=MAX_DESCRIPTION, what="detail"),
    )


def accepted(dedup_key: str) -> bytes:
    """The body of the answer 202 to an event."""
    return msgspec.json.encode(
        {"status": "success", "message": "Event processed", "dedup_key": dedup_key}
    )


def change_accepted() -> bytes:
    """The body of the answer 202 to a change."""
    return msgspec.json.encode({"status": "success", "message": "Change event processed"})


def refused(problem: str) -> bytes:
    """The body of the answer 400."""
    return msgspec.json.encode(
        {"status": "invalid event", "message": "Event object is invalid", "errors": [problem]}
    )


def throttled() -> bytes:
    """The body of the answer 429."""
    return msgspec.json.encode(
        {
            "status": "throttle exceeded",
            "message": "Requests for this service are arriving too quickly.  Please retry later.",
        }
    )


FORMAT = Format(
    name="pagerduty",
    title="PagerDuty Events",
    help="PagerDuty's Events API v2: every tool that can page by PagerDuty, and changes too.",
    kind=SourceKind.MONITORING,
    reads=decode,
)
