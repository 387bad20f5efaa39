"""By when? What people type in a hurry, read as a moment to come."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import ClockTime, parse_duration, parse_when

LATEST = timedelta(days=366)
EXPECTED = "such as 20 min, 14:30 or 2024-03-15T09:15:00Z"
_IN = re.compile(r"(?:in|\+)?\s*(?P<length>\d+(?:\.\d+)?\s*[a-zA-Z]+.*)")


def read_due(text: str, now: datetime, zone: tzinfo = UTC) -> datetime:
    """The moment somebody means: `20 min` or `in 2 h` from now, `14:30` (the next one in their zone), or a full time.

    In UTC, to the second. Raises InvalidValue for anything else, for a time that has passed, and for one a year away.
    """
    stripped = text.strip()
    length = _IN.fullmatch(stripped)
    try:
        if length:
            at = now + parse_duration(length["length"])
        else:
            read = parse_when(stripped, zone).when
            at = _next(read, now, zone) if isinstance(read, ClockTime) else read
    except (InvalidValue, OverflowError) as error:
        problem = error.problem if isinstance(error, InvalidValue) else "is too far away"
        raise InvalidValue(problem, expected=EXPECTED) from error
    if at < now:
        raise InvalidValue("the time has passed", expected="a time to come")
    if at > now + LATEST:
        raise InvalidValue("the time is more than a year away", expected="a time within a year")
    return at.astimezone(UTC).replace(microsecond=0)


def _next(clock: ClockTime, now: datetime, zone: tzinfo) -> datetime:
    today = datetime.combine(now.astimezone(zone).date(), clock.at, tzinfo=zone)
    return today if today >= now else today + timedelta(days=1)
