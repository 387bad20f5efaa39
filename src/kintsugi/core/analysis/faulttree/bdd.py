"""Binary decision diagrams with negated edges (Bryant 1986), in plain lists and dictionaries.

An edge is twice the number of a node, plus one where it is negated. Node 0 is true, so edge 0 is true
and edge 1 is false. The edge of a node for "has failed" is never negated, so each function has one edge.
"""

from __future__ import annotations

from collections.abc import Sequence

from kintsugi.core.analysis.faulttree.budget import CHECK_EVERY, Budget

TRUE, FALSE = 0, 1
BELOW_ALL = 1 << 40
"""The level of the constants."""

SHIFT = 30
MASK = (1 << SHIFT) - 1
MOST_NODES = 1 << (SHIFT - 1)
MOST_KEPT = 3_000_000
"""Results kept between operations; beyond it they are forgotten."""


class TooLarge(Exception):
    """A diagram outgrows the cap of one attempt; another order may do."""


class Bdd:
    """The nodes of one diagram: a level, and the edges for "has failed" and "has not"."""

    __slots__ = ("_budget", "_cap", "_known", "_products", "high", "level", "low")

    def __init__(self, levels: int, budget: Budget, cap: int) -> None:
        self.level = [BELOW_ALL]
        self.high = [TRUE]
        self.low = [TRUE]
        self._known: list[dict[int, int]] = [{} for _ in range(levels)]
        self._products: dict[int, int] = {}
        self._budget = budget
        self._cap = min(cap, MOST_NODES)

    def node(self, level: int, high: int, low: int) -> int:
        """The edge to "if this level failed then high else low"; both lie below the level."""
        if high == low:
            return high
        sign = high & 1
        if sign:
            high ^= 1
            low ^= 1
        known = self._known[level]
        key = high << SHIFT | low
        found = known.get(key)
        if found is None:
            found = known[key] = self._new(level, high, low)
        return found ^ sign

    def _new(self, level: int, high: int, low: int) -> int:
        count = len(self.level)
        if count > self._cap:
            raise TooLarge
        if not count & CHECK_EVERY:
            self._budget.check_time()
        self.level.append(level)
        self.high.append(high)
        self.low.append(low)
        return count * 2

    def variable(self, level: int) -> int:
        """The edge to "this level failed"."""
        return self.node(level, TRUE, FALSE)

    def both(self, left: int, right: int) -> int:
        """The edge to left AND right."""
        simple = _product(left, right)
        if simple is not None:
            return simple
        products = self._products
        if len(products) > MOST_KEPT:
            products.clear()
        first = left << SHIFT | right if left < right else right << SHIFT | left
        found = products.get(first)
        return self._multiplied(first) if found is None else found

    def _multiplied(self, first: int) -> int:  # noqa: PLR0912 - written out: here the time goes
        """The product of the two edges packed into a key, by a walk with a stack of its own."""
        products, level, high, low = self._products, self.level, self.high, self.low
        node = self.node
        get = products.get
        stack = [first]
        while stack:
            key = stack[-1]
            f, g = key >> SHIFT, key & MASK
            m, n = f >> 1, g >> 1
            at, there = level[m], level[n]
            if at <= there:
                sign = f & 1
                f1, f0 = high[m] ^ sign, low[m] ^ sign
                if at == there:
                    sign = g & 1
                    g1, g0 = high[n] ^ sign, low[n] ^ sign
                else:
                    g1 = g0 = g
            else:
                at = there
                sign = g & 1
                g1, g0 = high[n] ^ sign, low[n] ^ sign
                f1 = f0 = f
            if g1 in (f1, 0):
                one: int | None = f1
            elif f1 == 0:
                one = g1
            elif f1 == 1 or g1 == 1 or f1 ^ g1 == 1:
                one = 1
            else:
                below = f1 << SHIFT | g1 if f1 < g1 else g1 << SHIFT | f1
                one = get(below)
                if one is None:
                    stack.append(below)
            if g0 in (f0, 0):
                zero: int | None = f0
            elif f0 == 0:
                zero = g0
            elif f0 == 1 or g0 == 1 or f0 ^ g0 == 1:
                zero = 1
            else:
                below = f0 << SHIFT | g0 if f0 < g0 else g0 << SHIFT | f0
                zero = get(below)
                if zero is None:
                    stack.append(below)
            if one is not None and zero is not None:
                products[key] = node(at, one, zero)
                stack.pop()
                if not len(products) & CHECK_EVERY:
                    self._budget.check_time()
        return products[first]

    def either(self, left: int, right: int) -> int:
        """The edge to left OR right."""
        return self.both(left ^ 1, right ^ 1) ^ 1

    def differ(self, left: int, right: int) -> int:
        """The edge to left XOR right."""
        return self.either(self.both(left, right ^ 1), self.both(left ^ 1, right))

    def all_of(self, edges: Sequence[int]) -> int:
        """The edge to the AND of many, the deepest first, so that most steps add one node on top."""
        made = TRUE
        for edge in self._deepest_first(edges):
            made = self.both(edge, made)
        return made

    def any_of(self, edges: Sequence[int]) -> int:
        """The edge to the OR of many."""
        return self.all_of([edge ^ 1 for edge in edges]) ^ 1

    def at_least(self, edges: Sequence[int], least: int) -> int:
        """The edge to "at least so many of these", row by row and never by listing combinations."""
        if least * (len(edges) - least + 1) > self._cap and self._are_variables(edges):
            raise TooLarge
        # row[k]: at least k of those seen so far.
        row = [TRUE] + [FALSE] * least
        for seen, edge in enumerate(self._deepest_first(edges)):
            still = len(edges) - seen - 1
            for wanted in range(min(least, seen + 1), max(0, least - still - 1), -1):
                # row[k] implies row[k - 1], so one product less than an if-then-else.
                row[wanted] = self.either(row[wanted], self.both(edge, row[wanted - 1]))
        return row[least]

    def _are_variables(self, edges: Sequence[int]) -> bool:
        """Whether these are all different, and each asks for one level alone."""
        is_plain = all(
            self.high[edge >> 1] == TRUE and self.low[edge >> 1] == FALSE for edge in edges
        )
        return is_plain and len(set(edges)) == len(edges)

    def _deepest_first(self, edges: Sequence[int]) -> list[int]:
        return sorted(edges, key=lambda edge: -self.level[edge >> 1])

    def forget_products(self) -> None:
        """Give back the memory that only building needs."""
        self._products = {}
        self._known = []

    def reached(self, root: int) -> list[int]:
        """The nodes of an edge from the bottom up, without the constant."""
        seen = {root >> 1}
        stack = [root >> 1]
        while stack:
            node = stack.pop()
            for edge in (self.high[node], self.low[node]):
                below = edge >> 1
                if below not in seen:
                    seen.add(below)
                    stack.append(below)
        seen.discard(0)
        return sorted(seen)


def _product(left: int, right: int) -> int | None:
    if left in (right, TRUE):
        return right
    if right == TRUE:
        return left
    if FALSE in (left, right) or left ^ right == 1:
        return FALSE
    return None
