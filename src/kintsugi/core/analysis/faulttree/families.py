"""Minimal cut sets of modules: counted, weighed and bounded by passes over their diagrams, never listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kintsugi.core.analysis.faulttree.zbdd import EMPTY_SET, NONE, Zbdd


@dataclass(frozen=True, slots=True)
class Family:
    """The minimal cut sets of a module over its leaves; a leaf that is a module stands for any set of its own."""

    root: int
    """The module's gate in the graph."""
    zbdd: Zbdd
    sets: int
    leaves: tuple[int, ...]
    is_coherent: bool = True


@dataclass(frozen=True, slots=True)
class Tally:
    """What can be told of a family without listing it; `weight` is the sum of its sets' probabilities."""

    count: int
    least_order: int
    most_order: int
    weight: float


SINGLE_COUNT, NOTHING = (1, 1, 1), (0, 0, 0)


def tally_of(family: Family, below: Mapping[int, Tally]) -> Tally:
    """The tally of a family whose leaves have these."""
    zbdd = family.zbdd
    counts: list[tuple[int, int, int]] = [NOTHING] * len(zbdd.level)
    counts[EMPTY_SET] = (1, 0, 0)
    weights = [0.0] * len(zbdd.level)
    weights[EMPTY_SET] = 1.0
    leaves = [below[leaf] for leaf in family.leaves]
    for node in zbdd.reached(family.sets):
        leaf = leaves[zbdd.level[node]]
        high, low = zbdd.high[node], zbdd.low[node]
        count, least, most = counts[high]
        count, least, most = count * leaf.count, least + leaf.least_order, most + leaf.most_order
        weights[node] = weights[high] * leaf.weight + weights[low]
        if low != NONE:
            others, low_least, low_most = counts[low]
            count += others
            least = min(least, low_least)
            most = max(most, low_most)
        counts[node] = (count, least, most)
    return Tally(*counts[family.sets], weights[family.sets])


Orders = dict[int, tuple[int, float]]
"""By order: how many sets, and the highest probability of one."""


def orders_of(family: Family, below: Mapping[int, Orders], most: int) -> list[Orders]:
    """Of each node of the family's diagram: its sets by order, the lowest `most` orders of them."""
    zbdd = family.zbdd
    found: list[Orders] = [{} for _ in zbdd.level]
    found[EMPTY_SET] = {0: (1, 1.0)}
    leaves = [below[leaf] for leaf in family.leaves]
    for node in zbdd.reached(family.sets):
        leaf, high = leaves[zbdd.level[node]], found[zbdd.high[node]]
        made = dict(found[zbdd.low[node]])
        for own, (own_count, own_best) in leaf.items():
            for order, (count, best) in high.items():
                before = made.get(own + order)
                if before is None:
                    made[own + order] = (own_count * count, own_best * best)
                else:
                    made[own + order] = (
                        before[0] + own_count * count, max(before[1], own_best * best)
                    )  # fmt: skip
        found[node] = _lowest(made, most)
    return found


def _lowest(orders: Orders, most: int) -> Orders:
    if len(orders) <= most:
        return orders
    return {order: orders[order] for order in sorted(orders)[:most]}


def sets_with(family: Family, below: Mapping[int, Tally]) -> Sequence[float]:
    """By level: the summed probability of the family's sets with that leaf, the leaf itself left out."""
    zbdd = family.zbdd
    nodes = zbdd.reached(family.sets)
    weights = [0.0] * len(zbdd.level)
    weights[EMPTY_SET] = 1.0
    own = [below[leaf].weight for leaf in family.leaves]
    for node in nodes:
        weights[node] = weights[zbdd.high[node]] * own[zbdd.level[node]] + weights[zbdd.low[node]]
    reach = [0.0] * len(zbdd.level)
    reach[family.sets] = 1.0
    found = [0.0] * len(family.leaves)
    for node in reversed(nodes):
        level = zbdd.level[node]
        found[level] += reach[node] * weights[zbdd.high[node]]
        reach[zbdd.high[node]] += reach[node] * own[level]
        reach[zbdd.low[node]] += reach[node]
    return found
