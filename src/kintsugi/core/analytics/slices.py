"""Incidents by period, service, team, severity, tag, factor, class of cause or way of detection."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum
from typing import assert_never

from kintsugi.core.analytics.durations import detection_label
from kintsugi.core.analytics.facts import IncidentFact, Period
from kintsugi.core.shared.errors import InvalidValue

NOT_NAMED = "not named"
"""Where incidents stand that name no service (team, tag, factor, class)."""


class Dimension(Enum):
    """What incidents are told apart by."""

    SERVICE = "service"
    TEAM = "team"
    SEVERITY = "severity"
    TAG = "tag"
    FACTOR = "factor"
    CLASS = "class"
    DETECTION = "detection"


@dataclass(frozen=True, slots=True)
class Slices:
    """The incidents under each name; the names in order, NOT_NAMED last.

    `n` counts each incident once. One with two services stands under both: `overlapping` are those under
    several names, so the groups add up to more than n by what they have too many.
    """

    dimension: Dimension
    groups: tuple[tuple[str, tuple[IncidentFact, ...]], ...]
    n: int
    overlapping: int


def sliced(facts: Iterable[IncidentFact], by: Dimension) -> Slices:
    """The incidents told apart by a dimension, each group in the order given."""
    given = tuple(facts)
    found: defaultdict[str, list[IncidentFact]] = defaultdict(list)
    overlapping = 0
    for fact in given:
        names = dict.fromkeys(names_in(fact, by))
        overlapping += len(names) > 1
        for name in names or (NOT_NAMED,):
            found[name].append(fact)
    last = found.pop(NOT_NAMED, None)
    groups = [(name, tuple(found[name])) for name in sorted(found)]
    if last is not None:
        groups.append((NOT_NAMED, tuple(last)))
    return Slices(by, tuple(groups), len(given), overlapping)


def names_in(fact: IncidentFact, by: Dimension) -> tuple[str, ...]:
    """What an incident is called in a dimension."""
    match by:
        case Dimension.SERVICE:
            return fact.services
        case Dimension.TEAM:
            return fact.teams
        case Dimension.SEVERITY:
            return (fact.severity_label,)
        case Dimension.TAG:
            return fact.tags
        case Dimension.FACTOR:
            return fact.factors
        case Dimension.CLASS:
            return fact.classes
        case Dimension.DETECTION:
            return (detection_label(fact),)
        case _:
            assert_never(by)


class Step(Enum):
    """How long the periods of a series are, by the calendar of a zone."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


MOST_PERIODS = 4000


def periods(period: Period, step: Step, zone: tzinfo) -> tuple[Period, ...]:
    """The days, weeks (from Monday), months or quarters of a period by a zone's calendar, the first and last cut off.

    Raises InvalidValue where there would be more than MOST_PERIODS.
    """
    if not period.length:
        return ()
    day = _first(period.since.astimezone(zone).date(), step)
    found: list[Period] = []
    starts = period.since
    while starts < period.until:
        day = _following(day, step)
        ends = min(midnight(day, zone), period.until)
        if ends > starts:
            found.append(Period(starts, ends))
            starts = ends
        if len(found) > MOST_PERIODS:
            raise InvalidValue(
                f"more than {MOST_PERIODS:,} periods of a {step.value}", expected="longer ones"
            )
    return tuple(found)


def midnight(day: date, zone: tzinfo) -> datetime:
    """When a day begins in a zone, in UTC."""
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)


def _first(day: date, step: Step) -> date:
    match step:
        case Step.DAY:
            return day
        case Step.WEEK:
            return day - timedelta(days=day.weekday())
        case Step.MONTH:
            return day.replace(day=1)
        case Step.QUARTER:
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case _:
            assert_never(step)


def _following(day: date, step: Step) -> date:
    match step:
        case Step.DAY:
            return day + timedelta(days=1)
        case Step.WEEK:
            return day + timedelta(days=7)
        case Step.MONTH:
            return _months_on(day, 1)
        case Step.QUARTER:
            return _months_on(day, 3)
        case _:
            assert_never(step)


def _months_on(day: date, count: int) -> date:
    months = day.year * 12 + day.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)
