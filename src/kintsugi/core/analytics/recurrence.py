"""What came again: recurrence by confirmed class, actions that were still open then, and whether a fix held."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from kintsugi.core.shared.distributions import (
    Interval,
    count_interval,
    incomplete_beta,
    proportion_interval,
)

TRAILING = timedelta(days=365)
"""How far back an incident of the same class makes one a recurrence (practice rule 33)."""
YEAR = timedelta(days=365.25)
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Classed:
    """An incident with the classes that people confirmed, and when it began."""

    id: str
    at: datetime
    classes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Followed:
    """An action: what incident it follows from, since when it is there, and when it was settled and verified."""

    id: str
    incident_id: str
    created_at: datetime
    settled_at: datetime | None = None
    verified_at: datetime | None = None

    def was_open(self, at: datetime) -> bool:
        """Whether it was there and not settled at a moment."""
        return self.created_at <= at and not self.is_settled(at)

    def is_settled(self, at: datetime) -> bool:
        """Whether it was settled by a moment."""
        return self.settled_at is not None and self.settled_at <= at


@dataclass(frozen=True, slots=True)
class Recurred:
    """An incident that came again: the latest one before it of the same class, and the actions still open then."""

    id: str
    class_key: str
    before_id: str
    after: timedelta
    open_actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Of `n` incidents of confirmed class, `count` came again within the trailing time.

    `interval` is that of the share (Clopper and Pearson); None where there is no incident. `unclassed` is
    how many more incidents there were whose class nobody confirmed: they are in neither number.
    """

    n: int
    count: int
    unclassed: int
    interval: Interval | None
    recurred: tuple[Recurred, ...]

    @property
    def share(self) -> float | None:
        """The share that came again; None of none."""
        return self.count / self.n if self.n else None

    @property
    def with_open_actions(self) -> int:
        """How many came again while an action of an earlier one was still open."""
        return len({one.id for one in self.recurred if one.open_actions})


def recurrence(
    incidents: Iterable[Classed],
    actions: Iterable[Followed] = (),
    *,
    since: datetime | None = None,
    trailing: timedelta = TRAILING,
) -> Recurrence:
    """The share of incidents of the same confirmed class as one in the time before (practice rule 33).

    Incidents from `since` on are counted; earlier ones are only what later ones can repeat, so hand in
    those of the trailing time before it too. An action counts as open if it follows from any earlier
    incident of the class, whenever that was.
    """
    ordered = sorted(incidents, key=lambda one: (one.at, one.id))
    by_incident: dict[str, list[Followed]] = {}
    for action in actions:
        by_incident.setdefault(action.incident_id, []).append(action)
    latest: dict[str, Classed] = {}
    unsettled: dict[str, list[Followed]] = {}
    found: list[Recurred] = []
    n, unclassed, again = 0, 0, set()
    for one in ordered:
        counts = since is None or one.at >= since
        if counts:
            n, unclassed = n + bool(one.classes), unclassed + (not one.classes)
        for key in sorted(one.classes):
            before = latest.get(key)
            # What is settled stays so: of a long record only what is open is looked at again.
            left = [action for action in unsettled.get(key, ()) if not action.is_settled(one.at)]
            if counts and before is not None and one.at - before.at <= trailing:
                opened = tuple(action.id for action in left if action.was_open(one.at))
                found.append(Recurred(one.id, key, before.id, one.at - before.at, opened))
                again.add(one.id)
            unsettled[key] = [*left, *by_incident.get(one.id, ())]
            latest[key] = one
    interval = proportion_interval(len(again), n, LEVEL) if n else None
    return Recurrence(n, len(again), unclassed, interval, tuple(found))


class Verdict(Enum):
    """What the incidents since a fix say of it."""

    HELD = "held"
    """None since, in a time in which the rate before would have brought one with 95% or more."""
    FEWER = "fewer"
    """It came again, but detectably more seldom."""
    TOO_EARLY = "too early"
    """None since, but none would be no surprise yet at the rate before."""
    CAME_AGAIN = "came again"
    """It came again, and no change of the rate can be seen."""
    MORE = "more"
    """It comes detectably more often."""


@dataclass(frozen=True, slots=True)
class Span:
    """So many incidents in so long: the count and its exact Poisson interval, as a rate a year."""

    count: int
    length: timedelta

    @property
    def years(self) -> float:
        """The length in years."""
        return self.length / YEAR

    @property
    def rate(self) -> float | None:
        """Incidents a year; None of no time."""
        return self.count / self.years if self.length > timedelta(0) else None

    @property
    def interval(self) -> Interval | None:
        """Between which rates a year the true one lies; None of no time."""
        if self.length <= timedelta(0):
            return None
        exact = count_interval(self.count, LEVEL)
        return Interval(exact.low / self.years, exact.high / self.years, LEVEL)


@dataclass(frozen=True, slots=True)
class Point:
    """A moment on the curve: so many incidents of the class until then."""

    at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Expected:
    """What the rate before would have brought by a moment, in total: between `low` and `high`."""

    at: datetime
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class FixHeld:
    """A class before and after an action was verified.

    `before` leaves out the incident the action follows from: it is why there is a fix, and counting it
    would make every fix look good. `chance` is how likely so few (or so many) incidents after it are if
    nothing changed: the exact conditional binomial test, two-sided; `quiet_chance` how likely none at all.
    `ratio` is the interval of the rate after by the rate before; None where there is nothing to compare.
    """

    action_id: str
    verified_at: datetime
    before: Span
    after: Span
    verdict: Verdict
    chance: float | None
    quiet_chance: float | None
    ratio: Interval | None
    curve: tuple[Point, ...]
    expected: tuple[Expected, ...]
    came_again: tuple[str, ...]


def fix_held(
    incidents: Iterable[Classed], action: Followed, *, since: datetime, now: datetime
) -> FixHeld | None:
    """Whether the fix held: incidents of one class before and after `action` was verified.

    `incidents` are those of the class; `since` is when the record begins. None for an action that nobody
    verified, or verified after `now`. The rates are compared by the conditional binomial (practice rule 29,
    Przyborowski and Wilenski, 1940).
    """
    fixed = action.verified_at
    if fixed is None or fixed > now:
        return None
    ordered = sorted((one for one in incidents if one.at <= now), key=lambda one: (one.at, one.id))
    start = min([since, fixed, *(one.at for one in ordered)])
    later = tuple(one for one in ordered if one.at > fixed)
    counted = [one for one in ordered if one.at <= fixed and one.id != action.incident_id]
    before, after = Span(len(counted), fixed - start), Span(len(later), now - fixed)
    share = after.length / (before.length + after.length) if now > start else 0.0
    chance = _two_sided(after.count, before.count + after.count, share)
    quiet = (1 - share) ** before.count if before.count else None
    return FixHeld(
        action.id, fixed, before, after, _verdict(before, after, chance, quiet), chance, quiet,
        _ratio(before, after), _curve(ordered, start, now), _expected(ordered, fixed, before, now),
        tuple(one.id for one in later),
    )  # fmt: skip


def _verdict(before: Span, after: Span, chance: float | None, quiet: float | None) -> Verdict:
    if not after.count:
        return Verdict.HELD if quiet is not None and quiet <= 1 - LEVEL else Verdict.TOO_EARLY
    if chance is None or chance > 1 - LEVEL:
        return Verdict.CAME_AGAIN
    was = before.rate or 0.0
    return Verdict.FEWER if (after.rate or math.inf) < was else Verdict.MORE


def _two_sided(count: int, n: int, share: float) -> float | None:
    """Twice the smaller tail of a Binomial(n, share) at a count; None where there is nothing to compare."""
    if not n or not 0 < share < 1:
        return None
    at_least = incomplete_beta(count, n - count + 1, share) if count else 1.0
    at_most = 1 - incomplete_beta(count + 1, n - count, share) if count < n else 1.0
    return min(1.0, 2 * min(at_least, at_most))


def _ratio(before: Span, after: Span) -> Interval | None:
    """The interval of the ratio of two Poisson rates, from that of the share of the later counts."""
    n = before.count + after.count
    if not n or before.length <= timedelta(0) or after.length <= timedelta(0):
        return None
    share = proportion_interval(after.count, n, LEVEL)
    longer = before.length / after.length
    high = math.inf if share.high >= 1 else share.high / (1 - share.high) * longer
    return Interval(
        share.low / (1 - share.low) * longer if share.low < 1 else math.inf, high, LEVEL
    )


def _curve(ordered: Sequence[Classed], start: datetime, now: datetime) -> tuple[Point, ...]:
    steps = [Point(one.at, count) for count, one in enumerate(ordered, 1)]
    return (Point(start, 0), *steps, Point(now, len(ordered)))


def _expected(
    ordered: Sequence[Classed], fixed: datetime, before: Span, now: datetime
) -> tuple[Expected, ...]:
    """From the fix on: where the curve would go at the rate before, between the ends of its interval."""
    rate = before.interval
    if rate is None or now <= fixed:
        return ()
    reached = sum(one.at <= fixed for one in ordered)
    years = (now - fixed) / YEAR
    return (
        Expected(fixed, reached, reached),
        Expected(now, reached + rate.low * years, reached + rate.high * years),
    )


def by_class(incidents: Iterable[Classed]) -> Mapping[str, tuple[Classed, ...]]:
    """The incidents of each class, the earliest first."""
    found: dict[str, list[Classed]] = {}
    for one in sorted(incidents, key=lambda each: (each.at, each.id)):
        for key in one.classes:
            found.setdefault(key, []).append(one)
    return {key: tuple(found[key]) for key in sorted(found)}
