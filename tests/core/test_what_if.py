"""A fault tree at the rates of a history, and after work on its events."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.analysis.faulttree.model import FaultTree
from kintsugi.core.analysis.faulttree.solve import Question, solve
from kintsugi.core.analysis.rates import rate_of
from kintsugi.core.analysis.what_if import Left, after, at_rates, bound_together, is_minimal_cause
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.faulttree.text import read_text

shares = st.floats(0, 1)
TREE = read_text("down = or(and(a, b), c)\na = 0.1\nb = 0.2\nc = rate(0.001, 30)").tree
BOUND = read_text("down = and(a, b)\na = 0.1\nb = 0.1\ncc = beta(0.1, a, b)").tree


def top(tree: FaultTree) -> float:
    value = solve(tree, Question(cut_sets=0)).probability.value
    assert value is not None
    return value


def test_an_event_takes_the_rate_of_its_history_over_the_exposure() -> None:
    rate = rate_of(4, 365)
    held = at_rates(TREE, {"a": rate}, 91)
    a = 1 - math.exp(-rate.mean * 91)
    assert top(held) == pytest.approx(1 - (1 - a * 0.2) * math.exp(-0.03))


def test_work_leaves_a_share_or_a_probability() -> None:
    assert top(after(TREE, {"c": Left(share=0)})) == pytest.approx(0.02)
    assert top(after(TREE, {"c": Left(probability=0.01)})) == pytest.approx(1 - 0.98 * 0.99)
    assert top(after(TREE, {"a": Left(share=0.5), "c": Left(share=0)})) == pytest.approx(0.01)


def test_work_never_makes_an_event_more_probable() -> None:
    assert top(after(TREE, {"a": Left(probability=0.9)})) == pytest.approx(top(TREE))


def test_what_the_tree_does_not_have_changes_nothing() -> None:
    assert after(TREE, {"zzz": Left(share=0)}) == TREE
    assert at_rates(TREE, {"zzz": rate_of(1, 1)}, 9) == TREE


def test_an_event_bound_by_a_common_cause_is_not_changed_alone() -> None:
    assert bound_together(BOUND) == {"a", "b"}
    with pytest.raises(InvalidValue, match="common cause"):
        after(BOUND, {"a": Left(share=0.5)})
    with pytest.raises(InvalidValue, match="common cause"):
        at_rates(BOUND, {"a": rate_of(1, 10)}, 9)


@given(shares, shares, shares)
def test_more_work_never_raises_the_top_event(a: float, b: float, c: float) -> None:
    some = after(TREE, {"a": Left(share=a)})
    more = after(TREE, {"a": Left(share=a), "b": Left(share=b), "c": Left(share=c)})
    assert top(more) <= top(some) + 1e-12 <= top(TREE) + 2e-12


@given(shares, shares)
def test_two_events_may_be_worked_on_in_either_order(a: float, b: float) -> None:
    one, other = {"a": Left(share=a)}, {"b": Left(share=b)}
    assert after(after(TREE, one), other) == after(after(TREE, other), one)


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan])
def test_a_share_is_from_0_to_1(share: float) -> None:
    with pytest.raises(InvalidValue):
        Left(share=share)
    with pytest.raises(InvalidValue):
        Left(probability=share)


def test_what_is_left_is_said_in_one_way() -> None:
    for both in ({}, {"share": 0.1, "probability": 0.1}):
        with pytest.raises(InvalidValue, match="one of the two"):
            Left(**both)


def test_what_happened_is_a_minimal_cause_or_none() -> None:
    assert is_minimal_cause(TREE, "down", ["b", "a"])
    assert is_minimal_cause(TREE, "down", ["c"])
    assert not is_minimal_cause(TREE, "down", ["a"])
    assert not is_minimal_cause(TREE, "down", ["a", "c"])
    assert not is_minimal_cause(TREE, "down", ["zzz"])
    assert not is_minimal_cause(TREE, "down", [])
    assert is_minimal_cause(BOUND, "down", ["cc"])


@pytest.mark.parametrize(
    "text",
    [
        "down = 2 of (a, b, c)\na = 0.1\nb = 0.1\nc = 0.1",
        "down = or(and(a, on), 3 of (a, b, c, d))\non = true\na = 0.1\nb = 0.1\nc = 0.1\nd = 0.1",
        "down = and(or(a, b), or(a, c), or(b, c, d))\na = 0.1\nb = 0.1\nc = 0.1\nd = 0.1",
        "down = or(and(a, b), cd)\ncd = and(c, d)\na = 0.1\nb = 0.1\nc = 0.1\nd = 0.1\nx = beta(0.1, a, c)",
    ],
)
def test_every_minimal_cut_set_is_a_minimal_cause(text: str) -> None:
    tree = read_text(text).tree
    found = solve(tree)
    assert found.cut_sets.items
    for one in found.cut_sets.items:
        assert is_minimal_cause(tree, found.top, one.events), one.events


@pytest.mark.long
def test_a_chain_of_100_000_gates_is_followed() -> None:
    lines = [f"g{n} = or(g{n + 1})" for n in range(100_000)]
    tree = read_text("\n".join([*lines, "g100000 = or(a)", "a = 0.1"])).tree
    assert is_minimal_cause(tree, "g0", ["a"])
