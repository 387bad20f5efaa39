"""What n values allow to be said (practice rules 26 to 31)."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.analytics.comparison import (
    Direction,
    adjusted,
    compare_counts,
    compare_lengths,
    holm,
)
from kintsugi.core.analytics.statistics import (
    frequency,
    median_ranks,
    quantile_at_most,
    share,
    summary,
)
from kintsugi.core.analytics.survival import survival
from kintsugi.core.analytics.targets import Aim, Standing, Target
from kintsugi.core.analytics.uniformity import evenness
from kintsugi.core.shared.distributions import Interval
from kintsugi.core.shared.errors import InvalidValue

lengths = st.lists(st.floats(0, 1e6), max_size=60)


@pytest.mark.parametrize(
    ("n", "low", "high"), [(6, 1, 6), (10, 2, 9), (20, 6, 15), (30, 10, 21), (100, 40, 61)]
)
def test_the_medians_interval_has_the_ranks_of_the_practice_rules(
    n: int, low: int, high: int
) -> None:
    ranks = median_ranks(n)
    assert ranks is not None
    assert ranks[:2] == (low, high)
    assert ranks[2] >= 0.95


def test_under_six_values_are_listed_and_nothing_is_made_of_them() -> None:
    found = summary([30, 10, 20, 600, 5])
    assert list(found.listed) == [5, 10, 20, 30, 600]
    made: list[object] = [
        found.median, found.mean, found.geometric_mean, found.median_interval
    ]  # fmt: skip
    assert all(one is None for one in made)
    assert (found.n, found.total, found.worst) == (5, 665, 600)


def test_p90_and_its_bound_are_shown_only_where_n_allows() -> None:
    assert summary(range(9)).p90 is None
    assert summary(range(1, 11)).p90 == 9
    assert summary(range(28)).p90_at_most is None
    assert summary(range(29)).p90_at_most == 28
    assert quantile_at_most(range(58), 0.95) is None
    assert quantile_at_most(range(59), 0.95) == 58


def test_a_length_of_nothing_has_no_logarithm_and_is_said() -> None:
    found = summary([0, 0, 10, 10, 10, 10, 10, 10])
    assert found.zeros == 2
    assert found.geometric_mean == pytest.approx(10)
    assert found.mean == 7.5


@given(lengths, st.randoms())
def test_the_order_of_values_does_not_matter(values: list[float], chance: random.Random) -> None:
    again = values.copy()
    chance.shuffle(again)
    assert summary(values) == summary(again)


@given(lengths)
def test_a_summary_lies_within_its_values(values: list[float]) -> None:
    found = summary(values)
    assert found.n == len(values)
    assert found.total == math.fsum(values)
    if found.median is not None and found.median_interval is not None:
        assert min(values) <= found.median_interval.low <= found.median
        assert found.median <= found.median_interval.high <= max(values) == found.worst


@pytest.mark.parametrize("value", [-1.0, math.inf, math.nan])
def test_a_length_that_is_none_is_refused_under_its_place(value: float) -> None:
    with pytest.raises(InvalidValue) as refused:
        summary([1.0, value])
    assert refused.value.field == "[1]"


def test_counts_have_exact_poisson_intervals() -> None:
    for count, low, high in ((0, 0, 3.69), (5, 1.62, 11.67), (20, 12.22, 30.89)):
        found = frequency(count, 30)
        assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=0.005)
        assert found.per_30_days == count
    assert frequency(3, 0).per_30_days is None


def test_a_share_of_fewer_than_six_is_not_made() -> None:
    assert share(2, 5).value is None
    assert share(3, 6).value == 0.5
    assert share(3, 6).interval is not None


# --- trends ---------------------------------------------------------------------------------------


def test_a_trend_is_named_only_where_it_is_one() -> None:
    chance = random.Random(1)  # noqa: S311 - a simulation, not a secret
    before = [chance.lognormvariate(4, 1) for _ in range(60)]
    same = [chance.lognormvariate(4, 1) for _ in range(60)]
    third = [chance.lognormvariate(3, 1) for _ in range(60)]
    assert compare_lengths(before, same).direction is Direction.NOT_SEEN
    found = compare_lengths(before, third)
    assert found.direction is Direction.DOWN
    assert found.sentence.startswith("down by ")


def test_a_rise_from_none_has_no_ratio_and_is_said() -> None:
    found = compare_counts(0, 9, 30, 30)
    assert (found.direction, found.ratio, found.sentence) == (
        Direction.UP,
        None,
        "up from none to 9",
    )


def test_without_a_trend_the_smallest_change_that_could_be_seen_is_said() -> None:
    found = compare_lengths([10, 20, 30, 40, 50, 60, 70], [12, 18, 33, 41, 52, 57, 72])
    assert found.could_see_fall is not None
    assert found.could_see_rise is not None
    assert found.could_see_fall < 1 < found.could_see_rise
    assert found.sentence.startswith("no detectable change; only a fall of ")
    assert compare_lengths([1] * 5, [1] * 50).sentence == "too few to compare (5 before, 50 now)"
    few = compare_counts(3, 4, 30, 30)
    assert few.could_see_fall is None
    assert "and no fall, could be seen" in few.sentence


@given(st.integers(0, 300), st.integers(0, 300), st.floats(1, 400), st.floats(1, 400))
def test_counts_compared_the_other_way_round_say_the_opposite(
    before: int, after: int, days: float, later: float
) -> None:
    one, other = (
        compare_counts(before, after, days, later),
        compare_counts(after, before, later, days),
    )
    if one.direction is Direction.TOO_FEW:
        assert other.direction is Direction.TOO_FEW
        return
    assert one.p == pytest.approx(other.p, rel=1e-6, abs=1e-12)
    if one.p is not None and abs(one.p - 0.05) > 1e-6:
        opposite = {Direction.UP: Direction.DOWN, Direction.DOWN: Direction.UP}
        assert other.direction is opposite.get(one.direction, one.direction)


@given(st.lists(st.floats(0, 1), max_size=20))
def test_holm_never_makes_a_p_smaller_and_keeps_their_order(ps: list[float]) -> None:
    found = holm(ps)
    assert all(p <= adjusted_p <= 1 for p, adjusted_p in zip(ps, found, strict=True))
    ordered = sorted(zip(ps, found, strict=True))
    assert all(one[1] <= two[1] for one, two in pairwise(ordered))


def test_holm_takes_back_an_arrow_that_only_one_of_many_would_have() -> None:
    one = compare_counts(20, 8, 30, 30)
    assert one.direction is Direction.DOWN
    still = compare_counts(20, 19, 30, 30)
    judged = adjusted([one, *[still] * 6])
    assert judged[0].direction is Direction.NOT_SEEN
    assert judged[0].p == one.p


# --- evenness -------------------------------------------------------------------------------------


def test_with_fifty_incidents_the_busiest_hour_has_five_by_chance() -> None:
    counts = [2] * 22 + [1, 5]
    found = evenness(counts)
    assert (found.n, found.busiest, found.count, found.by_chance_at_most) == (50, 23, 5, 7)
    assert found.by_chance == pytest.approx(5.3, abs=0.05)
    assert found.p is not None
    assert not found.is_more_than_chance()
    assert evenness([2] * 22 + [1, 9]).is_more_than_chance()


def test_the_busiest_by_chance_is_what_every_way_to_fall_says() -> None:
    ways = [(a, b, 6 - a - b) for a in range(7) for b in range(7 - a)]

    def chance(way: tuple[int, int, int]) -> float:
        return math.factorial(6) / math.prod(math.factorial(one) for one in way) / 3**6

    found = evenness([4, 1, 1])
    assert found.p == pytest.approx(sum(chance(way) for way in ways if max(way) >= 4), rel=1e-12)
    assert found.by_chance == pytest.approx(sum(chance(way) * max(way) for way in ways), rel=1e-12)


@given(st.lists(st.integers(0, 12), min_size=2, max_size=24), st.randoms())
def test_evenness_does_not_care_which_cell_is_which(
    counts: list[int], chance: random.Random
) -> None:
    again = counts.copy()
    chance.shuffle(again)
    one, other = evenness(counts), evenness(again)
    assert (one.n, one.count, one.p is None) == (other.n, other.count, other.p is None)
    if one.p is not None and other.p is not None:
        assert one.p == pytest.approx(other.p, rel=1e-9, abs=1e-12)


def test_many_are_judged_by_a_bound_that_is_close_to_the_exact() -> None:
    counts = [8] * 22 + [4, 20]
    assert evenness(counts).n == 200
    exact, bound = evenness(counts).p, evenness([*counts[:-2], 5, 20]).p
    assert exact is not None
    assert bound is not None
    assert exact < bound < exact * 1.1


# --- what is still open ---------------------------------------------------------------------------


def test_what_is_open_counts_as_not_closed_yet() -> None:
    found = survival([1, 2, 3, 4, 5, 6], [10] * 6)
    assert found.n == 12
    assert found.still_open_after(0.5) == 1
    assert found.still_open_after(100) == pytest.approx(0.5)
    assert found.median == 6
    assert survival([1, 2], [10] * 8).median is None
    assert survival([1], [2]).median is None


@given(lengths)
def test_with_nothing_open_the_curve_is_the_share_that_took_longer(values: list[float]) -> None:
    found = survival(values, [])
    for step in found.steps:
        longer = sum(value > step.time for value in values)
        assert step.still_open == pytest.approx(longer / len(values), abs=1e-9)
        assert step.interval.low <= step.still_open + 1e-12
        assert step.interval.high >= step.still_open - 1e-12


# --- targets --------------------------------------------------------------------------------------


def test_a_target_is_met_or_missed_by_the_whole_interval() -> None:
    target = Target(Aim.AT_MOST, 60)
    assert target.standing(30, Interval(20, 50)) is Standing.MET
    assert target.standing(90, Interval(70, 120)) is Standing.MISSED
    assert target.standing(50, Interval(20, 90)) is Standing.NOT_TOLD
    assert target.standing(None, None) is Standing.NOT_TOLD
    assert Target(Aim.AT_LEAST, 0.9).standing(0.95, Interval(0.91, 0.99)) is Standing.MET
    with pytest.raises(InvalidValue):
        Target(Aim.AT_MOST, math.nan)
