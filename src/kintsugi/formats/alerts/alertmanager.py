"""Alertmanager's webhook, version 4: a group of alerts, each with its own state.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from kintsugi.core.alerts.event import AlertEvent, Happening
from kintsugi.core.shared.text import one_line
from kintsugi.formats.alerts.bodies import read, text_of
from kintsugi.formats.alerts.format import (
    Decoded,
    Format,
    Headers,
    SourceKind,
    Undecodable,
    decoded,
    few_enough,
)
from kintsugi.formats.alerts.labelled import LabelledAlert, labelled
from kintsugi.formats.alerts.limits import Notes


class _Group(msgspec.Struct, rename="camel"):
    alerts: list[LabelledAlert] | None = None
    status: str = ""
    truncated_alerts: Any = 0


_DECODER = msgspec.json.Decoder(_Group)


def decode(body: bytes, _headers: Headers, _mapping: Mapping[str, object] | None) -> Decoded:
    """An event for each alert of the group, by its own status: the group is firing as long as one of it is."""
    group = read(body, _DECODER, _Group)
    if group.alerts is None:
        raise Undecodable("the list of alerts is missing", ("alerts",))
    few_enough(len(group.alerts))
    notes = Notes()
    if group.truncated_alerts not in (None, 0, "", "0"):
        left_out = one_line(text_of(group.truncated_alerts))[:20]
        notes.say(f"Alertmanager left out {left_out} more alerts (max_alerts)")
    return decoded([_event(alert, group, notes) for alert in group.alerts], notes.told)


def _event(alert: LabelledAlert, group: _Group, notes: Notes) -> AlertEvent:
    is_over = (alert.status or group.status).strip().lower() == "resolved"
    return labelled(
        alert, Happening.RESOLVE if is_over else Happening.TRIGGER, notes, has_end=is_over
    )


FORMAT = Format(
    name="alertmanager",
    title="Alertmanager",
    help="A webhook receiver of Alertmanager: one request for each group of alerts.",
    kind=SourceKind.MONITORING,
    reads=decode,
)
