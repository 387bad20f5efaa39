"""What statistics of rules and sources are made of: verdicts, counts, and the alerts of a window."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.precision import JudgedAlert, Verdict
from kintsugi.server.alerts.store.counting import is_counted
from kintsugi.server.alerts.store.rows import WITH_SOURCE, alert_of
from kintsugi.server.alerts.tables import alert_sources, alerts

_RULE = sa.case((alerts.c.rule == "", alerts.c.title), else_=alerts.c.rule)
"""The rule of an alert; the title stands for one where its sender names none."""


def judged(connection: sa.Connection, since: datetime, most: int) -> list[JudgedAlert]:
    """Alerts with a verdict that were raised since a moment, the newest first."""
    column = alerts.c
    query = (
        sa.select(
            column.id, alert_sources.c.name, _RULE.label("rule"), column.verdict,
            column.raised_at, column.title,
        )
        .join_from(alerts, alert_sources, alert_sources.c.id == column.source_id)
        .where(is_counted(), column.verdict != "", column.raised_at >= since)
        .order_by(column.raised_at.desc())
        .limit(most)
    )  # fmt: skip
    return [
        JudgedAlert(row.id, row.name, row.rule, Verdict(row.verdict), row.raised_at, row.title)
        for row in connection.execute(query)
    ]


def raised(connection: sa.Connection, since: datetime) -> dict[tuple[str, str], int]:
    """How many alerts of each source and rule were raised since a moment."""
    query = (
        sa.select(alert_sources.c.name, _RULE.label("rule"), sa.func.count())
        .join_from(alerts, alert_sources, alert_sources.c.id == alerts.c.source_id)
        .where(is_counted(), alerts.c.raised_at >= since)
        .group_by(alert_sources.c.name, _RULE)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(query)}


def counted(connection: sa.Connection, since: datetime, most: int) -> list[Alert]:
    """The alerts that are in statistics and were raised since a moment, the newest first."""
    query = (
        WITH_SOURCE.where(is_counted(), alerts.c.raised_at >= since)
        .order_by(alerts.c.raised_at.desc(), alerts.c.id.desc())
        .limit(most)
    )
    return [alert_of(row) for row in connection.execute(query).mappings()]
