"""Student's t, chi-square and binomial tails, by way of the beta and gamma distributions."""

from __future__ import annotations

import math

from kintsugi.core.shared.distributions import (
    incomplete_beta,
    incomplete_beta_inverse,
    incomplete_gamma_upper,
)
from kintsugi.core.shared.errors import InvalidValue


def student_quantile(p: float, freedom: float) -> float:
    """The t below which Student's t with `freedom` degrees lies with probability p.

    Raises InvalidValue unless 0 < p < 1 and the degrees are above 0.
    """
    if not 0 < p < 1:
        raise InvalidValue(f"p is {p!r}", expected="above 0 and below 1")
    _check(freedom)
    if p == 0.5:
        return 0.0
    if p < 0.5:
        return -_upper(2 * p, freedom)
    return _upper(2 * (1 - p), freedom)


def _upper(both_tails: float, freedom: float) -> float:
    """The t with that much probability beyond it on both sides together."""
    share = incomplete_beta_inverse(0.5, freedom / 2, 1 - both_tails)
    if share < 0.5:
        return math.sqrt(freedom * share / (1 - share))
    rest = incomplete_beta_inverse(freedom / 2, 0.5, both_tails)
    return math.sqrt(freedom * (1 - rest) / rest) if rest else math.inf


def student_both_tails(t: float, freedom: float) -> float:
    """How likely Student's t is at least as far from 0 as `t`: the p of a two-sided test."""
    _check(freedom)
    if math.isinf(t):
        return 0.0
    square = t * t
    if square < 1:
        # So near to 1 the other argument would have no digits left.
        return 1 - incomplete_beta(0.5, freedom / 2, square / (freedom + square))
    return incomplete_beta(freedom / 2, 0.5, freedom / (freedom + square))


def chi_square_upper(x: float, freedom: float) -> float:
    """How likely a chi-square with `freedom` degrees is more than x."""
    _check(freedom)
    return incomplete_gamma_upper(freedom / 2, x / 2)


def binomial_at_most(count: int, n: int, share: float) -> float:
    """How likely at most `count` of `n` are hits when each is one with probability `share`."""
    if count < 0:
        return 0.0
    if count >= n:
        return 1.0
    return incomplete_beta(n - count, count + 1, 1 - share)


def binomial_both_tails(count: int, n: int, share: float) -> float:
    """The p of the exact two-sided binomial test: twice the smaller tail, at most 1."""
    lower = binomial_at_most(count, n, share)
    upper = 1.0 if count <= 0 else incomplete_beta(count, n - count + 1, share)
    return min(1.0, 2 * min(lower, upper))


def _check(freedom: float) -> None:
    if not 0 < freedom < math.inf:
        raise InvalidValue(f"the degrees of freedom are {freedom!r}", expected="above 0")
