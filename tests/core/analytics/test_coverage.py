"""Simulations: each interval holds the truth 94 to 99 times in a hundred, and no more is seen than is there."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from kintsugi.core.analytics.comparison import Direction, compare_counts, compare_lengths
from kintsugi.core.analytics.recurrence import Classed, Followed, Verdict, fix_held
from kintsugi.core.analytics.statistics import (
    frequency,
    median_interval,
    quantile_at_most,
    share,
    summary,
)
from kintsugi.core.analytics.survival import survival
from kintsugi.core.analytics.uniformity import evenness

RUNS = 2000
Sample = Callable[[random.Random], float]


def covered(n: int, draw: Sample, truth: float, kind: str) -> float:
    """How often the interval of n draws holds the truth."""
    chance = random.Random(f"{n} {kind}")  # noqa: S311 - a simulation, not a secret
    hits = 0
    for _ in range(RUNS):
        values = [draw(chance) for _ in range(n)]
        is_median = kind == "median"
        interval = (
            median_interval(sorted(values)) if is_median else summary(values).geometric_interval
        )
        assert interval is not None
        hits += interval.low <= truth <= interval.high
    return hits / RUNS


@pytest.mark.long
@pytest.mark.parametrize("n", [6, 10, 17, 29, 60, 150])
def test_intervals_hold_the_truth_between_94_and_99_times_in_a_hundred(n: int) -> None:
    def draw(chance: random.Random) -> float:
        return chance.lognormvariate(4, 1.2)

    assert 0.94 <= covered(n, draw, math.exp(4), "median") <= 0.99
    assert 0.94 <= covered(n, draw, math.exp(4), "geometric") <= 0.99


@pytest.mark.long
@pytest.mark.parametrize("n", [10, 40])
def test_the_medians_interval_holds_whatever_the_distribution(n: int) -> None:
    assert (
        0.94
        <= covered(n, lambda chance: chance.paretovariate(0.8), 2 ** (1 / 0.8), "median")
        <= 0.99
    )
    assert 0.94 <= covered(n, lambda chance: chance.random(), 0.5, "median") <= 0.99


def poisson(chance: random.Random, mean: float) -> int:
    count, left = 0, chance.expovariate(1)
    while left < mean:
        count += 1
        left += chance.expovariate(1)
    return count


@pytest.mark.long
def test_intervals_of_counts_shares_and_ratios_hold_the_truth() -> None:
    chance = random.Random(4)  # noqa: S311 - a simulation, not a secret
    counts = shares = ratios = upper = 0
    for _ in range(RUNS):
        found = frequency(poisson(chance, 12), 30).interval
        counts += found.low <= 12 <= found.high
        part = share(sum(chance.random() < 0.3 for _ in range(50)), 50).interval
        assert part is not None
        shares += part.low <= 0.3 <= part.high
        ratio = compare_counts(poisson(chance, 40), poisson(chance, 20), 30, 30).interval
        assert ratio is not None
        ratios += ratio.low <= 0.5 <= ratio.high
        bound = quantile_at_most(sorted(chance.random() for _ in range(40)), 0.9)
        assert bound is not None
        upper += bound >= 0.9
    assert all(0.94 <= one / RUNS <= 0.99 for one in (counts, shares, ratios, upper))


@pytest.mark.long
def test_the_median_of_what_is_still_open_is_held() -> None:
    chance = random.Random(8)  # noqa: S311 - a simulation, not a secret
    hits = 0
    for _ in range(RUNS):
        closed: list[float] = []
        running: list[float] = []
        for _ in range(60):
            length, seen = chance.expovariate(1), chance.uniform(0, 3)
            (closed if length <= seen else running).append(min(length, seen))
        interval = survival(closed, running).median_interval
        assert interval is not None
        hits += interval.low <= math.log(2) <= interval.high
    assert 0.94 <= hits / RUNS <= 0.99


@pytest.mark.long
@pytest.mark.parametrize(("before", "after"), [(6, 6), (10, 25), (60, 60)])
def test_the_interval_of_a_change_of_lengths_holds_the_change(before: int, after: int) -> None:
    chance = random.Random(before)  # noqa: S311 - a simulation, not a secret
    hits = 0
    for _ in range(RUNS):
        found = compare_lengths(
            [chance.lognormvariate(4, 1.2) for _ in range(before)],
            [chance.lognormvariate(3.5, 0.8) for _ in range(after)],
        )
        assert found.interval is not None
        hits += found.interval.low <= math.exp(-0.5) <= found.interval.high
    assert 0.94 <= hits / RUNS <= 0.99


@pytest.mark.long
def test_the_curve_of_what_is_still_open_is_held_along_its_way() -> None:
    chance = random.Random(12)  # noqa: S311 - a simulation, not a secret
    at = (0.3, 0.7, 1.2)
    hits = dict.fromkeys(at, 0)
    for _ in range(RUNS):
        closed: list[float] = []
        running: list[float] = []
        for _ in range(60):
            length, seen = chance.expovariate(1), chance.uniform(0, 3)
            (closed if length <= seen else running).append(min(length, seen))
        steps = survival(closed, running).steps
        for time in at:
            reached = [one for one in steps if one.time <= time][-1].interval
            hits[time] += reached.low <= math.exp(-time) <= reached.high
    assert all(0.94 <= one / RUNS <= 0.99 for one in hits.values()), hits


@pytest.mark.long
def test_the_change_that_could_be_seen_is_seen_four_times_out_of_five() -> None:
    chance = random.Random(13)  # noqa: S311 - a simulation, not a secret
    seen = dict.fromkeys(("fall", "rise", "fewer", "more"), 0)
    for _ in range(600):
        before = [chance.lognormvariate(4, 1) for _ in range(40)]
        after = [chance.lognormvariate(4, 1) for _ in range(40)]
        told = compare_lengths(before, after)
        for name, ratio in (("fall", told.could_see_fall), ("rise", told.could_see_rise)):
            assert ratio is not None
            moved = [chance.lognormvariate(4, 1) * ratio for _ in range(40)]
            seen[name] += compare_lengths(before, moved).direction is not Direction.NOT_SEEN
        many = compare_counts(40, 40, 30, 30)
        for name, ratio in (("fewer", many.could_see_fall), ("more", many.could_see_rise)):
            assert ratio is not None
            counts = poisson(chance, 40), poisson(chance, 40 * ratio)
            seen[name] += compare_counts(*counts, 30, 30).direction is not Direction.NOT_SEEN
    assert all(0.7 <= one / 600 <= 0.9 for one in seen.values()), seen


@pytest.mark.long
def test_what_a_fix_did_to_the_rate_is_held() -> None:
    chance = random.Random(14)  # noqa: S311 - a simulation, not a secret
    start = datetime(2025, 1, 1, tzinfo=UTC)
    fixed, now = start + timedelta(days=365), start + timedelta(days=730)
    action = Followed("ACT-1", "", start, fixed, fixed)
    hits = held = 0
    for _ in range(RUNS):
        days = [chance.uniform(0, 365) for _ in range(poisson(chance, 16))]
        days += [chance.uniform(365, 730) for _ in range(poisson(chance, 8))]
        of_class = [
            Classed(str(place), start + timedelta(days=day), frozenset("x"))
            for place, day in enumerate(days)
        ]
        found = fix_held(of_class, action, since=start, now=now)
        assert found is not None
        assert found.ratio is not None
        hits += found.ratio.low <= 0.5 <= found.ratio.high
        unchanged = [chance.uniform(0, 730) for _ in range(poisson(chance, 12))]
        same = [Classed(str(day), start + timedelta(days=day), frozenset("x")) for day in unchanged]
        told = fix_held(same, action, since=start, now=now)
        held += told is not None and told.verdict in (Verdict.HELD, Verdict.FEWER, Verdict.MORE)
    assert 0.94 <= hits / RUNS <= 0.99
    assert held / RUNS <= 0.06, "where nothing changed, a change is seldom told"


@pytest.mark.long
def test_chance_alone_names_a_busiest_hour_one_time_in_twenty_at_most() -> None:
    chance = random.Random(9)  # noqa: S311 - a simulation, not a secret
    named = 0
    for _ in range(600):
        counts = [0] * 24
        for _ in range(50):
            counts[chance.randrange(24)] += 1
        named += evenness(counts).is_more_than_chance()
    assert named / 600 <= 0.07
