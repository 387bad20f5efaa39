"""Recurrence by confirmed class, actions that were open then, and whether a fix held, against binomial tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.analytics.recurrence import (
    Classed,
    Followed,
    Verdict,
    by_class,
    fix_held,
    recurrence,
)

START = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def one(name: str, at: float, *classes: str) -> Classed:
    return Classed(name, day(at), frozenset(classes))


def test_an_incident_recurs_when_one_of_its_class_came_in_the_year_before() -> None:
    found = recurrence(
        [one("a", 0, "x"), one("b", 365, "x"), one("c", 731, "x"), one("d", 732, "y"), one("e", 9)]
    )
    assert (found.n, found.count, found.unclassed, found.share) == (4, 1, 1, 0.25)
    assert [(each.id, each.before_id) for each in found.recurred] == [("b", "a")]
    assert found.interval is not None
    assert found.interval.low < 0.25 < found.interval.high


def test_what_came_before_the_period_is_repeated_but_not_counted() -> None:
    found = recurrence([one("a", 0, "x"), one("b", 100, "x")], since=day(50))
    assert (found.n, found.count) == (1, 1)


def test_two_classes_of_one_incident_are_one_recurrence() -> None:
    found = recurrence([one("a", 0, "x", "y"), one("b", 1, "x", "y")])
    assert (found.n, found.count, len(found.recurred)) == (2, 1, 2)


def test_actions_still_open_at_recurrence_are_named() -> None:
    actions = [
        Followed("open", "a", day(1)), Followed("late", "a", day(1), settled_at=day(20)),
        Followed("done", "a", day(1), settled_at=day(9)), Followed("after", "a", day(11)),
        Followed("elsewhere", "z", day(1)),
    ]  # fmt: skip
    found = recurrence([one("a", 0, "x"), one("b", 10, "x")], actions)
    assert found.recurred[0].open_actions == ("open", "late")
    assert found.with_open_actions == 1


def test_nothing_gives_no_share_and_no_interval() -> None:
    found = recurrence([])
    assert (found.n, found.share, found.interval) == (0, None, None)


INCIDENTS = st.lists(
    st.builds(one, st.uuids().map(str), st.floats(0, 900), *[st.sampled_from("xyz")] * 2),
    max_size=20,
)


@given(INCIDENTS)
def test_order_does_not_matter_and_the_first_of_a_class_never_recurs(found: list[Classed]) -> None:
    said = recurrence(found)
    assert said == recurrence(found[::-1])
    firsts = {group[0].id for group in by_class(found).values() if len(group) == 1}
    assert not firsts & {each.id for each in said.recurred if each.class_key in firsts}
    assert said.n + said.unclassed == len(found)


def verified(at: float, of: str = "") -> Followed:
    return Followed("fix", of, day(0), settled_at=day(at), verified_at=day(at))


def monthly(count: int, first: float = 0) -> list[Classed]:
    return [one(f"i{first}-{n}", first + 30 * n, "x") for n in range(count)]


def test_a_fix_held_when_so_long_a_quiet_is_no_chance() -> None:
    found = fix_held(monthly(7), verified(190, "i0-6"), since=START, now=day(380))
    assert found is not None
    assert (found.before.count, found.after.count) == (6, 0)
    assert found.quiet_chance == pytest.approx(0.5**6)
    assert found.chance == pytest.approx(2 * 0.5**6)
    assert found.verdict is Verdict.HELD
    assert found.ratio is not None
    assert found.ratio.low == 0
    assert found.ratio.high < 1


def test_it_is_too_early_while_the_quiet_could_be_chance() -> None:
    found = fix_held(monthly(4), verified(100), since=START, now=day(130))
    assert found is not None
    assert found.verdict is Verdict.TOO_EARLY


def test_a_fix_did_not_hold_when_it_comes_as_before() -> None:
    incidents = [*monthly(4), *monthly(3, 120)]
    found = fix_held(incidents, verified(100), since=START, now=day(200))
    assert found is not None
    assert found.verdict is Verdict.CAME_AGAIN
    assert found.came_again == ("i120-0", "i120-1", "i120-2")
    assert found.chance == pytest.approx(1.0)


def test_fewer_and_more_are_said_where_they_can_be_seen() -> None:
    many = [one(f"m{n}", n, "x") for n in range(20)]
    fewer = fix_held([*many, one("z", 30, "x")], verified(20), since=START, now=day(40))
    more = fix_held([one("a", 1, "x"), *(one(f"n{n}", 21 + n / 2, "x") for n in range(20))],
                    verified(20), since=START, now=day(40))  # fmt: skip
    assert fewer is not None
    assert fewer.verdict is Verdict.FEWER
    assert more is not None
    assert more.verdict is Verdict.MORE


def test_an_action_that_nobody_verified_says_nothing() -> None:
    assert fix_held(monthly(3), Followed("fix", "", START), since=START, now=day(99)) is None


def test_the_curve_counts_every_incident_and_the_band_starts_where_the_fix_stands() -> None:
    found = fix_held(monthly(5), verified(70), since=day(-10), now=day(150))
    assert found is not None
    assert [point.count for point in found.curve] == [0, 1, 2, 3, 4, 5, 5]
    assert (found.expected[0].low, found.expected[0].high) == (3, 3)
    assert found.expected[-1].low < 6 < found.expected[-1].high


@given(st.integers(0, 12), st.integers(0, 12), st.integers(1, 400), st.integers(1, 400))
def test_the_chance_is_that_of_the_binomial(before: int, after: int, first: int, then: int) -> None:
    incidents = [one(f"b{n}", first * (n + 1) / (before + 1), "x") for n in range(before)]
    incidents += [one(f"a{n}", first + then * (n + 1) / (after + 1), "x") for n in range(after)]
    found = fix_held(incidents, verified(first), since=START, now=day(first + then))
    assert found is not None
    n, share = before + after, then / (first + then)
    if not n:
        assert found.chance is None
        return
    each = [comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    expected = min(1.0, 2 * min(sum(each[after:]), sum(each[: after + 1])))
    assert found.chance == pytest.approx(expected, rel=1e-9)
