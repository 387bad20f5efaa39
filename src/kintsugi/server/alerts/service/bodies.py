"""Bodies that were answered and not recorded, because their process was killed."""

from __future__ import annotations

from datetime import datetime, timedelta

from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.alerts.service.delivery import Delivery
from kintsugi.server.alerts.service.reading import read_again
from kintsugi.server.alerts.store import bodies as store

LAST_ID = "bod_~"
"""Above the ids of all bodies."""


def left_behind(works: Works, older: timedelta | None, most: int) -> list[Delivery]:
    """Bodies that wait for longer than this (None: all that wait), oldest first, read again."""
    with works.reading(SYSTEM) as work:
        before = body_id_at(work.now - older) if older is not None else LAST_ID
        found = list(store.waiting(work.connection, before, most))
    deliveries = []
    for kept in found:
        made = Delivery(kept.source, kept.headers, kept.body, at=kept.received_at, body_id=kept.id)
        deliveries.append(read_again(made))
    return deliveries


def body_id_at(moment: datetime) -> str:
    """An id below those of all bodies that came from this millisecond on, and above all before."""
    milliseconds = int(moment.timestamp() * 1000)
    return f"bod_{milliseconds << 80:032x}"
