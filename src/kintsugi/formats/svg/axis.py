"""The time axis of a drawing: which stretch it shows, where a moment lies, and where its marks stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from kintsugi.formats.svg.moments import Known, Moments
from kintsugi.formats.svg.phases import Phase, PhaseKind
from kintsugi.formats.svg.zones import clock_words, local, short_day_words

INSET = 6.0
"""Room for half a dot at either end."""

_STEPS = tuple(
    timedelta(seconds=seconds)
    for seconds in (
        1,
        5,
        10,
        30,
        60,
        120,
        300,
        600,
        900,
        1_800,
        3_600,
        7_200,
        10_800,
        21_600,
        43_200,
    )
) + tuple(
    timedelta(days=days) for days in (1, 2, 7, 14, 28, 91, 182, 365, 730, 3_650, 36_500, 365_000)
)


@dataclass(frozen=True, slots=True)
class Axis:
    """From `start` to `end` over `width`; what lies outside is not drawn."""

    start: datetime
    end: datetime
    width: float
    zone: tzinfo
    has_dates: bool = True

    def x(self, moment: datetime) -> float:
        """Where the moment lies, at an end when it is outside."""
        share = (moment - self.start) / (self.end - self.start)
        return INSET + max(0.0, min(1.0, share)) * (self.width - 2 * INSET)

    def places(self, moments: Iterable[datetime]) -> Iterator[float]:
        """Where each of many moments that it shows lies."""
        length, room = (self.end - self.start).total_seconds(), self.width - 2 * INSET
        return (INSET + (at - self.start).total_seconds() / length * room for at in moments)

    def shows(self, moment: datetime) -> bool:
        """Whether the moment lies on it."""
        return self.start <= moment <= self.end

    def words(self, moment: datetime) -> str:
        """The moment as its label says it: the date where it is another than at the start."""
        there = local(moment, self.zone)
        text = clock_words(there, with_seconds=self.end - self.start < timedelta(minutes=5))
        is_same_day = there.date() == local(self.start, self.zone).date()
        return (
            text if is_same_day or not self.has_dates else f"{short_day_words(there.date())} {text}"
        )

    def marks(self, room: float) -> list[tuple[float, str]]:
        """Round times along it, each with at least so much room."""
        span = self.end - self.start
        most = max(1.0, self.width / room)
        step = next((step for step in _STEPS if span / step <= most), _STEPS[-1])
        marks = []
        moment = _floored(local(self.start, self.zone), step)
        while moment <= self.end:
            if moment >= self.start:
                marks.append((self.x(moment), self._mark_words(local(moment, self.zone), step)))
            try:
                moment += step
            except OverflowError:
                break
        return marks

    def _mark_words(self, there: datetime, step: timedelta) -> str:
        if step >= timedelta(days=200):
            return str(there.year)
        is_midnight = there.hour == there.minute == there.second == 0
        if step >= timedelta(days=1) or (is_midnight and self.has_dates):
            return short_day_words(there.date())
        return clock_words(there, with_seconds=step < timedelta(minutes=1))


def _floored(there: datetime, step: timedelta) -> datetime:
    """The last round time at or before the moment: by the day's beginning, or by the year's."""
    midnight = there.replace(hour=0, minute=0, second=0, microsecond=0)
    if step >= timedelta(days=200):
        midnight = midnight.replace(month=1, day=1)
    count = (there - midnight) // step if step < timedelta(days=1) else 0
    return local(midnight + count * step, UTC)


def axis_for(moments: Moments, phases: Sequence[Phase], width: float) -> Axis | None:
    """The axis over the incident and as much around it as half its length; None when all is one moment.

    Without this bound an action a week later would squeeze the incident itself into nothing; where no
    milestone says what the incident was, what stands far off at either end is left out.
    """
    every = moments.all
    if len(every) < 2:
        return None
    start, end = _without_stragglers(sorted(every))
    began = next((phase.start for phase in phases if phase.kind is PhaseKind.IMPACT), None)
    mended = next((phase.start for phase in phases if phase.kind is PhaseKind.MENDED), None)
    if began is not None:
        around = ((mended or max(every)) - began) / 2
        start, end = min(every), max(every)
        if around:
            start = max(start, _moved(began, -around))
        if mended is not None:
            if around:
                end = min(end, _moved(mended, around))
            # The record may end with the mending: leave room to write the word.
            share = min(0.25, 80 / width)
            end = max(end, _moved(mended, (mended - start) * (share / (1 - share))))
    has_dates = moments.known is Known.MOMENTS
    return Axis(start, end, width, moments.zone, has_dates) if start < end else None


def _without_stragglers(ordered: Sequence[datetime]) -> tuple[datetime, datetime]:
    first, last = 0, len(ordered) - 1
    for _ in range(6):
        half = (ordered[last] - ordered[first]) / 2
        if last - first < 4:
            break
        if ordered[first + 1] - ordered[first] > half:
            first += 1
        elif ordered[last] - ordered[last - 1] > half:
            last -= 1
        else:
            break
    return ordered[first], ordered[last]


def _moved(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:
        return moment
