"""When did it happen? What people type in a hurry, read as a moment."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import ClockTime, parse_duration, parse_when

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
TOLERANCE = timedelta(minutes=1)
"""Clocks differ: so much in the future still counts as now."""
EXPECTED = "such as 03:10, -5m or 2024-03-15T09:15:00Z; nothing for now"
_AGO = re.compile(r"-\s*(?P<length>\d.*)")


def read_happened(text: str, now: datetime, zone: tzinfo = UTC) -> datetime:
    """The moment somebody means: nothing for now, `-5m`, `03:10` (the last one in their zone), or a full time.

    Raises InvalidValue for anything else, and for a time in the future.
    """
    stripped = text.strip()
    if not stripped:
        return now
    ago = _AGO.fullmatch(stripped)
    if ago:
        return past(now - parse_duration(ago["length"]), now)
    try:
        read = parse_when(stripped, zone).when
    except InvalidValue as error:
        raise InvalidValue(error.problem, expected=EXPECTED) from error
    return past(_last(read, now, zone) if isinstance(read, ClockTime) else read, now)


def past(at: datetime, now: datetime) -> datetime:
    """The same moment in UTC. Raises InvalidValue when it is in the future, or before 1970."""
    if at > now + TOLERANCE:
        raise InvalidValue("the time is in the future", expected="a time that has passed")
    if at < EARLIEST:
        raise InvalidValue("the time is before 1970", expected="a time since 1970")
    return at.astimezone(UTC)


def _last(clock: ClockTime, now: datetime, zone: tzinfo) -> datetime:
    today = datetime.combine(now.astimezone(zone).date(), clock.at, tzinfo=zone)
    return today if today <= now + TOLERANCE else today - timedelta(days=1)
