"""Trees of the size and shape of those that people draw: the two ways to solve them agree, and the sets hold up."""

from __future__ import annotations

import random

import pytest

from kintsugi.core.analysis.faulttree.budget import Budget
from kintsugi.core.analysis.faulttree.solve import Question, solve
from tests.core.faulttree.trees import happens, shaped_tree


@pytest.mark.parametrize("seed", range(12))
def test_a_tree_of_real_shape_has_one_answer_with_and_without_modules(seed: int) -> None:
    tree = shaped_tree(random.Random(seed), events=60, gates=40)  # noqa: S311 - test data
    question = Question(cut_sets=50, wants_importance=True)
    found = solve(tree, question)
    whole = solve(tree, Question(cut_sets=50, has_modules=False), Budget(max_nodes=2_000_000))
    assert found.probability.value == pytest.approx(whole.probability.value, rel=1e-9)
    assert found.cut_sets.count == whole.cut_sets.count
    assert found.cut_sets.weight == pytest.approx(whole.cut_sets.weight, rel=1e-9)
    assert found.probability.value is not None
    assert found.cut_sets.weight is not None
    assert found.probability.value <= found.cut_sets.weight * (1 + 1e-12)
    names = [event.name for event in tree.events]
    for one in found.cut_sets.items:
        failed = {name: name in one.events for name in names}
        assert happens(tree, failed)
        assert not any(happens(tree, failed | {name: False}) for name in one.events)
