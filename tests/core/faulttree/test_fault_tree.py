"""Fault trees of the guide and of the literature, what is refused, and trees of great size."""

from __future__ import annotations

import math
import random

import pytest

from kintsugi.core.analysis.faulttree.budget import Budget
from kintsugi.core.analysis.faulttree.model import (
    BasicEvent,
    CommonCause,
    FaultTree,
    Gate,
    GateKind,
    HouseEvent,
    InvalidTree,
    Spread,
    SpreadKind,
)
from kintsugi.core.analysis.faulttree.solution import Solution
from kintsugi.core.analysis.faulttree.solve import Question, solve
from kintsugi.core.analysis.faulttree.validation import findings_of

AND, OR, ATLEAST, NOT, XOR = (
    GateKind.AND, GateKind.OR, GateKind.ATLEAST, GateKind.NOT, GateKind.XOR,
)  # fmt: skip
GUIDE = {"server": 0.01, "network": 0.005, "bug": 0.1, "load": 0.3}
GREAT = 100_000


def tree_of(gates: list[Gate], **chances: float) -> FaultTree:
    events = tuple(BasicEvent(name, p) for name, p in chances.items())
    return FaultTree(gates=tuple(gates), events=events)


def asked(tree: FaultTree, question: Question | None = None) -> Solution:
    return solve(tree, question or Question(wants_importance=True))


def test_the_guides_example_with_its_gate_alone() -> None:
    gates = [Gate("down", OR, ("server", "network", "app")), Gate("app", AND, ("bug", "load"))]
    found = asked(tree_of(gates, **GUIDE))
    assert found.top == "down"
    assert found.probability.value == pytest.approx(0.0445015, rel=1e-12)
    assert [one.events for one in found.cut_sets.single_points] == [("server",), ("network",)]
    assert found.cut_sets.count == 3


def test_the_guides_example_with_its_probability_alone() -> None:
    gates = [Gate("down", OR, ("server", "network", "app"))]
    found = asked(tree_of(gates, server=0.01, network=0.005, app=0.02))
    assert found.probability.value == pytest.approx(0.034651, rel=1e-12)


def test_the_guides_example_as_it_stands_is_refused() -> None:
    gates = [Gate("down", OR, ("server", "network", "app")), Gate("app", AND, ("bug", "load"))]
    with pytest.raises(InvalidTree, match="'app' has both a gate and a probability"):
        solve(tree_of(gates, **GUIDE, app=0.02))


def test_a_shared_event_is_one_event() -> None:
    gates = [
        Gate("down", AND, ("left", "right")),
        Gate("left", OR, ("db", "a")),
        Gate("right", OR, ("db", "b")),
    ]
    found = asked(tree_of(gates, db=0.1, a=0.05, b=0.05))
    assert found.probability.value == pytest.approx(0.10225, rel=1e-12)
    gates = [Gate("t", OR, ("l", "r")), Gate("l", AND, ("a", "b")), Gate("r", AND, ("a", "c"))]
    assert asked(tree_of(gates, a=0.1, b=0.2, c=0.3)).probability.value == pytest.approx(0.0440)


def test_where_nothing_can_happen_an_event_that_changes_it_has_an_infinite_achievement_worth() -> (
    None
):
    found = asked(tree_of([Gate("t", AND, ("a", "b"))], a=0, b=0.1))
    rows = {row.event: row for row in found.importance or ()}
    assert (rows["a"].raw, rows["b"].raw, rows["a"].rrw) == (math.inf, None, None)
    # Too small to be written is not never.
    found = asked(tree_of([Gate("t", AND, ("a", "b"))], a=1e-300, b=1e-300))
    assert [row.raw for row in found.importance or ()] == [None, None]


def test_an_event_without_which_nothing_happens_has_an_infinite_reduction_worth() -> None:
    gates = [Gate("t", AND, ("a", "or")), Gate("or", OR, ("b", "c"))]
    found = asked(tree_of(gates, a=1e-9, b=0.2, c=0.3))
    assert found.importance is not None
    rows = {row.event: row for row in found.importance}
    assert rows["a"].rrw == math.inf
    assert rows["b"].rrw == pytest.approx(0.44 / 0.3)
    assert rows["a"].halved == pytest.approx(0.5)
    assert found.importance[0].event == "a"


def test_what_is_left_without_an_event_keeps_its_digits() -> None:
    gates = [Gate("t", OR, ("a", "rest")), Gate("rest", AND, ("b", "c"))]
    found = asked(tree_of(gates, a=0.5, b=1e-9, c=1e-9))
    assert found.importance is not None
    rows = {row.event: row for row in found.importance}
    assert rows["a"].rrw == pytest.approx(0.5 / 1e-18, rel=1e-9)


@pytest.mark.parametrize("p", [1e-300, 5e-324, 1e-12])
def test_a_tiny_probability_is_not_lost(p: float) -> None:
    gates = [Gate("t", OR, ("a", "b")), Gate("b", AND, ("c", "d"))]
    found = asked(tree_of(gates, a=p, c=p, d=1.0))
    assert found.probability.value == pytest.approx(2 * p, rel=1e-9)


def test_a_probability_below_all_numbers_is_told() -> None:
    found = asked(tree_of([Gate("t", AND, ("a", "b"))], a=1e-300, b=1e-300))
    assert found.probability.value == 0.0
    assert "smaller than the smallest number" in found.notes[0]
    assert found.cut_sets.count == 1


def test_a_rate_over_a_time_is_a_probability() -> None:
    tree = FaultTree(
        gates=(Gate("t", OR, ("disk",)),), events=(BasicEvent("disk", rate=1e-5, time=720.0),)
    )
    assert asked(tree).probability.value == pytest.approx(-math.expm1(-0.0072), rel=1e-14)


def test_a_common_cause_takes_all_its_events_at_once() -> None:
    tree = FaultTree(
        gates=(Gate("t", AND, ("a", "b")),),
        events=(BasicEvent("a", 0.01), BasicEvent("b", 0.01)),
        common_causes=(CommonCause("power", 0.1, ("a", "b")),),
    )
    found = asked(tree)
    assert found.probability.value == pytest.approx(0.001 + 0.999 * 0.009**2, rel=1e-12)
    assert [one.events for one in found.cut_sets.items] == [("power",), ("a", "b")]


def test_house_events_switch_parts_of_the_tree() -> None:
    gates = (Gate("t", OR, ("a", "upkeep")), Gate("upkeep", AND, ("b", "now")))
    events = (BasicEvent("a", 0.1), BasicEvent("b", 0.2))
    for state, wanted, count in ((False, 0.1, 1), (True, 0.28, 2)):
        found = asked(FaultTree(gates=gates, events=events, houses=(HouseEvent("now", state),)))
        assert found.probability.value == pytest.approx(wanted)
        assert found.cut_sets.count == count


@pytest.mark.parametrize(("state", "p", "count"), [(True, 1.0, 1), (False, 0.0, 0)])
def test_a_top_event_that_house_events_decide(state: bool, p: float, count: int) -> None:
    tree = FaultTree(gates=(Gate("t", AND, ("h",)),), houses=(HouseEvent("h", state),))
    found = asked(tree)
    assert (found.probability.value, found.cut_sets.count) == (p, count)
    assert found.importance == ()


BAD = {
    "circle": (
        tree_of([Gate("t", OR, ("u",)), Gate("u", OR, ("t", "a"))], a=0.1),
        "in a circle: t > u > t",
    ),
    "two tops": (
        tree_of([Gate("t", OR, ("a",)), Gate("u", OR, ("a",))], a=0.1),
        "2 gates are the input of no other: t, u",
    ),
    "undefined": (tree_of([Gate("t", OR, ("a", "b"))], a=0.1), "gates.t: 'b' is not defined"),
    "above one": (
        tree_of([Gate("t", OR, ("a",))], a=1.5),
        "events.a.probability: 1.5 is no probability; expected 0 to 1",
    ),
    "not a number": (tree_of([Gate("t", OR, ("a",))], a=math.nan), "nan is no probability"),
    "too many wanted": (
        tree_of([Gate("t", ATLEAST, ("a", "b"), 3)], a=0.1, b=0.1),
        "at least 3 of 2 inputs; expected 1 to 2",
    ),
    "empty gate": (tree_of([Gate("t", OR, ())]), "the gate has no inputs"),
    "empty tree": (FaultTree(), "the tree has no gates"),
    "not of two": (
        tree_of([Gate("t", NOT, ("a", "b"))], a=0.1, b=0.1),
        "a not gate has 2 inputs; expected one",
    ),
    "xor of three": (
        tree_of([Gate("t", XOR, ("a", "b", "c"))], a=0.1, b=0.1, c=0.1),
        "two readings",
    ),
    "no probability": (
        FaultTree(gates=(Gate("t", OR, ("a",)),), events=(BasicEvent("a"),)),
        "has not a probability",
    ),
    "rate without time": (
        FaultTree(gates=(Gate("t", OR, ("a",)),), events=(BasicEvent("a", rate=1.0),)),
        "a rate with an exposure time",
    ),
    "unknown top": (
        FaultTree(top="x", gates=(Gate("t", OR, ("a",)),), events=(BasicEvent("a", 0.1),)),
        "top: 'x' is not a gate",
    ),
}


@pytest.mark.parametrize(("tree", "told"), BAD.values(), ids=BAD)
def test_a_tree_that_is_not_sound_is_refused_with_its_place(tree: FaultTree, told: str) -> None:
    with pytest.raises(InvalidTree) as caught:
        solve(tree)
    assert told in str(caught.value)


def test_what_the_top_event_does_not_need_is_a_warning() -> None:
    tree = FaultTree(
        top="t", gates=(Gate("t", OR, ("a",)), Gate("u", OR, ("b",))),
        events=(BasicEvent("a", 0.1), BasicEvent("b", 0.1)),
    )  # fmt: skip
    assert [(one.path, one.is_warning) for one in findings_of(tree)] == [
        (("gates", "u"), True), (("events", "b"), True),
    ]  # fmt: skip
    assert asked(tree).probability.value == pytest.approx(0.1)


def great_tree(kind: str) -> FaultTree:
    events = tuple(BasicEvent(f"e{n}", 1e-6) for n in range(GREAT))
    if kind == "wide":
        return FaultTree(gates=(Gate("t", OR, tuple(one.name for one in events)),), events=events)
    last = Gate(f"g{GREAT - 1}", AND, (f"e{GREAT - 1}",))
    gates = [Gate(f"g{n}", OR if n % 2 else AND, (f"e{n}", f"g{n + 1}")) for n in range(GREAT - 1)]
    return FaultTree(gates=(*gates, last), events=events)


@pytest.mark.long
@pytest.mark.parametrize(("kind", "count", "most"), [("wide", GREAT, 1), ("deep", 50_000, 50_001)])
def test_a_hundred_thousand_gates_or_inputs_are_no_limit(kind: str, count: int, most: int) -> None:
    found = solve(great_tree(kind), Question(cut_sets=3))
    assert found.probability.value is not None
    assert (found.cut_sets.count, found.cut_sets.most_order) == (count, most)
    assert len(found.cut_sets.items) == 3


def test_half_of_many_ends_at_once_with_bounds() -> None:
    events = tuple(BasicEvent(f"e{n}", 1e-3) for n in range(2_000))
    names = tuple(one.name for one in events)
    tree = FaultTree(gates=(Gate("t", ATLEAST, names, 1_000),), events=events)
    found = solve(tree, Question(samples=10, chance=lambda: 0.5), Budget(max_nodes=100_000))
    assert found.probability.value is None
    assert found.probability.method == "bounds"
    assert found.probability.low <= found.probability.high <= 0.002 + 1e-9
    assert found.cut_sets.count is None
    assert found.cut_sets.method == "not finished"
    assert len(found.notes) == 3


def test_when_the_time_is_up_what_is_known_is_told() -> None:
    gates = [Gate("t", OR, ("a", "b"))]
    found = solve(tree_of(gates, a=0.1, b=0.1), None, Budget(is_over=lambda: True))
    assert (found.probability.low, found.probability.value) == (0.1, None)
    assert found.probability.high == pytest.approx(0.19)
    assert "the time is up" in found.notes[0]


def test_uncertainty_is_the_same_for_the_same_seed_and_near_what_is_known() -> None:
    tree = FaultTree(
        gates=(Gate("t", OR, ("a", "b")),),
        events=(
            BasicEvent("a", 0.01, spread=Spread(SpreadKind.LOGNORMAL, 3.0)),
            BasicEvent("b", 0.0),
        ),
    )

    def sample(seed: int) -> Solution:
        return solve(tree, Question(samples=4000, chance=random.Random(seed).random))  # noqa: S311 - a seed

    first, again = sample(1).uncertainty, sample(1).uncertainty
    assert first == again
    assert first is not None
    assert first.uncertain_events == 1
    assert first.mean == pytest.approx(0.01, rel=0.05)
    # The 95th percentile is the error factor times the median, the 5th the median over it.
    assert first.high / first.median == pytest.approx(3, rel=0.1)
    assert first.median / first.low == pytest.approx(3, rel=0.1)
    assert sample(2).uncertainty != first


def test_events_of_a_common_cause_share_one_draw() -> None:
    spread = Spread(SpreadKind.UNIFORM, 0.0, 1.0)
    tree = FaultTree(
        gates=(Gate("t", AND, ("a", "b")),),
        events=(BasicEvent("a", 0.5, spread=spread), BasicEvent("b", 0.5)),
        common_causes=(CommonCause("cc", 0.0, ("a", "b")),),
    )
    draws = iter([0.2, 0.4])
    found = solve(tree, Question(samples=2, chance=lambda: next(draws))).uncertainty
    assert found is not None
    assert found.mean == pytest.approx((0.2**2 + 0.4**2) / 2)
