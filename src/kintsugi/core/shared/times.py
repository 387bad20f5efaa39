"""Times: aware moments, clock times without a date, and durations as people read them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kintsugi.core.shared.errors import InvalidValue


@dataclass(frozen=True, slots=True, order=True)
class ClockTime:
    """A time of day whose date is not known, as `14:35` in a timeline."""

    at: time

    def __str__(self) -> str:
        return written_time(self.at)


When = datetime | ClockTime
"""A moment (aware, UTC inside), or a clock time as long as its date and zone are not known."""

MAX_JITTER = timedelta(hours=1)
"""A listed clock time that steps back by less than this was noted late, not after midnight."""

_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
)
_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})[T\s]+(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)"
    r"\s*(?P<zone>Z|z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
)
TIME_EXPECTED = "an ISO time such as 2024-03-15T09:15:00Z, or a clock time such as 14:35"
DATE_EXPECTED = "a date such as 2024-03-15"


def written_time(at: time) -> str:
    """HH:MM, with seconds and microseconds only when there are some."""
    text = f"{at.hour:02d}:{at.minute:02d}"
    if at.second or at.microsecond:
        text += f":{at.second:02d}"
    if at.microsecond:
        text += f".{at.microsecond:06d}"
    return text


def written_moment(at: datetime) -> str:
    """ISO 8601 in UTC: 2024-03-15T09:15:00Z."""
    moment = at if at.tzinfo is UTC else at.astimezone(UTC)
    return moment.isoformat()[: -len("+00:00")] + "Z"


def written_when(when: When) -> str:
    """A moment in ISO 8601, a clock time as HH:MM."""
    return written_moment(when) if isinstance(when, datetime) else str(when)


@lru_cache(maxsize=4096)
def parse_clock(text: str) -> ClockTime | None:
    """Read `14:35`, `9:05:30`, `09:50 AM`; None if the text is no clock time."""
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        return None
    hour, minute = int(found["hour"]), int(found["minute"])
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"][0] in "Pp" else 0)
    second = int(found["second"] or 0)
    fraction = int((found["fraction"] or "0").ljust(6, "0")[:6])
    if hour > 23 or minute > 59 or second > 59:
        return None
    return ClockTime(time(hour, minute, second, fraction))


def zone_named(name: str) -> tzinfo:
    """The zone of an IANA name such as Europe/Berlin.

    Raises InvalidValue for a name the zone database does not have.
    """
    if name.upper() in ("UTC", "Z", "GMT"):
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidValue(
            f"{name[:60]!r} is not a time zone",
            expected="an IANA name such as Europe/Berlin or UTC",
        ) from error


@dataclass(frozen=True, slots=True)
class ReadTime:
    """A time as it was read; `is_naive` when it gave no zone of its own and UTC or the zone given was used."""

    when: When
    is_naive: bool = False


def parse_when(text: str, zone: tzinfo = UTC) -> ReadTime:
    """Read a moment or a clock time; a moment without offset is taken in `zone`.

    Raises InvalidValue for anything else.
    """
    stripped = text.strip()
    clock = parse_clock(stripped) if len(stripped) < 16 else None
    if clock is not None:
        return ReadTime(clock)
    moment = _read_moment(stripped)
    if moment is None:
        raise InvalidValue(f"{stripped[:60]!r} is not a time", expected=TIME_EXPECTED)
    if moment.tzinfo is None:
        return ReadTime(_as_utc(moment.replace(tzinfo=zone)), is_naive=True)
    return ReadTime(_as_utc(moment))


def _read_moment(text: str) -> datetime | None:
    if text[10:11] == "T":
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    found = _MOMENT.fullmatch(text)
    if not found:
        return None
    clock = parse_clock(found["clock"])
    if clock is None:
        return None
    zone = found["zone"] or ""
    suffix = "+00:00" if zone.upper() in ("Z", "UTC", "GMT") else zone
    try:
        return datetime.fromisoformat(f"{found['date']}T{clock.at.isoformat()}{suffix}")
    except ValueError:
        return None


def _moment_of(day: date, at: time, zone: tzinfo) -> datetime:
    """A clock time on a day: its first reading where it stands twice; the change where the clocks skipped it."""
    local = datetime.combine(day, at, tzinfo=zone)
    first, second = _as_utc(local), _as_utc(local.replace(fold=1))
    if first <= second:
        return first
    # Skipped: the two offsets cross, and the clocks changed between the two readings they give.
    before, after = second, first
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _as_utc(moment: datetime) -> datetime:
    if moment.tzinfo is UTC:
        return moment
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise InvalidValue(
            "the time is outside the years 1 to 9999", expected=TIME_EXPECTED
        ) from error


def parse_date(text: str) -> date:
    """Read `2024-03-15`, an ISO moment's date, `15 March 2024` or `Mar 15, 2024`.

    Raises InvalidValue for anything else, the ambiguous 03/04/2024 among it.
    """
    stripped = text.strip()
    try:
        return date.fromisoformat(stripped)
    except ValueError:
        pass
    moment = _read_moment(stripped)
    if moment is not None:
        return moment.date()
    words = stripped.replace(",", " ").split()
    for form in ("%d %B %Y", "%B %d %Y", "%d %b %Y", "%b %d %Y"):
        try:
            return datetime.strptime(" ".join(words), form).date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
    raise InvalidValue(f"{stripped[:60]!r} is not a date", expected=DATE_EXPECTED)


def resolve_clock_times(whens: Sequence[When], day: date, zone: tzinfo) -> list[When]:
    """Give clock times their date: they stand in order, starting on `day` in `zone`, across midnight.

    A clock time that steps back by less than `MAX_JITTER` was written down late and stays where it
    belongs, on the day before if midnight lies between; one that steps back further is the next
    day's. When the clocks go back, the second reading of an hour is taken where the order needs it;
    a time the clocks skipped is the moment of the change, so that it stays between its neighbours.
    Moments are kept and set the day for what follows.
    """
    resolved: list[When] = []
    current, before = day, None
    for when in whens:
        if isinstance(when, datetime):
            resolved.append(when)
            before, current = when, when.astimezone(zone).date()
            continue
        moment = _placed(current, when.at, zone, before)
        current = moment.astimezone(zone).date()
        resolved.append(moment)
        before = moment if before is None else max(before, moment)
        current = max(current, before.astimezone(zone).date())
    return resolved


def _placed(day: date, at: time, zone: tzinfo, before: datetime | None) -> datetime:
    first = _moment_of(day, at, zone)
    if before is None:
        return first
    if first >= before:
        earlier = _days_on(day, -1, at, zone)
        return earlier if earlier is not None and before - earlier < MAX_JITTER else first
    second = _as_utc(datetime.combine(day, at, tzinfo=zone).replace(fold=1))
    if second >= before:
        return second
    later = _days_on(day, 1, at, zone)
    return first if later is None or before - first < MAX_JITTER else later


def _days_on(day: date, count: int, at: time, zone: tzinfo) -> datetime | None:
    """That clock time so many days on; None outside the years 1 to 9999."""
    try:
        return datetime.combine(day + timedelta(days=count), at, tzinfo=zone).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def between(start: When | None, end: When | None) -> timedelta | None:
    """How long from one time to the other; None unless both are moments, or both clock times in order."""
    if isinstance(start, datetime) and isinstance(end, datetime):
        return end - start
    if isinstance(start, ClockTime) and isinstance(end, ClockTime):
        day = date(2000, 1, 1)
        gap = datetime.combine(day, end.at) - datetime.combine(day, start.at)
        return gap if gap >= timedelta(0) else gap + timedelta(days=1)
    return None


def minutes(span: timedelta) -> int | float:
    """The span in minutes; a whole number when it is one."""
    exact = span / timedelta(minutes=1)
    return int(exact) if exact == int(exact) else exact


def written_duration(span: timedelta) -> str:
    """For readers: `45 min`, `1 h 30 min`, `2 d 3 h`, `40 s`."""
    seconds = int(abs(span).total_seconds())
    sign = "-" if span < timedelta(0) else ""
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    mins, secs = divmod(rest, 60)
    if days:
        parts = [f"{days} d", f"{hours} h" if hours else "", f"{mins} min" if mins else ""]
    elif hours:
        parts = [f"{hours} h", f"{mins} min" if mins else ""]
    elif mins:
        parts = [f"{mins} min", f"{secs} s" if secs else ""]
    else:
        parts = [f"{secs} s"]
    return sign + " ".join(part for part in parts if part)


MAX_DURATION = timedelta(days=3660)
_PART = re.compile(r"(?P<amount>\d+(?:[.,]\d+)?)\s*(?P<unit>[a-z]+)")
_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_UNIT_WORDS = re.compile(
    r"w|weeks?|d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?",
)
_ISO_DURATION = re.compile(
    r"P(?:(?P<d>\d+)D)?(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?"
)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
DURATION_EXPECTED = "minutes as a number, or such as 45 minutes, 1 h 30 min, PT45M"


def parse_duration(text: str) -> timedelta:
    """Read `45` (minutes), `45 minutes`, `1 h 30 min`, `1.5 hours` or `PT1H30M`.

    Raises InvalidValue for anything else, for negative ones and for more than ten years.
    """
    stripped = text.strip().casefold().removeprefix("~").strip()
    problem = InvalidValue(f"{text.strip()[:60]!r} is not a duration", expected=DURATION_EXPECTED)
    try:
        return duration_of(float(_plain_number(stripped)))
    except (ValueError, OverflowError):
        pass
    iso = _ISO_DURATION.fullmatch(stripped.upper())
    if iso and len(stripped) > 2:
        return duration_of(sum(float(iso[unit] or 0) * _UNITS[unit] for unit in "dhms") / 60)
    seconds, rest = 0.0, stripped
    for part in _PART.finditer(stripped):
        if not _UNIT_WORDS.fullmatch(part["unit"]):
            raise problem
        seconds += float(part["amount"].replace(",", ".")) * _UNITS[part["unit"][0]]
        rest = rest.replace(part[0], "", 1)
    if rest == stripped or rest.replace("and", "").strip(" ,"):
        raise problem
    return duration_of(seconds / 60)


def _plain_number(text: str) -> str:
    """`1,200` is twelve hundred, `30,5` thirty and a half."""
    return text.replace(",", "" if _THOUSANDS.fullmatch(text) else ".")


def duration_of(count: float) -> timedelta:
    """So many minutes as a span. Raises InvalidValue when negative, not finite, or over ten years."""
    if not 0 <= count <= MAX_DURATION / timedelta(minutes=1):
        shown = f"{count:g}"
        problem = (
            "the duration is negative"
            if count < 0
            else f"{shown} minutes is no duration of an incident"
        )
        raise InvalidValue(problem, expected="0 or more minutes, at most ten years")
    return timedelta(minutes=count)
