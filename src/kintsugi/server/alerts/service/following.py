"""The topics that pages of alerts follow; see `kernel.live`."""

from __future__ import annotations

from collections.abc import Sequence

from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts.store import inbox
from kintsugi.server.alerts.store.rows import EVERYBODY

TOPIC = "alerts"
"""The topic of every list of alerts. No hidden one is told of here: that something moved is a trace too."""


def own_inbox_of(user_id: str) -> str:
    """The topic of the alerts of private incidents that this user sees; the room of incidents tells it."""
    return f"alerts@{user_id}"


def tell(work: UnitOfWork, alert_ids: Sequence[str]) -> None:
    """These alerts are not what they were: lists move, if everybody sees one of them."""
    if TOPIC not in work.touched and inbox.any_seen(
        work.connection, EVERYBODY, work.incidents_hidden, alert_ids
    ):
        work.touch(TOPIC)
