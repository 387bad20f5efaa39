"""The stamp at the beginning of an entry: `- **14:35 UTC** - text`, `[03-26 17:40] text`, `On June 3rd: text`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from kintsugi.core.shared.times import parse_clock
from kintsugi.formats.foreign.days import DAY, Day, day_of
from kintsugi.formats.foreign.zones import ZONE, Zone, zone_of

CLOCK = re.compile(
    r"(?<![\d:.])(?:(?P<clock>\d{1,2}[:h]\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?|\d{1,2}\.\d{2}(?=\s*[ap]\.?m\b)|\d{1,2}(?=\s*[ap]\.?m\b))"
    r"(?:\s*(?P<half>[ap]\.?m\b\.?))?(?!\d|:\d)(?:\s*(?:hrs?|hours|h)\b)?"
    r"|(?P<plain>[0-2]\d[0-5]\d)(?=\s*(?:hrs?\b|h\b|UTC\b|Z\b|GMT\b)))",
    re.IGNORECASE,
)
UNKNOWN = re.compile(
    r"(?:\d{4}(?:/\d{2})?-[\d?]{1,2}-[\d?]{1,2}(?:\s+|$))?(?:\d{2}|hh|\?{1,2}|--|xx):(?:mm|\?{1,2}|--|xx)(?!\w)"
    r"|\d{4}(?:/\d{2})?-(?:\?{1,2}-[\d?]{1,2}|\d{1,2}-\?{1,2})|\d{1,2}([/.-])\d{1,2}\1\d{3}(?!\d)|\?{3}|\[time\]",
    re.IGNORECASE,
)
"""Where a time should stand and is not known: `HH:mm`, `2022-05-??`, `14:??`."""

_SPACE = r"(?:[\s,*_`~≈]|&nbsp;)"
_LEAD = re.compile(
    rf"(?:{_SPACE}|[(\[<]|(?:at|on|from|between|by|around|about|approx(?:imately|\.)?|circa|ca\.|roughly|early|late)\b)*",
    re.IGNORECASE,
)
_JOIN = re.compile(
    rf"(?:{_SPACE}|[(\[)\]]|:(?!\S)|-(?=\s*\d)|T(?=\d)|\b(?:at|on|around|about|approx(?:imately|\.)?)\b)*",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b[.,]?", re.IGNORECASE
)
_ZONE = re.compile(rf"\s*[(\[]?\s*(?P<zone>{ZONE})")
_RANGE = re.compile(rf"{_SPACE}*(?:-|–|—|→|/|to\b|until\b|and\b|till\b){_SPACE}*", re.IGNORECASE)
_CLOSE = re.compile(r"[*_`~)\]>]+")
_SEPARATOR = re.compile(r"\s*(?:[-–—:|;,=]+>?|→)(?:[*_`]+(?=\s))?\s*|\s+")
_ACTOR = re.compile(r"\s*\[(?P<actor>[^\]\[()]{1,60})\](?!\()")
_PREFIXED = re.compile(r"\s*(?:on|at|by|around|from)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time as it reads, in parts: the day and the clock that are said, the end of a range, the zone.

    `length` is how much of the text it takes, the separator behind it included.
    """

    text: str
    length: int
    day: Day | None = None
    at: time | None = None
    zone: Zone | None = None
    until: time | None = None
    until_day: Day | None = None
    actor: str = ""
    before: str = ""
    """Words in front of it, such as `On` or `around`."""
    is_marked: bool = True
    """Whether marks, a sign or the end of the line set it off from what follows."""

    @property
    def whole(self) -> str:
        """As it reads, with the words in front of it."""
        return f"{self.before} {self.text}".strip()

    @property
    def is_unknown(self) -> bool:
        """Whether it stands for a time that nobody knew."""
        return self.day is None and self.at is None


def read_stamp(text: str, *, is_cell: bool = False) -> Stamp | None:
    """The stamp a text begins with; None if it begins otherwise. A cell of a table may be all stamp."""
    start = _lead(text)
    unknown = UNKNOWN.match(text, start)
    if unknown:
        return _unknown(text, start, unknown)
    parts = _Parts(text, start)
    parts.read()
    if parts.day is None and parts.at is None:
        return None
    if parts.at is None and parts.is_short:
        return None
    return _ended(text, parts, is_cell)


def _lead(text: str) -> int:
    found = _LEAD.match(text)
    return found.end() if found else 0


def _unknown(text: str, start: int, found: re.Match[str]) -> Stamp:
    day = DAY.match(text, start)
    end = _close(text, found.end())
    known = day_of(day) if day else None
    before = text[:start].strip(" \t\n*_`~≈,([<")
    written = text[start : found.end()].strip()
    return Stamp(written, _separated(text, end), known, before=before)


def _ended(text: str, parts: _Parts, is_cell: bool) -> Stamp | None:
    """The stamp, if what follows it is not the rest of a sentence."""
    start, end = parts.start, _close(text, parts.end)
    actor = _ACTOR.match(text, end) if parts.at is not None else None
    after = actor.end() if actor else end
    separator = _SEPARATOR.match(text, after)
    is_set_off = end > parts.end and start > 0
    if after < len(text) and not separator and not is_set_off:
        return None
    if parts.at is None and after < len(text) and not is_cell:
        sign = separator[0].strip() if separator else ""
        is_line = separator is not None and "\n" in separator[0]
        if not (sign or is_line or is_set_off):
            return None
        if sign == "," and not _PREFIXED.match(text):
            return None
    return Stamp(
        text[start : parts.end].strip().rstrip("*_`,: "),
        separator.end() if separator else after,
        parts.day,
        parts.at,
        parts.zone,
        parts.until,
        parts.until_day,
        actor["actor"].strip() if actor else "",
        text[:start].strip(" \t\n*_`~≈,([<"),
        is_set_off
        or after == len(text)
        or bool(separator and (separator[0].strip() or "\n" in separator[0])),
    )


def _close(text: str, end: int) -> int:
    while True:
        found = _CLOSE.match(text, end)
        if not found:
            return end
        end = found.end()


def _separated(text: str, end: int) -> int:
    found = _SEPARATOR.match(text, end)
    return found.end() if found else end


class _Parts:
    """Reads day, clock, zone and weekday in whatever order they stand, then the end of a range."""

    def __init__(self, text: str, start: int) -> None:
        self.text, self.start, self.end = text, start, start
        self.day: Day | None = None
        self.at: time | None = None
        self.zone: Zone | None = None
        self.until: time | None = None
        self.until_day: Day | None = None
        self.is_short = False

    def read(self) -> None:
        """Take parts until nothing more is one."""
        while True:
            joined = _JOIN.match(self.text, self.end)
            at = joined.end() if joined and self.end > self.start else self.end
            if not (self._weekday(at) or self._day(at) or self._clock(at)):
                break
        if self.at is not None or self.day is not None:
            self._range()

    def _weekday(self, at: int) -> bool:
        found = _WEEKDAY.match(self.text, at)
        if found:
            self.end = found.end()
        return found is not None

    def _day(self, at: int) -> bool:
        found = DAY.match(self.text, at) if self.day is None else None
        day = day_of(found) if found else None
        if found is None or day is None:
            return False
        self.day, self.end, self.is_short = day, found.end(), bool(found["short"])
        return True

    def _clock(self, at: int) -> bool:
        found = CLOCK.match(self.text, at) if self.at is None else None
        clock = clock_of(found) if found else None
        if found is None or clock is None:
            return False
        self.at, self.end = clock, found.end()
        self._zone()
        return True

    def _zone(self) -> None:
        found = _ZONE.match(self.text, self.end)
        zone = zone_of(found["zone"]) if found else None
        if found is not None and zone is not None:
            self.zone, self.end = zone, found.end()

    def _range(self) -> None:
        joined = _RANGE.match(self.text, self.end)
        if not joined:
            return
        at, day = joined.end(), None
        found = DAY.match(self.text, at)
        if found and not found["short"]:
            day = day_of(found)
            if day is not None:
                joined = _JOIN.match(self.text, found.end())
                at = joined.end() if joined else found.end()
        clock = CLOCK.match(self.text, at)
        until = clock_of(clock) if clock else None
        if until is None and (day is None or found is None):
            return
        self.until, self.until_day = until, day
        self.end = (
            clock.end() if clock and until is not None else found.end() if found else self.end
        )
        if self.zone is None:
            self._zone()


def clock_of(found: re.Match[str]) -> time | None:
    """The time of a match of `CLOCK`; a half of the day beside 13 or more, as in `13:55 PM`, says nothing."""
    if found["plain"]:
        written = f"{found['plain'][:2]}:{found['plain'][2:]}"
    else:
        written = found["clock"].replace("h", ":").replace("H", ":")
        if ":" not in written and "." not in written:
            written += ":00"
    half = found["half"] or ""
    hour = int(re.split(r"\D", written, maxsplit=1)[0])
    if half and not 1 <= hour <= 12:
        half = ""
    clock = parse_clock(f"{written} {half}".strip())
    return clock.at if clock else None
