"""Alerts as a search is to find them: every one, whoever may see it. What shows them asks who looks."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from kintsugi.core.alerts.alert import Alert
from kintsugi.kernel.audit import Hidden
from kintsugi.kernel.auth import Viewer
from kintsugi.server.alerts.store.rows import WITH_SOURCE, alert_of, visible
from kintsugi.server.alerts.tables import alerts


def whole(connection: sa.Connection, ids: Sequence[str]) -> list[Alert]:
    """The alerts of these ids, in the order in which they were raised."""
    query = WITH_SOURCE.where(alerts.c.id.in_(ids)).order_by(alerts.c.raised_at, alerts.c.id)
    return [alert_of(row) for row in connection.execute(query).mappings()]


def ids_after(connection: sa.Connection, after: str, most: int) -> list[str]:
    """The ids behind one, in order: those of alerts rise with time."""
    query = sa.select(alerts.c.id).where(alerts.c.id > after).order_by(alerts.c.id).limit(most)
    return list(connection.scalars(query))


def visible_ids(viewer: Viewer, hidden: Sequence[Hidden]) -> sa.Select[tuple[str]]:
    """The ids of the alerts that the viewer sees, as a query to stand inside another."""
    return sa.select(alerts.c.id).where(visible(viewer, hidden))


def existing(connection: sa.Connection, ids: Sequence[str]) -> set[str]:
    """Those of these ids that have an alert."""
    return set(connection.scalars(sa.select(alerts.c.id).where(alerts.c.id.in_(ids))))
