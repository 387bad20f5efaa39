"""Alert fatigue by service, as far as the filters of incidents say something of alerts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from kintsugi.core.alerts.fatigue import Fatigue
from kintsugi.core.analytics.facts import Period
from kintsugi.core.analytics.wording import number
from kintsugi.core.shared.text import joined
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import service as alerts
from kintsugi.server.analytics.service.record import Wanted, teams_of
from kintsugi.server.analytics.sheet import (
    NOTHING,
    Cell,
    Chart,
    Point,
    Sheet,
    count,
    ends,
    words,
)
from kintsugi.server.catalog import service as catalog

MOST_DRAWN = 20
_INSTANT = timedelta(microseconds=1)
MEANS = (
    (
        "Level",
        "Critical above 5 alerts an hour or 50% noise; high above 2 or 30%; medium above 1 or 20%; else low.",
    ),
    ("Noise", "The share of alerts of a quality under 60 points. Alert quality has more."),
    (
        "Filters",
        (
            "The period, the service and the team that owns it. Severity, tag and factor are of incidents: alerts "
            "have none of them, and all are counted. Of a period over 366 days its last 366 are looked at."
        ),
    ),
)
HEADS = (
    "Service", "Level", "Alerts", "An hour", "From", "To", "Noise", "Its from", "Its to",
)  # fmt: skip


def sheet(work: UnitOfWork, period: Period, wanted: Wanted) -> Sheet:
    """The alerts of a period by service; none of a private incident is among them."""
    found = sorted(_found(work, period, wanted), key=lambda one: (-one.total_alerts, one.service))
    return Sheet(
        "fatigue",
        "Alert fatigue",
        sum(one.total_alerts for one in found),
        HEADS,
        tuple(_row(one) for one in found),
        MEANS,
        loud=_unheard(wanted),
        chart=Chart.BARS,
        points=tuple(_point(one) for one in found[:MOST_DRAWN]),
    )


def _found(work: UnitOfWork, period: Period, wanted: Wanted) -> Iterable[Fatigue]:
    window = min(period.length, alerts.LONGEST_WINDOW)
    if window <= _INSTANT:
        return
    teams = catalog.owner_teams(work)
    for one in alerts.fatigue(work, window - _INSTANT, period.until - _INSTANT).values():
        owners = [team.casefold() for team in teams_of([one.service], teams)]
        if wanted.service and one.service.casefold() != wanted.service.casefold():
            continue
        if wanted.team and wanted.team.casefold() not in owners:
            continue
        yield one


def _unheard(wanted: Wanted) -> tuple[str, ...]:
    """What is asked for and says nothing of alerts."""
    asked = {"severity": wanted.severity, "tag": wanted.tag, "factor": wanted.factor}
    names = [name for name, value in asked.items() if value]
    return (f"Alerts have no {joined(names)}: all are counted.",) if names else ()


def _row(one: Fatigue) -> tuple[Cell, ...]:
    noise = one.noise_interval
    low, high = (NOTHING, NOTHING)
    if noise is not None:
        low, high = (Cell(end / 100, f"{end:.0f}%") for end in (noise.low, noise.high))
    return (
        words(one.service or "No service named"),
        words(one.fatigue_level.value.lower()),
        count(one.total_alerts),
        Cell(one.alerts_per_hour, number(one.alerts_per_hour)),
        *ends(one.rate_interval),
        Cell(one.noise_ratio / 100, f"{one.noise_ratio:.0f}%"),
        low,
        high,
    )


def _point(one: Fatigue) -> Point:
    return Point(
        one.service or "No service named",
        one.alerts_per_hour,
        f"{number(one.alerts_per_hour)} an hour",
        one.rate_interval.low,
        one.rate_interval.high,
    )
