"""Open alerts that a silence may be for, and those that one keeps quiet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from kintsugi.core.alerts.event import AlertState
from kintsugi.core.alerts.labels import FIELDS
from kintsugi.core.alerts.silences import SERVICE, Silence
from kintsugi.core.shared.severity import Severity
from kintsugi.kernel.audit import Hidden
from kintsugi.kernel.auth import Viewer
from kintsugi.server.alerts.store.rows import visible
from kintsugi.server.alerts.tables import alert_sources, alerts

_OPEN = [state.value for state in AlertState if state.is_open]
_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Quiet:
    """An alert in what matchers may name of it."""

    alert_id: str
    labels: Mapping[str, str]
    title: str
    rule: str
    service: str
    severity: Severity | None
    source: str
    kind: str


def heard(connection: sa.Connection, silence: Silence) -> Iterator[Quiet]:
    """Open alerts without an incident that are not silenced, narrowed to what the silence may be for."""
    column = alerts.c
    query = (
        sa.select(
            column.id, column.labels, column.title, column.rule, column.service, column.severity,
            alert_sources.c.name, alert_sources.c.kind,
        )
        .join_from(alerts, alert_sources, alert_sources.c.id == column.source_id)
        .where(
            column.state.in_(_OPEN), column.incident_id.is_(None), column.silence_id.is_(None),
            *_narrowed(silence),
        )
    )  # fmt: skip
    for row in connection.execute(query):
        severity = Severity(row.severity) if row.severity is not None else None
        yield Quiet(
            row.id, json.loads(row.labels), row.title, row.rule, row.service, severity, row.name,
            row.kind,
        )  # fmt: skip


def _narrowed(silence: Silence) -> Iterator[sa.ColumnElement[bool]]:
    """What the database can see for itself; the matchers decide."""
    if silence.source_id:
        yield alerts.c.source_id == silence.source_id
    for one in silence.matchers:
        if one.is_regex or not one.is_equal or not one.value:
            continue
        if one.name == SERVICE:
            yield alerts.c.service == one.value
        elif one.name not in FIELDS and not one.name.startswith("alert."):
            # As the writer of intake spells a pair: quotes and backslashes escaped, no space.
            pair = ":".join(json.dumps(text, ensure_ascii=False) for text in (one.name, one.value))
            yield alerts.c.labels.contains(pair, autoescape=True)


def silence(connection: sa.Connection, alert_ids: Sequence[str], silence_id: str | None) -> None:
    """These alerts are kept quiet by this silence from now on; None: by none."""
    for some in _parts(alert_ids):
        connection.execute(
            alerts.update()
            .where(alerts.c.id.in_(some))
            .values(silence_id=silence_id, version=alerts.c.version + 1)
        )


def silenced_by(connection: sa.Connection, silence_id: str) -> list[str]:
    """The open alerts without an incident that a silence keeps quiet."""
    query = sa.select(alerts.c.id).where(
        alerts.c.state.in_(_OPEN),
        alerts.c.incident_id.is_(None),
        alerts.c.silence_id == silence_id,
    )
    return list(connection.scalars(query))


def count_seen(
    connection: sa.Connection, viewer: Viewer, hidden: Sequence[Hidden], alert_ids: Sequence[str]
) -> int:
    """How many of these alerts the viewer sees."""
    found = 0
    for some in _parts(alert_ids):
        query = sa.select(sa.func.count()).where(alerts.c.id.in_(some), visible(viewer, hidden))
        found += int(connection.execute(query.select_from(alerts)).scalar_one())
    return found


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
