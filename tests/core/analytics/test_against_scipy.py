"""Statistics against values made with scipy, to nine digits."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from kintsugi.core.analytics.comparison import compare_counts, compare_lengths
from kintsugi.core.analytics.statistics import geometric
from kintsugi.core.analytics.survival import survival
from kintsugi.core.analytics.uniformity import evenness
from kintsugi.core.shared import tails

FIXTURE = Path(__file__).parents[2] / "fixtures" / "statistics.json"
MADE = json.loads(FIXTURE.read_text("utf-8"))


def close(value: float) -> object:
    return pytest.approx(value, rel=1e-9, abs=0)


@pytest.mark.parametrize(
    "name", ["student_quantile", "student_both_tails", "chi_square_upper", "binomial_at_most"]
)
def test_tails_and_quantiles_agree(name: str) -> None:
    function: Callable[..., float] = getattr(tails, name)
    for *arguments, value in MADE[name]:
        assert function(*arguments) == close(value), arguments


def test_the_geometric_mean_and_its_interval_agree() -> None:
    for values, (middle, low, high) in MADE["geometric"]:
        found, interval = geometric(values)
        assert interval is not None
        assert (found, interval.low, interval.high) == (close(middle), close(low), close(high))


def test_lengths_are_compared_as_by_welch() -> None:
    for before, after, (ratio, low, high, p) in MADE["compare_lengths"]:
        found = compare_lengths(before, after)
        assert found.interval is not None
        assert (found.ratio, found.p) == (close(ratio), close(p))
        assert (found.interval.low, found.interval.high) == (close(low), close(high))


def test_counts_are_compared_as_by_the_exact_binomial() -> None:
    for before, after, days_before, days_after, (low, high, p) in MADE["compare_counts"]:
        found = compare_counts(before, after, days_before, days_after)
        assert found.interval is not None
        assert found.p == close(p)
        assert found.interval.low == close(low)
        assert found.interval.high == (math.inf if high is None else close(high))


def test_kaplan_and_meier_agree_step_by_step() -> None:
    for closed, waiting, steps in MADE["survival"]:
        found = [one for one in survival(closed, waiting).steps if one.still_open > 1e-12]
        assert len(found) == len(steps)
        for one, (time, share, low, high) in zip(found, steps, strict=True):
            assert (one.time, one.still_open) == (time, close(share))
            assert (one.interval.low, one.interval.high) == (close(low), close(high))


def test_evenness_agrees_where_enough_are_in_each_cell() -> None:
    for counts, p in MADE["chi_square"]:
        assert evenness(counts).chi_square_p == close(p)
