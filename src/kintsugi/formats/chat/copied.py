"""Text copied from a chat: `14:32 name: text`, `[14:32] name: text`, `2026-11-21 14:32 <name> text`, `Name  2:32 PM`.

A line that begins with no time goes on with the message before it. A line with nothing but a date sets the day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from kintsugi.core.incidents.chat import ChatLog, ChatMessage
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, one_line
from kintsugi.core.shared.times import ClockTime, When, parse_clock, parse_when, resolve_clock_times
from kintsugi.formats.errors import InputError

EXPECTED = "a time and a message, such as 14:32 Mina: restarting the pool"
LATE = timedelta(minutes=1)
BEFORE = timedelta(hours=6)
"""So long before an incident is known to have begun people may have talked about it."""
MOST_WORDS_OF_A_NAME = 4
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s?[AaPp]\.?[Mm]\b\.?)?"
_DAY = r"\d{4}-\d{2}-\d{2}"
_ZONE = r"(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})"
_STAMP = re.compile(
    rf"(?:[-*•][ \t]+)?(?P<open>[\[(])?(?:(?P<day>{_DAY})[T ,]\s*(?P<dated>{_CLOCK})"
    rf"(?:\s?(?P<zone>{_ZONE}))?|(?P<clock>{_CLOCK})"
    rf"(?:\s?(?P<utc>Z|UTC|GMT))?)(?(open)[\])])(?=$|[\s,:|<-]|[–—])[ \t,:]*(?:[-–—|]+[ \t]+)?(?P<rest>.*)"
)
_HEAD = re.compile(
    rf"(?P<who>\S(?:.{{0,58}}?\S)?)(?:[ \t\xa0]{{2,}}|[ \t\xa0]+(?P<open>[\[(]))(?P<clock>{_CLOCK})(?(open)[\])])\s*"
)
_DATE_LINE = re.compile(rf"[-=#*\s]*(?P<day>{_DAY})[-=#*:\s]*")
_IN_ANGLES = re.compile(r"<(?P<who>[^<>]{1,60})>\s*(?P<said>.*)")
_BEFORE_COLON = re.compile(r"(?P<who>[^\s:<>](?:[^:<>]{0,58}[^\s:<>])?)\s*:(?:\s+(?P<said>.*)|$)")


@dataclass(slots=True)
class _Read:
    """A message as its lines are gathered."""

    line: int
    day: date | None
    clock: str
    moment: datetime | None
    author: str
    said: list[str] = field(default_factory=list)


def read_copied(
    text: str,
    latest: datetime,
    day: date | None,
    zone: tzinfo,
    file: str = "",
    since: datetime | None = None,
) -> ChatLog:
    """The messages of copied text, in the order of their times. Raises InputError with the line that cannot be read."""
    if day is not None:
        _in_range(datetime.combine(day, time(12), tzinfo=UTC), 0, file)
    found = _gathered(clean(text), zone, file)
    if not found:
        raise InputError("there is no message", file=file, line=1, expected=EXPECTED)
    moments, begins = _moments(found, latest, day, zone, file, since)
    messages, left_out = [], 0
    for one, at in zip(found, moments, strict=True):
        said = "\n".join(one.said).strip()
        if said:
            messages.append(ChatMessage(at, one.author, said, one.line))
        else:
            left_out += 1
    notes: tuple[str, ...] = ()
    if begins is not None:
        notes = (f"no date stands in the text: it is taken to begin on {begins.isoformat()}",)
    return ChatLog(tuple(sorted(messages, key=lambda one: one.at)), left_out, notes, begins)


def _gathered(text: str, zone: tzinfo, file: str) -> list[_Read]:
    found: list[_Read] = []
    day: date | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        dated = _DATE_LINE.fullmatch(line)
        if dated:
            day = _date(dated["day"], number, file)
            continue
        begun = _begun(line, day, number, zone, file)
        if begun is not None:
            found.append(begun)
            day = None
        elif found:
            found[-1].said.append(line.rstrip())
        elif line.strip():
            raise InputError("the line has no time", file=file, line=number, expected=EXPECTED)
    return found


def _begun(line: str, day: date | None, number: int, zone: tzinfo, file: str) -> _Read | None:
    """The message that a line begins; None for a line that goes on with another."""
    stamp = _STAMP.match(line)
    if stamp is None:
        head = _HEAD.fullmatch(line)
        if head is None:
            return None
        _clock(head["clock"], number, file)
        return _Read(number, day, head["clock"], None, one_line(head["who"]))
    author, said = _who(stamp["rest"])
    clock = stamp["dated"] or stamp["clock"]
    _clock(clock, number, file)
    if stamp["utc"] and zone.utcoffset(None) != timedelta(0) and zone is not UTC:
        raise InputError(
            "its time is in UTC and has no date", file=file, line=number, expected="the zone UTC chosen for the text"
        )  # fmt: skip
    if stamp["day"]:
        day = _date(stamp["day"], number, file)
    moment = _moment(day, clock, stamp["zone"], number, file) if stamp["zone"] and day else None
    return _Read(number, day, clock, moment, author, [said])


def _who(rest: str) -> tuple[str, str]:
    """Who speaks, and what they say; nobody where no short name stands in front."""
    found = _IN_ANGLES.match(rest) or _BEFORE_COLON.match(rest)
    if found is None or len(found["who"].split()) > MOST_WORDS_OF_A_NAME:
        return "", rest.rstrip()
    return one_line(found["who"]), (found["said"] or "").rstrip()


def _moments(
    found: list[_Read], latest: datetime, day: date | None, zone: tzinfo, file: str, since: datetime | None
) -> tuple[list[datetime], date | None]:  # fmt: skip
    """When each message was sent, and the day it was taken to begin on where nobody and nothing says that."""
    first = next((one.day for one in found if one.day is not None), None)
    begins = day or first
    if begins is not None:
        return _placed(found, begins, zone, file), None
    begins = (since - BEFORE if since is not None else latest).astimezone(zone).date()
    placed = _placed(found, begins, zone, file)
    if since is not None and placed[0] < since - BEFORE:
        begins += timedelta(days=1)
        placed = _placed(found, begins, zone, file)
    over = max(placed) - latest - LATE
    if over > timedelta(0):
        begins -= -(-over // timedelta(days=1)) * timedelta(days=1)
        placed = _placed(found, begins, zone, file)
    return placed, begins


def _placed(found: list[_Read], begins: date, zone: tzinfo, file: str) -> list[datetime]:
    placed: list[datetime] = []
    waiting: list[ClockTime] = []

    def settle(on: date) -> None:
        before = placed[-1:]
        whens: list[When] = [*before, *waiting]
        settled = resolve_clock_times(whens, on, zone)[len(before) :]
        placed.extend(at for at in settled if isinstance(at, datetime))
        waiting.clear()

    current = begins
    for one in found:
        clock = _clock(one.clock, one.line, file)
        if one.moment is None and one.day is None:
            waiting.append(clock)
            continue
        settle(current)
        before = placed[-1] if placed else None
        current = one.day or begins
        placed.append(one.moment or _on(current, clock, before, zone, one.line, file))
    settle(current)
    return [_in_range(at, one.line, file) for at, one in zip(placed, found, strict=True)]


def _on(
    day: date, clock: ClockTime, before: datetime | None, zone: tzinfo, line: int, file: str
) -> datetime:
    """A clock time on its day; its second reading where the clocks went back and the order needs it."""
    if not 1970 <= day.year <= 9000:
        raise _out_of_range(line, file)
    (first,) = resolve_clock_times([clock], day, zone)
    second = datetime.combine(day, clock.at, tzinfo=zone).replace(fold=1).astimezone(UTC)
    if not isinstance(first, datetime):
        raise _out_of_range(line, file)
    return second if before is not None and first < before <= second else first


def _in_range(at: datetime, line: int, file: str) -> datetime:
    if not 1970 <= at.year <= 9000:
        raise _out_of_range(line, file)
    return at


def _out_of_range(line: int, file: str) -> InputError:
    return InputError(
        "the date is out of range", file=file, line=line, expected="a day from 1970 on"
    )


def _clock(written: str, line: int, file: str) -> ClockTime:
    found = parse_clock(written)
    if found is None:
        raise InputError(
            f"{written!r} is no time of day", file=file, line=line, expected="such as 14:32 or 2:32 PM"
        )  # fmt: skip
    return found


def _date(written: str, line: int, file: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise InputError(
            f"{written!r} is no date", file=file, line=line, expected="such as 2026-11-21"
        ) from error


def _moment(day: date, clock: str, zone: str, line: int, file: str) -> datetime:
    try:
        when = parse_when(f"{day.isoformat()} {_clock(clock, line, file)} {zone}").when
    except InvalidValue as error:
        raise InputError(error.problem, file=file, line=line, expected=error.expected) from error
    if not isinstance(when, datetime):
        raise _out_of_range(line, file)
    return _in_range(when, line, file)
