"""What a timeline drawing shows: the moments of a postmortem on their axis, with its phases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kintsugi.core.shared.times import written_when
from kintsugi.formats.svg.axis import Axis, axis_for
from kintsugi.formats.svg.elements import Palette
from kintsugi.formats.svg.moments import Known, Moments, Point
from kintsugi.formats.svg.phases import Phase, mending_began, phases_of

MOST_DOTS = 200
TEXT = 12.0
"""The size of most words in it, in pixels at its own width."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The values that every part of the drawing is made from. `shown` are the events on the axis."""

    moments: Moments
    phases: Sequence[Phase]
    axis: Axis
    shown: Sequence[Point]
    dots: Sequence[Point]
    mending: datetime | None
    palette: Palette
    width: float

    @property
    def has_scale(self) -> bool:
        """Whether distances mean time."""
        return self.moments.known is not Known.ORDER

    def words(self, point: Point) -> str:
        """The time of an event as its label says it."""
        if not self.has_scale and point.event.time is not None:
            return written_when(point.event.time)
        return self.axis.words(point.at)


def picture_of(moments: Moments, *, width: float, palette: Palette) -> Picture | None:
    """What can be drawn of these moments; None when fewer than two times are known."""
    phases = phases_of(moments)
    axis = axis_for(moments, phases, width)
    if axis is None:
        return None
    shown = [point for point in moments.points if axis.shows(point.at)]
    dots = _thinned(shown, axis)
    return Picture(moments, phases, axis, shown, dots, mending_began(phases), palette, width)


def _thinned(points: Sequence[Point], axis: Axis) -> Sequence[Point]:
    """All events, or where they are too many those that lie apart, important ones first."""
    if len(points) <= MOST_DOTS:
        return points
    apart = max(3.5, axis.width / MOST_DOTS)
    at_place: dict[int, Point] = {}
    for point, x in zip(points, axis.places(point.at for point in points), strict=True):
        place = int(x / apart)
        there = at_place.get(place)
        if there is None or (point.event.important and not there.event.important):
            at_place[place] = point
    return list(at_place.values())
