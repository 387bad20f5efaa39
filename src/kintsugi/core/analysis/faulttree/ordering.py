"""In which order a diagram asks for the events of a module. No order is good for all trees, so a few are raced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from kintsugi.core.analysis.faulttree.graph import Graph
from kintsugi.core.analysis.faulttree.modules import Module

Rank = Callable[[int], float]


def orders_of(graph: Graph, module: Module) -> Iterator[tuple[int, ...]]:
    """Orders of the module's leaves, each once, made as they are asked for."""
    inside = set(module.inside)
    given: set[tuple[int, ...]] = set()
    for rank in _ranks(graph, module, inside):
        order = _depth_first(graph, module, inside, rank)
        if order not in given:
            given.add(order)
            yield order


def _ranks(graph: Graph, module: Module, inside: set[int]) -> Iterator[Rank | None]:
    users = Counter(edge >> 1 for node in module.inside for edge in graph.inputs[node])
    # What most gates need comes first, so that few levels stand between its uses.
    yield lambda node: -users[node]
    yield None
    yield lambda node: (node not in inside) * 1_000_000 - users[node]
    weights: dict[int, float] = {module.root: 1.0}
    for node in reversed(module.inside):
        share = weights[node] / len(graph.inputs[node])
        for edge in graph.inputs[node]:
            weights[edge >> 1] = weights.get(edge >> 1, 0.0) + share
    # Minato: what weighs most comes first.
    yield lambda node: -weights[node]
    sizes: dict[int, int] = {}
    for node in module.inside:
        sizes[node] = 1 + sum(sizes.get(edge >> 1, 1) for edge in graph.inputs[node])
    yield lambda node: sizes.get(node, 1)


def _depth_first(
    graph: Graph, module: Module, inside: set[int], rank: Rank | None
) -> tuple[int, ...]:
    """The leaves as a walk meets them that goes to inputs of low rank first; without a rank, as they are written."""
    found: dict[int, None] = {}
    seen: set[int] = set()
    stack = [module.root]
    while stack:
        node = stack.pop()
        if node not in inside:
            found[node] = None
        elif node not in seen:
            seen.add(node)
            below = [edge >> 1 for edge in graph.inputs[node]]
            stack += reversed(below if rank is None else sorted(below, key=rank))
    return tuple(found)
