"""Grafana's webhook: its unified alerting, and the legacy alerting before version 11.

https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from kintsugi.core.alerts.event import AlertEvent, Happening
from kintsugi.core.shared.text import one_line
from kintsugi.formats.alerts.bodies import read, text_of, texts
from kintsugi.formats.alerts.format import (
    BadSignature,
    Decoded,
    Format,
    Headers,
    SourceKind,
    Undecodable,
    decoded,
    few_enough,
)
from kintsugi.formats.alerts.labelled import LabelledAlert, labelled
from kintsugi.formats.alerts.limits import MAX_RULE, Notes, first, line, tidied
from kintsugi.formats.alerts.signatures import check_hex, check_stamp

SIGNATURE = "x-grafana-alerting-signature"
STAMPS = ("x-grafana-alerting-timestamp", "x-grafana-alerting-signature-timestamp")
"""Where a signed time may stand. Grafana has no name of its own for it; ours to offer is the first."""

_FAILED_RULES = ("DatasourceNoData", "DatasourceError")
_LEGACY = {
    "alerting": Happening.TRIGGER,
    "no_data": Happening.TRIGGER,
    "ok": Happening.RESOLVE,
}
_PASSED_OVER = ("pending", "paused", "unknown")


class _Alert(LabelledAlert, rename="camel", gc=False):
    values: Any = None
    dashboard_url: str = msgspec.field(default="", name="dashboardURL")
    panel_url: str = msgspec.field(default="", name="panelURL")
    image_url: str = msgspec.field(default="", name="imageURL")
    silence_url: str = msgspec.field(default="", name="silenceURL")


class _Body(msgspec.Struct, rename="camel"):
    alerts: list[_Alert] | None = None
    status: str = ""
    truncated_alerts: Any = 0
    org_id: Any = None
    title: str = ""
    state: str = ""
    message: str = ""
    rule_id: Any = None
    rule_name: str = ""
    rule_url: str = ""
    image_url: str = ""
    eval_matches: Any = None
    tags: Any = None


_DECODER = msgspec.json.Decoder(_Body)


def decode(body: bytes, _headers: Headers, _mapping: Mapping[str, object] | None) -> Decoded:
    """An event for each alert by its own status; one event for a body of the legacy alerting."""
    group = read(body, _DECODER, _Body)
    notes = Notes()
    if group.alerts is None:
        event = _legacy(group, notes)
        return decoded([event] if event else [], notes.told)
    few_enough(len(group.alerts))
    if group.truncated_alerts not in (None, 0, "", "0"):
        notes.say(f"Grafana left out {one_line(text_of(group.truncated_alerts))[:20]} more alerts")
    return decoded([_event(alert, group, notes) for alert in group.alerts], notes.told)


def _event(alert: _Alert, group: _Body, notes: Notes) -> AlertEvent:
    is_over = (alert.status or group.status).strip().lower() == "resolved"
    links = (
        (alert.panel_url, "Panel"),
        (alert.dashboard_url, "Dashboard"),
        (alert.image_url, "Picture"),
        (alert.silence_url, "Silence in Grafana"),
    )
    event = labelled(
        alert,
        Happening.RESOLVE if is_over else Happening.TRIGGER,
        notes,
        has_end=is_over,
        links=tuple(link for link in links if link[0]),
        values=tidied(texts(alert.values), notes, what="value"),
    )
    if event.rule in _FAILED_RULES and "rulename" in event.labels:
        return replace(event, rule=line(event.labels["rulename"], MAX_RULE, "the rule", notes))
    return event


def _legacy(body: _Body, notes: Notes) -> AlertEvent | None:
    """The event of a legacy body, None for a state that is neither good nor bad."""
    name = first(body.rule_name, body.title)
    state = body.state.strip().lower()
    if not state or (not name and body.rule_id is None):
        raise Undecodable(
            "neither a list of alerts nor rule and state of a legacy alert are there", ("alerts",)
        )
    happening = _LEGACY.get(state)
    if happening is None:
        if state not in _PASSED_OVER:
            raise Undecodable(
                f"{one_line(body.state)[:60]!r} is no state of a legacy alert", ("state",)
            )
        notes.say(f"the state {state} says neither that it fires nor that it is over")
        return None
    rule = line(name, MAX_RULE, "the rule", notes)
    number = text_of(body.rule_id)
    alert = LabelledAlert(
        labels={"alertname": rule} | texts(body.tags),
        annotations={"summary": rule, "description": body.message},
        fingerprint=f"org {text_of(body.org_id) or 1} rule {number or rule}",
    )
    event = labelled(
        alert,
        happening,
        notes,
        has_end=False,
        links=tuple(
            link for link in ((body.rule_url, "Panel"), (body.image_url, "Picture")) if link[0]
        ),
        values=tidied(_matches(body.eval_matches), notes, what="value"),
    )
    return replace(event, rule=rule)


def _matches(found: object) -> dict[str, str]:
    """Measurements by metric; the second of a name gets its tags, or its place, beside it."""
    values: dict[str, str] = {}
    if not isinstance(found, list):
        return values
    for at, one in enumerate(found):
        if isinstance(one, dict):
            metric = text_of(one.get("metric")) or "value"
            name = metric if metric not in values else f"{metric} ({at + 1})"
            values[name] = text_of(one.get("value"))
    return values


def verify(body: bytes, headers: Headers, secret: str, now: datetime) -> None:
    """Hold the body against Grafana's HMAC (12.0 and later), of `time:body` where a time is sent.

    Raises BadSignature.
    """
    for name in STAMPS:
        stamp = headers.get(name, "").strip()
        if stamp:
            check_stamp(stamp, now)
            check_hex(headers, SIGNATURE, secret, stamp.encode() + b":" + body)
            return
    try:
        check_hex(headers, SIGNATURE, secret, body)
    except BadSignature as error:
        raise BadSignature(f"{error.reason}; a signed time is looked for in {STAMPS[0]}") from error


FORMAT = Format(
    name="grafana",
    title="Grafana",
    help="A webhook contact point of Grafana, with its signature from version 12 on.",
    kind=SourceKind.MONITORING,
    reads=decode,
    verify=verify,
    signature_header=SIGNATURE,
)
