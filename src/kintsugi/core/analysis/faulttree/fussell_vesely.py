"""How much of the top event comes through the cut sets that hold an event (Fussell 1975, Vesely 1970)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kintsugi.core.analysis.faulttree.bdd import FALSE, TRUE, Bdd, TooLarge
from kintsugi.core.analysis.faulttree.budget import Budget
from kintsugi.core.analysis.faulttree.conditionals import Conditional
from kintsugi.core.analysis.faulttree.diagrams import Diagram
from kintsugi.core.analysis.faulttree.families import Family, Tally, sets_with
from kintsugi.core.analysis.faulttree.graph import AND, OR, Graph
from kintsugi.core.analysis.faulttree.probability import Chances, chance_of, chances_in
from kintsugi.core.analysis.faulttree.zbdd import EMPTY_SET, NONE

MOST_WORK = 400_000
"""Leaves times nodes up to which the union of an event's cut sets is formed."""

CAP = 100_000


@dataclass(frozen=True, slots=True)
class Remainder:
    """The probability that some cut set with the leaf has happened but for the leaf, or at most that."""

    value: float
    is_exact: bool


def remainders_in(
    graph: Graph, diagram: Diagram, family: Family, chances: Chances,
    conditionals: Sequence[Conditional], tallies: Mapping[int, Tally], budget: Budget,
) -> list[Remainder]:  # fmt: skip
    """Of each leaf of a module's family, by level: exact where the union fits, else the lower of two upper bounds."""
    if _is_plain(graph, diagram):
        # One cut set for each leaf, or one with all of them: the rest is all it takes.
        return [Remainder(each.failed, is_exact=True) for each in conditionals]
    work = len(family.leaves) * len(family.zbdd.reached(family.sets))
    if work <= MOST_WORK:
        try:
            return _unions(diagram, family, chances, budget)
        except TooLarge:
            pass
    sums = sets_with(family, tallies)
    return [
        Remainder(min(total, each.failed if family.is_coherent else 1.0), is_exact=False)
        for total, each in zip(sums, conditionals, strict=True)
    ]


def _is_plain(graph: Graph, diagram: Diagram) -> bool:
    """Whether the module is one AND or OR without a negation, or one event."""
    gates = diagram.module.inside
    if graph.root == diagram.module.root * 2 + 1 or len(gates) > 1:
        return False
    return not gates or (
        graph.kinds[gates[0]] in (AND, OR) and not any(edge & 1 for edge in graph.inputs[gates[0]])
    )


def _unions(diagram: Diagram, family: Family, chances: Chances, budget: Budget) -> list[Remainder]:
    zbdd = family.zbdd
    nodes = zbdd.reached(family.sets)
    bdd = Bdd(len(family.leaves), budget, CAP)
    whole = {NONE: FALSE, EMPTY_SET: TRUE}
    for node in nodes:
        # What is below comes later in the order, so this adds one node on top of a union.
        high = bdd.both(bdd.variable(zbdd.level[node]), whole[zbdd.high[node]])
        whole[node] = bdd.either(high, whole[zbdd.low[node]])
    found = []
    for level in range(len(family.leaves)):
        part = {NONE: FALSE, EMPTY_SET: FALSE}
        for node in nodes:
            at = zbdd.level[node]
            if at > level:
                part[node] = FALSE
            elif at == level:
                part[node] = whole[zbdd.high[node]]
            else:
                high = bdd.both(bdd.variable(at), part[zbdd.high[node]])
                part[node] = bdd.either(high, part[zbdd.low[node]])
        union = Diagram(diagram.module, bdd, part[family.sets], diagram.leaves)
        value = chance_of(union, chances_in(union, chances))[0]
        found.append(Remainder(value, is_exact=True))
    return found
