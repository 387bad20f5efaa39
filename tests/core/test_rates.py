"""A rate from a history: gamma-Poisson, with its prior and its interval."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.analysis.rates import JEFFREYS, Prior, rate_of
from kintsugi.core.shared.distributions import incomplete_gamma
from kintsugi.core.shared.errors import InvalidValue

counts = st.integers(0, 2_000)
times = st.floats(0.01, 10_000)
priors = st.builds(Prior, st.floats(0.01, 100), st.floats(0, 1_000))


def test_nothing_seen_in_a_year_is_not_never() -> None:
    rate = rate_of(0, 365)
    assert rate.mean == pytest.approx(0.5 / 365)
    assert rate.interval.low > 0
    assert rate.interval.high == pytest.approx(
        2.5119 / 365, rel=1e-3
    )  # half of chi-square(1) at .975


def test_four_in_a_year_give_a_mean_and_an_interval_that_tables_have() -> None:
    rate = rate_of(4, 1.0)
    assert rate.mean == pytest.approx(4.5)
    # Half the 2.5% and 97.5% points of chi-square with 9 degrees of freedom, 2.70039 and 19.02277.
    assert (rate.interval.low, rate.interval.high) == pytest.approx((1.350195, 9.511385), rel=1e-5)


def test_a_prior_counts_as_a_history_that_came_before() -> None:
    assert rate_of(3, 10, Prior(2.0, 20)).mean == pytest.approx(5 / 30)


def test_the_probability_within_a_time_is_that_of_at_least_one() -> None:
    rate = rate_of(4, 364)
    assert rate.chance(91) == pytest.approx(1 - math.exp(-4.5 / 4))
    assert rate.chance(0) == 0
    assert rate.chances(91).low < rate.chance(91) < rate.chances(91).high


@given(counts, times, priors, st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_the_interval_holds_the_share_it_says(
    count: int, time: float, prior: Prior, level: float
) -> None:
    rate = rate_of(count, time, prior, level)
    shape, whole = prior.shape + count, prior.exposure + time
    below, above = (
        incomplete_gamma(shape, end * whole) for end in (rate.interval.low, rate.interval.high)
    )
    if rate.interval.low > 0:
        assert above - below == pytest.approx(level, abs=1e-6)


@given(counts, times)
def test_one_more_raises_the_rate_and_more_quiet_time_lowers_it(count: int, time: float) -> None:
    rate = rate_of(count, time)
    more, longer = rate_of(count + 1, time), rate_of(count, time * 2)
    assert longer.mean < rate.mean < more.mean
    assert longer.interval.high < rate.interval.high < more.interval.high


@given(counts, times, st.floats(0.001, 1_000))
def test_the_unit_of_time_does_not_matter(count: int, time: float, scale: float) -> None:
    rate, scaled = rate_of(count, time), rate_of(count, time * scale)
    assert scaled.mean * scale == pytest.approx(rate.mean)
    assert scaled.interval.high * scale == pytest.approx(rate.interval.high)


@given(st.integers(0, 50), st.integers(0, 50), times, times)
def test_two_histories_one_after_the_other_are_as_one(a: int, b: int, s: float, t: float) -> None:
    first = Prior(JEFFREYS.shape + a, s)
    assert rate_of(b, t, first).mean == pytest.approx(rate_of(a + b, s + t).mean)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: rate_of(-1, 1),
        lambda: rate_of(1, -1),
        lambda: rate_of(1, math.nan),
        lambda: rate_of(1, math.inf),
        lambda: rate_of(0, 0),
        lambda: rate_of(1, 1, level=1),
        lambda: Prior(0),
        lambda: Prior(1, -1),
        lambda: rate_of(1, 1).chance(-1),
    ],
)
def test_what_is_no_history_is_refused(ask: Callable[[], object]) -> None:
    with pytest.raises(InvalidValue):
        ask()
