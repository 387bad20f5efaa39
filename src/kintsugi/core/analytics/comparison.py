"""Whether something changed: a trend only where it is one, else the smallest change that could have been seen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from kintsugi.core.analytics.statistics import LIST_BELOW, mean_and_variance
from kintsugi.core.shared.distributions import Interval, normal_quantile, proportion_interval
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.tails import binomial_both_tails, student_both_tails, student_quantile

POWER = 0.8
"""A change that "could have been seen" would have been, in four periods out of five."""


class Direction(Enum):
    """Which way something went, where it can be told that it went anywhere."""

    UP = "up"
    DOWN = "down"
    NOT_SEEN = "no detectable change"
    TOO_FEW = "too few to compare"


@dataclass(frozen=True, slots=True)
class Trend:
    """A later period against an earlier one. `ratio` is later over earlier: 0.5 is half, 2 is double.

    `p` is of the two-sided test alone, `adjusted_p` after Holm over all that is shown together; an arrow is
    drawn by `direction` alone. `could_see_fall` and `could_see_rise` are the ratios a change must reach to be
    seen with POWER; a fall of None: not even a fall to nothing would have been.
    """

    direction: Direction
    n_before: int
    n_after: int
    ratio: float | None = None
    interval: Interval | None = None
    p: float | None = None
    adjusted_p: float | None = None
    could_see_fall: float | None = None
    could_see_rise: float | None = None

    @property
    def sentence(self) -> str:
        """What may be said of it, in words."""
        if self.direction is Direction.TOO_FEW:
            return f"too few to compare ({self.n_before} before, {self.n_after} now)"
        if self.direction is not Direction.NOT_SEEN:
            return f"{self.direction.value} {self._size()}"
        return f"no detectable change; {self._limits()} could be seen"

    def _size(self) -> str:
        if self.ratio is None:
            return f"from none to {self.n_after}"
        if self.ratio >= 2:
            return f"to {self.ratio:.1f} times as much"
        return f"by {abs(self.ratio - 1):.0%}"

    def _limits(self) -> str:
        rise = "" if self.could_see_rise is None else _risen(self.could_see_rise)
        if self.could_see_fall is None:
            return f"only {rise}, and no fall,"
        return f"only a fall of {1 - self.could_see_fall:.0%} or {rise}"


def _risen(ratio: float) -> str:
    return f"a rise of {ratio - 1:.0%}" if ratio < 2 else f"a rise to {ratio:.1f} times as much"


def compare_lengths(before: Iterable[float], after: Iterable[float], level: float = 0.95) -> Trend:
    """Whether lengths of time changed: the ratio of geometric means, by Welch's test on logarithms (rule 28).

    Lengths of 0 have no logarithm and are left out. Under LIST_BELOW on either side nothing is compared.
    """
    first, second = _logs(before), _logs(after)
    if min(len(first), len(second)) < LIST_BELOW:
        return Trend(Direction.TOO_FEW, len(first), len(second))
    (one, spread_one), (two, spread_two) = mean_and_variance(first), mean_and_variance(second)
    part_one, part_two = spread_one / len(first), spread_two / len(second)
    error, change = math.sqrt(part_one + part_two), two - one
    if error == 0:
        freedom = float(len(first) + len(second) - 2)
    else:
        freedom = (part_one + part_two) ** 2 / (
            part_one**2 / (len(first) - 1) + part_two**2 / (len(second) - 1)
        )
    t = change / error if error else math.copysign(math.inf, change) if change else 0.0
    p = student_both_tails(t, freedom)
    certain = student_quantile((1 + level) / 2, freedom)
    seen = (certain + student_quantile(POWER, freedom)) * error
    interval = Interval(_exp(change - certain * error), _exp(change + certain * error), level)
    return Trend(
        _direction(p, change, 1 - level), len(first), len(second), _exp(change), interval, p, p,
        math.exp(-seen), _exp(seen),
    )  # fmt: skip


def compare_counts(
    before: int, after: int, days_before: float, days_after: float, level: float = 0.95
) -> Trend:
    """Whether a frequency changed, by the conditional binomial test of two Poisson counts (rule 29).

    Przyborowski and Wilenski (1940): of all there were, those of the later period are binomial with its share
    of the time. Raises InvalidValue for negative counts, and for periods without time.
    """
    if min(before, after) < 0 or min(days_before, days_after) <= 0:
        raise InvalidValue(
            f"{before} in {days_before} days, {after} in {days_after}",
            expected="counts of 0 or more, in periods that last",
        )
    total = before + after
    if total < LIST_BELOW:
        return Trend(Direction.TOO_FEW, before, after)
    part = days_after / (days_before + days_after)
    p = binomial_both_tails(after, total, part)
    of_all = proportion_interval(after, total, level)
    scale = days_before / days_after
    interval = Interval(_odds(of_all.low) * scale, _odds(of_all.high) * scale, level)
    ratio = after / before * scale if before else None
    fall, rise = _could_see(total, part, level)
    change = after * days_before - before * days_after
    return Trend(_direction(p, change, 1 - level), before, after, ratio, interval, p, p, fall, rise)


def _could_see(total: int, part: float, level: float) -> tuple[float | None, float]:
    """Which ratios of two rates are seen with POWER, by the square roots of Poisson counts (Anscombe, 1948)."""
    reach = normal_quantile((1 + level) / 2) + normal_quantile(POWER)
    step = reach / 2 * math.sqrt(1 / (total * part) + 1 / (total * (1 - part)))
    return ((1 - step) ** 2 if step < 1 else None), (1 + step) ** 2


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else math.inf


def adjusted(trends: Sequence[Trend], level: float = 0.95) -> tuple[Trend, ...]:
    """Trends that are shown together, each judged by Holm's method over all of them (rule 28)."""
    tested = [trend for trend in trends if trend.p is not None]
    by_place = iter(holm([trend.p for trend in tested if trend.p is not None]))
    found = []
    for trend in trends:
        if trend.p is None:
            found.append(trend)
            continue
        p = next(by_place)
        kept = trend.direction if p <= 1 - level else Direction.NOT_SEEN
        found.append(
            Trend(
                kept, trend.n_before, trend.n_after, trend.ratio, trend.interval, trend.p, p,
                trend.could_see_fall, trend.could_see_rise,
            )
        )  # fmt: skip
    return tuple(found)


def holm(ps: Sequence[float]) -> tuple[float, ...]:
    """Each p adjusted for there being several (Holm, A Simple Sequentially Rejective Multiple Test Procedure, 1979)."""
    found = [0.0] * len(ps)
    greatest = 0.0
    for rank, place in enumerate(sorted(range(len(ps)), key=lambda place: ps[place])):
        greatest = max(greatest, min(1.0, (len(ps) - rank) * ps[place]))
        found[place] = greatest
    return tuple(found)


def _direction(p: float, change: float, alpha: float) -> Direction:
    if p > alpha or change == 0:
        return Direction.NOT_SEEN
    return Direction.UP if change > 0 else Direction.DOWN


def _logs(values: Iterable[float]) -> list[float]:
    # Sorted, so that the same values in another order give the same last digit.
    return [math.log(value) for value in sorted(values) if value > 0]


def _exp(log: float) -> float:
    return math.exp(log) if log < 709 else math.inf
