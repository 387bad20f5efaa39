"""From a fault tree to its answers: probability, minimal cut sets, importance, uncertainty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from kintsugi.core.analysis.faulttree.budget import Budget, BudgetSpent
from kintsugi.core.analysis.faulttree.fussell_vesely import Remainder
from kintsugi.core.analysis.faulttree.graph import Graph, graph_of
from kintsugi.core.analysis.faulttree.listing import Listed, first_cut_sets
from kintsugi.core.analysis.faulttree.model import FaultTree
from kintsugi.core.analysis.faulttree.ranking import importance_of, remainders_of
from kintsugi.core.analysis.faulttree.sampling import sampled
from kintsugi.core.analysis.faulttree.solution import (
    BOUNDS,
    EXACT,
    CutSet,
    CutSets,
    Importance,
    Probability,
    Solution,
    Uncertainty,
)
from kintsugi.core.analysis.faulttree.state import (
    Counted,
    Parts,
    Solved,
    bounded,
    constant_tally,
    counted,
    is_constant,
    names_of,
    parts_of,
    solved,
)
from kintsugi.core.analysis.faulttree.validation import top_of

LISTED = 100
"""How many cut sets are listed when nobody says otherwise; all are counted."""

NOT_COUNTED = "not finished"
NOT_ASKED = "not asked for"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a tree. `chance` gives numbers from 0 to 1 for `samples` samples (a seeded generator's).

    Without `wants_cut_sets` they are not even counted, for who asks for the probability alone.
    `has_modules=False` solves the tree in one piece, to hold the two ways against each other.
    """

    cut_sets: int = LISTED
    wants_cut_sets: bool = True
    wants_importance: bool = False
    samples: int = 0
    chance: Callable[[], float] | None = None
    has_modules: bool = True


@dataclass(slots=True)
class _Work:
    """What is known so far, and what was given up."""

    graph: Graph
    question: Question
    budget: Budget
    parts: Parts
    notes: list[str] = field(default_factory=list)


def solve(
    tree: FaultTree, question: Question | None = None, budget: Budget | None = None
) -> Solution:
    """The answers, exact wherever the budget reaches; what it does not reach is bounded or left out, and said.

    Raises InvalidTree for a tree that is not sound.
    """
    question, budget = question or Question(), budget or Budget()
    top = top_of(tree)
    graph = graph_of(tree, top)
    parts = parts_of(graph, budget, coherent_only=False, has_modules=question.has_modules)
    work = _Work(graph, question, budget, parts)
    answer = solved(graph, parts) if parts.is_whole else None
    probability = _probability(work, answer)
    sets, remainders, cut_sets = _cut_sets(work)
    importance: tuple[Importance, ...] | None = None
    uncertainty: Uncertainty | None = None
    if answer is not None:
        if question.wants_importance:
            if sets is not None and not remainders:
                remainders = _remainders(work, parts, answer, sets)
            importance = importance_of(graph, parts, answer, remainders)
        if question.samples and question.chance is not None:
            try:
                uncertainty = sampled(tree, graph, parts, question.samples, question.chance, budget)
            except BudgetSpent as spent:
                work.notes.append(f"The uncertainty was not finished: {spent}.")
    elif question.wants_importance or question.samples:
        work.notes.append("Importance and uncertainty need the exact probability.")
    return Solution(
        top=top, is_coherent=graph.is_coherent, probability=probability, cut_sets=cut_sets,
        importance=importance, uncertainty=uncertainty, peak_nodes=budget.peak,
        modules=len(parts.modules), notes=tuple(work.notes),
    )  # fmt: skip


def _probability(work: _Work, answer: Solved | None) -> Probability:
    if answer is None:
        low, high = bounded(work.graph, work.parts)
        work.notes.append(f"The probability is bounded, not exact: {work.parts.problem}.")
        return Probability(None, low, high, BOUNDS)
    value = answer.top[0]
    if value == 0 and not is_constant(work.graph) and all(work.graph.happens.values()):
        work.notes.append(
            "The probability is smaller than the smallest number there is, and shown as 0."
        )
    return Probability(value, value, value, EXACT)


def _cut_sets(work: _Work) -> tuple[Counted | None, dict[int, Remainder], CutSets]:
    graph, limit = work.graph, work.question.cut_sets
    if not work.question.wants_cut_sets:
        return None, {}, CutSets(None, None, None, None, (), 0, NOT_ASKED)
    if is_constant(graph):
        tally = constant_tally(graph)
        always = (CutSet((), 1.0),) if tally.count and limit else ()
        shown = CutSets(tally.count, 0, 0, tally.weight, always, limit, EXACT, 0)
        return None, {}, shown
    parts = work.parts
    sets: Counted | None = None
    remainders: dict[int, Remainder] = {}
    try:
        if not graph.is_coherent:
            parts = parts_of(
                graph, work.budget, coherent_only=True, has_modules=work.question.has_modules
            )
        parts.require_whole()
        sets = counted(graph, parts, work.budget)
        if parts is not work.parts and work.question.wants_importance:
            remainders = _remainders(work, parts, solved(graph, parts), sets)
    except BudgetSpent as spent:
        work.notes.append(f"The cut sets were not counted: {spent}.")
        return None, {}, CutSets(None, None, None, None, (), limit, NOT_COUNTED)
    tally = sets.tallies[sets.top]
    listed: Listed | None = None
    try:
        listed = first_cut_sets(sets.families, sets.top, graph.happens, limit, work.budget)
    except BudgetSpent as spent:
        work.notes.append(f"The cut sets were counted and not listed: {spent}.")
    items = tuple(
        sorted(
            (
                CutSet(names_of(graph, nodes), probability)
                for probability, nodes in (listed.items if listed else ())
            ),
            key=lambda each: (each.order, -each.probability, each.events),
        )
    )
    found = CutSets(
        tally.count, tally.least_order, tally.most_order, tally.weight, items, limit, EXACT,
        listed.single if listed else None,
    )  # fmt: skip
    return sets, remainders, found


def _remainders(work: _Work, parts: Parts, answer: Solved, sets: Counted) -> dict[int, Remainder]:
    try:
        return remainders_of(work.graph, parts, answer, sets, work.budget)
    except BudgetSpent as spent:
        work.notes.append(f"Fussell-Vesely was not finished: {spent}.")
        return {}
