"""A delivery recorded inside a unit of work: what intake's writer does, for one and at once."""

from __future__ import annotations

import sqlalchemy as sa

from kintsugi.server.alerts.service.delivery import Delivery
from kintsugi.server.alerts.service.folding import Folded, Folding
from kintsugi.server.alerts.service.known import Record, pending_of, record_of
from kintsugi.server.alerts.service.new_ids import NewIds
from kintsugi.server.alerts.service.tally import Counts
from kintsugi.server.alerts.store.recording import Recorder, recorder_within

_EPOCH = 0


def record_within(connection: sa.Connection, delivery: Delivery) -> Counts:
    """Record it in the transaction of this connection, and say what it has come to.

    1. What is known of its alerts is read, and kept from others until the end. 2. It is folded and written as by
    intake's writer. 3. Repeats, which that one would count in memory, are written too.
    """
    recorder = recorder_within(connection)
    names = {message.fingerprint.hex(): message.fingerprint for message in delivery.messages}
    found = recorder.known(names, locks=True) if names else {}
    known: dict[bytes, Record] = {
        names[name]: record_of(one, _EPOCH) for name, one in found.items()
    }
    ids = NewIds()
    ids.begin(delivery.at)
    folding = Folding(known.get, ids, _EPOCH, recorder.stored)
    folding.take(delivery)
    _write(recorder, folding.made, recorder.stored(delivery.at))
    return folding.made.counts


def _write(recorder: Recorder, made: Folded, now: object) -> None:
    for each in made.rounds:
        recorder.insert_alerts(each.alerts)
        recorder.change_alerts(each.changed)
        recorder.acknowledge_alerts(each.acknowledged)
        recorder.resolve_alerts(each.resolved)
    recorder.insert_events(made.events)
    recorder.insert_changes(made.changes)
    repeats = [pending_of(record) for record in (*made.replaced, *made.records.values())]
    recorder.count_repeats(
        [
            (one.events, now, recorder.stored(one.ends_at), one.alert_id)
            for one in repeats
            if one is not None
        ]
    )
