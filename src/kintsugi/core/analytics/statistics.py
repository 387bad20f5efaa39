"""What a handful of numbers allows to be said: a list, a median with its interval, a mean with its warning."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kintsugi.core.shared.distributions import Interval, count_interval, proportion_interval
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.tails import binomial_at_most, student_quantile

LIST_BELOW = 6
"""With fewer values than this they are listed one by one, and nothing is made of them (practice rule 26)."""
P90_FROM = 10
"""The nearest rank of 90% is shown from so many values on (practice rule 26)."""
MEAN_LABEL = "mean, heavy-tailed"
"""What stands beside every mean: a few long incidents move it more than all others together (rule 27)."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What `n` values say, in their own unit. Everything but n, total and worst is None under LIST_BELOW.

    `listed` has the values where there are too few for statistics. `median_interval` is exact by order
    statistics, and its level is what it truly covers. `p90` is the nearest rank, None under P90_FROM;
    `p90_at_most` bounds it from above with 95% confidence, None where n is under 29. `geometric_mean` is of
    the values above 0, of which `zeros` are none, with its log-t interval. `mean` is shown as MEAN_LABEL alone.
    """

    n: int
    listed: tuple[float, ...] = ()
    median: float | None = None
    median_interval: Interval | None = None
    p90: float | None = None
    p90_at_most: float | None = None
    geometric_mean: float | None = None
    geometric_interval: Interval | None = None
    zeros: int = 0
    mean: float | None = None
    total: float = 0.0
    worst: float | None = None


def summary(values: Iterable[float], level: float = 0.95) -> Summary:
    """What the values say, whatever their order (practice rules 26 and 27).

    Raises InvalidValue for a negative or infinite value, under its place, and for a level that is none.
    """
    given = list(values)
    for place, value in enumerate(given):
        if not 0 <= value < math.inf:
            raise InvalidValue(f"{value!r} is no length", path=(place,), expected="0 or more")
    ordered = sorted(given)
    n, total = len(ordered), math.fsum(ordered)
    worst = ordered[-1] if ordered else None
    if n < LIST_BELOW:
        return Summary(n, tuple(ordered), total=total, worst=worst)
    middle, interval = geometric(ordered, level)
    return Summary(
        n,
        median=median(ordered),
        median_interval=median_interval(ordered, level),
        p90=ordered[math.ceil(n * 9 / 10) - 1] if n >= P90_FROM else None,
        p90_at_most=quantile_at_most(ordered, 0.9, level),
        geometric_mean=middle,
        geometric_interval=interval,
        zeros=sum(value == 0 for value in ordered),
        mean=total / n,
        total=total,
        worst=worst,
    )


def median(ordered: Sequence[float]) -> float:
    """The middle of sorted values; halfway between the middle two where their number is even."""
    n = len(ordered)
    below, above = ordered[(n - 1) // 2], ordered[n // 2]
    return below if below == above else below + (above - below) / 2


def median_interval(ordered: Sequence[float], level: float = 0.95) -> Interval | None:
    """The exact interval of the median of sorted values; None where there are too few for the level.

    Between two order statistics, whatever the distribution (Conover, Practical Nonparametric Statistics, 3.2):
    with 10 values the 2nd and the 9th, with 100 the 40th and the 61st.
    """
    ranks = median_ranks(len(ordered), level)
    if ranks is None:
        return None
    low, high, covered = ranks
    return Interval(ordered[low - 1], ordered[high - 1], covered)


@lru_cache(maxsize=4096)
def median_ranks(n: int, level: float = 0.95) -> tuple[int, int, float] | None:
    """From which to which value, counted from 1, the median's interval goes, and what it covers.

    None where even the least and the greatest cover less than the level. Raises InvalidValue for a level
    that is not between 0 and 1.
    """
    _check(level)
    tail = (1 - level) / 2
    if n < 1 or binomial_at_most(0, n, 0.5) > tail:
        return None
    least, most = 0, (n - 1) // 2
    while least < most:
        middle = (least + most + 1) // 2
        if binomial_at_most(middle, n, 0.5) <= tail:
            least = middle
        else:
            most = middle - 1
    return least + 1, n - least, 1 - 2 * binomial_at_most(least, n, 0.5)


def quantile_at_most(ordered: Sequence[float], share: float, level: float = 0.95) -> float | None:
    """What a quantile is at most, with that confidence; None where even the greatest value bounds nothing.

    One-sided and exact: for 90% it takes 29 values, for 95% it takes 59 (practice rule 26).
    """
    _check(level)
    n = len(ordered)
    if n == 0 or binomial_at_most(n - 1, n, share) < level:
        return None
    least, most = 1, n
    while least < most:
        middle = (least + most) // 2
        if binomial_at_most(middle - 1, n, share) >= level:
            most = middle
        else:
            least = middle + 1
    return ordered[least - 1]


def geometric(values: Sequence[float], level: float = 0.95) -> tuple[float | None, Interval | None]:
    """The geometric mean of the values above 0, and its interval by Student's t on their logarithms."""
    _check(level)
    logs = [math.log(value) for value in values if value > 0]
    if len(logs) < LIST_BELOW:
        return None, None
    middle, spread = mean_and_variance(logs)
    reach = student_quantile((1 + level) / 2, len(logs) - 1) * math.sqrt(spread / len(logs))
    # Rounded, three equal values would have a mean a hair off theirs, and the interval would miss it.
    return math.exp(middle), Interval(_exp(middle - reach), _exp(middle + reach), level)


def _exp(log: float) -> float:
    return math.exp(log) if log < 709 else math.inf


def mean_and_variance(values: Sequence[float]) -> tuple[float, float]:
    """The mean, and the variance with n - 1, of two or more values; the same in whatever order."""
    middle = math.fsum(values) / len(values)
    return middle, math.fsum((value - middle) ** 2 for value in values) / (len(values) - 1)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many. `value` and its exact interval (Clopper-Pearson) are None under LIST_BELOW."""

    count: int
    n: int
    value: float | None = None
    interval: Interval | None = None


def share(count: int, n: int, level: float = 0.95) -> Share:
    """A share from 0 to 1 with its interval. Raises InvalidValue unless 0 <= count <= n."""
    if not 0 <= count <= n:
        raise InvalidValue(f"{count} of {n}", expected="a count from 0 to n")
    if n < LIST_BELOW:
        return Share(count, n)
    return Share(count, n, count / n, proportion_interval(count, n, level))


@dataclass(frozen=True, slots=True)
class Frequency:
    """A count, and how many there are in 30 days, with the exact Poisson interval of each (practice rule 29)."""

    count: int
    days: float
    interval: Interval
    per_30_days: float | None
    per_30_days_interval: Interval | None


def frequency(count: int, days: float, level: float = 0.95) -> Frequency:
    """How often something happens that happened `count` times in so many days; no rate where there are none."""
    found = count_interval(count, level)
    if not days > 0:
        return Frequency(count, 0.0, found, None, None)
    scale = 30 / days
    return Frequency(
        count, days, found, count * scale, Interval(found.low * scale, found.high * scale, level)
    )


def _check(level: float) -> None:
    if not 0 < level < 1:
        raise InvalidValue(f"the level is {level!r}", expected="above 0 and below 1, such as 0.95")
