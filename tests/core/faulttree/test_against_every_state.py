"""Random trees of every kind of gate, against their answers by looking at all states."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, settings

from kintsugi.core.analysis.faulttree.budget import Budget
from kintsugi.core.analysis.faulttree.model import BasicEvent, FaultTree
from kintsugi.core.analysis.faulttree.solve import Question, solve
from tests.core.faulttree.trees import (
    COHERENT,
    chance_of_states,
    minimal,
    trees,
    true_chances,
    true_states,
)

EVERYTHING = Question(cut_sets=100_000, wants_importance=True)
IN_ONE_PIECE = Question(cut_sets=100_000, wants_importance=True, has_modules=False)


@given(trees())
def test_probability_and_cut_sets_are_those_of_all_states(tree: FaultTree) -> None:
    found = solve(tree, EVERYTHING)
    states = true_states(tree)
    wanted = chance_of_states(states, true_chances(tree))
    assert found.probability.value == pytest.approx(wanted, rel=1e-12, abs=1e-15)
    sets = minimal(states)
    assert {frozenset(one.events) for one in found.cut_sets.items} == sets
    assert found.cut_sets.single_count == sum(len(one) == 1 for one in sets)
    assert found.cut_sets.count == len(sets) == len(found.cut_sets.items)
    if sets:
        assert found.cut_sets.most_order == max(map(len, sets))
        assert found.cut_sets.least_order == min(map(len, sets))


@given(trees())
def test_cut_sets_are_listed_by_order_and_then_by_probability(tree: FaultTree) -> None:
    whole = solve(tree, EVERYTHING).cut_sets.items
    keys = [(one.order, -one.probability) for one in whole]
    assert keys == sorted(keys)
    chances = true_chances(tree)
    for one in whole:
        assert one.probability == pytest.approx(math.prod(chances[name] for name in one.events))
    for limit in (1, 3):
        few = solve(tree, Question(cut_sets=limit)).cut_sets
        assert [one.order for one in few.items] == [one.order for one in whole[:limit]]
        assert [one.probability for one in few.items] == pytest.approx(
            [one.probability for one in whole[:limit]]
        )


@given(trees())
def test_importance_is_that_of_all_states(tree: FaultTree) -> None:
    found = solve(tree, EVERYTHING)
    states, chances = true_states(tree), true_chances(tree)
    whole = chance_of_states(states, chances)
    assume(whole > 0)
    assert found.importance is not None
    for row in found.importance:
        failed = chance_of_states(states, chances | {row.event: 1.0})
        held = chance_of_states(states, chances | {row.event: 0.0})
        p = chances[row.event]
        assert row.birnbaum == pytest.approx(failed - held, abs=1e-12)
        assert row.criticality == pytest.approx(p * (failed - held) / whole, abs=1e-12)
        assert row.raw == pytest.approx(failed / whole, abs=1e-12)
        assert row.dif == pytest.approx(p * failed / whole, abs=1e-12)
        assert row.rrw == (pytest.approx(whole / held) if held > 0 else math.inf)
        halved = chance_of_states(states, chances | {row.event: p / 2})
        assert row.halved == pytest.approx(1 - halved / whole, abs=1e-12)


@given(trees())
def test_fussell_vesely_is_the_union_of_the_cut_sets_with_the_event(tree: FaultTree) -> None:
    found = solve(tree, EVERYTHING)
    states, chances = true_states(tree), true_chances(tree)
    assume(chance_of_states(states, chances) > 0)
    every = _all_states(list(chances))
    sets = minimal(states)
    whole = chance_of_states(states, chances)
    assert found.importance is not None
    for row in found.importance:
        with_it = [one for one in sets if row.event in one]
        union = [state for state in every if any(one <= state for one in with_it)]
        assert row.fussell_vesely_is_exact
        assert row.fussell_vesely == pytest.approx(
            chance_of_states(union, chances) / whole, abs=1e-12
        )


def _all_states(names: list[str]) -> list[frozenset[str]]:
    states = [frozenset[str]()]
    for name in names:
        states += [state | {name} for state in states]
    return states


@given(trees())
def test_with_or_without_modules_the_answers_are_the_same(tree: FaultTree) -> None:
    with_modules, in_one_piece = solve(tree, EVERYTHING), solve(tree, IN_ONE_PIECE)
    assert with_modules.probability.value == pytest.approx(
        in_one_piece.probability.value, abs=1e-15
    )
    assert with_modules.cut_sets.count == in_one_piece.cut_sets.count
    assert {one.events for one in with_modules.cut_sets.items} == {
        one.events for one in in_one_piece.cut_sets.items
    }
    assert with_modules.importance is not None
    assert in_one_piece.importance is not None
    other = {row.event: row for row in in_one_piece.importance}
    for row in with_modules.importance:
        assert row.birnbaum == pytest.approx(other[row.event].birnbaum, abs=1e-12)
        assert row.fussell_vesely == pytest.approx(other[row.event].fussell_vesely, abs=1e-12)


@given(trees(COHERENT))
def test_a_coherent_tree_never_gets_safer_when_an_event_gets_more_probable(tree: FaultTree) -> None:
    before = solve(tree, EVERYTHING)
    assert before.probability.value is not None
    assert before.cut_sets.weight is not None
    assert before.cut_sets.weight >= before.probability.value * (1 - 1e-12)
    for event in tree.events:
        if any(event.name in group.events for group in tree.common_causes):
            continue
        likelier = BasicEvent(event.name, (1 + (event.probability or 0.0)) / 2)
        events = tuple(likelier if one is event else one for one in tree.events)
        changed = FaultTree(
            tree.name, tree.top, tree.gates, events, tree.houses, tree.common_causes
        )
        after = solve(changed, Question(cut_sets=0)).probability.value
        assert after is not None
        assert after >= before.probability.value * (1 - 1e-12)


@given(trees())
def test_without_a_budget_the_probability_lies_between_the_bounds(tree: FaultTree) -> None:
    exact = solve(tree, Question(cut_sets=0)).probability.value
    bounded = solve(tree, EVERYTHING, Budget(max_nodes=2))
    assert exact is not None
    low, high = bounded.probability.low, bounded.probability.high
    assert low - 1e-12 <= exact <= high + 1e-12
    if bounded.probability.value is None:
        assert bounded.probability.method == "bounds"
        assert bounded.notes


@pytest.mark.long
@settings(max_examples=6)
@given(trees(most_events=13))
def test_so_it_is_with_more_events(tree: FaultTree) -> None:
    found = solve(tree, EVERYTHING)
    states = true_states(tree)
    wanted = chance_of_states(states, true_chances(tree))
    assert found.probability.value == pytest.approx(wanted, rel=1e-12, abs=1e-15)
    assert {frozenset(one.events) for one in found.cut_sets.items} == minimal(states)
