"""Whether "most at 14:00" is more than chance: the busiest of several cells has always the most."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul

from kintsugi.core.analytics.statistics import LIST_BELOW
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.tails import binomial_at_most, chi_square_upper

EXACT_TO = 200
"""Up to so many, what the busiest cell has by chance is counted out exactly."""
_CERTAIN = 1 - 1e-10
ENOUGH_EACH = 5
"""Chi-square is good where at least so many are expected in each cell (Cochran, 1954)."""


@dataclass(frozen=True, slots=True)
class Evenness:
    """How evenly `n` fell into cells.

    `busiest` is the first place with the most, `count` how many it has. `p`: how likely any cell has so many by
    chance, where all are alike; above EXACT_TO a bound that is hardly greater. `chi_square_p` is of the evenness
    of all cells together, None where fewer than ENOUGH_EACH are expected in one. `by_chance` is how many the
    busiest has on average by chance, `by_chance_at_most` what it stays within 19 times out of 20; both None
    above EXACT_TO. All are None under LIST_BELOW.
    """

    n: int
    cells: int
    busiest: int | None
    count: int
    p: float | None = None
    chi_square_p: float | None = None
    by_chance: float | None = None
    by_chance_at_most: int | None = None

    def is_more_than_chance(self, adjusted_p: float | None = None, level: float = 0.95) -> bool:
        """Whether the busiest may be named; with the p that Holm gives where several are shown together."""
        p = self.p if adjusted_p is None else adjusted_p
        return p is not None and p <= 1 - level


def evenness(counts: Sequence[int], weights: Sequence[float] | None = None) -> Evenness:
    """Whether cells that should fill alike (or by weight) do (practice rule 31).

    The test is of the busiest cell, since it is what gets named: evenness as a whole can fail for a quiet night,
    and hold in spite of one bad hour. Raises InvalidValue for fewer than two cells, a negative count, a weight
    that is not above 0, or another number of weights.
    """
    shares = _shares(counts, weights)
    n, most = sum(counts), max(counts)
    place = counts.index(most) if n else None
    if n < LIST_BELOW:
        return Evenness(n, len(counts), place, most)
    chi_square = _chi_square_p(counts, shares) if n * min(shares) >= ENOUGH_EACH else None
    if n > EXACT_TO:
        bound = math.fsum(1 - binomial_at_most(most - 1, n, share) for share in shares)
        return Evenness(n, len(counts), place, most, min(1.0, bound), chi_square)
    within = _busiest_within(n, shares)
    typical = math.fsum(1 - chance for chance in within[:-1])
    at_most = next(count for count, chance in enumerate(within) if chance >= 0.95 - 1e-12)
    p = 1 - within[most - 1]
    return Evenness(n, len(counts), place, most, p, chi_square, typical, at_most)


def _chi_square_p(counts: Sequence[int], shares: Sequence[float]) -> float:
    """Pearson's test."""
    n = sum(counts)
    squares = math.fsum(
        (count - n * share) ** 2 / (n * share) for count, share in zip(counts, shares, strict=True)
    )
    return chi_square_upper(squares, len(counts) - 1)


def _shares(counts: Sequence[int], weights: Sequence[float] | None) -> tuple[float, ...]:
    if len(counts) < 2 or min(counts) < 0:
        raise InvalidValue(f"{list(counts)!r}"[:60], expected="two counts or more, each 0 or more")
    given = [1.0] * len(counts) if weights is None else list(weights)
    if len(given) != len(counts) or min(given) <= 0:
        raise InvalidValue("the weights do not fit", expected="one above 0 for each count")
    total = math.fsum(given)
    return tuple(weight / total for weight in given)


def _busiest_within(n: int, shares: Sequence[float]) -> list[float]:
    """How likely no cell has more than 0, 1 ... n of n: the multinomial, cell by cell.

    The cells are taken as Poisson counts with mean n * share, given that they add up to n: products of
    Poisson terms, so that nothing overflows, over the Poisson term of the whole.
    """
    whole = math.exp(n * math.log(n) - n - math.lgamma(n + 1))
    alike = Counter(shares)
    found: list[float] = []
    for most in range(n + 1):
        if most * len(shares) < n:
            found.append(0.0)
        elif found[-1] > _CERTAIN:
            found.append(1.0)
        else:
            found.append(min(1.0, _adding_up(n, alike, most) / whole))
    return found


def _adding_up(n: int, alike: Mapping[float, int], most: int) -> float:
    """How likely independent Poisson counts, none above `most`, add up to n; so many cells of each share."""
    sums = [1.0]
    for share, cells in sorted(alike.items()):
        mean = n * share
        power = [
            math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
            for count in range(most + 1)
        ]
        left = cells
        while True:
            if left % 2:
                sums = _product(sums, power, n)
            left //= 2
            if not left:
                break
            power = _product(power, power, n)
    return sums[n] if len(sums) > n else 0.0


def _product(one: Sequence[float], other: Sequence[float], most: int) -> list[float]:
    """The product of two polynomials, no further than the power that is asked for."""
    backwards = other[::-1]
    last = len(other) - 1
    found = []
    for power in range(min(len(one) + last, most + 1)):
        first = max(0, power - last)
        terms = one[first : power + 1]
        start = last - power + first
        found.append(sum(map(mul, terms, backwards[start : start + len(terms)])))
    return found
