"""Parts of a graph that share nothing with the rest: each is solved alone (Dutuit and Rauzy 1996)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kintsugi.core.analysis.faulttree.graph import AND, EVENT, OR, XOR, Graph, in_order


@dataclass(frozen=True, slots=True)
class Module:
    """A gate whose events stand nowhere else. `inside` are its gates, inputs first and itself last.

    `leaves` are its events and the modules below it, in the order in which a reader meets them.
    """

    root: int
    inside: tuple[int, ...]
    leaves: tuple[int, ...]


def modules_of(
    graph: Graph, *, coherent_only: bool = False, has_modules: bool = True
) -> list[Module]:
    """The modules from the bottom up; the last is the whole tree. None when the top is a constant.

    `coherent_only` leaves those with a negation inside to what is around them. The graph is given gates of
    its own for inputs that stand nowhere else, so that these are modules too.
    """
    if graph.root <= 1:
        return []
    top = graph.root >> 1
    if graph.kinds[top] == EVENT:
        return [Module(top, (), (top,))]
    roots: set[int] = set()
    if has_modules:
        roots = _module_roots(graph, coherent_only=coherent_only)
        roots |= _grouped(graph, roots, coherent_only=coherent_only)
    roots.add(top)
    return [_module(graph, root, roots) for root in graph.reached(graph.root) if root in roots]


def _module(graph: Graph, root: int, roots: set[int]) -> Module:
    def below(node: int) -> list[int]:
        is_inside = node == root or node not in roots
        return [edge >> 1 for edge in graph.inputs[node]] if is_inside else []

    order = in_order([root], below)
    leaves = tuple(
        node for node in order if node != root and (node in roots or graph.kinds[node] == EVENT)
    )
    outside = set(leaves)
    return Module(root, tuple(node for node in order if node not in outside), leaves)


def _module_roots(graph: Graph, *, coherent_only: bool) -> set[int]:
    """Gates between whose first and last visit all visits of what is below them fall."""
    order = graph.reached(graph.root)
    first, last, left = _visits(graph)
    low: dict[int, int] = {}
    high: dict[int, int] = {}
    coherent: dict[int, bool] = {}
    roots = set()
    for node in order:
        if graph.kinds[node] == EVENT:
            low[node], high[node], coherent[node] = first[node], last[node], True
            continue
        below = [edge >> 1 for edge in graph.inputs[node]]
        lowest, highest = min(low[each] for each in below), max(high[each] for each in below)
        coherent[node] = (
            graph.kinds[node] != XOR
            and not any(edge & 1 for edge in graph.inputs[node])
            and all(coherent[each] for each in below)
        )
        if lowest > first[node] and highest < left[node] and (coherent[node] or not coherent_only):
            roots.add(node)
        low[node] = min(lowest, first[node])
        high[node] = max(highest, last[node])
    return roots


def _visits(graph: Graph) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """When a walk that goes through each gate once comes to each node first, last, and leaves it."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    left: dict[int, int] = {}
    stack = [graph.root >> 1]
    clock = 0
    while stack:
        node = stack.pop()
        clock += 1
        if node < 0:
            left[~node] = last[~node] = clock
            continue
        last[node] = clock
        if node not in first:
            first[node] = clock
            if graph.inputs[node]:
                stack.append(~node)
                stack += [edge >> 1 for edge in reversed(graph.inputs[node])]
    return first, last, left


def _grouped(graph: Graph, roots: set[int], *, coherent_only: bool) -> set[int]:
    """Gives an AND or OR whose inputs are partly its own a gate of their own for these."""
    order = graph.reached(graph.root)
    users = Counter(edge >> 1 for node in order for edge in graph.inputs[node])
    made = set()
    for node in order:
        kind, inputs = graph.kinds[node], graph.inputs[node]
        if kind not in (AND, OR) or len(inputs) < 3:
            continue
        own = [
            edge
            for edge in inputs
            if users[edge >> 1] == 1
            and (graph.kinds[edge >> 1] == EVENT or edge >> 1 in roots)
            and not (coherent_only and edge & 1)
        ]
        if 1 < len(own) < len(inputs):
            group = graph.gate(kind, own)
            made.add(group >> 1)
            others = set(own)
            graph.inputs[node] = (group, *(edge for edge in inputs if edge not in others))
    return made
