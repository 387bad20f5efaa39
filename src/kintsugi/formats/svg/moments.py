"""The times of a postmortem put on one line: each event and milestone with its moment, or only its order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import Enum

from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.times import When, resolve_clock_times
from kintsugi.formats.svg.zones import zone_of

LONGEST_BY_CLOCK = timedelta(hours=36)
"""Clock times that make a longer story are listed out of order: then only their order is drawn."""

_ANY_DAY = date(2000, 1, 2)


class Known(Enum):
    """How much is known of the times: moments, clock times of days unknown, or the order alone."""

    MOMENTS = "moments"
    CLOCKS = "clocks"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Point:
    """An event at its moment. With `Known.ORDER` the moments count seconds: 0, 1, 2, ..."""

    at: datetime
    event: TimelineEvent


@dataclass(frozen=True, slots=True)
class Moments:
    """All that can be placed on one axis. `left_out` counts events whose time does not fit on it."""

    known: Known
    zone: tzinfo
    points: tuple[Point, ...] = ()
    milestones: tuple[tuple[str, datetime], ...] = ()
    left_out: int = 0

    @property
    def all(self) -> list[datetime]:
        """Every moment there is."""
        return [point.at for point in self.points] + [at for _, at in self.milestones]

    def milestone(self, *names: str) -> datetime | None:
        """The first of these milestones that is known."""
        known = dict(self.milestones)
        return next((known[name] for name in names if name in known), None)


def moments_of(postmortem: Postmortem, *, with_events: bool = True) -> Moments:
    """What a drawing can place of the postmortem's times."""
    events = postmortem.events if with_events else ()
    milestones = postmortem.milestones.known()
    zone = zone_of(postmortem.zone)
    if any(
        isinstance(when, datetime)
        for when in [*(event.time for event in events), *(when for _, when in milestones)]
    ):
        points = tuple(
            Point(event.time, event) for event in events if isinstance(event.time, datetime)
        )
        dated = tuple((name, when) for name, when in milestones if isinstance(when, datetime))
        return Moments(Known.MOMENTS, zone, points, dated, len(events) - len(points))
    return _by_clock(events, milestones)


def _by_clock(events: Sequence[TimelineEvent], milestones: Sequence[tuple[str, When]]) -> Moments:
    timed = [event for event in events if event.time is not None]
    resolved = _resolved([event.time for event in timed if event.time is not None])
    points = tuple(Point(at, event) for at, event in zip(resolved, timed, strict=True))
    left_out = len(events) - len(points)
    if resolved and max(resolved) - min(resolved) > LONGEST_BY_CLOCK:
        start = datetime.combine(_ANY_DAY, datetime.min.time(), UTC)
        counted = tuple(Point(start + timedelta(seconds=n), event) for n, event in enumerate(timed))
        return Moments(Known.ORDER, UTC, counted, (), left_out)
    marks = _beside(_resolved([when for _, when in milestones]), resolved)
    named = tuple((name, at) for (name, _), at in zip(milestones, marks, strict=True))
    return Moments(Known.CLOCKS, UTC, points, named, left_out)


def _resolved(whens: Sequence[When]) -> list[datetime]:
    return [
        when for when in resolve_clock_times(whens, _ANY_DAY, UTC) if isinstance(when, datetime)
    ]


def _beside(marks: list[datetime], events: Sequence[datetime]) -> list[datetime]:
    """Milestones a day earlier or later, where that puts them nearest to the events: midnight may lie between."""
    if not marks or not events:
        return marks

    def distance(days: int) -> timedelta:
        return abs(marks[0] + timedelta(days=days) - events[0])

    shift = timedelta(days=min((0, 1, -1), key=distance))
    return [mark + shift for mark in marks]
