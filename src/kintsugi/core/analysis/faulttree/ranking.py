"""The importance of every event: Birnbaum, criticality, Fussell-Vesely, DIF, RAW, RRW and what halving it buys."""

from __future__ import annotations

import math
from collections.abc import Mapping

from kintsugi.core.analysis.faulttree.budget import Budget
from kintsugi.core.analysis.faulttree.conditionals import Conditional, conditionals_in
from kintsugi.core.analysis.faulttree.fussell_vesely import Remainder, remainders_in
from kintsugi.core.analysis.faulttree.graph import Graph
from kintsugi.core.analysis.faulttree.solution import Importance
from kintsugi.core.analysis.faulttree.state import Counted, Parts, Solved

SURE = Conditional(1.0, 0.0, 1.0)


def importance_of(
    graph: Graph, parts: Parts, answer: Solved, remainders: Mapping[int, Remainder]
) -> tuple[Importance, ...]:
    """Of each event that the top event depends on, the most critical first.

    What a module means for the top event and what a leaf means for the module multiply (chain rule).
    """
    within: dict[int, Conditional] = {parts.modules[-1].root: SURE} if parts.modules else {}
    events: dict[int, Conditional] = {}
    for diagram, nodes in reversed(list(zip(parts.whole, answer.nodes, strict=True))):
        outer = within[diagram.module.root]
        found = conditionals_in(diagram, answer.chances, nodes)
        for leaf, inner in zip(diagram.leaves, found, strict=True):
            composed = _composed(outer, inner)
            (events if leaf in graph.names else within)[leaf] = composed
    whole = answer.top[0]
    # Else a P of 0 may be one too small to be written, and nothing is infinitely more.
    is_never = whole == 0 and not all(graph.happens.values())
    rows = [
        _importance(graph, node, means, whole, remainders.get(node), is_never=is_never)
        for node, means in events.items()
    ]
    return tuple(
        sorted(rows, key=lambda row: (-(row.criticality or 0.0), -row.birnbaum, row.event))
    )


def _composed(outer: Conditional, inner: Conditional) -> Conditional:
    if outer is SURE:
        return inner
    slope = outer.slope
    if slope >= 0:
        failed, held = outer.held + slope * inner.failed, outer.held + slope * inner.held
    else:
        failed = outer.failed - slope * (1.0 - inner.failed)
        held = outer.failed - slope * (1.0 - inner.held)
    return Conditional(failed, held, slope * inner.slope)


def _importance(
    graph: Graph, node: int, means: Conditional, whole: float, rest: Remainder | None, *, is_never: bool
) -> Importance:  # fmt: skip
    p = graph.happens[node]
    achieved = math.inf if is_never and means.failed else None
    critical = p * means.slope / whole if whole else None
    without = whole / means.held if means.held else math.inf
    return Importance(
        event=graph.names[node],
        probability=p,
        birnbaum=means.slope,
        criticality=critical,
        fussell_vesely=p * rest.value / whole if rest is not None and whole else None,
        fussell_vesely_is_exact=rest is not None and rest.is_exact,
        dif=p * means.failed / whole if whole else None,
        raw=means.failed / whole if whole else achieved,
        rrw=without if whole else None,
        halved=critical / 2 if critical is not None else None,
    )


def remainders_of(
    graph: Graph, parts: Parts, answer: Solved, sets: Counted, budget: Budget
) -> dict[int, Remainder]:
    """Of each event: the probability that a cut set with it has happened but for it, through all modules.

    `parts` and `answer` are those of the cut sets. Raises BudgetSpent.
    """
    whole = Remainder(1.0, is_exact=True)
    within: dict[int, Remainder] = {parts.modules[-1].root: whole} if parts.modules else {}
    events: dict[int, Remainder] = {}
    for diagram, nodes in reversed(list(zip(parts.whole, answer.nodes, strict=True))):
        outer = within[diagram.module.root]
        family = sets.families[diagram.module.root if diagram.module.inside else sets.top]
        conditionals = conditionals_in(diagram, answer.chances, nodes)
        found = remainders_in(
            graph, diagram, family, answer.chances, conditionals, sets.tallies, budget
        )
        for leaf, inner in zip(diagram.leaves, found, strict=True):
            through = Remainder(outer.value * inner.value, outer.is_exact and inner.is_exact)
            (events if leaf in graph.names else within)[leaf] = through
    return events
