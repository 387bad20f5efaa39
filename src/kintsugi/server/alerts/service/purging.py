"""What is forgotten every night: bodies after 30 days, alerts, changes and what counts them after 13 months."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.observability import log
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.alerts.store import purging

BODIES_KEPT = timedelta(days=30)
ALERTS_KEPT = timedelta(days=397)
"""13 months: the same month of the year before can still be looked at."""
AT_ONCE = 1000
MOST_PARTS = 1000
"""So many parts a night; what is left goes the next."""

Forget = Callable[[sa.Connection, datetime, int], int]


def purge(works: Works) -> None:
    """Forget what is past its time, each part in a unit of work of its own, so that nobody waits long."""
    forgotten = {
        "bodies": _purge(works, purging.bodies, BODIES_KEPT),
        "alerts": _purge(works, purging.ended_alerts, ALERTS_KEPT),
        "others": _purge(works, purging.the_rest, ALERTS_KEPT),
    }
    log.info("alerts purged", **forgotten)


def _purge(works: Works, forget: Forget, kept: timedelta) -> int:
    forgotten = 0
    for _ in range(MOST_PARTS):
        with works.writing(SYSTEM) as work:
            some = forget(work.connection, work.now - kept, AT_ONCE)
        forgotten += some
        if some < AT_ONCE:
            break
    return forgotten
