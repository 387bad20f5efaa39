"""Bodies that are kept: those that a process left behind, those to be read once more, those that are old."""

from __future__ import annotations

from datetime import datetime, timedelta

from kintsugi.kernel.auth import SYSTEM, NotFound
from kintsugi.kernel.unit_of_work import UnitOfWork, Works
from kintsugi.server.alerts.events import BodiesWait
from kintsugi.server.alerts.service.delivery import Delivery
from kintsugi.server.alerts.service.reading import read_again
from kintsugi.server.alerts.store import bodies as store

KEPT_FOR = timedelta(days=30)


def left_behind(works: Works, older: timedelta, most: int) -> list[Delivery]:
    """Bodies that wait for longer than this, oldest first, read again."""
    with works.reading(SYSTEM) as work:
        before = body_id_at(work.now - older + timedelta(milliseconds=1))
        found = list(store.waiting(work.connection, before, most))
        now = work.now
    deliveries = []
    for kept in found:
        delivery = read_again(kept.source, kept.body, kept.headers)
        delivery.body_id = kept.id
        delivery.at = now if kept.state == "replayed" else kept.received_at
        deliveries.append(delivery)
    return deliveries


def read_once_more(work: UnitOfWork, body_id: str) -> None:
    """Have a dead letter read again, as its source's mapping is now; soon after, it is alerts or a dead letter again.

    Raises NotFound.
    """
    if not store.make_wait(work.connection, body_id):
        raise NotFound("there is no such dead letter")
    work.audit("body.replay", body_id)
    work.publish(BodiesWait())


def purge_bodies(work: UnitOfWork) -> int:
    """Forget bodies that are older than 30 days; how many."""
    return store.purge(work.connection, body_id_at(work.now - KEPT_FOR))


def body_id_at(moment: datetime) -> str:
    """An id below those of all bodies that came from this millisecond on, and above all before."""
    milliseconds = int(moment.timestamp() * 1000)
    return f"bod_{milliseconds << 80:032x}"
