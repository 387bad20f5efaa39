"""What the API of alerts takes and gives. `written` is the one place that spells an alert as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path
from pydantic import Field

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.event import AlertLink
from kintsugi.core.alerts.quality import AlertQuality
from kintsugi.core.shared.distributions import Interval
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import ClockTime, parse_when
from kintsugi.kernel.http import Body
from kintsugi.server.alerts import service as alerts

Moment = Annotated[str | None, Field(max_length=60, description="A full time; UTC without a zone.")]
Words = dict[str, str]
Id = Annotated[str, Path(alias="id")]


class LinkBody(Body):
    url: str
    text: str = ""


class PointsBody(Body):
    part: str
    points: int
    maximum: int
    issue: str


class QualityBody(Body):
    score: int
    grade: str
    issues: list[str]
    actionable: bool
    points: list[PointsBody]


class AlertInList(Body):
    id: str
    title: str
    description: str
    state: str
    severity: str | None
    service: str
    rule: str
    source_id: str
    source: str
    source_kind: str
    fingerprint: str
    key: str
    labels: Words
    annotations: Words
    values: Words
    links: list[LinkBody]
    runbook_url: str
    starts_at: datetime | None
    ends_at: datetime | None
    raised_at: datetime
    seen_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    resolved_how: str
    events: int
    quality: int | None
    flapping: bool
    silence_id: str | None
    group_id: str | None
    incident_id: str | None
    verdict: str | None
    verdict_by: str
    verdict_at: datetime | None
    version: int


class HistoryBody(Body):
    kind: str
    at: datetime
    actor: str
    detail: str


class StepBody(Body):
    name: str
    said: str
    decided: str


class EpisodeBody(Body):
    id: str
    state: str
    raised_at: datetime
    resolved_at: datetime | None
    events: int
    verdict: str | None


class AlertBody(AlertInList):
    quality_of: QualityBody
    history: list[HistoryBody]
    episodes: list[EpisodeBody]
    steps: list[StepBody]


class AlertPage(Body):
    items: list[AlertInList]
    next_cursor: str | None


class IntervalBody(Body):
    low: float
    high: float
    level: float


def written(alert: Alert) -> dict[str, object]:
    """An alert as `AlertInList` describes it, ready for JSON; no model is built."""
    return {
        "id": alert.id, "title": alert.title, "description": alert.description,
        "state": alert.state.value, "severity": alert.severity.label if alert.severity else None,
        "service": alert.service, "rule": alert.rule, "sourceId": alert.source_id,
        "source": alert.source, "sourceKind": alert.source_kind,
        "fingerprint": alert.fingerprint, "key": alert.key, "labels": alert.labels,
        "annotations": alert.annotations, "values": alert.values,
        "links": [written_link(link) for link in alert.links], "runbookUrl": alert.runbook_url,
        "startsAt": moment(alert.starts_at), "endsAt": moment(alert.ends_at),
        "raisedAt": moment(alert.raised_at), "seenAt": moment(alert.seen_at),
        "acknowledgedAt": moment(alert.acknowledged_at), "resolvedAt": moment(alert.resolved_at),
        "resolvedHow": alert.resolved_how, "events": alert.events, "quality": alert.quality,
        "flapping": alert.is_flapping, "silenceId": alert.silence_id, "groupId": alert.group_id,
        "incidentId": alert.incident_id,
        "verdict": alert.verdict.value if alert.verdict else None,
        "verdictBy": alert.verdict_by, "verdictAt": moment(alert.verdict_at),
        "version": alert.version,
    }  # fmt: skip


def written_episode(alert: Alert) -> dict[str, object]:
    """Another alert of the same fingerprint, as `EpisodeBody` describes it."""
    return {
        "id": alert.id, "state": alert.state.value, "raisedAt": moment(alert.raised_at),
        "resolvedAt": moment(alert.resolved_at), "events": alert.events,
        "verdict": alert.verdict.value if alert.verdict else None,
    }  # fmt: skip


def written_history(line: alerts.HistoryLine) -> dict[str, object]:
    """A line of an alert's history, as `HistoryBody` describes it."""
    return {
        "kind": line.kind, "at": moment(line.at), "actor": line.actor, "detail": line.detail,
    }  # fmt: skip


def written_quality(found: AlertQuality) -> QualityBody:
    """The quality of an alert, with the points of each of the five questions."""
    return QualityBody(
        score=found.quality_score, grade=found.grade, issues=list(found.issues),
        actionable=found.actionable,
        points=[
            PointsBody(part=one.part, points=one.points, maximum=one.maximum, issue=one.issue)
            for one in found.points
        ],
    )  # fmt: skip


def written_link(link: AlertLink) -> dict[str, str]:
    """A link as `LinkBody` describes it."""
    return {"url": link.url, "text": link.text}


def written_interval(found: Interval | None) -> IntervalBody | None:
    """An interval with its level; None where too little is known for one."""
    if found is None:
        return None
    return IntervalBody(low=found.low, high=found.high, level=found.level)


def moment(at: datetime | None) -> str | None:
    """A moment of the database, which is in UTC, as JSON has it."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def moment_in(written_at: str | None, field: str) -> datetime | None:
    """A full time; one without a zone is in UTC. Raises InvalidValue, with the field."""
    if written_at is None or not written_at.strip():
        return None
    try:
        when = parse_when(written_at).when
    except InvalidValue as error:
        raise error.under(field) from error
    if isinstance(when, ClockTime):
        raise InvalidValue("has no date", path=(field,), expected="such as 2026-03-15T09:15:00Z")
    return when
