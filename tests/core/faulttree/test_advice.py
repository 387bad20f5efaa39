"""Paths and recommendations: what the guide promises of a fault tree, and what it leaves out."""

from __future__ import annotations

import pytest

from kintsugi.core.analysis.faulttree.advice import paths_of, recommendations_of
from kintsugi.core.analysis.faulttree.model import BasicEvent, FaultTree, Gate, GateKind
from kintsugi.core.analysis.faulttree.solve import Question, solve
from kintsugi.core.language.action_wording import is_verb_first, vague_opening, weak_action

GATES = (
    Gate("down", GateKind.OR, ("server", "app")),
    Gate("app", GateKind.AND, ("bug", "load")),
)


def website(server: float, bug: float = 0.1, load: float = 0.3) -> FaultTree:
    chances = {"server": server, "bug": bug, "load": load}
    return FaultTree(gates=GATES, events=tuple(BasicEvent(name, p) for name, p in chances.items()))


def advice(tree: FaultTree) -> list[str]:
    return recommendations_of(solve(tree, Question(wants_importance=True)))


def test_paths_are_ways_through_the_tree_and_cut_sets_are_not() -> None:
    tree = website(0.01)
    assert paths_of(tree, "down").items == (
        ("down", "server"), ("down", "app", "bug"), ("down", "app", "load"),
    )  # fmt: skip
    assert [one.events for one in solve(tree).cut_sets.items] == [("server",), ("bug", "load")]


def test_paths_are_all_counted_and_listed_up_to_a_limit() -> None:
    gates = [Gate(f"g{n}", GateKind.OR, (f"g{n + 1}", f"h{n}")) for n in range(60)]
    gates += [Gate(f"h{n}", GateKind.OR, (f"g{n + 1}",)) for n in range(60)]
    tree = FaultTree(
        gates=(*gates, Gate("g60", GateKind.OR, ("e",))), events=(BasicEvent("e", 0.1),)
    )
    found = paths_of(tree, "g0", 7)
    assert (found.count, len(found.items)) == (2**60, 7)


@pytest.mark.parametrize(
    ("server", "first"),
    [
        (0.2, "Lower the probability of down now: it is 0.224, above 0.1."),
        (0.02, "Plan how to lower the probability of down: it is 0.0494, above 0.01."),
    ],
)
def test_recommendations_follow_the_guides_thresholds(server: float, first: str) -> None:
    assert advice(website(server))[0] == first


def test_below_the_thresholds_single_points_and_what_halving_buys_are_told() -> None:
    assert advice(website(0.001, 0.01, 0.01)) == [
        "Remove the single point of failure server: it alone causes down.",
        "Halve the probability of server: that of down falls by 45%.",
    ]


def test_our_recommendations_pass_our_own_check_of_actions() -> None:
    for text in [*advice(website(0.2)), *advice(website(0.02)), *advice(website(0.001))]:
        assert is_verb_first(text), text
        assert weak_action(text) is None, text
        assert vague_opening(text) is None, text
