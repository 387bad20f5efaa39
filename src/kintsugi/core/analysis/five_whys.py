"""Five whys as a tree: each answer may raise several further questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

BELIEF = "belief"
"""The evidence of an answer that rests on nothing else yet."""


class Confidence(Enum):
    """How sure people are of an answer."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Why:
    """A question with its answer, and the further whys that the answer raises.

    `is_actionable` is set by people: the answer is within our control and can be acted on. No word
    in an answer ends a chain. `evidence` is a link, a timeline event, or `belief`; `confidence` says how
    sure they are, if they said.
    """

    question: str
    answer: str
    evidence: str = ""
    category: str = ""
    is_actionable: bool = False
    whys: tuple[Why, ...] = ()
    confidence: Confidence | None = None


def walk(whys: Sequence[Why], depth: int = 1) -> Iterator[tuple[int, Why]]:
    """Every why with its depth, parents before children, without recursion limits."""
    stack = [(depth, why) for why in reversed(whys)]
    while stack:
        level, why = stack.pop()
        yield level, why
        stack.extend((level + 1, child) for child in reversed(why.whys))


def depth_of(whys: Sequence[Why]) -> int:
    """The length of the longest chain; 0 for none."""
    return max((level for level, _ in walk(whys)), default=0)


def ends(whys: Sequence[Why]) -> list[Why]:
    """The answers at which the questions stopped."""
    return [why for _, why in walk(whys) if not why.whys]
