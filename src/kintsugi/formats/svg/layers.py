"""Where the services of a dependency drawing stand: in columns, so that what depends stands left of what it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kintsugi.core.catalog.dependencies import Dependencies, components, reached, turned

Spot = tuple[str, int]
"""A service and a column: its box in its own column, and a lane for the arrows to it in one before that."""

SWEEPS = 4
BOX_WIDTH, BOX_HEIGHT = 152.0, 40.0
LANE_HEIGHT = 6.0
"""What a column gives to arrows that pass through it."""

GAP_ACROSS, GAP_DOWN = 64.0, 12.0
MARGIN = 4.0


@dataclass(frozen=True, slots=True)
class Box:
    """A service as drawn; `column` is below 0 for what depends on the middle one, above for what it needs."""

    name: str
    column: int
    x: float
    y: float

    @property
    def middle(self) -> float:
        """The height at which arrows come and go."""
        return self.y + BOX_HEIGHT / 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """From a service to one it depends on. One of a circle stays within its column; others go right.

    `lanes` are the places, each with the left end and the height, where it passes through a column.
    """

    start: Box
    end: Box
    lanes: Sequence[tuple[float, float]] = ()

    @property
    def is_circle(self) -> bool:
        """Whether the two depend on each other, through however many steps."""
        return self.start.column == self.end.column


@dataclass(frozen=True, slots=True)
class Layout:
    """The boxes by name, the arrows, and how large the drawing is."""

    boxes: Mapping[str, Box]
    arrows: Sequence[Arrow]
    width: float
    height: float


def layout(name: str, dependencies: Dependencies) -> Layout:
    """The service in the middle, all that it needs to its right, all that needs it to its left.

    Services that depend on each other stand in one column. No two boxes touch.
    """
    columns = _columns(name, dependencies)
    edges = [
        (start, end)
        for start in sorted(columns)
        for end in sorted(set(dependencies.get(start, ())))
        if end in columns and end != start
    ]
    ordered = _ordered(columns, edges)
    height = 2 * MARGIN + max(_stacked(spots, columns) for spots in ordered.values())
    first, last = min(ordered), max(ordered)
    boxes: dict[str, Box] = {}
    lanes: dict[Spot, tuple[float, float]] = {}
    for column, spots in ordered.items():
        x = MARGIN + (column - first) * (BOX_WIDTH + GAP_ACROSS)
        y = (height - _stacked(spots, columns)) / 2
        for each, _ in spots:
            if columns[each] == column:
                boxes[each] = Box(each, column, x, y)
                y += BOX_HEIGHT + GAP_DOWN
            else:
                lanes[each, column] = (x, y + LANE_HEIGHT / 2)
                y += LANE_HEIGHT + GAP_DOWN
    arrows = [
        Arrow(
            boxes[start], boxes[end],
            [lanes[end, column] for column in range(columns[start] + 1, columns[end])],
        )
        for start, end in edges
    ]  # fmt: skip
    # A circle's arrows bulge to the right of its column, of the last one too.
    bulge = GAP_ACROSS / 2 if any(arrow.is_circle for arrow in arrows) else 0
    width = 2 * MARGIN + (last - first + 1) * (BOX_WIDTH + GAP_ACROSS) - GAP_ACROSS + bulge
    return Layout(boxes, arrows, width, height)


def _stacked(spots: Sequence[Spot], columns: Mapping[str, int]) -> float:
    """How high a column is."""
    boxes = sum(columns[name] == column for name, column in spots)
    lanes = len(spots) - boxes
    return boxes * BOX_HEIGHT + lanes * LANE_HEIGHT + (len(spots) - 1) * GAP_DOWN


def _columns(name: str, dependencies: Dependencies) -> dict[str, int]:
    """The column of each service near the named one: as far from it as the longest way is."""
    above, below = turned(dependencies), set(reached(name, dependencies))
    over = set(reached(name, above))
    groups = [
        group for group in components(dependencies) if name in group or not below.isdisjoint(group)
        or not over.isdisjoint(group)
    ]  # fmt: skip
    if not any(name in group for group in groups):
        groups.append((name,))
    columns: dict[str, int] = dict.fromkeys(next(group for group in groups if name in group), 0)
    # Each group comes after all it depends on: left of the middle in that order, right of it backwards.
    for group in groups:
        if group[0] in over and group[0] not in columns:
            after = (columns[n] for one in group for n in dependencies.get(one, ()) if n in columns)
            column = min((at for at in after if at <= 0), default=0) - 1
            columns.update(dict.fromkeys(group, column))
    for group in reversed(groups):
        if group[0] in below and group[0] not in columns:
            before = (columns[n] for one in group for n in above.get(one, ()) if n in columns)
            column = max((at for at in before if at >= 0), default=0) + 1
            columns.update(dict.fromkeys(group, column))
    return columns


def _ordered(columns: Mapping[str, int], edges: Sequence[tuple[str, str]]) -> dict[int, list[Spot]]:
    """Each column from top to bottom, everything near what it is joined to, to cross few arrows."""
    joined: dict[Spot, set[Spot]] = {(name, column): set() for name, column in columns.items()}
    for start, end in edges:
        here = (start, columns[start])
        # Arrows to one service share their lanes, so there are never more lanes than services.
        for column in range(columns[start] + 1, columns[end] + 1):
            joined.setdefault((end, column), set()).add(here)
            joined[here].add((end, column))
            here = (end, column)
    ordered: dict[int, list[Spot]] = {}
    for spot in sorted(joined):
        ordered.setdefault(spot[1], []).append(spot)
    place: dict[Spot, float] = {}

    def note_places(spots: Sequence[Spot]) -> None:
        place.update({spot: (row + 0.5) / len(spots) for row, spot in enumerate(spots)})

    def wanted(spot: Spot) -> tuple[float, Spot]:
        near = [place[other] for other in joined[spot]]
        return (sum(near) / len(near) if near else place[spot], spot)

    for spots in ordered.values():
        note_places(spots)
    for sweep in range(SWEEPS):
        for column in sorted(ordered, reverse=bool(sweep % 2)):
            ordered[column] = sorted(ordered[column], key=wanted)
            note_places(ordered[column])
    return ordered
