"""What a period's incidents say, each figure with its n: how many, how bad, how noticed, what they cost."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from kintsugi.core.analytics.durations import (
    MINUTE,
    SPANS,
    Lengths,
    lengths_between,
    recovery_lengths,
)
from kintsugi.core.analytics.facts import (
    IncidentFact,
    Period,
    TimeProblem,
    in_period,
    problems_of,
    time_of,
)
from kintsugi.core.analytics.recurrence import Classed
from kintsugi.core.analytics.recurrence import recurrence as recurred_in
from kintsugi.core.analytics.reliability import Reliability, reliability
from kintsugi.core.analytics.statistics import Share, Summary, share, summary
from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.shared.money import Money
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.times import written_duration


@dataclass(frozen=True, slots=True)
class SeverityMix:
    """How many of each severity, None for those without one; `high` is SEV-1 and SEV-2, of those with one."""

    counts: tuple[tuple[Severity | None, int], ...]
    high: Share


@dataclass(frozen=True, slots=True)
class ImpactTotals:
    """What incidents cost: minutes in all and the worst one, and revenue in each currency on its own.

    `unmeasured` have no known length, `without_revenue` no known revenue: the totals are of the others.
    """

    minutes: float
    worst_minutes: float | None
    worst_id: str
    unmeasured: int
    revenue: tuple[Money, ...]
    without_revenue: int


@dataclass(frozen=True, slots=True)
class DetectionGap:
    """How long the detection of an incident took, and what it should have taken; None where that is not known.

    It is a gap where there are `reasons`: it took longer, or customers noticed first.
    """

    incident_id: str
    took: timedelta | None
    target: timedelta | None
    by_customers: bool

    @property
    def is_late(self) -> bool:
        """Whether it took longer than the target."""
        return self.took is not None and self.target is not None and self.took > self.target

    @property
    def reasons(self) -> tuple[str, ...]:
        """What was wrong with it, each in words; none when nothing was."""
        found = ["customers noticed it first"] if self.by_customers else []
        if self.is_late and self.took is not None and self.target is not None:
            took, target = written_duration(self.took), written_duration(self.target)
            found.append(f"noticed after {took}; the target is {target}")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class DetectionFigures:
    """How incidents were noticed: `sources` counts the ways, None for those without one.

    `by_customers` is of those whose way is known, `late` of those whose times and target are; `gaps` lists the
    late ones and those that customers noticed, in order of time.
    """

    sources: tuple[tuple[DetectionMethod | None, int], ...]
    by_customers: Share
    late: Share
    gaps: tuple[DetectionGap, ...]


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The share of incidents with a class of cause that had one of the same class in the twelve months before.

    `without_class` have none that a person confirmed, and are in neither number.
    """

    recurring: Share
    recurring_ids: tuple[str, ...]
    without_class: int


@dataclass(frozen=True, slots=True)
class Measures:
    """All figures of a period. `left_out` were drills or had no beginning; `problems` are those of the times."""

    period: Period
    n: int
    left_out: int
    outside: int
    severity: SeverityMix
    duration: Lengths
    spans: tuple[Lengths, ...]
    reliability: Reliability
    impact: ImpactTotals
    detection: DetectionFigures
    recurrence: Recurrence
    problems: tuple[TimeProblem, ...]


def measures(facts: Iterable[IncidentFact], period: Period, now: datetime) -> Measures:
    """Every figure of the incidents that began in a period; the same in whatever order they are given.

    For recurrence and downtime the facts should reach back before the period: pass all there are.
    """
    given = tuple(facts)
    inside = in_period(given, period)
    left_out = sum(fact.is_drill or fact.began is None for fact in given)
    return Measures(
        period=period,
        n=len(inside),
        left_out=left_out,
        outside=len(given) - left_out - len(inside),
        severity=severity_mix(inside),
        duration=recovery_lengths(inside, now),
        spans=tuple(lengths_between(inside, span, now) for span in SPANS),
        reliability=reliability(given, period, now),
        impact=impact_totals(inside),
        detection=detection_figures(inside),
        recurrence=recurrence(given, period),
        problems=tuple(
            problem
            for fact in sorted(given, key=lambda fact: fact.id)
            if not fact.is_drill and (fact.began is None or period.holds(fact.began))
            for problem in problems_of(fact, now)
        ),
    )


def severity_mix(facts: Sequence[IncidentFact]) -> SeverityMix:
    """How many there are of each severity, and the share of the high ones."""
    counts = Counter(fact.severity for fact in facts)
    known = [(severity, counts[severity]) for severity in (*Severity, None) if counts[severity]]
    high = sum(count for severity, count in known if severity and severity.is_high)
    return SeverityMix(tuple(known), share(high, len(facts) - counts[None]))


def impact_totals(facts: Sequence[IncidentFact]) -> ImpactTotals:
    """Minutes and money of incidents; a sum is of what is known, and says of how many that is not all."""
    lasted = [(fact.lasted, fact.id) for fact in facts]
    known = [(length, name) for length, name in lasted if length is not None]
    worst = max(known, key=lambda one: (one[0], one[1]), default=None)
    amounts: defaultdict[str, Decimal] = defaultdict(Decimal)
    for fact in facts:
        if fact.revenue is not None:
            amounts[fact.revenue.currency] += fact.revenue.amount
    return ImpactTotals(
        minutes=sum((length for length, _ in known), timedelta(0)) / MINUTE,
        worst_minutes=worst[0] / MINUTE if worst else None,
        worst_id=worst[1] if worst else "",
        unmeasured=len(facts) - len(known),
        revenue=tuple(Money(amounts[currency], currency) for currency in sorted(amounts)),
        without_revenue=sum(fact.revenue is None for fact in facts),
    )


def detection_figures(facts: Sequence[IncidentFact]) -> DetectionFigures:
    """How incidents were noticed, and which too late or by customers."""
    counts = Counter(fact.detection for fact in facts)
    customers = counts[DetectionMethod.CUSTOMER]
    gaps = [detection_gap(fact) for fact in facts]
    timed = [gap for gap in gaps if gap.took is not None and gap.target is not None]
    return DetectionFigures(
        sources=tuple((way, counts[way]) for way in (*DetectionMethod, None) if counts[way]),
        by_customers=share(customers, len(facts) - counts[None]),
        late=share(sum(gap.is_late for gap in timed), len(timed)),
        gaps=tuple(gap for gap in gaps if gap.reasons),
    )


def detection_gap(fact: IncidentFact) -> DetectionGap:
    """How long detection took and what it should have taken. Before the impact it took no time."""
    took = None
    start = time_of(fact, "impact_start")
    if start is not None and fact.detected is not None:
        took = max(fact.detected - start, timedelta(0))
    by_customers = fact.detection is DetectionMethod.CUSTOMER
    return DetectionGap(fact.id, took, fact.detect_within, by_customers)


def recurrence(facts: Iterable[IncidentFact], period: Period) -> Recurrence:
    """The recurrence rate of the incidents that began in a period, by confirmed classes (practice rule 33)."""
    dated = [
        Classed(fact.id, fact.began, frozenset(fact.classes))
        for fact in facts
        if fact.began and fact.began < period.until and not fact.is_drill
    ]
    found = recurred_in(dated, since=period.since)
    again = tuple(dict.fromkeys(one.id for one in found.recurred))
    return Recurrence(share(found.count, found.n), again, found.unclassed)


def minutes_of(facts: Iterable[IncidentFact]) -> Summary:
    """What the known lengths of incidents say, in minutes."""
    return summary(fact.lasted / MINUTE for fact in facts if fact.lasted is not None)
