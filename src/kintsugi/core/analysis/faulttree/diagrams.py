"""A diagram for each module: the orders are raced under growing caps, and the first that fits is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kintsugi.core.analysis.faulttree.bdd import Bdd, TooLarge
from kintsugi.core.analysis.faulttree.budget import Budget, BudgetSpent
from kintsugi.core.analysis.faulttree.graph import AND, ATLEAST, OR, Graph
from kintsugi.core.analysis.faulttree.modules import Module
from kintsugi.core.analysis.faulttree.ordering import orders_of

CAPS = (30_000, 300_000, 3_000_000)


@dataclass(frozen=True, slots=True)
class Diagram:
    """The function of a module: `leaves[level]` is what a level of the diagram asks for."""

    module: Module
    bdd: Bdd
    root: int
    leaves: tuple[int, ...]


def diagram_of(graph: Graph, module: Module, budget: Budget) -> Diagram:
    """The diagram of one module. Raises BudgetSpent when no order fits into the budget."""
    caps = [cap for cap in CAPS if cap < budget.max_nodes]
    for cap in (*caps, budget.max_nodes):
        for order in orders_of(graph, module):
            budget.check_time()
            bdd = Bdd(len(order), budget, cap)
            try:
                root = _built(graph, module, bdd, order)
            except TooLarge:
                continue
            finally:
                budget.saw(len(bdd.level))
            bdd.forget_products()
            return Diagram(module, bdd, root, order)
    raise BudgetSpent(f"a part of the tree needs more than {budget.max_nodes:,} nodes")


def _built(graph: Graph, module: Module, bdd: Bdd, order: Sequence[int]) -> int:
    edges = {leaf: bdd.variable(level) for level, leaf in enumerate(order)}
    for node in module.inside:
        inputs = [edges[edge >> 1] ^ (edge & 1) for edge in graph.inputs[node]]
        kind = graph.kinds[node]
        if kind == AND:
            edges[node] = bdd.all_of(inputs)
        elif kind == OR:
            edges[node] = bdd.any_of(inputs)
        elif kind == ATLEAST:
            edges[node] = bdd.at_least(inputs, graph.least[node])
        else:
            edges[node] = bdd.differ(*inputs)
    return edges[module.root]
