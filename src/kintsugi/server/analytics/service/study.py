"""What a page of analytics looks at: the incidents of a period, those of all time beside them, and their figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kintsugi.core.analytics.behind import those_behind
from kintsugi.core.analytics.facts import ActionFact, IncidentFact, Period, in_period
from kintsugi.core.analytics.measures import Measures, measures
from kintsugi.core.analytics.targets import Target
from kintsugi.core.analytics.trends import NamedTrend, trends
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics.service.facts import action_facts, facts_of
from kintsugi.server.analytics.service.record import Case, Wanted, cases, those_wanted
from kintsugi.server.analytics.service.targets import targets


@dataclass(frozen=True, slots=True)
class Study:
    """The record, narrowed. `facts` reach back before the period; `inside` began in it.

    `trends` is empty where the record is younger than the period before: before it nobody counted.
    """

    period: Period
    now: datetime
    zone: ZoneInfo
    facts: tuple[IncidentFact, ...]
    inside: tuple[IncidentFact, ...]
    actions: tuple[ActionFact, ...]
    measures: Measures
    trends: Mapping[str, NamedTrend]
    targets: Mapping[str, Target]
    cases: Mapping[str, Case]


def study(work: UnitOfWork, wanted: Wanted) -> Study:
    """The figures of those wanted: the same for every viewer, nothing private in them."""
    # What begins or is written down at this very moment counts.
    now = work.now + timedelta(microseconds=1)
    until = min(wanted.until or now, now)
    every = cases(work)
    first = every[0].at if every else work.now
    period = Period(min(wanted.since or first, until), until)
    narrowed = those_wanted(every, replace(wanted, since=None, until=None))
    facts = tuple(facts_of(work, narrowed))
    return Study(
        period,
        work.now,
        ZoneInfo(work.viewer.zone),
        facts,
        in_period(facts, period),
        tuple(action_facts(work, every, narrowed)),
        measures(facts, period, work.now),
        {one.key: one for one in trends(facts, period) if _reaches_back(first, period)},
        targets(work),
        {one.incident.reference: one for one in narrowed},
    )


def behind(work: UnitOfWork, wanted: Wanted, names: str) -> list[Case]:
    """Those wanted that are behind a number, in order of time. Raises InvalidValue for a name that is none."""
    if not names:
        return those_wanted(cases(work), wanted)
    looked_at = study(work, wanted)
    return [
        looked_at.cases[one.id]
        for one in those_behind(
            looked_at.facts, names, looked_at.period, looked_at.now, looked_at.zone
        )
    ]


def _reaches_back(first: datetime, period: Period) -> bool:
    """Whether the whole period before this one is on record."""
    try:
        return first <= period.before.since
    except OverflowError:
        return False
