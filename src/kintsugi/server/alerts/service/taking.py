"""A body taken inside a unit of work of the caller's: what intake and its writer do, for one and at once."""

from __future__ import annotations

import json
from collections.abc import Mapping

from kintsugi.formats.alerts import FORMATS, Undecodable
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts.service.delivery import Delivery
from kintsugi.server.alerts.service.replaying import record_within
from kintsugi.server.alerts.source import Source
from kintsugi.server.alerts.store.recording import recorder_within


def take(work: UnitOfWork, source: Source, body: bytes, headers: Mapping[str, str]) -> Delivery:
    """Keep a body and record what it says; one that cannot be read is kept as a dead letter, and told as `problem`."""
    delivery = Delivery(
        source, json.dumps(dict(headers)), body, at=work.now, body_id=work.new_id("bod")
    )
    try:
        found = FORMATS[source.format].decode(body, headers, source.mapping)
        delivery.events, delivery.changes = found.events, found.changes
    except Undecodable as refused:
        delivery.problem = str(refused)
    recorder = recorder_within(work.connection)
    at = recorder.stored(delivery.at)
    state = "dead" if delivery.problem else "read"
    recorder.insert_bodies(
        [(delivery.body_id, source.id, at, delivery.headers, body, state, delivery.problem)]
    )
    recorder.hear([(at, source.id)])
    record_within(work.connection, delivery)
    return delivery
