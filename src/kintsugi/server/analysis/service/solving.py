"""A tree's text to its answers, within a budget: no request waits longer than a few seconds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache

from kintsugi.core.analysis.faulttree.budget import Budget
from kintsugi.core.analysis.faulttree.model import FaultTree
from kintsugi.core.analysis.faulttree.solution import Solution
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
KEPT = 64


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


class _Partial(Exception):
    """Carries an answer that was cut short past the cache: the next time it may be whole."""

    def __init__(self, solution: Solution, seconds: float) -> None:
        self.solution = solution
        self.seconds = seconds
        super().__init__()


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
    try:
        solution, seconds = _whole(tree)
    except _Partial as partial:
        solution, seconds = partial.solution, partial.seconds
    return Solved(tree, solution, seconds, warnings)


@lru_cache(maxsize=KEPT)
def chance(tree: FaultTree) -> float | None:
    """The top event's probability alone; None when the budget does not reach it."""
    began = time.monotonic()
    budget = Budget(MOST_NODES, lambda: time.monotonic() - began > SECONDS)
    return solve(tree, Question(cut_sets=0), budget).probability.value


def warnings_of(found: TreeFile) -> tuple[str, ...]:
    """What is suspicious in a tree that can be solved, and what reading it assumed."""
    return (*found.notes, *(said for finding, said in found.findings() if finding.is_warning))


@lru_cache(maxsize=KEPT)
def _whole(tree: FaultTree) -> tuple[Solution, float]:
    began = time.monotonic()
    budget = Budget(MOST_NODES, lambda: time.monotonic() - began > SECONDS)
    solution = solve(tree, Question(cut_sets=LISTED, wants_importance=True), budget)
    seconds = time.monotonic() - began
    if solution.notes:
        raise _Partial(solution, seconds)
    return solution, seconds
