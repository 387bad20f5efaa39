"""All that is said of a list of incidents: the guide's report, and beside it figures with how sure they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from kintsugi.core.analytics.facts import IncidentFact, Period, in_period
from kintsugi.core.analytics.follow_up import PostmortemFigures, postmortem_figures
from kintsugi.core.analytics.measures import Measures, measures, minutes_of
from kintsugi.core.analytics.reliability import DAY
from kintsugi.core.analytics.report import (
    GuideReport,
    Judgement,
    Pattern,
    incident_report,
    judged,
    patterns_of,
)
from kintsugi.core.analytics.slices import NOT_NAMED, Dimension, Step, periods, sliced
from kintsugi.core.analytics.statistics import Summary
from kintsugi.core.analytics.trends import NamedTrend, trends
from kintsugi.core.shared.errors import InvalidValue

_INSTANT = timedelta(microseconds=1)
_LONGEST = timedelta(days=200_000)
"""A longer period is a slip of somebody's pen, and gets no chart over time."""


@dataclass(frozen=True, slots=True)
class SliceFigures:
    """The incidents under one name: how many, how many of SEV-1 and SEV-2, and their lengths in minutes."""

    name: str
    n: int
    high: int
    minutes: Summary


@dataclass(frozen=True, slots=True)
class Table:
    """The incidents told apart by one dimension, the most first; `overlapping` stand under several names."""

    dimension: Dimension
    rows: tuple[SliceFigures, ...]
    overlapping: int


@dataclass(frozen=True, slots=True)
class Analysis:
    """What `analyse` found. `series` counts the incidents of each step of the period.

    `is_open_ended`: nobody said when the period begins or ends, so it is from the first incident to the last,
    and rates over it are a little too high. `trends` are empty where nothing is on record before the period.
    `begins_late` is the beginning of the record, where it lies within the period that this one is held
    against: what nobody wrote down then looks like a rise.
    """

    period: Period
    zone: tzinfo
    now: datetime
    is_open_ended: bool
    report: GuideReport
    patterns: tuple[Pattern, ...]
    judgements: tuple[Judgement, ...]
    measures: Measures
    postmortems: PostmortemFigures
    trends: tuple[NamedTrend, ...]
    begins_late: datetime | None
    tables: tuple[Table, ...]
    step: Step
    series: tuple[tuple[Period, int], ...]


def period_of(facts: Sequence[IncidentFact]) -> Period | None:
    """From the first beginning to the last, as far as any is known; drills are not looked at."""
    began = [fact.began for fact in facts if fact.began is not None and not fact.is_drill]
    return Period(min(began), max(began) + _INSTANT) if began else None


def days_before(now: datetime, days: int) -> Period:
    """The last so many days, `now` among them. Raises InvalidValue for days that reach before the year 2."""
    try:
        return Period(now - timedelta(days=days) + _INSTANT, now + _INSTANT)
    except (OverflowError, InvalidValue) as error:
        raise InvalidValue(
            f"{days} days reach back before the year 2", expected="fewer days"
        ) from error


def analyse(
    facts: Sequence[IncidentFact],
    *,
    now: datetime,
    period: Period | None = None,
    zone: tzinfo = UTC,
) -> Analysis:
    """Everything that can be said of the incidents that began in a period; without one, of all that have a beginning.

    Facts from before the period are wanted too: trends, recurrence and downtime look at them.
    """
    whole = period or period_of(facts) or Period(now, now)
    found = measures(facts, whole, now)
    inside = in_period(facts, whole)
    first = period_of(facts)
    reaches_back = period is not None and first is not None and first.since < whole.since
    report = incident_report(inside, period=_named(whole, zone), zone=zone)
    step = _step_of(whole)
    return Analysis(
        period=whole,
        zone=zone,
        now=now,
        is_open_ended=period is None,
        report=report,
        patterns=patterns_of(report),
        judgements=judged(report, found.duration.pooled.median_interval),
        measures=found,
        postmortems=postmortem_figures(facts, whole, now),
        trends=trends(facts, whole) if reaches_back else (),
        begins_late=first.since if first and reaches_back and _is_younger(first, whole) else None,
        tables=tuple(
            table
            for by in (Dimension.SERVICE, Dimension.SEVERITY, Dimension.TEAM, Dimension.TAG, Dimension.FACTOR)
            if len((table := table_of(inside, by)).rows) > 1
        ),
        step=step,
        series=_series(inside, periods(whole, step, zone)) if whole.length < _LONGEST else (),
    )  # fmt: skip


def _is_younger(record: Period, period: Period) -> bool:
    """Whether the record begins within the period before."""
    try:
        return record.since > period.before.since
    except (OverflowError, InvalidValue):
        return False


def table_of(facts: Sequence[IncidentFact], by: Dimension) -> Table:
    """The incidents told apart by a dimension: severities in their order, all else with the most first."""
    found = sliced(facts, by)
    rows = [
        SliceFigures(
            name,
            len(group),
            sum(fact.severity is not None and fact.severity.is_high for fact in group),
            minutes_of(group),
        )
        for name, group in found.groups
    ]
    if by is not Dimension.SEVERITY:
        rows.sort(key=lambda row: (row.name == NOT_NAMED, -row.n, row.name))
    return Table(by, tuple(rows), found.overlapping)


def _named(period: Period, zone: tzinfo) -> str:
    """The guide's `30 days`; for a period that is not of whole days, the days it goes from and to."""
    days, rest = divmod(period.length, DAY)
    if days and not rest:
        return "1 day" if days == 1 else f"{days} days"
    last = max(period.until - _INSTANT, period.since)
    first_day, last_day = (at.astimezone(zone).date() for at in (period.since, last))
    return f"{first_day} to {last_day}"


def _step_of(period: Period) -> Step:
    """Steps of which a chart has room for all."""
    days = period.length / DAY
    if days <= 14:
        return Step.DAY
    if days <= 26 * 7:
        return Step.WEEK
    return Step.MONTH if days <= 4 * 366 else Step.QUARTER


def _series(
    facts: Sequence[IncidentFact], steps: Sequence[Period]
) -> tuple[tuple[Period, int], ...]:
    """How many began in each step; both are in order of time."""
    found: list[tuple[Period, int]] = []
    place = 0
    for one in steps:
        before = place
        while (
            place < len(facts) and (began := facts[place].began) is not None and began < one.until
        ):
            place += 1
        # A period up to now ends an instant later, which may be the first of a step.
        if place > before or one.length > _INSTANT:
            found.append((one, place - before))
    return tuple(found)
