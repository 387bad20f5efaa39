"""Labels under a rail, placed so that no label lies on another, nor on the line that leads to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

GAP = 8.0
MOST_TURNED = 4
BESIDE = 5.0
"""Between the leading line and the text beside it."""


@dataclass(frozen=True, slots=True)
class Label:
    """Words that belong to a place on the rail: bold ones that must be read, and more if there is room."""

    x: float
    bold: str
    text: str
    least: float
    """How wide the bold words are."""
    width: float
    """How wide it is as placed."""
    may_be_short: bool = False
    """Whether the bold words say enough alone."""


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A label in its lane, to the right of its leading line or to the left."""

    label: Label
    lane: int
    is_left: bool

    @property
    def left(self) -> float:
        """Where its text begins."""
        return self.label.x - BESIDE - self.label.width if self.is_left else self.label.x + BESIDE

    @property
    def right(self) -> float:
        """Where its text ends."""
        return self.left + self.label.width

    def room(self, others: Sequence[PlacedLabel], width: float) -> float:
        """How wide the label may grow before it meets another, a leading line, or the edge."""
        stops = []
        for other in others:
            if other is self or other.lane < self.lane:
                continue
            stops.append(other.label.x)
            if other.lane == self.lane:
                stops += [other.left, other.right]
        if self.is_left:
            return self.right - max(
                (stop + GAP for stop in stops if stop <= self.left), default=0.0
            )
        return min((stop - GAP for stop in stops if stop >= self.right), default=width) - self.left

    def hits(self, other: PlacedLabel) -> bool:
        """Whether either covers the other or its leading line."""
        if self.lane == other.lane:
            return self.left < other.right + GAP and other.left < self.right + GAP
        above, below = (self, other) if self.lane < other.lane else (other, self)
        return above.left - 2 < below.label.x < above.right + 2


def place(labels: Sequence[Label], width: float, lanes: int) -> list[PlacedLabel]:
    """As many labels as fit without touching, those first that come first; the others are left out.

    1. Those whose bold words say enough take room for these alone. 2. The others follow, whole.
    3. The first get the rest of their words where that moves nobody out.
    """
    kept: list[Label] = []
    placed: list[PlacedLabel] = []
    turned = 0
    for label in labels:
        variant = replace(label, width=label.least) if label.may_be_short else label
        # Only for what must be read is it worth trying to turn more labels to the left.
        most = MOST_TURNED if label.may_be_short else turned
        for turn in range(turned, most + 1):
            tried = _staircase([*kept, variant], width, lanes, turn)
            if tried is not None:
                kept.append(variant)
                placed, turned = tried, turn
                break
    for label in [label for label in labels if label.may_be_short and label.width > label.least]:
        longer = [
            label if label.x == other.x and label.bold == other.bold else other for other in kept
        ]
        tried = _staircase(longer, width, lanes, turned)
        if tried is not None:
            kept, placed = longer, tried
    return placed


def _staircase(
    labels: Sequence[Label], width: float, lanes: int, turned: int
) -> list[PlacedLabel] | None:
    """The labels in lanes, the `turned` last of them to the left; None if one of them fits nowhere.

    A label covers what hangs further down from places beside it. So those that stand to the right of
    their place go down from right to left, and those that stand to the left from left to right.
    """
    along = sorted(labels, key=_place_on_rail)
    last = along[len(along) - turned :]
    to_the_left = [
        label for label in along if label in last or label.x + BESIDE + label.width > width
    ]
    to_the_right = [label for label in reversed(along) if label not in to_the_left]
    groups = [[(label, False) for label in to_the_right], [(label, True) for label in to_the_left]]
    placed: list[PlacedLabel] = []
    for label, is_left in chain.from_iterable(reversed(groups) if turned else groups):
        spots = (
            PlacedLabel(label, lane, side)
            for side in (is_left, not is_left)
            for lane in range(lanes)
        )
        spot = next((spot for spot in spots if _is_free(spot, placed, width)), None)
        if spot is None:
            return None
        placed.append(spot)
    return placed


def _place_on_rail(label: Label) -> float:
    return label.x


def _is_free(spot: PlacedLabel, placed: Sequence[PlacedLabel], width: float) -> bool:
    return spot.left >= 0 and spot.right <= width and not any(spot.hits(other) for other in placed)
