"""Moments as a reader of a document sees them: in the zone of the incident, and the zone named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import zone_named

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def zone_of(name: str) -> tzinfo:
    """The zone of that name; UTC when there is none, or none that is known."""
    if not name:
        return UTC
    try:
        return zone_named(name)
    except InvalidValue:
        return UTC


def local(moment: datetime, zone: tzinfo) -> datetime:
    """The moment on the zone's clocks; as it is where that falls outside the years 1 to 9999."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def zone_words(moment: datetime, zone: tzinfo) -> str:
    """`UTC`, `CET (UTC+1)`, `UTC+5:30`: an abbreviation alone may mean several zones."""
    there = local(moment, zone)
    offset = _offset_words(there.utcoffset() or timedelta(0))
    abbreviation = there.tzname() or ""
    if abbreviation == offset or not abbreviation.isalpha():
        return offset
    return f"{abbreviation} ({offset})"


def _offset_words(offset: timedelta) -> str:
    minutes = round(abs(offset).total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(minutes, 60)
    sign = "-" if offset < timedelta(0) else "+"
    return f"UTC{sign}{hours}:{rest:02d}" if rest else f"UTC{sign}{hours}"


def zones_between(start: datetime, end: datetime, zone: tzinfo) -> str:
    """The zone's name; both its names when the clocks change in between."""
    first, last = zone_words(start, zone), zone_words(end, zone)
    return first if first == last else f"{first}, then {last}"


def day_words(day: date) -> str:
    """`21 Nov 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_day_words(day: date) -> str:
    """`21 Nov`."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def clock_words(moment: datetime, *, with_seconds: bool = False) -> str:
    """`02:31`, of a moment that is in the reader's zone already."""
    return f"{moment:%H:%M:%S}" if with_seconds else f"{moment:%H:%M}"
