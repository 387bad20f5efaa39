"""What is forgotten after its time, a part at a time, so that no writer waits long."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.alerts.fatigue import DAY, bucket_of
from kintsugi.server.alerts.tables import (
    alert_bodies,
    alert_daily_rollups,
    alert_events,
    alert_groups,
    alert_rollups,
    alert_source_keys,
    alerts,
    changes,
    silences,
)


def bodies(connection: sa.Connection, before: datetime, most: int) -> int:
    """Forget bodies that came before a moment; how many."""
    return _some(connection, alert_bodies, alert_bodies.c.received_at < before, most)


def ended_alerts(connection: sa.Connection, before: datetime, most: int) -> int:
    """Forget alerts that were raised before a moment and are over, with their history; how many."""
    query = (
        sa.select(alerts.c.id)
        .where(alerts.c.raised_at < before, alerts.c.state == "resolved")
        .limit(most)
    )
    ids = list(connection.scalars(query))
    if ids:
        connection.execute(alert_events.delete().where(alert_events.c.alert_id.in_(ids)))
        connection.execute(alerts.delete().where(alerts.c.id.in_(ids)))
    return len(ids)


def the_rest(connection: sa.Connection, before: datetime, most: int) -> int:
    """Forget what else is about times before a moment: changes, groups, rollups, silences, keys that ended."""
    # Whole days, so that quarters and days always count the same alerts.
    day = bucket_of(before, DAY)
    for table in (alert_rollups, alert_daily_rollups):
        connection.execute(table.delete().where(table.c.bucket < day))
    return max(
        _some(connection, changes, changes.c.at < before, most),
        _some(connection, alert_groups, alert_groups.c.last_at < before, most),
        _some(connection, silences, silences.c.ends_at < before, most),
        _some(connection, alert_source_keys, alert_source_keys.c.expires_at < before, most),
    )


def _some(
    connection: sa.Connection, table: sa.Table, which: sa.ColumnElement[bool], most: int
) -> int:
    some = sa.select(table.c.id).where(which).limit(most)
    return connection.execute(table.delete().where(table.c.id.in_(some))).rowcount
