"""Weekly hours by the clock on the wall of a named zone, such as Monday to Friday, 09:00 to 17:00 in Berlin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from functools import lru_cache

from kintsugi.core.shared.text import joined
from kintsugi.core.shared.times import written_time, zone_named

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Span:
    """On these days (0 is Monday) from `begins` until before `ends`.

    An end that is not after the beginning is on the next day: 22:00 to 06:00 goes past midnight and belongs
    to the day on which it begins; 00:00 to 00:00 is the whole day.
    """

    days: tuple[int, ...]
    begins: time
    ends: time

    def __str__(self) -> str:
        days = joined([DAYS[day] for day in self.days]).title().replace(" And ", " and ")
        if self.begins == self.ends == time(0):
            return days
        return f"{days} {written_time(self.begins)} to {written_time(self.ends)}"

    def contains(self, weekday: int, clock: time) -> bool:
        """Whether this clock time of this weekday is in it."""
        if self.begins < self.ends:
            return weekday in self.days and self.begins <= clock < self.ends
        if clock >= self.begins and weekday in self.days:
            return True
        return clock < self.ends and (weekday - 1) % 7 in self.days


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Spans of a week in a zone, by its IANA name.

    They go by the clock on the wall. When it is put forward, the hour that does not happen is in none; when
    it is put back, the hour that happens twice is in both times.
    """

    zone: str
    spans: tuple[Span, ...]

    def __str__(self) -> str:
        return f"{'; '.join(map(str, self.spans))} ({self.zone})"

    def contains(self, now: datetime) -> bool:
        """Whether this moment is in them. Raises InvalidValue for a zone that is not there."""
        local = now.astimezone(_zone(self.zone))
        weekday, clock = local.weekday(), local.time()
        return any(span.contains(weekday, clock) for span in self.spans)


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    return zone_named(name)
