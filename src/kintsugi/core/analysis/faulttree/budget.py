"""How much a solution may cost: nodes, and time as whoever asks measures it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kintsugi.core.shared.errors import DomainError

MAX_NODES = 4_000_000
CHECK_EVERY = 0xFFF
"""A mask: time is asked for once in 4096 nodes."""


class BudgetSpent(DomainError):
    """The answer needs more nodes or more time than it may have."""


def _never() -> bool:
    return False


@dataclass(slots=True)
class Budget:
    """At most so many nodes in one diagram; `is_over` says when the time is up."""

    max_nodes: int = MAX_NODES
    is_over: Callable[[], bool] = _never
    peak: int = 0
    """The most nodes that one diagram had."""

    def check_time(self) -> None:
        """Raises BudgetSpent when the time is up."""
        if self.is_over():
            raise BudgetSpent("the time is up")

    def saw(self, nodes: int) -> None:
        """Remember how large a diagram became."""
        self.peak = max(self.peak, nodes)
