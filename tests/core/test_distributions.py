"""Beta, gamma and normal distributions against values made with scipy, and the intervals built on them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.shared import distributions
from kintsugi.core.shared.distributions import (
    count_interval,
    incomplete_beta,
    incomplete_beta_inverse,
    incomplete_gamma,
    incomplete_gamma_inverse,
    incomplete_gamma_upper,
    normal_quantile,
    proportion_interval,
)
from kintsugi.core.shared.errors import InvalidValue

FIXTURE = Path(__file__).parents[1] / "fixtures" / "distributions.json"
MADE = json.loads(FIXTURE.read_text("utf-8"))
FUNCTIONS = [name for name in MADE if name != "how_made"]

parameters = st.floats(0.01, 1e5)
shares = st.floats(1e-12, 1 - 1e-9)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_it_agrees_with_scipy_to_nine_digits(name: str) -> None:
    function: Callable[..., float] = getattr(distributions, name)
    for *arguments, value in MADE[name]:
        assert function(*arguments) == pytest.approx(value, rel=1e-9, abs=0), arguments


def test_the_fixture_has_every_function_and_says_how_it_was_made() -> None:
    assert len(FUNCTIONS) == 6
    assert "scipy" in MADE["how_made"][0]


@given(parameters, parameters, shares)
def test_an_inverse_of_beta_leads_back(a: float, b: float, p: float) -> None:
    x = incomplete_beta_inverse(a, b, p)
    if 1e-290 < x < 0.99:
        assert incomplete_beta(a, b, x) == pytest.approx(p, rel=1e-9)


@given(parameters, shares)
def test_an_inverse_of_gamma_leads_back(a: float, p: float) -> None:
    x = incomplete_gamma_inverse(a, p)
    if x > 1e-290:
        assert incomplete_gamma(a, x) == pytest.approx(p, rel=1e-9)


@given(parameters, parameters, st.floats(0, 1))
def test_the_two_tails_of_beta_add_up_to_one(a: float, b: float, x: float) -> None:
    mirrored = incomplete_beta(b, a, 1 - x)
    if 1 - (1 - x) == x:
        assert incomplete_beta(a, b, x) + mirrored == pytest.approx(1, abs=1e-9)


@given(parameters, st.floats(0, 1e6))
def test_the_two_tails_of_gamma_add_up_to_one(a: float, x: float) -> None:
    assert incomplete_gamma(a, x) + incomplete_gamma_upper(a, x) == pytest.approx(1, abs=1e-12)


def test_the_ends_are_exact() -> None:
    assert (incomplete_beta(2, 3, 0), incomplete_beta(2, 3, 1)) == (0, 1)
    assert (incomplete_beta_inverse(2, 3, 0), incomplete_beta_inverse(2, 3, 1)) == (0, 1)
    assert (incomplete_gamma(2, 0), incomplete_gamma(2, math.inf)) == (0, 1)
    assert incomplete_gamma_inverse(2, 0) == 0
    assert normal_quantile(0.5) == 0


def test_a_tail_that_is_too_small_for_a_number_is_nought() -> None:
    assert incomplete_gamma_upper(1, 1e6) == 0
    assert incomplete_beta(1e5, 1e5, 1e-3) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: incomplete_beta(0, 1, 0.5), lambda: incomplete_beta(1, math.nan, 0.5),
        lambda: incomplete_beta(1, 1, 1.1), lambda: incomplete_beta_inverse(1, 1, -0.1),
        lambda: incomplete_gamma(-1, 1), lambda: incomplete_gamma(1, -1), lambda: incomplete_gamma(1, math.nan),
        lambda: incomplete_gamma_inverse(1, 1), lambda: normal_quantile(0), lambda: normal_quantile(1),
        lambda: proportion_interval(1, 0), lambda: proportion_interval(4, 3), lambda: proportion_interval(-1, 3),
        lambda: proportion_interval(1, 3, 1.0), lambda: count_interval(-1), lambda: count_interval(1, 0),
        lambda: incomplete_gamma(1e13, 1e13),
    ],
)  # fmt: skip
def test_what_has_no_answer_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(InvalidValue, match="expected"):
        wrong()


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0, 3.69), (5, 1.62, 11.67), (20, 12.22, 30.89)]
)
def test_counts_have_the_exact_intervals_of_the_practices(
    count: int, low: float, high: float
) -> None:
    found = count_interval(count)
    assert (round(found.low, 2), round(found.high, 2)) == (low, high)


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(0, 30, 0, 0.1157), (30, 30, 0.8843, 1), (5, 10, 0.1871, 0.8129), (1, 100, 0.0003, 0.0545)],
)
def test_shares_have_the_exact_intervals_of_the_tables(
    count: int, n: int, low: float, high: float
) -> None:
    found = proportion_interval(count, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(st.integers(1, 300), st.data())
def test_an_interval_holds_its_share_and_grows_with_its_level(n: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, n))
    spans = [proportion_interval(count, n, level) for level in (0.5, 0.9, 0.95, 0.99)]
    for inner, outer in pairwise(spans):
        assert outer.low <= inner.low <= count / n <= inner.high <= outer.high


def test_the_interval_covers_what_it_promises() -> None:
    # Exactly, over every outcome of 20 with a true share of 0.3: no simulation.
    covered = 0.0
    for count in range(21):
        found = proportion_interval(count, 20)
        if found.low <= 0.3 <= found.high:
            covered += math.comb(20, count) * 0.3**count * 0.7 ** (20 - count)
    assert covered >= 0.95
