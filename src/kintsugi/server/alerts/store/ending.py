"""How an alert ends or is taken, other than by intake; and its history."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.alerts.alert import Alert
from kintsugi.server.alerts.tables import alert_events, alerts


def end(connection: sa.Connection, alert: Alert, now: datetime, how: str) -> bool:
    """It is over; False when it was already."""
    update = (
        alerts.update()
        .where(alerts.c.id == alert.id, alerts.c.state != "resolved")
        .values(state="resolved", resolved_at=now, resolved_how=how, version=alerts.c.version + 1)
    )
    return connection.execute(update).rowcount == 1


def acknowledge(connection: sa.Connection, alert: Alert, now: datetime) -> bool:
    """Somebody has taken it; False when it is not firing."""
    update = (
        alerts.update()
        .where(alerts.c.id == alert.id, alerts.c.state == "firing")
        .values(state="acknowledged", acknowledged_at=now, version=alerts.c.version + 1)
    )
    return connection.execute(update).rowcount == 1


def add_event(
    connection: sa.Connection,
    event_id: str,
    alert_id: str,
    kind: str,
    at: datetime,
    *,
    actor: str = "",
    detail: str = "",
    is_waiting: bool = False,
) -> None:
    """One more line of an alert's history; one that waits is told to the rooms above."""
    connection.execute(
        alert_events.insert().values(
            id=event_id, alert_id=alert_id, kind=kind, at=at, actor=actor, detail=detail,
            is_waiting=is_waiting,
        )
    )  # fmt: skip
