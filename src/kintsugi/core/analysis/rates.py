"""How often something happens, from how often it has happened: gamma-Poisson."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kintsugi.core.shared.distributions import Interval, incomplete_gamma_inverse
from kintsugi.core.shared.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of a rate before anything is counted: Gamma(shape, exposure).

    It counts as `shape` happenings in `exposure` units of time, the same unit as the history's. The usual one
    is Jeffreys' for a Poisson rate, shape 0.5 and no exposure: an interval of it lies almost where the exact
    one does, and nothing seen does not mean never.
    """

    shape: float = 0.5
    exposure: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.shape < math.inf:
            raise InvalidValue(f"the shape is {self.shape!r}", path=("shape",), expected="above 0")
        if not 0 <= self.exposure < math.inf:
            raise InvalidValue(
                f"the exposure is {self.exposure!r}", path=("exposure",), expected="0 or more"
            )


JEFFREYS = Prior()


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate per unit of time, with all that it was made of: `count` in `exposure`, and the prior.

    `mean` is the posterior mean, (shape + count) / (prior exposure + exposure); `interval` is its
    credible interval with equal tails.
    """

    count: int
    exposure: float
    prior: Prior
    mean: float
    interval: Interval

    def chance(self, time: float) -> float:
        """The probability of at least one within `time`, at the mean rate: 1 - exp(-mean * time)."""
        return _chance(self.mean, time)

    def chances(self, time: float) -> Interval:
        """The same at both ends of the interval."""
        ends = self.interval
        return Interval(_chance(ends.low, time), _chance(ends.high, time), ends.level)


def rate_of(count: int, exposure: float, prior: Prior = JEFFREYS, level: float = 0.95) -> Rate:
    """The rate after `count` happenings in `exposure` units of time (Gelman et al., Bayesian Data Analysis, 2.6).

    The posterior of a Poisson rate under a Gamma prior is Gamma(shape + count, prior exposure + exposure).
    Raises InvalidValue for a negative count or exposure, no time at all, or a level not between 0 and 1.
    """
    if count < 0:
        raise InvalidValue(f"the count is {count}", path=("count",), expected="0 or more")
    if not 0 <= exposure < math.inf:
        raise InvalidValue(
            f"the exposure is {exposure!r}", path=("exposure",), expected="0 or more"
        )
    if not 0 < level < 1:
        raise InvalidValue(
            f"the level is {level!r}", path=("level",), expected="above 0 and below 1, such as 0.95"
        )
    shape, time = prior.shape + count, prior.exposure + exposure
    if time == 0:
        raise InvalidValue(
            "there is no time to count in", path=("exposure",), expected="a history, or a prior with an exposure"
        )  # fmt: skip
    tail = (1 - level) / 2
    low, high = (incomplete_gamma_inverse(shape, p) / time for p in (tail, 1 - tail))
    return Rate(count, exposure, prior, shape / time, Interval(low, high, level))


def _chance(rate: float, time: float) -> float:
    if not time >= 0:
        raise InvalidValue(f"the time is {time!r}", path=("time",), expected="0 or more")
    return -math.expm1(-rate * time)
