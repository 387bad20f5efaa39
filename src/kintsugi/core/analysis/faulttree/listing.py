"""The first minimal cut sets of a tree, by order and then by probability, found without listing the others."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kintsugi.core.analysis.faulttree.budget import CHECK_EVERY, Budget
from kintsugi.core.analysis.faulttree.families import Family, Orders, orders_of
from kintsugi.core.analysis.faulttree.zbdd import EMPTY_SET, NONE

FIRST_ORDERS = 6
Pending = tuple[Family, int, int, "Pending"] | None
"""What is still to be chosen: a node of a family, the order it must have, and what comes after."""

Chosen = tuple[int, "Chosen"] | None


@dataclass(frozen=True, slots=True)
class _Best:
    """By order: how probable the best set can be, of each node of each family and of each leaf."""

    nodes: Mapping[int, Sequence[Orders]]
    leaves: Mapping[int, Orders]

    def of(self, family: Family, node: int, order: int) -> float:
        found = self.nodes[family.root][node].get(order)
        return found[1] if found else -1.0


@dataclass(frozen=True, slots=True)
class Listed:
    """The first cut sets, each with its probability, as nodes of the graph; and how many have one event."""

    items: list[tuple[float, tuple[int, ...]]]
    single: int


def first_cut_sets(
    families: Mapping[int, Family],
    top: int,
    happens: Mapping[int, float],
    limit: int,
    budget: Budget,
) -> Listed:
    """At most `limit` sets. Raises BudgetSpent."""
    most = FIRST_ORDERS if limit else 2
    while True:
        best = _best_of(families, happens, most)
        orders = best.leaves[top]
        enough = sum(count for count, _ in orders.values()) >= limit
        if enough or len(orders) < most:
            break
        most *= 4
        budget.check_time()
    found: list[tuple[float, tuple[int, ...]]] = []
    for order in sorted(orders):
        if len(found) >= limit:
            break
        found += _of_order(families, top, order, best, happens, limit - len(found), budget)
    return Listed(found, orders.get(1, (0, 0.0))[0])


def _best_of(families: Mapping[int, Family], happens: Mapping[int, float], most: int) -> _Best:
    leaves: dict[int, Orders] = {event: {1: (1, p)} for event, p in happens.items()}
    nodes: dict[int, Sequence[Orders]] = {}
    for root, family in families.items():
        nodes[root] = orders_of(family, leaves, most)
        leaves[root] = nodes[root][family.sets]
    return _Best(nodes, leaves)


def _of_order(
    families: Mapping[int, Family], top: int, order: int, best: _Best, happens: Mapping[int, float],
    limit: int, budget: Budget,
) -> list[tuple[float, tuple[int, ...]]]:  # fmt: skip
    """The most probable sets of one order: a best-first search whose bound is reached by some set."""
    family = families[top]
    start: Pending = (family, family.sets, order, None)
    # The key of the bound sorts. Of equal ones the newest goes first, so that each is finished before another is begun.
    heap: list[tuple[float, int, float, float, Pending, Chosen]] = []
    heap.append((0.0, 0, best.of(family, family.sets, order), 1.0, start, None))
    found: list[tuple[float, tuple[int, ...]]] = []
    number = 0
    while heap and len(found) < limit:
        _, _, bound, sure, pending, chosen = heapq.heappop(heap)
        if pending is None:
            found.append((sure, _nodes(chosen)))
            continue
        here, node, wanted, after = pending
        if node == EMPTY_SET:
            number -= 1
            heapq.heappush(heap, (_key(bound), number, bound, sure, after, chosen))
            continue
        zbdd = here.zbdd
        # What the other pending parts can be at best stays as it is.
        own = best.of(here, node, wanted)
        others = bound / own if own > 0 else 0.0
        low = zbdd.low[node]
        if low != NONE and wanted in best.nodes[here.root][low]:
            number -= 1
            lower = (here, low, wanted, after)
            reachable = others * best.of(here, low, wanted)
            heapq.heappush(heap, (_key(reachable), number, reachable, sure, lower, chosen))
        leaf, high = here.leaves[zbdd.level[node]], zbdd.high[node]
        for part, (_, part_best) in best.leaves[leaf].items():
            rest = best.nodes[here.root][high].get(wanted - part)
            if rest is None:
                continue
            number -= 1
            if not -number & CHECK_EVERY:
                budget.check_time()
            next_up: Pending = (here, high, wanted - part, after)
            reachable = others * part_best * rest[1]
            inner = families.get(leaf)
            if inner is None:
                chosen_now: Chosen = (leaf, chosen)
                surely, upcoming = sure * happens[leaf], next_up
            else:
                chosen_now, surely = chosen, sure
                upcoming = (inner, inner.sets, part, next_up)
            heapq.heappush(heap, (_key(reachable), number, reachable, surely, upcoming, chosen_now))
    return found


def _key(bound: float) -> float:
    """What sorts by a bound, the highest first; bounds that differ by rounding alone are equal."""
    return -round(math.log(bound), 9) if bound > 0 else math.inf


def _nodes(chosen: Chosen) -> tuple[int, ...]:
    nodes = []
    while chosen is not None:
        node, chosen = chosen
        nodes.append(node)
    return tuple(nodes)
