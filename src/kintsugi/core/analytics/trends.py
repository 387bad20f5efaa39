"""A period against the one before it: frequency and every length, judged together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from kintsugi.core.analytics.comparison import Trend, adjusted, compare_counts, compare_lengths
from kintsugi.core.analytics.durations import MINUTE, SPANS, Span
from kintsugi.core.analytics.facts import IncidentFact, Period, in_period, time_of
from kintsugi.core.shared.errors import InvalidValue

FREQUENCY = "frequency"
DURATION = "duration"


@dataclass(frozen=True, slots=True)
class NamedTrend:
    """The trend of one figure: FREQUENCY, DURATION, or the key of a span."""

    key: str
    trend: Trend


def trends(facts: Iterable[IncidentFact], period: Period) -> tuple[NamedTrend, ...]:
    """Whether frequency, duration or any of the field's spans changed since the period before of the same length.

    Each is judged by Holm's method over all that are shown. Empty where the period has no length,
    or none before it fits into the calendar.
    """
    if not period.length:
        return ()
    try:
        earlier_period = period.before
    except (OverflowError, InvalidValue):
        return ()
    given = tuple(facts)
    before, now = in_period(given, earlier_period), in_period(given, period)
    days = period.length / timedelta(days=1)
    found = [
        (FREQUENCY, compare_counts(len(before), len(now), days, days)),
        (DURATION, compare_lengths(_lasted(before), _lasted(now))),
    ]
    for span in SPANS:
        earlier, later = (_between(one, span) for one in (before, now))
        found.append((span.key, compare_lengths(earlier, later)))
    judged = adjusted([trend for _, trend in found])
    return tuple(NamedTrend(key, trend) for (key, _), trend in zip(found, judged, strict=True))


def _lasted(facts: Iterable[IncidentFact]) -> list[float]:
    return [fact.lasted / MINUTE for fact in facts if fact.lasted is not None]


def _between(facts: Iterable[IncidentFact], span: Span) -> list[float]:
    found = []
    for fact in facts:
        begins, ends = time_of(fact, span.start), time_of(fact, span.end)
        if begins is not None and ends is not None and ends >= begins:
            found.append((ends - begins) / MINUTE)
    return found
