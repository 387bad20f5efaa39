"""Alertmanager's API v2: Prometheus lists us as one of its Alertmanagers, and amtool asks us as one.

https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from kintsugi.core.alerts.event import Happening
from kintsugi.formats.alerts.bodies import load, objects, shaped
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

_DECODER = msgspec.json.Decoder(list[LabelledAlert])


def decode(body: bytes, _headers: Headers, _mapping: Mapping[str, object] | None) -> Decoded:
    """Alerts as Prometheus posts them to /api/v2/alerts: firing until `endsAt`, over when that has passed.

    Prometheus gives a firing alert an end a few minutes ahead and moves it on as long as it fires, so
    every event is a trigger; `core.alerts.lifecycle` takes one whose end has passed as a resolve.
    """
    notes = Notes()
    try:
        posted = _DECODER.decode(body)
    except ValueError:
        posted = [shaped(one, LabelledAlert, (at,)) for at, one in enumerate(objects(load(body)))]
    few_enough(len(posted))
    events = []
    for at, alert in enumerate(posted):
        if not alert.labels:
            raise Undecodable("at least one label is needed", (at, "labels"))
        events.append(labelled(alert, Happening.TRIGGER, notes, has_end=True))
    return decoded(events, notes.told)


FORMAT = Format(
    name="alertmanager-api",
    title="Prometheus",
    help="Prometheus itself, with Kintsugi as one of its Alertmanagers; amtool works too.",
    kind=SourceKind.MONITORING,
    reads=decode,
)
