"""Rows of alerts as core values, and which rows somebody sees."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

import sqlalchemy as sa

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.event import AlertLink, AlertState
from kintsugi.core.alerts.precision import Verdict
from kintsugi.core.shared.severity import Severity
from kintsugi.kernel.audit import Hidden
from kintsugi.kernel.auth import Role, Viewer
from kintsugi.server.alerts.tables import alert_sources, alerts, routing_rules

WITH_SOURCE = sa.select(
    alerts,
    alert_sources.c.name.label("source"),
    alert_sources.c.kind.label("source_kind"),
    alert_sources.c.format.label("source_format"),
).join_from(alerts, alert_sources, alert_sources.c.id == alerts.c.source_id)
"""What `alert_of` reads."""


EVERYBODY = Viewer("", "everybody", "", Role.VIEWER, scopes=frozenset())
"""Who sees what all see, and nothing more."""


def visible(viewer: Viewer, hidden: Sequence[Hidden]) -> sa.ColumnElement[bool]:
    """Which rows the viewer sees.

    Those of an incident, if they see that. Of the others all but what a rule for private incidents is for
    (no incident may have come of it: it is silenced, say), and, while there is such a rule, what was not
    looked at yet: these are for admins alone.
    """
    return _visible(viewer, tuple(hidden))


@lru_cache(
    maxsize=256
)  # a page asks several times, and building it costs more than asking the database
def _visible(viewer: Viewer, hidden: tuple[Hidden, ...]) -> sa.ColumnElement[bool]:
    column = alerts.c
    unseen = sa.not_(is_hidden(viewer, hidden))
    if viewer.role is Role.ADMIN:
        return sa.or_(column.incident_id.is_(None), unseen)
    is_rule = sa.exists().where(routing_rules.c.is_private, routing_rules.c.is_enabled)
    is_open_to_all = sa.and_(
        sa.not_(column.is_private), sa.or_(column.quality.is_not(None), sa.not_(is_rule))
    )
    return sa.case((column.incident_id.is_(None), is_open_to_all), else_=unseen)


def is_hidden(viewer: Viewer, hidden: Sequence[Hidden]) -> sa.ColumnElement[bool]:
    """Whether the incident of a row is hidden from the viewer: looked up for the row, not listed for all."""
    unseen = [each(viewer) for each in hidden]
    return sa.or_(
        sa.false(),
        *(
            query.where(query.selected_columns[0] == alerts.c.incident_id)
            .correlate(alerts)
            .exists()
            for query in unseen
        ),
    )


def links_of(text: str) -> tuple[AlertLink, ...]:
    """Links as they are kept: a JSON list of address and text."""
    return tuple(AlertLink(url, said) for url, said in json.loads(text))


def alert_of(row: sa.RowMapping) -> Alert:
    """An alert as its row says."""
    return Alert(
        id=row["id"], source_id=row["source_id"], source=row["source"],
        source_kind=row["source_kind"], source_format=row["source_format"],
        fingerprint=row["fingerprint"], key=row["key"],
        state=AlertState(row["state"]),
        severity=Severity(row["severity"]) if row["severity"] is not None else None,
        title=row["title"], raised_at=row["raised_at"], seen_at=row["seen_at"],
        version=row["version"], description=row["description"], service=row["service"],
        rule=row["rule"], labels=json.loads(row["labels"]),
        annotations=json.loads(row["annotations"]), values=json.loads(row["values"]),
        links=links_of(row["links"]), runbook_url=row["runbook_url"],
        starts_at=row["starts_at"], ends_at=row["ends_at"],
        acknowledged_at=row["acknowledged_at"], resolved_at=row["resolved_at"],
        resolved_how=row["resolved_how"], events=row["events"], body_id=row["body_id"],
        quality=row["quality"], is_flapping=bool(row["is_flapping"]),
        silence_id=row["silence_id"], group_id=row["group_id"], incident_id=row["incident_id"],
        verdict=Verdict(row["verdict"]) if row["verdict"] else None,
        verdict_by=row["verdict_by"], verdict_at=row["verdict_at"],
    )  # fmt: skip
