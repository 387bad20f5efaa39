"""The guide's incident report under its own keys, and beside each recommendation whether it is more than chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, timedelta, tzinfo

from kintsugi.core.analytics.comparison import holm
from kintsugi.core.analytics.facts import IncidentFact
from kintsugi.core.analytics.rollups import Tally, tally, told
from kintsugi.core.analytics.uniformity import Evenness, evenness
from kintsugi.core.shared.distributions import Interval

LONG_MINUTES = 60
"""The guide recommends automation where the mean is above it."""
MOST_SERVICES, MOST_CAUSES = 5, 10
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class GuideReport:
    """What the guide's generate_report says of incidents, each count from the records themselves.

    `hours` are the 24 of the zone's clock, without those whose hour is not known, `days` the seven from Monday;
    names stand with the most first, equal ones by name. `mttr_minutes` is the mean of the known lengths,
    `mtbf_hours` the guide's: the mean gap between beginnings, which is not uptime over failures. Both are None
    where they are undefined.
    """

    total: int
    mttr_minutes: float | None
    mtbf_hours: float | None
    period: str
    hours: tuple[int, ...]
    days: tuple[int, ...]
    services: tuple[tuple[str, int], ...]
    severities: tuple[tuple[int, int], ...]
    causes: tuple[tuple[str, int], ...]

    @property
    def peak_hour(self) -> int | None:
        """The first of the hours with the most; midnight is one like any other."""
        return self.hours.index(max(self.hours)) if any(self.hours) else None

    @property
    def quiet_hour(self) -> int | None:
        """The first of the hours with the fewest, those with none among them."""
        return self.hours.index(min(self.hours)) if any(self.hours) else None

    @property
    def recommendations(self) -> tuple[str, ...]:
        """By the guide's thresholds, in its words."""
        found = []
        if self.mttr_minutes is not None and self.mttr_minutes > LONG_MINUTES:
            found.append(
                f"MTTR is {self.mttr_minutes:.0f} minutes - implement automation to reduce recovery time"
            )
        if self.peak_hour is not None:
            found.append(
                f"Most incidents occur at {self.peak_hour}:00 - increase monitoring during this time"
            )
        if self.services:
            found.append(
                f"Service '{self.services[0][0]}' has most incidents - prioritize reliability improvements"
            )
        return tuple(found)

    def as_guide(self) -> dict[str, object]:
        """The report under the guide's keys; `patterns` is empty where there is no incident."""
        return {
            "summary": {
                "total_incidents": self.total,
                "mttr_minutes": self.mttr_minutes,
                "mtbf_hours": self.mtbf_hours,
                "period": self.period,
            },
            "patterns": self._patterns() if self.total else {},
            "recommendations": list(self.recommendations),
        }

    def _patterns(self) -> dict[str, object]:
        high = sum(count for level, count in self.severities if level <= 2)
        by_day = dict(zip(DAYS, self.days, strict=True))
        return {
            "by_hour": {
                "peak_hour": self.peak_hour,
                "quiet_hour": self.quiet_hour,
                "distribution": {hour: count for hour, count in enumerate(self.hours) if count},
            },
            "by_day_of_week": {
                "most_incidents": min(DAYS, key=lambda day: (-by_day[day], day)),
                "least_incidents": min(DAYS, key=lambda day: (by_day[day], day)),
                "distribution": {day: count for day, count in by_day.items() if count},
            },
            "by_service": {
                "most_incidents": self.services[0][0],
                "top_5": dict(self.services[:MOST_SERVICES]),
            }
            if self.services
            else {},
            "by_severity": {
                "distribution": dict(self.severities),
                "high_severity_percentage": high / self.total * 100,
            }
            if self.severities
            else {},
            "common_causes": [word for word, _ in self.causes],
        }


def incident_report(
    incidents: Iterable[IncidentFact], *, period: str = "", zone: tzinfo = UTC
) -> GuideReport:
    """The guide's report of all the incidents given; drills and those without a beginning are not counted."""
    given = tuple(incidents)
    found = report_of(_tally(given), period=period, zone=zone)
    if any(fact.is_day_only for fact in given):
        timed = _tally(fact for fact in given if not fact.is_day_only)
        return replace(found, hours=timed.by_clock(zone)[0])
    return found


def _tally(incidents: Iterable[IncidentFact]) -> Tally:
    rows = (told(fact) for fact in incidents)
    return tally(row for row in rows if row is not None)


def report_of(counts: Tally, *, period: str = "", zone: tzinfo = UTC) -> GuideReport:
    """The guide's report from counts, whether of incidents or of rollups; hours and days by the zone's clock."""
    hours, days = counts.by_clock(zone)
    gap = None
    if counts.n > 1 and counts.first is not None and counts.last is not None:
        gap = (counts.last - counts.first) / timedelta(hours=1) / (counts.n - 1)
    return GuideReport(
        total=counts.n,
        mttr_minutes=counts.microseconds / 60_000_000 / counts.measured if counts.measured else None,
        mtbf_hours=gap,
        period=period,
        hours=hours,
        days=days,
        services=_most(counts.services),
        severities=tuple(
            sorted(counts.severities.items(), key=lambda one: (-one[1], one[0]))
        ),
        causes=_most(counts.words)[:MOST_CAUSES],
    )  # fmt: skip


def _most(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the figures say of one of the guide's recommendations. None: too few to tell."""

    recommendation: str
    is_more_than_chance: bool | None
    because: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """How evenly incidents fall over hours, days or services; its p is adjusted for there being several."""

    name: str
    evenness: Evenness
    adjusted_p: float | None

    @property
    def is_more_than_chance(self) -> bool | None:
        """Whether the busiest may be named; None where there are too few to tell."""
        if self.adjusted_p is None:
            return None
        return self.evenness.is_more_than_chance(self.adjusted_p)


def patterns_of(report: GuideReport) -> tuple[Pattern, ...]:
    """Evenness by hour, by day and by service if there are two, judged together by Holm's method (rule 31)."""
    found = [("hour", evenness(report.hours)), ("day", evenness(report.days))]
    if len(report.services) > 1:
        found.append(("service", evenness([count for _, count in report.services])))
    tested = [(name, one.p) for name, one in found if one.p is not None]
    by_name = dict(zip((name for name, _ in tested), holm([p for _, p in tested]), strict=True))
    return tuple(Pattern(name, one, by_name.get(name)) for name, one in found)


def judged(report: GuideReport, median: Interval | None) -> tuple[Judgement, ...]:
    """Beside each of the guide's recommendations what the figures say; `median`: of the lengths, in minutes."""
    patterns = {one.name: one for one in patterns_of(report)}
    found = []
    for text in report.recommendations:
        if text.startswith("MTTR"):
            found.append(_of_length(text, median))
        else:
            name = "hour" if text.startswith("Most") else "service"
            found.append(_of_pattern(text, patterns.get(name)))
    return tuple(found)


def _of_length(text: str, median: Interval | None) -> Judgement:
    if median is None:
        return Judgement(text, None, "too few lengths are known for an interval")
    span = f"half of them last under a value between {median.low:.0f} and {median.high:.0f} min"
    if median.low > LONG_MINUTES:
        return Judgement(text, True, span)
    return Judgement(text, False, f"{span}: a few long ones can make such a mean")


def _of_pattern(text: str, pattern: Pattern | None) -> Judgement:
    if pattern is None or pattern.is_more_than_chance is None:
        return Judgement(text, None, "too few to tell it from chance")
    even = pattern.evenness
    said = f"{even.count} of {even.n}"
    if even.by_chance is not None:
        said += f"; by chance the busiest of {even.cells} has {even.by_chance:.1f}"
    if pattern.adjusted_p is not None:
        p = pattern.adjusted_p
        said += f" ({'p < 0.001' if p < 0.001 else f'p = {p:.2g}'})"
    return Judgement(text, pattern.is_more_than_chance, said)
