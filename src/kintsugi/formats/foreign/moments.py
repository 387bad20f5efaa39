"""The moments of a foreign timeline: days, years and zones that are said once, for all that follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from kintsugi.core.shared.times import MAX_JITTER, ClockTime, When
from kintsugi.formats.foreign.days import Day, days_in
from kintsugi.formats.foreign.draft import Entry
from kintsugi.formats.foreign.stamps import Stamp
from kintsugi.formats.foreign.zones import Zone


@dataclass(frozen=True, slots=True)
class Known:
    """What a document says once: its day, a year, the order of numbers in its dates, its zone.

    `is_year_said` is whether the year stands over the timeline itself, as in a column `Date (2021)`.
    """

    day: date | None = None
    year: int | None = None
    is_year_said: bool = False
    day_first: bool | None = None
    zone: Zone | None = None

    def date_of(self, day: Day, near: date | None = None) -> date | None:
        """The date of a day; one without a year is taken as near as can be to `near`, else to the document's day."""
        by = near or (None if self.is_year_said else self.day)
        if day.year is not None or by is None:
            return day.on(self.year, day_first=self.day_first)
        years = (year for year in (by.year - 1, by.year, by.year + 1) if date.min.year <= year)
        found = [one for year in years if (one := day.on(year, day_first=self.day_first))]
        return min(found, key=lambda one: abs(one - by), default=None)


@dataclass(frozen=True, slots=True)
class Moment:
    """When an entry was: as much of day, clock and zone as is known."""

    day: date | None = None
    at: time | None = None
    zone: Zone | None = None
    is_naive: bool = False
    """Whether the zone is assumed: the document says a day and a clock, and no zone."""

    def when(self) -> When | None:
        """A moment when day and zone are known, a clock time when only that is, else None."""
        if self.at is None:
            return None
        if self.day is None or self.zone is None:
            return ClockTime(self.at)
        return moment_on(self.day, self.at, self.zone.tz) or ClockTime(self.at)

    def written(self) -> str:
        """For JSON: an ISO moment in UTC, a clock time, a day, or nothing."""
        when = self.when()
        if isinstance(when, datetime):
            return when.isoformat().replace("+00:00", "Z")
        if when is not None:
            return str(when)
        return self.day.isoformat() if self.day else ""


def moment_on(day: date, at: time, zone: tzinfo) -> datetime | None:
    """A clock time on a day in a zone, in UTC; None outside the years 1 to 9999."""
    try:
        return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def order_in(texts: Iterable[str]) -> bool | None:
    """Whether numbers in the dates of these texts put the day first; None when none of them shows it."""
    shown = {day.tells_order for text in texts for day in days_in(text)} - {None}
    return shown.pop() if len(shown) == 1 else None


def resolve(entries: Sequence[Entry], known: Known, fallback: Zone | None) -> list[Moment]:
    """The moment of each entry, in order.

    A clock time stands on the day said last, else on the document's; past midnight when it steps
    back by an hour or more. `fallback` is the zone of times that have a day and no zone: what the
    reader gave, or UTC. A bare clock time on the document's day keeps waiting for a zone.
    """
    walk = _Walk(known, fallback)
    return [walk.moment(entry) for entry in entries]


class _Walk:
    """Goes through a timeline with the day and the clock that came last."""

    def __init__(self, known: Known, fallback: Zone | None) -> None:
        self.known, self.fallback = known, fallback
        self.day: date | None = None
        self.last: time | None = None
        self.context: Stamp | None = None

    def moment(self, entry: Entry) -> Moment:
        """The moment of the next entry."""
        stamp = entry.stamp
        if stamp is None or stamp.is_unknown:
            return Moment()
        said = stamp.day is not None
        if stamp.day is not None:
            self.day = self.known.date_of(stamp.day, self.day)
            self.context, self.last = stamp, None
            if self.day is None:
                return Moment(None, stamp.at, stamp.zone or self.known.zone)
        elif entry.context is not None and entry.context is not self.context:
            self.context, self.last = entry.context, None
            day = entry.context.day
            self.day = self.known.date_of(day, self.day) if day else self.day
        if stamp.at is None:
            return Moment(self.day if said else None)
        return self._timed(stamp, stamp.at)

    def _timed(self, stamp: Stamp, at: time) -> Moment:
        is_dated = self.day is not None
        day = self.day or self.known.day
        if day is not None and self.last is not None and _steps_back(self.last, at):
            day = _next(day)
        if day is not None:
            self.day = day if is_dated else None
            if not is_dated and day != self.known.day:
                self.known = replace(self.known, day=day)
        self.last = at
        zone = stamp.zone or self.known.zone or (self.context.zone if self.context else None)
        if zone is None and is_dated:
            return Moment(day, at, self.fallback, is_naive=True)
        return Moment(day, at, zone or None)


def _steps_back(last: time, at: time) -> bool:
    before = timedelta(hours=last.hour, minutes=last.minute)
    after = timedelta(hours=at.hour, minutes=at.minute)
    return before - after >= MAX_JITTER


def _next(day: date) -> date:
    try:
        return day + timedelta(days=1)
    except OverflowError:
        return day
