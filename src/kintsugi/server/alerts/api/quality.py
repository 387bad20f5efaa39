"""What is learned from alerts, over HTTP: fatigue, precision, the worst rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from kintsugi.core.alerts.fatigue import Fatigue
from kintsugi.core.alerts.precision import Precision, Verdict
from kintsugi.core.alerts.worst import WorstRule
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Body, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.api.bodies import IntervalBody, written_interval

router = APIRouter()


class JudgedBody(Body):
    alert_id: str
    title: str
    verdict: str
    raised_at: datetime


class PrecisionBody(Body):
    source: str
    rule: str
    raised: int
    judged: int
    useful: int
    verdicts: dict[str, int]
    value: Annotated[float | None, Field(description="null: too few verdicts for a share.")]
    interval: IntervalBody | None
    listed: list[JudgedBody]


class SavedBody(Body):
    alerts: int
    at_night: int


class WorstBody(Body):
    source: str
    rule: str
    alerts: int
    at_night: int
    noisy: int
    precision: PrecisionBody
    change: Annotated[str, Field(description="What is to be changed, as a word.")]
    suggestion: str
    cost: str
    saved: SavedBody


class AlertQualityBody(Body):
    since: datetime
    worst_since: Annotated[
        datetime, Field(description="Later where there are too many alerts to look at.")
    ]
    worst: list[WorstBody]
    rules: list[PrecisionBody]
    sources: list[PrecisionBody]


class FatigueBody(Body):
    service: str
    total_alerts: int
    noisy_alerts: int
    alerts_per_hour: float
    rate_interval: IntervalBody | None
    noise_ratio: Annotated[float, Field(description="Per cent.")]
    noise_interval: IntervalBody | None
    fatigue_level: str


class FatigueList(Body):
    since: datetime
    until: datetime
    window_hours: float
    items: list[FatigueBody]


@router.get("/api/alert-quality", response_model=AlertQualityBody)
@door(Action.READ)
def show_quality(work: UnitOfWork) -> AlertQualityBody:
    """The ten worst rules of the last 30 days with what to change, and the precision of rules and sources."""
    worst, precision = alerts.worst(work, work.viewer.zone), alerts.precision(work)
    return AlertQualityBody(
        since=precision.since, worst_since=worst.since,
        worst=[_worst(one) for one in worst.rules],
        rules=[_precision(one) for one in precision.rules],
        sources=[_precision(one) for one in precision.sources],
    )  # fmt: skip


@router.get("/api/alert-fatigue", response_model=FatigueList)
@door(Action.READ)
def show_fatigue(
    work: UnitOfWork,
    window_hours: Annotated[float, Query(alias="windowHours", gt=0, le=24 * 366)] = 24,
) -> FatigueList:
    """How worn out whoever is on call for each service must be, by the alerts of a window until now."""
    window = timedelta(hours=window_hours)
    found = alerts.fatigue(work, window)
    return FatigueList(
        since=work.now - window, until=work.now, window_hours=window_hours,
        items=[_fatigue(one) for one in found.values()],
    )  # fmt: skip


def _fatigue(one: Fatigue) -> FatigueBody:
    return FatigueBody(
        service=one.service, total_alerts=one.total_alerts, noisy_alerts=one.noisy_alerts,
        alerts_per_hour=one.alerts_per_hour, rate_interval=written_interval(one.rate_interval),
        noise_ratio=one.noise_ratio, noise_interval=written_interval(one.noise_interval),
        fatigue_level=one.fatigue_level.value,
    )  # fmt: skip


def _precision(one: Precision) -> PrecisionBody:
    return PrecisionBody(
        source=one.source, rule=one.rule, raised=one.raised, judged=one.judged, useful=one.useful,
        verdicts={verdict.value: one.counts.get(verdict, 0) for verdict in Verdict},
        value=one.value, interval=written_interval(one.interval),
        listed=[
            JudgedBody(
                alert_id=each.alert_id, title=each.title, verdict=each.verdict.value,
                raised_at=each.raised_at,
            )
            for each in one.listed
        ],
    )  # fmt: skip


def _worst(one: WorstRule) -> WorstBody:
    return WorstBody(
        source=one.source, rule=one.rule, alerts=one.alerts, at_night=one.at_night,
        noisy=one.noisy, precision=_precision(one.precision), change=one.suggestion.kind.value,
        suggestion=one.suggestion.text, cost=one.suggestion.cost,
        saved=SavedBody(alerts=one.saved.alerts, at_night=one.saved.at_night),
    )  # fmt: skip
