"""The answers about a fault tree, as values; each says by which method it was found."""

from __future__ import annotations

import math
from dataclasses import dataclass

EXACT = "exact"
BOUNDS = "bounds"
RARE_EVENT = "rare-event sum"


@dataclass(frozen=True, slots=True)
class Probability:
    """Of the top event. `value` is None when it is only known to lie from `low` to `high`."""

    value: float | None
    low: float
    high: float
    method: str
    """`exact` (binary decision diagrams), or `bounds` where the budget was spent."""


@dataclass(frozen=True, slots=True)
class CutSet:
    """A minimal set of events that together cause the top event."""

    events: tuple[str, ...]
    probability: float

    @property
    def order(self) -> int:
        """How many events it has; 1 is a single point of failure."""
        return len(self.events)


MOST_BITS = 1_000
"""Of a count that is written out: some 300 digits, as many as a float has room for."""


def countable(count: int) -> int | str:
    """A count, or about how many where it has more digits than anybody writes out: `about 10^1200`."""
    return count if count.bit_length() <= MOST_BITS else f"about 10^{round(math.log10(count))}"


@dataclass(frozen=True, slots=True)
class CutSets:
    """All minimal cut sets counted, and the first of them by order and then by probability.

    `count`, `least_order`, `most_order` and `weight` are None when the budget was spent before they were
    known. `weight`, the sum of all their probabilities, is an upper bound of the top event's in a coherent tree.
    """

    count: int | None
    least_order: int | None
    most_order: int | None
    weight: float | None
    items: tuple[CutSet, ...]
    limit: int
    method: str
    single_count: int | None = None
    """How many have one event, listed or not; None where that is not known."""

    @property
    def is_whole(self) -> bool:
        """Whether every cut set is among the items."""
        return self.count == len(self.items)

    @property
    def single_points(self) -> tuple[CutSet, ...]:
        """Those of the items that have one event."""
        return tuple(each for each in self.items if each.order == 1)


@dataclass(frozen=True, slots=True)
class Importance:
    """What one event means for the top event. P is its probability, P1 when the event has happened, P0 when not.

    Ratios are None where they divide 0 by 0; `rrw` is infinite where without the event nothing happens, `raw`
    where only with the event anything does: P is 0, and P1 is not.
    """

    event: str
    probability: float
    birnbaum: float
    """P1 - P0: how much the top event's probability changes with the event's."""
    criticality: float | None
    """p * Birnbaum / P."""
    fussell_vesely: float | None
    """The probability of the union of the cut sets that hold the event, over P."""
    fussell_vesely_is_exact: bool
    """False: at most this, by the sum over those cut sets."""
    dif: float | None
    """p * P1 / P: the probability of the event once the top event has happened."""
    raw: float | None
    """P1 / P: risk achievement worth."""
    rrw: float | None
    """P / P0: risk reduction worth."""
    halved: float | None
    """The share by which the top event's probability falls when the event's is halved."""


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """The top event's probability over samples of the events' probabilities."""

    samples: int
    uncertain_events: int
    mean: float
    deviation: float
    low: float
    """The 5th percentile."""
    median: float
    high: float
    """The 95th percentile."""


@dataclass(frozen=True, slots=True)
class Solution:
    """All that was asked of one tree."""

    top: str
    is_coherent: bool
    probability: Probability
    cut_sets: CutSets
    importance: tuple[Importance, ...] | None
    uncertainty: Uncertainty | None
    peak_nodes: int
    modules: int
    notes: tuple[str, ...] = ()
    """What was not finished, and why."""
