"""A tree's text to its answers, within a budget: no request waits longer than a few seconds."""

from __future__ import annotations

import random
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from kintsugi.core.analysis.faulttree.budget import Budget
from kintsugi.core.analysis.faulttree.model import FaultTree
from kintsugi.core.analysis.faulttree.solution import Probability, Solution
from kintsugi.core.analysis.faulttree.solve import Question, solve
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.errors import InputError
from kintsugi.formats.faulttree.files import read_fault_tree
from kintsugi.formats.faulttree.tree_file import TreeFile

LONGEST = 200_000
"""Characters of one tree's text."""
MOST_PARTS = 5_000
"""Gates and events of one tree; larger ones are solved by the command, which has no page waiting."""
MOST_NODES = 300_000
SECONDS = 2.0
LISTED = 50
"""Cut sets that an answer lists; all are counted."""
SAMPLES, SEED = 1_000, 1
"""Of the uncertainty, where an event has a spread."""
KEPT = 64
PARTIAL_KEPT = 60.0
"""For so many seconds an answer that was cut short is not tried again: the next time it may be whole."""
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Solved:
    """A tree with its answers; `warnings` are what is suspicious in it, as sentences."""

    tree: FaultTree
    solution: Solution
    seconds: float
    warnings: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether the budget reached to the end of every answer."""
        return not self.solution.notes


class Time:
    """Seconds that several solutions share, from when it is made."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._ends = time.monotonic() + seconds

    def is_over(self) -> bool:
        """Whether they have passed."""
        return time.monotonic() > self._ends


class _Memory(Generic[Found]):
    """What came of the last trees; of what was cut short only for a while."""

    def __init__(self) -> None:
        self._kept: OrderedDict[FaultTree, tuple[Found, float | None]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, tree: FaultTree) -> Found | None:
        with self._lock:
            found, ends = self._kept.get(tree, (None, None))
        return None if ends is not None and time.monotonic() > ends else found

    def keep(self, tree: FaultTree, found: Found, *, is_whole: bool) -> None:
        with self._lock:
            self._kept[tree] = found, None if is_whole else time.monotonic() + PARTIAL_KEPT
            self._kept.move_to_end(tree)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)


_solutions: _Memory[tuple[Solution, float]] = _Memory()
_chances: _Memory[Probability] = _Memory()


def parsed(text: str) -> TreeFile:
    """The sound tree of a text. Raises InvalidValue at `text`, with the line, for what is wrong with it."""
    if len(text) > LONGEST:
        raise InvalidValue(
            f"has {len(text):,} characters", path=("text",), expected=f"at most {LONGEST:,}"
        )
    try:
        found = _parsed(text)
    except InputError as error:
        place = f"line {error.line}: " if error.line else ""
        field = f"{error.field}: " if error.field else ""
        raise InvalidValue(
            f"{place}{field}{error.problem}", path=("text",), expected=error.expected
        ) from error
    parts = len(found.tree.gates) + len(found.tree.events)
    if parts > MOST_PARTS:
        raise InvalidValue(
            f"has {parts:,} gates and events", path=("text",),
            expected=f"at most {MOST_PARTS:,}; `kintsugi faulttree solve` takes more",
        )  # fmt: skip
    return found


@lru_cache(maxsize=KEPT)
def _parsed(text: str) -> TreeFile:
    found = read_fault_tree(text.encode("utf-8", "replace"))
    found.sound()
    return found


def solved(tree: FaultTree, warnings: tuple[str, ...] = ()) -> Solved:
    """The answers about a sound tree; what the budget does not reach is bounded or left out, and said."""
    kept = _solutions.get(tree)
    if kept is None:
        began, until = time.monotonic(), Time()
        samples = SAMPLES if any(event.spread for event in tree.events) else 0
        question = Question(
            cut_sets=LISTED,
            wants_importance=True,
            samples=samples,
            chance=random.Random(SEED).random,  # noqa: S311 - a sample, and the same for the same tree
        )
        solution = solve(tree, question, Budget(MOST_NODES, until.is_over))
        kept = solution, time.monotonic() - began
        _solutions.keep(tree, kept, is_whole=not solution.notes)
    return Solved(tree, *kept, warnings)


def chance(tree: FaultTree, until: Time) -> float | None:
    """The top event's probability alone; None when the budget does not reach it."""
    solved = _solutions.get(tree)
    kept = solved[0].probability if solved else _chances.get(tree)
    if kept is None:
        if until.is_over():
            return None
        kept = solve(
            tree, Question(wants_cut_sets=False), Budget(MOST_NODES, until.is_over)
        ).probability
        _chances.keep(tree, kept, is_whole=kept.value is not None)
    return kept.value


def warnings_of(found: TreeFile) -> tuple[str, ...]:
    """What is suspicious in a tree that can be solved, and what reading it assumed."""
    return (*found.notes, *(said for finding, said in found.findings() if finding.is_warning))
