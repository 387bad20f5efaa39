"""A diagram for each module: the orders are raced under growing caps, and the first that fits is taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from kintsugi.core.analysis.faulttree.bdd import Bdd, TooLarge
from kintsugi.core.analysis.faulttree.budget import Budget, BudgetSpent
from kintsugi.core.analysis.faulttree.graph import AND, ATLEAST, OR, Graph
from kintsugi.core.analysis.faulttree.modules import Module
from kintsugi.core.analysis.faulttree.ordering import orders_of

RACES = ((30_000, 5), (250_000, 3))
"""A cap on the nodes, and how many of the orders run up to it; those that came furthest before go on."""


@dataclass(frozen=True, slots=True)
class Diagram:
    """The function of a module: `leaves[level]` is what a level of the diagram asks for."""

    module: Module
    bdd: Bdd
    root: int
    leaves: tuple[int, ...]


def diagram_of(graph: Graph, module: Module, budget: Budget) -> Diagram:
    """The diagram of one module. Raises BudgetSpent when no order fits into the budget."""
    orders: Iterable[tuple[int, ...]] = orders_of(graph, module)
    caps = [(cap, runners) for cap, runners in RACES if cap < budget.max_nodes]
    for cap, runners in (*caps, (budget.max_nodes, 5)):
        reached: list[tuple[int, tuple[int, ...]]] = []
        for order in islice(orders, runners):
            budget.check_time()
            bdd = Bdd(len(order), budget, cap)
            edges: dict[int, int] = {}
            try:
                root = _built(graph, module, bdd, order, edges)
            except TooLarge:
                reached.append((len(edges), order))
                continue
            finally:
                budget.saw(len(bdd.level))
            bdd.forget_products()
            return Diagram(module, bdd, root, order)
        orders = [order for _, order in sorted(reached, key=lambda one: -one[0])]
    raise BudgetSpent(f"a part of the tree needs more than {budget.max_nodes:,} nodes")


def _built(
    graph: Graph, module: Module, bdd: Bdd, order: Sequence[int], edges: dict[int, int]
) -> int:
    """The edge of the module's root; `edges` tells how far it came."""
    for level, leaf in enumerate(order):
        edges[leaf] = bdd.variable(level)
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
