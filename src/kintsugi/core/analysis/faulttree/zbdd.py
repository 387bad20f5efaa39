"""Families of sets as zero-suppressed diagrams (Minato 1993), and minimal solutions (Rauzy 1993)."""

from __future__ import annotations

from kintsugi.core.analysis.faulttree.bdd import BELOW_ALL, SHIFT
from kintsugi.core.analysis.faulttree.budget import CHECK_EVERY, Budget, BudgetSpent
from kintsugi.core.analysis.faulttree.diagrams import Diagram

NONE, EMPTY_SET = 0, 1
"""The family without a set, and the family of the empty set alone."""

MASK = (1 << SHIFT) - 1


class Zbdd:
    """The nodes of one diagram: sets with a level (`high`, without naming it) and sets without (`low`)."""

    __slots__ = ("_budget", "_known", "_left", "high", "level", "low")

    def __init__(self, levels: int, budget: Budget) -> None:
        self.level = [BELOW_ALL, BELOW_ALL]
        self.high = [NONE, NONE]
        self.low = [NONE, NONE]
        self._known: list[dict[int, int]] = [{} for _ in range(levels)]
        self._left: dict[int, int] = {}
        self._budget = budget

    def node(self, level: int, high: int, low: int) -> int:
        """The family of the sets of `low` and, with the level added, those of `high`."""
        if high == NONE:
            return low
        known = self._known[level]
        key = high << SHIFT | low
        found = known.get(key)
        if found is None:
            found = known[key] = len(self.level)
            if found > self._budget.max_nodes:
                raise BudgetSpent(f"the cut sets need more than {self._budget.max_nodes:,} nodes")
            if not found & CHECK_EVERY:
                self._budget.check_time()
            self.level.append(level)
            self.high.append(high)
            self.low.append(low)
        return found

    def without(self, family: int, smaller: int) -> int:
        """The sets of `family` that contain no set of `smaller`. Both hold minimal sets alone."""
        first = self._key(family, smaller)
        return first if first <= MASK else self._subtracted(first)

    def _key(self, family: int, smaller: int) -> int:
        """The answer where it is known (up to MASK), else the question, packed."""
        if family == EMPTY_SET:
            # A family of minimal sets has the empty set alone or not at all.
            return NONE if smaller == EMPTY_SET else EMPTY_SET
        level, low = self.level, self.low
        at = level[family]
        while level[smaller] < at:
            smaller = low[smaller]
        if smaller == NONE:
            return family
        if family in (NONE, smaller) or smaller == EMPTY_SET:
            return NONE
        key = family << SHIFT | smaller
        return self._left.get(key, key)

    def _subtracted(self, first: int) -> int:  # noqa: PLR0912 - written out: here the time goes
        """The answer to a packed question, by a walk with a stack of its own."""
        left, level, high, low, node = self._left, self.level, self.high, self.low, self.node
        get, ask = left.get, self._key
        stack = [first]
        while stack:
            key = stack[-1]
            f, g = key >> SHIFT, key & MASK
            at, one = level[f], high[f]
            if level[g] == at:
                # Sets with this level go if they contain what is left of one with it, or one without it.
                without = high[g]
                g = low[g]
                if one == EMPTY_SET:
                    step = NONE if without == EMPTY_SET else EMPTY_SET
                else:
                    step = ask(one, without)
                    if step > MASK:
                        stack.append(step)
                        continue
            else:
                step = one
            if step > EMPTY_SET and g > EMPTY_SET:
                here, there = step, g
                top = level[here]
                while level[there] < top:
                    there = low[there]
                if there in (EMPTY_SET, here):
                    step = NONE
                elif there != NONE:
                    asked = here << SHIFT | there
                    step = get(asked, asked)
                    if step > MASK:
                        stack.append(step)
            elif g == EMPTY_SET:
                step = NONE
            rest = ask(low[f], g) if low[f] else NONE
            if rest > MASK:
                stack.append(rest)
            elif step <= MASK:
                left[key] = node(at, step, rest)
                stack.pop()
                if not len(left) & CHECK_EVERY:
                    self._budget.check_time()
        return left[first]

    def forget_work(self) -> None:
        """Give back the memory that only building needs."""
        self._left = {}
        self._known = []

    def reached(self, root: int) -> list[int]:
        """The nodes of a family from the bottom up, without the two constants."""
        seen = {root, NONE, EMPTY_SET}
        stack = [root]
        while stack:
            node = stack.pop()
            for below in (self.high[node], self.low[node]):
                if below not in seen:
                    seen.add(below)
                    stack.append(below)
        return sorted(seen)[2:]


def minimal_solutions(diagram: Diagram, budget: Budget) -> tuple[Zbdd, int]:
    """The smallest sets of failures that make the diagram true, each with all else in order.

    ms(x ? f1 : f0) = x.(ms(f1) without ms(f0)) + ms(f0). Raises BudgetSpent.
    """
    bdd = diagram.bdd
    edges = {diagram.root}
    stack = [diagram.root]
    while stack:
        edge = stack.pop()
        node, sign = edge >> 1, edge & 1
        if node:
            for below in (bdd.high[node] ^ sign, bdd.low[node] ^ sign):
                if below not in edges:
                    edges.add(below)
                    stack.append(below)
    zbdd = Zbdd(len(diagram.leaves), budget)
    solved = {0: EMPTY_SET, 1: NONE}
    try:
        for edge in sorted(edges):
            if edge > 1:
                node, sign = edge >> 1, edge & 1
                fails, holds = solved[bdd.high[node] ^ sign], solved[bdd.low[node] ^ sign]
                solved[edge] = zbdd.node(bdd.level[node], zbdd.without(fails, holds), holds)
    finally:
        budget.saw(len(zbdd.level))
    zbdd.forget_work()
    return zbdd, solved[diagram.root]
