"""Beta, gamma and normal distributions, and the exact intervals that are their quantiles.

Relative errors stay under 1e-9 for parameters from 0.001 to 10 million; the tests hold the functions against values
made with scipy. Powers and factorials are never formed alone but as deviances from the mode (Loader,
Fast and Accurate Computation of Binomial Probabilities, 2000), so that large counts lose no digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

from kintsugi.core.shared.errors import InvalidValue

_LEAST = 1e-300
_CLOSE = 1e-16
_MOST_STEPS = 200_000
_LOG_SMALLEST = math.log(5e-324)
_LOG_LARGEST = math.log(1.7976931348623157e308)
_HALF_LOG_TAU = 0.5 * math.log(math.tau)


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function: how likely a Beta(a, b) is at most x.

    Raises InvalidValue unless a and b are above 0 and x is from 0 to 1.
    """
    _check_beta(a, b, x, "x")
    return _beta(a, b, x, 1 - x)[0]


def incomplete_beta_inverse(a: float, b: float, p: float) -> float:
    """The x at which `incomplete_beta` is p. Raises InvalidValue as that does."""
    _check_beta(a, b, p, "p")
    if p in (0, 1):
        return float(p)

    def distance(log_x: float) -> tuple[float, float]:
        x, y = math.exp(log_x), -math.expm1(log_x)
        return _log_distance(p, _beta(a, b, x, y), _beta_power(a, b, x, y) / y if y else math.inf)

    return math.exp(_root(distance, _LOG_SMALLEST, 0.0, math.log(a) - math.log(a + b)))


def incomplete_gamma(a: float, x: float) -> float:
    """The regularised lower incomplete gamma function: how likely a Gamma(a) is at most x.

    Raises InvalidValue unless a is above 0 and x is 0 or more.
    """
    _check_gamma(a, x)
    return _gamma(a, x)[0]


def incomplete_gamma_upper(a: float, x: float) -> float:
    """How likely a Gamma(a) is more than x, exact where that is tiny. Raises InvalidValue as above."""
    _check_gamma(a, x)
    return _gamma(a, x)[1]


def incomplete_gamma_inverse(a: float, p: float) -> float:
    """The x at which `incomplete_gamma` is p. Raises InvalidValue unless p is from 0 up to, not with, 1."""
    _check_gamma(a, 0)
    if not 0 <= p < 1:
        raise InvalidValue(f"p is {p!r}", expected="from 0 up to 1")
    if p == 0:
        return 0.0

    def distance(log_x: float) -> tuple[float, float]:
        x = math.exp(log_x)
        return _log_distance(p, _gamma(a, x), a * _gamma_power(a, x))

    return math.exp(_root(distance, _LOG_SMALLEST, _LOG_LARGEST, math.log(a)))


def normal_quantile(p: float) -> float:
    """The z below which a standard normal lies with probability p. Raises InvalidValue unless 0 < p < 1."""
    if not 0 < p < 1:
        raise InvalidValue(f"p is {p!r}", expected="above 0 and below 1")
    return NormalDist().inv_cdf(p)


@dataclass(frozen=True, slots=True)
class Interval:
    """Between which values a figure lies, at a level of confidence."""

    low: float
    high: float
    level: float = 0.95


def proportion_interval(count: int, n: int, level: float = 0.95) -> Interval:
    """The exact interval of a share of which `count` of `n` were seen (Clopper and Pearson, 1934).

    Raises InvalidValue unless 0 <= count <= n, n is above 0, and level is between 0 and 1.
    """
    if n <= 0 or not 0 <= count <= n:
        raise InvalidValue(f"{count} of {n}", expected="a count from 0 to n, and n above 0")
    tail = _tail(level)
    low = incomplete_beta_inverse(count, n - count + 1, tail) if count else 0.0
    high = incomplete_beta_inverse(count + 1, n - count, 1 - tail) if count < n else 1.0
    return Interval(low, high, level)


def count_interval(count: int, level: float = 0.95) -> Interval:
    """The exact interval of the mean of a Poisson count (practice rule 29: 0 gives 0 to 3.69).

    Raises InvalidValue for a negative count, or a level that is not between 0 and 1.
    """
    if count < 0:
        raise InvalidValue(f"the count is {count}", expected="0 or more")
    tail = _tail(level)
    low = incomplete_gamma_inverse(count, tail) if count else 0.0
    return Interval(low, incomplete_gamma_inverse(count + 1, 1 - tail), level)


def _tail(level: float) -> float:
    if not 0 < level < 1:
        raise InvalidValue(f"the level is {level!r}", expected="above 0 and below 1, such as 0.95")
    return (1 - level) / 2


def _check_beta(a: float, b: float, share: float, name: str) -> None:
    if not (0 < a < math.inf and 0 < b < math.inf):
        raise InvalidValue(f"a is {a!r} and b {b!r}", expected="finite numbers above 0")
    if not 0 <= share <= 1:
        raise InvalidValue(f"{name} is {share!r}", expected="from 0 to 1")


def _check_gamma(a: float, x: float) -> None:
    if not 0 < a < math.inf:
        raise InvalidValue(f"a is {a!r}", expected="a finite number above 0")
    if not x >= 0:
        raise InvalidValue(f"x is {x!r}", expected="0 or more")


# --- the two tails --------------------------------------------------------------------------------


def _beta(a: float, b: float, x: float, y: float) -> tuple[float, float]:
    """Both tails of Beta(a, b) at x; y is 1 - x, given apart so that neither loses digits."""
    if x <= 0 or y <= 0:
        return (0.0, 1.0) if x <= 0 else (1.0, 0.0)
    power = _beta_power(a, b, x, y)
    if x * (a + b + 2) <= a + 1:
        lower = min(1.0, power * _beta_fraction(a, b, x) / a)
        return lower, 1 - lower
    upper = min(1.0, power * _beta_fraction(b, a, y) / b)
    return 1 - upper, upper


def _beta_power(a: float, b: float, x: float, y: float) -> float:
    """x^a y^b / B(a, b)."""
    n = a + b
    log = _stirling_error(n) - _stirling_error(a) - _stirling_error(b)
    log -= _deviance(a, n * x) + _deviance(b, n * y)
    return math.exp(log) * math.sqrt(a / n * b / math.tau) if log > _LOG_SMALLEST else 0.0


def _beta_fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta (Numerical Recipes 6.4, by Lentz's method)."""
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    result = d
    for m in range(1, _MOST_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / _away_from_zero(1 + even * d)
        c = _away_from_zero(1 + even / c)
        result *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / _away_from_zero(1 + odd * d)
        c = _away_from_zero(1 + odd / c)
        result *= d * c
        if abs(d * c - 1) <= 2 * _CLOSE:
            return result
    raise _too_large(max(a, b))


def _gamma(a: float, x: float) -> tuple[float, float]:
    """Both tails of Gamma(a) at x."""
    if x in (0, math.inf):
        return (0.0, 1.0) if x == 0 else (1.0, 0.0)
    power = _gamma_power(a, x)
    if x < a + 1:
        lower = min(1.0, power * _gamma_series(a, x))
        return lower, 1 - lower
    upper = min(1.0, power * a * _gamma_fraction(a, x)) if power else 0.0
    return 1 - upper, upper


def _gamma_power(a: float, x: float) -> float:
    """x^a e^-x / Gamma(a + 1)."""
    log = -_stirling_error(a) - _deviance(a, x)
    return math.exp(log) / math.sqrt(math.tau * a) if log > _LOG_SMALLEST else 0.0


def _gamma_series(a: float, x: float) -> float:
    term = total = 1.0
    for n in range(1, _MOST_STEPS):
        term *= x / (a + n)
        total += term
        if term < total * _CLOSE:
            return total
    raise _too_large(a)


def _gamma_fraction(a: float, x: float) -> float:
    """The continued fraction of the upper tail (Numerical Recipes 6.2, by Lentz's method)."""
    base = x + 1 - a
    c, d = 1 / _LEAST, 1 / _away_from_zero(base)
    result = d
    for n in range(1, _MOST_STEPS):
        part = -n * (n - a)
        base += 2
        d = 1 / _away_from_zero(part * d + base)
        c = _away_from_zero(base + part / c)
        result *= d * c
        if abs(d * c - 1) <= 2 * _CLOSE:
            return result
    raise _too_large(a)


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _LEAST else _LEAST


def _too_large(parameter: float) -> InvalidValue:
    return InvalidValue(f"{parameter:g} is too large a parameter", expected="10 million at most")


def _stirling_error(n: float) -> float:
    """log(n!) less Stirling's formula for it."""
    if n <= 15:
        return math.lgamma(n + 1) - (n + 0.5) * math.log(n) + n - _HALF_LOG_TAU
    square = n * n
    series = 1 / 1260 - (1 / 1680 - (1 / 1188 - 691 / 360360 / square) / square) / square
    return (1 / 12 - (1 / 360 - series / square) / square) / n


def _deviance(x: float, mean: float) -> float:
    """x log(x / mean) + mean - x, without cancellation where the two are close (Loader's bd0)."""
    if mean == 0:
        return math.inf
    if abs(x - mean) >= 0.1 * (x + mean):
        return x * math.log(x / mean) + mean - x
    v = (x - mean) / (x + mean)
    total, term = (x - mean) * v, 2 * x * v
    for n in range(1, 1000):
        term *= v * v
        more = total + term / (2 * n + 1)
        if more == total:
            break
        total = more
    return total


# --- inverses -------------------------------------------------------------------------------------


def _log_distance(p: float, tails: tuple[float, float], slope: float) -> tuple[float, float]:
    """How far the log of a tail is from the log of p, and how that grows with log x; rising in x.

    The upper tail is taken where the lower is so close to 1 that its log says nothing.
    """
    lower, upper = tails
    if p <= 0.9:
        return (math.log(lower / p), slope / lower) if lower else (-math.inf, 0.0)
    return (math.log((1 - p) / upper), slope / upper) if upper else (math.inf, 0.0)


def _root(
    function: Callable[[float], tuple[float, float]], low: float, high: float, start: float
) -> float:
    """Where a rising function, given with its slope, is 0: Newton's steps, halving where one leaves the bracket."""
    at = min(max(start, low), high)
    for _ in range(2000):
        value, slope = function(at)
        if value == 0:
            return at
        if value < 0:
            low = at
        else:
            high = at
        step = value / slope if 0 < slope < math.inf and math.isfinite(value) else math.inf
        following = at - step
        if not low < following < high:
            following = (low + high) / 2
        if abs(following - at) <= 2.5e-16 * max(1.0, abs(at)):
            return following
        at = following
    return at
