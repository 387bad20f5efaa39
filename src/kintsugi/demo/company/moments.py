"""When things happen in the demo: moments that are told from now, so that the year is always the last one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, tzinfo

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import parse_duration, zone_named

EXPECTED = "such as -120d 09:12, now-64m or clocks-back Europe/Berlin +45m"
SETTLED = timedelta(days=2)
"""A change of the clocks is this old before a story may hang on it."""

_DAY = re.compile(r"-(?P<days>\d+)d (?P<clock>\d\d:\d\d)")
_NOW = re.compile(r"now-(?P<length>\w+)")
_CLOCKS = re.compile(r"clocks-(?P<way>back|forward) (?P<zone>\S+) (?P<length>[-+]\w+)")


def moment(written: str, now: datetime) -> datetime:
    """The moment in UTC: so many days ago at a time, so long ago, or near the last change of a zone's clocks.

    Raises InvalidValue for anything else.
    """
    found = _DAY.fullmatch(written)
    if found:
        day = now.astimezone(UTC).date() - timedelta(days=int(found["days"]))
        return datetime.combine(day, time.fromisoformat(found["clock"]), tzinfo=UTC)
    found = _NOW.fullmatch(written)
    if found:
        return now - parse_duration(found["length"])
    found = _CLOCKS.fullmatch(written)
    zone = zone_named(found["zone"]) if found else None
    if found and zone:
        change = last_change(zone, now - SETTLED, is_back=found["way"] == "back")
        return change + length(found["length"])
    raise InvalidValue(f"{written[:60]!r} is no moment of the demo", expected=EXPECTED)


def length(written: str) -> timedelta:
    """A length with its sign: `+20m`, `-1h40m`, `+3d`. Raises InvalidValue."""
    if written[:1] not in ("+", "-"):
        raise InvalidValue(f"{written[:60]!r} has no sign", expected="such as +20m or -1h40m")
    found = parse_duration(written[1:])
    return -found if written[0] == "-" else found


def last_change(zone: tzinfo, before: datetime, *, is_back: bool) -> datetime:
    """The last full hour before a moment at which a zone's clocks were put back, or forward.

    Raises InvalidValue for a zone whose clocks were not changed in the two years before.
    """
    hour = before.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    for _ in range(2 * 366 * 24):
        earlier = hour - timedelta(hours=1)
        after, ahead = hour.astimezone(zone).utcoffset(), earlier.astimezone(zone).utcoffset()
        if (
            after is not None
            and ahead is not None
            and after != ahead
            and (after < ahead) == is_back
        ):
            return hour
        hour = earlier
    raise InvalidValue(f"the clocks of {zone} do not change", expected="a zone with summer time")
