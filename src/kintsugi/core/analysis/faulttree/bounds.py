"""Bounds of a module's probability where its diagram does not fit the budget, in one pass over its gates."""

from __future__ import annotations

import math
from collections.abc import Mapping

from kintsugi.core.analysis.faulttree.graph import AND, ATLEAST, OR, Graph
from kintsugi.core.analysis.faulttree.modules import Module

Range = tuple[float, float]


def bounds_of(graph: Graph, module: Module, ranges: Mapping[int, Range]) -> Range:
    """Between what the module's probability lies, from the ranges of its leaves.

    Without negations the inputs of a gate are positively associated (Esary, Proschan and Walkup 1967), so
    AND is at least the product and OR at most what it would be of independent inputs; else Frechet's bounds.
    """
    found = {leaf: ranges[leaf] for leaf in module.leaves}
    mixed: set[int] = set()
    for node in module.inside:
        inputs = []
        for edge in graph.inputs[node]:
            low, high = found[edge >> 1]
            if edge & 1 or edge >> 1 in mixed:
                mixed.add(node)
            inputs.append((1.0 - high, 1.0 - low) if edge & 1 else (low, high))
        kind = graph.kinds[node]
        if kind not in (AND, OR, ATLEAST):
            mixed.add(node)
            inputs = _either_way(inputs)
            kind = OR
        found[node] = _gate(kind, graph.least[node], inputs, is_mixed=node in mixed)
    return found[module.root]


def _either_way(inputs: list[Range]) -> list[Range]:
    """The two ways in which one of two inputs happens without the other."""
    (low_a, high_a), (low_b, high_b) = inputs
    return [
        (max(0.0, low_a - high_b), min(high_a, 1.0 - low_b)),
        (max(0.0, low_b - high_a), min(high_b, 1.0 - low_a)),
    ]


def _gate(kind: int, least: int, inputs: list[Range], *, is_mixed: bool) -> Range:
    lows, highs = [low for low, _ in inputs], [high for _, high in inputs]
    if kind == AND:
        low = max(0.0, math.fsum(lows) - len(lows) + 1) if is_mixed else math.prod(lows)
        return low, min(highs)
    if kind == OR:
        high = math.fsum(highs) if is_mixed else 1.0 - math.prod(1.0 - each for each in highs)
        return max(lows), min(1.0, high)
    best = sorted(lows, reverse=True)[:least]
    # Markov: on average so many fail, and at least `least` of them must.
    return 0.0 if is_mixed else math.prod(best), min(1.0, math.fsum(highs) / least)
