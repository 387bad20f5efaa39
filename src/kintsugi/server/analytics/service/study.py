"""What a page of analytics looks at: the incidents of a period, those before it that bear on it, and their figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kintsugi.core.analytics.behind import those_behind
from kintsugi.core.analytics.facts import ActionFact, IncidentFact, Period, in_period
from kintsugi.core.analytics.measures import Measures, measures
from kintsugi.core.analytics.recurrence import TRAILING
from kintsugi.core.analytics.targets import Target
from kintsugi.core.analytics.trends import NamedTrend, trends
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions.service import ActionTimes
from kintsugi.server.analytics.service.kept import Record, record
from kintsugi.server.analytics.service.packing import Item
from kintsugi.server.analytics.service.record import Case, Wanted, cases_of, is_wanted
from kintsugi.server.analytics.service.targets import targets

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Study:
    """The record, narrowed. `facts` reach back before the period; `inside` began in it.

    Of what began before the period `facts` has what is asked of it: the period before, what lasted into this one,
    and a year of incidents with a class. `trends` is empty where the record is younger than the period before:
    before it nobody counted. `actions` were written down in the period.
    """

    period: Period
    now: datetime
    zone: ZoneInfo
    wanted: Wanted
    facts: tuple[IncidentFact, ...]
    inside: tuple[IncidentFact, ...]
    actions: tuple[ActionFact, ...]
    measures: Measures
    trends: Mapping[str, NamedTrend]
    targets: Mapping[str, Target]


def study(work: UnitOfWork, wanted: Wanted) -> Study:
    """The figures of those wanted: the same for every viewer, nothing private in them."""
    every = record(work)
    period = period_of(work, wanted, every)
    facts = tuple(one.fact for one in _bearing(every, period) if is_wanted(one.fact, wanted))
    first = every.items[0].began if every.items else work.now
    return Study(
        period,
        work.now,
        ZoneInfo(work.viewer.zone),
        wanted,
        facts,
        in_period(facts, period),
        tuple(_actions(every, period, wanted)),
        measures(facts, period, work.now),
        {one.key: one for one in trends(facts, period) if _reaches_back(first, period)},
        targets(work),
    )


def behind(work: UnitOfWork, wanted: Wanted, names: str, most: int) -> tuple[int, list[Case]]:
    """How many of those wanted are behind a number, and the last of them, the newest first.

    Raises InvalidValue for a name that is none.
    """
    told = study(work, wanted)
    found = [one.id for one in those_behind(told.facts, names, told.period, told.now, told.zone)]
    ids = {
        one.fact.id: one.id for one in record(work).between(told.period.since, told.period.until)
    }
    newest = [ids[name] for name in reversed(found[-most:])]
    by_id = cases_of(work, newest)
    return len(found), [by_id[one] for one in newest if one in by_id]


def all_facts(work: UnitOfWork, wanted: Wanted) -> tuple[IncidentFact, ...]:
    """Every incident that is wanted but for the period, whenever it began."""
    return tuple(one.fact for one in record(work).items if is_wanted(one.fact, wanted))


def period_of(work: UnitOfWork, wanted: Wanted, every: Record) -> Period:
    """The period that is asked for: until now at most, and where nobody said since when, from the first incident on."""
    # What begins or is written down at this very moment counts.
    now = work.now + _INSTANT
    until = min(wanted.until or now, now)
    first = every.items[0].began if every.items else work.now
    return Period(min(wanted.since or first, until), until)


def _bearing(every: Record, period: Period) -> list[Item]:
    """The incidents of a period and of the one before, what lasted into it, and what came in the year before."""
    start = _earlier(period.since, period.length)
    a_year = _earlier(period.since, TRAILING)
    found = {one.id: one for one in every.between(start, period.until)}
    found |= {one.id: one for one in every.between(a_year, start) if one.fact.classes}
    found |= {one.id: one for one in every.lasting_into(period, start)}
    return list(found.values())


def _earlier(at: datetime, length: timedelta) -> datetime:
    """So long before a moment; where no calendar reaches back so far, the first moment of it."""
    try:
        return at - length
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _actions(every: Record, period: Period, wanted: Wanted) -> list[ActionFact]:
    """The actions of published postmortems that were written down in a period."""
    return [
        action_fact(one, every.by_id[one.incident_id])
        for one in every.shared
        if period.holds(one.created_at) and is_wanted(every.by_id[one.incident_id].fact, wanted)
    ]


def action_fact(one: ActionTimes, item: Item) -> ActionFact:
    """One action as statistics count it."""
    return ActionFact(
        id=one.reference, created=one.created_at,
        closed=one.settled_at if one.status.is_closed else None, verified=one.verified_at,
        due=datetime.combine(one.due_on, time(23, 59, 59), tzinfo=UTC),
        incident_id=item.fact.id, priority=one.priority, type=one.type.value if one.type else "",
        classes=item.fact.classes,
    )  # fmt: skip


def _reaches_back(first: datetime, period: Period) -> bool:
    """Whether the whole period before this one is on record."""
    try:
        return first <= period.before.since
    except (OverflowError, InvalidValue):
        return False
