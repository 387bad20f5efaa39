"""The inbox: alerts narrowed, newest first, counted; and one with its history."""

from __future__ import annotations

import heapq
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

import sqlalchemy as sa

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.event import AlertState
from kintsugi.core.alerts.precision import Verdict
from kintsugi.core.shared.severity import Severity
from kintsugi.kernel.audit import Hidden
from kintsugi.kernel.auth import Viewer
from kintsugi.server.alerts.store.rows import WITH_SOURCE, alert_of, visible
from kintsugi.server.alerts.tables import alert_bodies, alert_events, alerts

_AT_ONCE = 400
OPEN = tuple(state for state in AlertState if state.is_open)
Place = tuple[datetime, str]
"""Where a page begins: after the alert that was raised then, with this id."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which alerts a list shows; what is None or empty does not narrow it.

    `is_waiting`: those that wait for a person: open, not silenced, and in no incident.
    """

    states: tuple[AlertState, ...] = ()
    severities: tuple[Severity, ...] = ()
    service: str = ""
    source_id: str = ""
    rule: str = ""
    group_id: str = ""
    incident_id: str = ""
    text: str = ""
    labels: tuple[tuple[str, str], ...] = field(default=())
    is_silenced: bool | None = None
    is_flapping: bool | None = None
    is_waiting: bool | None = None
    is_in_incident: bool | None = None
    verdict: Verdict | None = None
    is_judged: bool | None = None
    raised_after: datetime | None = None
    raised_before: datetime | None = None


def listing(
    connection: sa.Connection,
    viewer: Viewer,
    hidden: Sequence[Hidden],
    wanted: Wanted,
    limit: int,
    after: Place | None = None,
) -> list[Alert]:
    """Alerts that the viewer sees, the newest first.

    Each state is asked for alone: its index has them in order, and nothing is sorted however many there are.
    """
    states = wanted.states or (OPEN if wanted.is_waiting else ())
    if len(states) > 1:
        each = (
            listing(connection, viewer, hidden, replace(wanted, states=(state,)), limit, after)
            for state in dict.fromkeys(states)
        )
        found = heapq.merge(*each, key=lambda alert: (alert.raised_at, alert.id), reverse=True)
        return list(islice(found, limit))
    query = WITH_SOURCE.where(visible(viewer, hidden), *_narrowed(wanted))
    if after is not None:
        query = query.where(
            sa.tuple_(alerts.c.raised_at, alerts.c.id)
            < sa.tuple_(*map(sa.literal, after, (alerts.c.raised_at.type, alerts.c.id.type)))
        )
    query = query.order_by(alerts.c.raised_at.desc(), alerts.c.id.desc()).limit(limit)
    return [alert_of(row) for row in connection.execute(query).mappings()]


def counts(
    connection: sa.Connection,
    viewer: Viewer,
    hidden: Sequence[Hidden],
    every: Sequence[Wanted],
    most: int,
) -> list[int]:
    """How many alerts each list would show, counted up to `most` (nobody reads a million), in one question."""
    each = [
        sa.select(sa.func.count())
        .select_from(
            sa.select(alerts.c.id)
            .where(visible(viewer, hidden), *_narrowed(wanted))
            .limit(most)
            .subquery()
        )
        .scalar_subquery()
        for wanted in every
    ]
    return [int(found) for found in connection.execute(sa.select(*each)).one()] if each else []


def find(
    connection: sa.Connection, viewer: Viewer, hidden: Sequence[Hidden], alert_id: str
) -> Alert | None:
    """The alert of an id, if the viewer sees it."""
    query = WITH_SOURCE.where(alerts.c.id == alert_id, visible(viewer, hidden))
    row = connection.execute(query).mappings().first()
    return alert_of(row) if row is not None else None


def of_ids(
    connection: sa.Connection, viewer: Viewer, hidden: Sequence[Hidden], ids: Sequence[str]
) -> list[Alert]:
    """The alerts of these ids that the viewer sees."""
    query = WITH_SOURCE.where(alerts.c.id.in_(ids), visible(viewer, hidden))
    return [alert_of(row) for row in connection.execute(query).mappings()]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened to an alert."""

    id: str
    kind: str
    at: datetime
    actor: str
    detail: str


def history(connection: sa.Connection, alert_id: str, most: int) -> list[HistoryLine]:
    """What happened to an alert, the newest first."""
    query = (
        sa.select(alert_events)
        .where(alert_events.c.alert_id == alert_id)
        .order_by(alert_events.c.id.desc())
        .limit(most)
    )
    return [
        HistoryLine(row.id, row.kind, row.at, row.actor, row.detail)
        for row in connection.execute(query)
    ]


def episodes(connection: sa.Connection, alert: Alert, most: int) -> list[Alert]:
    """The alerts before and after it with the same fingerprint, the newest first; itself too."""
    query = (
        WITH_SOURCE.where(alerts.c.fingerprint == alert.fingerprint)
        .order_by(alerts.c.raised_at.desc())
        .limit(most)
    )
    return [alert_of(row) for row in connection.execute(query).mappings()]


def any_seen(
    connection: sa.Connection, viewer: Viewer, hidden: Sequence[Hidden], ids: Sequence[str]
) -> bool:
    """Whether the viewer sees one of these alerts."""
    for start in range(0, len(ids), _AT_ONCE):
        seen = sa.select(alerts.c.id).where(
            alerts.c.id.in_(ids[start : start + _AT_ONCE]), visible(viewer, hidden)
        )
        if connection.execute(seen.limit(1)).first() is not None:
            return True
    return False


def starts_seen(
    connection: sa.Connection,
    viewer: Viewer,
    hidden: Sequence[Hidden],
    fingerprints: Sequence[str],
    since: datetime,
) -> dict[str, list[datetime]]:
    """When each of these was raised since a moment, as far as the viewer sees it."""
    query = sa.select(alerts.c.fingerprint, alerts.c.raised_at).where(
        alerts.c.fingerprint.in_(fingerprints),
        alerts.c.raised_at > since,
        visible(viewer, hidden),
    )
    found: dict[str, list[datetime]] = {}
    for row in connection.execute(query):
        found.setdefault(row.fingerprint, []).append(row.raised_at)
    return found


def all_seen(
    connection: sa.Connection,
    viewer: Viewer,
    hidden: Sequence[Hidden],
    fingerprints: Sequence[str],
) -> bool:
    """Whether the viewer sees every alert that has one of these fingerprints."""
    for start in range(0, len(fingerprints), _AT_ONCE):
        unseen = sa.select(alerts.c.id).where(
            alerts.c.fingerprint.in_(fingerprints[start : start + _AT_ONCE]),
            sa.not_(visible(viewer, hidden)),
        )
        if connection.execute(unseen.limit(1)).first() is not None:
            return False
    return True


def body_of(
    connection: sa.Connection, body_id: str
) -> tuple[datetime, dict[str, str], bytes] | None:
    """What was sent: when it came, its headers and its bytes; None once it is forgotten."""
    query = sa.select(alert_bodies).where(alert_bodies.c.id == body_id)
    row = connection.execute(query).first()
    return (row.received_at, json.loads(row.headers), bytes(row.body)) if row is not None else None


def judge(
    connection: sa.Connection,
    alert_ids: Sequence[str],
    verdict: Verdict | None,
    by: str,
    now: datetime,
) -> None:
    """What a person says of alerts; None takes it back."""
    connection.execute(
        alerts.update()
        .where(alerts.c.id.in_(alert_ids))
        .values(
            verdict=verdict.value if verdict else "", verdict_by=by if verdict else "",
            verdict_at=now if verdict else None, version=alerts.c.version + 1,
        )
    )  # fmt: skip


def leave(connection: sa.Connection, alert_ids: Sequence[str]) -> None:
    """These alerts belong to no incident any more, nor to the group that would bring them back to it."""
    connection.execute(
        alerts.update()
        .where(alerts.c.id.in_(alert_ids))
        .values(incident_id=None, group_id=None, version=alerts.c.version + 1)
    )


def belong_to(connection: sa.Connection, alert_ids: Sequence[str], incident_id: str) -> None:
    """These alerts belong to this incident from now on."""
    connection.execute(
        alerts.update()
        .where(alerts.c.id.in_(alert_ids))
        .values(incident_id=incident_id, version=alerts.c.version + 1)
    )


def _narrowed(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    column = alerts.c
    exact = [
        column[name] == getattr(wanted, name)
        for name in ("service", "source_id", "rule", "group_id", "incident_id")
        if getattr(wanted, name)
    ]
    found: list[sa.ColumnElement[bool]] = [*exact, *_facts(wanted)]
    if len(wanted.states) == 1:
        found.append(column.state == wanted.states[0].value)
    elif wanted.states:
        found.append(column.state.in_([state.value for state in wanted.states]))
    if wanted.severities:
        found.append(column.severity.in_([severity.value for severity in wanted.severities]))
    for name, value in wanted.labels:
        pair = f"{json.dumps(name, ensure_ascii=False)}:{json.dumps(value, ensure_ascii=False)}"
        found.append(column.labels.contains(pair, autoescape=True))
    if wanted.text:
        said = [
            column.title.icontains(wanted.text, autoescape=True),
            column.description.icontains(wanted.text, autoescape=True),
            column.labels.icontains(wanted.text, autoescape=True),
        ]
        found.append(sa.or_(*said))
    if wanted.raised_after is not None:
        found.append(column.raised_at >= wanted.raised_after)
    if wanted.raised_before is not None:
        found.append(column.raised_at < wanted.raised_before)
    return found


def _facts(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    column = alerts.c
    found: list[sa.ColumnElement[bool]] = []
    if wanted.is_silenced is not None:
        found.append(
            column.silence_id.is_not(None) if wanted.is_silenced else column.silence_id.is_(None)
        )
    if wanted.is_in_incident is not None:
        found.append(
            column.incident_id.is_not(None)
            if wanted.is_in_incident
            else column.incident_id.is_(None)
        )
    if wanted.is_flapping is not None:
        found.append(column.is_flapping.is_(wanted.is_flapping))
    if wanted.is_waiting is not None:
        waits = sa.and_(
            column.state.in_([state.value for state in OPEN]),
            column.incident_id.is_(None),
            column.silence_id.is_(None),
        )
        found.append(waits if wanted.is_waiting else sa.not_(waits))
    if wanted.verdict is not None:
        found.append(column.verdict == wanted.verdict.value)
    if wanted.is_judged is not None:
        found.append(column.verdict != "" if wanted.is_judged else column.verdict == "")
    return found
