"""How long things take that are not all over yet: Kaplan and Meier's curve, with what is still open in it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from kintsugi.core.analytics.statistics import LIST_BELOW
from kintsugi.core.shared.distributions import Interval, normal_quantile
from kintsugi.core.shared.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class Step:
    """After `time`, the share that is still open, and between which shares it lies."""

    time: float
    at_risk: int
    closed: int
    still_open: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Survival:
    """How long it takes until things are closed, of `closed` that are and `open` that are not yet.

    `median` is the first time by which half are closed; None where that is not known yet, or under
    LIST_BELOW. Its interval's `high` is infinite where the data do not bound it.
    """

    closed: int
    open: int
    steps: tuple[Step, ...] = ()
    median: float | None = None
    median_interval: Interval | None = None

    @property
    def n(self) -> int:
        """How many there are in all."""
        return self.closed + self.open

    def still_open_after(self, time: float) -> float:
        """The share that is still open after so long."""
        reached = [step.still_open for step in self.steps if step.time <= time]
        return reached[-1] if reached else 1.0


def survival(closed: Iterable[float], still_open: Iterable[float], level: float = 0.95) -> Survival:
    """The curve of lengths of time that are over, and of those that still run (practice rule 30).

    Kaplan and Meier, Nonparametric Estimation from Incomplete Observations (1958); variance by Greenwood,
    intervals on log(-log), the median's by Brookmeyer and Crowley (1982). What is closed at a time comes before
    what is left open at it. Raises InvalidValue for a negative length.
    """
    over, running = Counter(closed), Counter(still_open)
    if any(not 0 <= length < math.inf for length in (*over, *running)):
        raise InvalidValue("a length is negative or infinite", expected="0 or more")
    count, waiting = over.total(), running.total()
    reach = normal_quantile((1 + level) / 2)
    steps: list[Step] = []
    share, variance, at_risk = 1.0, 0.0, count + waiting
    for time in sorted(over.keys() | running.keys()):
        ended = over[time]
        if ended:
            share *= 1 - ended / at_risk
            variance += ended / (at_risk * (at_risk - ended)) if at_risk > ended else math.inf
            steps.append(
                Step(time, at_risk, ended, share, _interval(share, variance, reach, level))
            )
        at_risk -= ended + running[time]
    if count + waiting < LIST_BELOW:
        return Survival(count, waiting, tuple(steps))
    # A share of one half after rounding is one half.
    half = 0.5 + 1e-12
    middle = next((step.time for step in steps if step.still_open <= half), None)
    low = next((step.time for step in steps if step.interval.low <= half), math.inf)
    high = next((step.time for step in steps if step.interval.high <= half), math.inf)
    interval = Interval(low, high, level) if low < math.inf else None
    return Survival(count, waiting, tuple(steps), middle, interval)


def _interval(share: float, variance: float, reach: float, level: float) -> Interval:
    if share <= 0:
        return Interval(0.0, 0.0, level)
    if share >= 1:
        return Interval(1.0, 1.0, level)
    step = reach * math.sqrt(variance) / abs(math.log(share))
    return Interval(share ** math.exp(step), share ** math.exp(-step), level)
