"""A why-tree in sheets that a page has room for: what does not fit goes on in a sheet of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from kintsugi.core.analysis.five_whys import Why

ACROSS, LEVELS = 4, 6
"""Boxes beside one another, and answers under one another, that are still read on A4."""
MOST_SHEETS = 24
IN_TEXT = -1
"""Where no sheet is left, a branch goes on in the text."""


@dataclass(slots=True)
class Branch:
    """An answer with what is drawn under it; `goes_on` is the sheet that goes on under it, 0 for none."""

    why: Why
    below: list[Branch] = field(default_factory=list)
    goes_on: int = 0
    width: int = 1
    """How many boxes stand beside one another in it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One picture: under the problem, or under an answer (`top`) that the sheet `begun_in` ends with."""

    branches: Sequence[Branch]
    top: Why | None = None
    begun_in: int = 0
    goes_on: int = 0
    """The sheet with more answers right under the top."""


def whole(whys: Sequence[Why]) -> Sheet:
    """The tree in one sheet, however large."""
    found = [Branch(why) for why in whys]
    waiting = list(found)
    while waiting:
        branch = waiting.pop()
        branch.below = [Branch(why) for why in branch.why.whys]
        waiting += branch.below
    return Sheet(found)


def sheets_of(whys: Sequence[Why]) -> list[Sheet]:
    """The tree in sheets of at most ACROSS boxes and LEVELS levels, each before those that go on from it."""
    made: list[Sheet] = []
    waiting: deque[tuple[Why | None, Sequence[Why], int]] = deque([(None, whys, 0)])
    while waiting:
        top, children, begun_in = waiting.popleft()
        number = len(made) + 1
        cut = _Cut(number, len(made) + len(waiting) + 2)
        root = cut.drawn(Why("", "", whys=tuple(children)))
        made.append(Sheet(root.below, top, begun_in, root.goes_on))
        # The same answer heads what goes on beside it.
        waiting += [(top if why is root.why else why, rest, number) for why, rest in cut.later]
    return made


def level_by_level(root: Branch) -> list[Branch]:
    """The branches from the top down, each level from the left."""
    found = [root]
    for branch in found:
        found += branch.below
    return found


class _Cut:
    """Cuts one sheet from a tree, and remembers what is left for others, which have numbers from `first` on."""

    def __init__(self, number: int, first: int) -> None:
        self._number, self._next = number, first
        self.later: list[tuple[Why, Sequence[Why]]] = []

    def drawn(self, top: Why) -> Branch:
        """What of a tree stands in the sheet: as deep as there is room, and then as wide."""
        root = Branch(top)
        order, waiting = [], [(root, 0)]
        while waiting:
            branch, level = waiting.pop()
            order.append(branch)
            if level < LEVELS:
                branch.below = [Branch(why) for why in branch.why.whys]
                waiting += [(below, level + 1) for below in branch.below]
        for branch in reversed(order):
            self._narrowed(branch)
        # Numbers are given as a reader meets the ends: level by level, from the left.
        for branch in level_by_level(root):
            if branch.goes_on:
                branch.goes_on = self._put_off(branch)
        return root

    def _narrowed(self, branch: Branch) -> None:
        if len(branch.below) < len(branch.why.whys):
            branch.goes_on = 1
            return
        widest = sorted(branch.below, key=lambda one: -one.width)
        total = sum(one.width for one in branch.below)
        for one in widest:
            if total <= ACROSS or one.width == 1:
                break
            total -= one.width - 1
            one.below, one.width, one.goes_on = [], 1, 1
        if total > ACROSS:
            branch.below, branch.goes_on, total = branch.below[:ACROSS], 1, ACROSS
        branch.width = max(total, 1)

    def _put_off(self, branch: Branch) -> int:
        if self._next > MOST_SHEETS:
            return IN_TEXT
        self.later.append((branch.why, branch.why.whys[len(branch.below) :]))
        self._next += 1
        return self._next - 1
