"""The probability of each module and of the top event, in one pass over each diagram and without a subtraction."""

from __future__ import annotations

from collections.abc import MutableMapping

from kintsugi.core.analysis.faulttree.diagrams import Diagram

Chances = MutableMapping[int, tuple[float, float]]
"""Of a node of the graph: the probabilities that it happens and that it does not."""


def chances_in(diagram: Diagram, chances: Chances) -> list[tuple[float, float]]:
    """Of each node of the diagram, by number: the probabilities that its function is true and that it is false.

    Both are carried, so that a tiny probability never comes from one minus a large one.
    """
    bdd = diagram.bdd
    happens = [chances[leaf][0] for leaf in diagram.leaves]
    spared = [chances[leaf][1] for leaf in diagram.leaves]
    found = [(0.0, 0.0)] * len(bdd.level)
    found[0] = (1.0, 0.0)
    level, high, low = bdd.level, bdd.high, bdd.low
    for node in bdd.reached(diagram.root):
        p, q = happens[level[node]], spared[level[node]]
        yes, no = found[high[node] >> 1]
        edge = low[node]
        if edge & 1:
            low_no, low_yes = found[edge >> 1]
        else:
            low_yes, low_no = found[edge >> 1]
        found[node] = (p * yes + q * low_yes, p * no + q * low_no)
    return found


def chance_of(diagram: Diagram, found: list[tuple[float, float]]) -> tuple[float, float]:
    """The probabilities that the module happens and that it does not, from those of its nodes."""
    yes, no = found[diagram.root >> 1]
    return (no, yes) if diagram.root & 1 else (yes, no)
