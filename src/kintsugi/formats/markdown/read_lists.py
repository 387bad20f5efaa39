"""Lists in our Markdown bodies: items, factors, events, actions; as we write them, and as people do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from kintsugi.core.actions.item import ActionItem, ActionStatus, Priority
from kintsugi.core.actions.words import parse_priority
from kintsugi.core.analysis.factors import (
    FACTOR_CATEGORIES,
    GUIDE_CATEGORIES,
    ContributingFactor,
)
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import TIME_EXPECTED, ClockTime, When, parse_date, parse_when
from kintsugi.formats.markdown.escape import unescaped
from kintsugi.formats.markdown.read_facts import CATEGORIES
from kintsugi.formats.markdown.unread import Aside, Misread, quoted

_BULLET = re.compile(r"^(?:[-*+]|\d+\.)[ ]+(.*)$")
_BOX = re.compile(r"^- \[[ xX]\] (?P<label>.*)$")
_BOX_LABELS = frozenset(FACTOR_CATEGORIES[name] for name in GUIDE_CATEGORIES[:-1])
_ACTION = re.compile(
    r"^(?:[-*+]|\d+[.)])[ ]+(?:\[(?P<box>[ xX])\] )?(?P<text>.*?)"
    r"(?: \((?P<priority>CRITICAL|HIGH|MEDIUM|LOW)\))?(?: - (?P<owner>.*))?$",
    re.DOTALL,
)
_EVENT = re.compile(
    r"^- (?P<time>\S+)(?: \[(?P<actor>[^\]]*)\])?(?P<separator> - |: )(?P<key>★ )?(?P<text>.*)$"
)
_CLOCK = (
    r"\d{4}-\d{2}-\d{2}[T ]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?[ ]?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
    r"|\d{1,2}[:.]\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*[AaPp]\.?[Mm]\b\.?)?(?:\s*(?:Z|UTC|GMT)\b)?"
)
_TYPED_EVENT = re.compile(
    rf"^(?:[-*+][ ]+|\d+[.)][ ]+)?(?P<time>[*_`~≈]*(?:{_CLOCK})[*_`:]*)(?:\s*\[(?P<actor>[^\]]*)\])?"
    r"\s*(?:[-–—:|]\s*)?(?P<key>★ )?(?P<text>.*)$",
    re.DOTALL,
)
_ABOUT = re.compile(r"^(?:~|≈|about |approx\.? |ca\.? |c\. )\s*", re.IGNORECASE)
_ZONE = re.compile(r"\s*(?:Z|UTC|GMT)$")
_OWNER = re.compile(
    r"^(?:\[(?P<first>[^\]]+)\] )?(?P<text>.*?)"
    r"(?:,? (?:due|by):? (?P<due>\d{4}-\d{2}-\d{2}))?"
    r"(?:[,;]? \(?(?:owner|assignee): ?@?(?P<owner>[^,;()]+?)\)?)?"
    r"(?:,? (?:due|by):? (?P<until>\d{4}-\d{2}-\d{2}))?$",
    re.IGNORECASE | re.DOTALL,
)
_PRIORITY = re.compile(r"^(?:P[0-3]|critical|high|medium|low)$", re.IGNORECASE)
_NO_ACTION = "No action, because "
_NONE = frozenset({"", "-", "–", "—", "tbd", "tba", "n/a", "na", "none", "?"})
_DAY = re.compile(r"(?P<month>[A-Za-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?", re.IGNORECASE)
_DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)? (?P<month>[A-Za-z]{3,9})\.?", re.IGNORECASE
)


def items(text: str) -> tuple[str, ...]:
    """The items of a list; indented lines belong to the item above, text outside a list is one item each."""
    found: list[list[str]] = []
    for line in text.split("\n"):
        bullet = _BULLET.match(line)
        if bullet:
            found.append([bullet[1]])
        elif found and (line.startswith(" ") or not line.strip()):
            found[-1].append(line.strip())
        elif line.strip():
            found.append([line.strip()])
    return tuple(unescaped("\n".join(lines).strip("\n")) for lines in found)


def factors(text: str, aside: Aside) -> tuple[ContributingFactor, ...]:
    """Contributing factors with their category in brackets; the guide's check boxes are made from them."""
    listed = []
    for line in text.split("\n"):
        box = _BOX.match(line) if aside.has_made else None
        if box and (box["label"] in _BOX_LABELS or box["label"].startswith("Other")):
            aside.made.append(line)
        else:
            listed.append(line)
    found = []
    for item in items("\n".join(listed).strip("\n")):
        name, _, tail = item.rpartition(" (")
        category = CATEGORIES.get(tail.removesuffix(")")) if name and tail.endswith(")") else None
        found.append(ContributingFactor(name, category) if category else ContributingFactor(item))
    return tuple(found)


def entries(
    text: str, aside: Aside, *, bare: re.Pattern[str] | None = None
) -> Iterator[tuple[int, str]]:
    """The items of a list with their lines; an indented line belongs to the item above it.

    A line that is no bullet (and is not like `bare`) is kept aside.
    """
    at, held = 0, ""
    for number, line in enumerate(text.split("\n")):
        if (
            line.startswith("  ")
            and line.strip()
            and held
            and not (bare and bare.match(line.strip()))
        ):
            held += "\n" + line.strip()
            continue
        if held:
            yield at, held
            held = ""
        if _BULLET.match(line) or line.startswith("- ") or (bare and bare.match(line.strip())):
            at, held = number, line if line[:1] in "-*+" or bare is None else line.strip()
        else:
            aside.rest.append(line)
    if held:
        yield at, held


def timeline(text: str, aside: Aside) -> tuple[TimelineEvent, ...]:
    """Events as `- 14:35 - text`, `- 2024-03-15T09:15:00Z: text`, `- **9:50 AM**: text`, `14:35 [who]: text`.

    A bullet without a time is an event without one. Raises Misread for a time that is none.
    """
    return tuple(_event(at, line, aside) for at, line in entries(text, aside, bare=_TYPED_EVENT))


def _event(at: int, line: str, aside: Aside) -> TimelineEvent:
    strict = _EVENT.match(line)
    if strict:
        try:
            when: When | None = parse_when(strict["time"]).when
        except InvalidValue:
            strict = None
        else:
            return _made(strict, when)
    typed = _TYPED_EVENT.match(line)
    if typed:
        return _made(typed, read_time(typed["time"].rstrip(":"), aside, at, line, dated=False))
    said = line[2:].strip()
    if said[:1].isdigit() and re.match(r"\d{1,2}[:.h]?\d*\b", said) and ":" in said[:6]:
        raise Misread(at, f"{quoted(line)} does not begin with a time", TIME_EXPECTED)
    return TimelineEvent(None, unescaped(said.removeprefix("- ")))


def _made(found: re.Match[str], when: When | None) -> TimelineEvent:
    text, actor = unescaped(found["text"]), unescaped(found["actor"] or "")
    return TimelineEvent(when, text, actor, "", bool(found["key"]))


def read_time(text: str, aside: Aside, at: int, row: str, *, dated: bool) -> When | None:
    """A time as people write it: bold, with a zone, about; None for an empty one.

    A clock time in UTC is dated where a day is known. Raises Misread for anything else.
    """
    plain = text.strip().strip("*_`").strip()
    if plain.casefold() in _NONE:
        return None
    exact = _ABOUT.sub("", plain).strip("*_`").strip()
    if exact != plain:
        aside.notes.append(f"{quoted(plain)} is read as {exact}")
    try:
        when = parse_when(exact).when
    except InvalidValue:
        in_utc = _ZONE.sub("", exact)
        try:
            when = parse_when(in_utc).when
        except InvalidValue as error:
            raise Misread(
                at, f"{quoted(plain)} in {quoted(row)} is not a time", TIME_EXPECTED
            ) from error
        dated = dated or in_utc != exact
    if dated and aside.day is not None and isinstance(when, ClockTime):
        return datetime.combine(aside.day, when.at, tzinfo=UTC)
    return when


def read_date(text: str, aside: Aside, at: int, row: str) -> date | None:
    """A day as people write it; without a year, the next such day from the incident's on.

    None for `TBD` and its like. Raises Misread for anything else.
    """
    plain = text.strip().strip("*_`").strip()
    if plain.casefold() in _NONE:
        return None
    try:
        return parse_date(plain)
    except InvalidValue as error:
        found = _DAY.fullmatch(plain) or _DAY_FIRST.fullmatch(plain)
        day = _next_day(found["day"], found["month"], aside.day) if found and aside.day else None
        if day is None:
            raise Misread(
                at, f"{quoted(plain)} in {quoted(row)} is not a date", "2024-03-15, or TBD"
            ) from error
        return day


def _next_day(day: str, month: str, since: date) -> date | None:
    for year in range(since.year, since.year + 9):
        try:
            found = parse_date(f"{int(day)} {month.capitalize()} {year}")
        except InvalidValue:
            continue
        if found >= since:
            return found
    return None


def no_action(text: str) -> str | None:
    """Why there is no action, if the text says so."""
    text = text.strip("\n")
    return unescaped(text.removeprefix(_NO_ACTION)) if text.startswith(_NO_ACTION) else None


def actions(text: str, aside: Aside) -> tuple[ActionItem, ...]:
    """Actions as `- [ ] what (HIGH) - owner`, `- [ ] [Owner] what`, `- [P1] what`, `- what, owner: bob`."""
    found = []
    for at, line in entries(text, aside):
        match = _ACTION.match(line)
        if match is None or not match["text"].strip():
            raise Misread(at, f"{quoted(line)} is no action", "- [ ] what will be done - owner")
        status = ActionStatus.DONE if (match["box"] or " ") in "xX" else ActionStatus.TODO
        priority: Priority | None = parse_priority(match["priority"]) if match["priority"] else None
        action = ActionItem(
            unescaped(match["text"]),
            owner=unescaped(match["owner"] or ""), priority=priority, status=status,
        )  # fmt: skip
        found.append(_with_words(action))
    return tuple(found)


def _with_words(action: ActionItem) -> ActionItem:
    """The action with the owner, priority and day that its description names in ways people write them."""
    first = re.match(r"^\[(P[0-3]|critical|high|medium|low)\] ", action.description, re.IGNORECASE)
    if first and action.priority is None:
        action = replace(
            action,
            priority=parse_priority(first[1]),
            description=action.description[first.end() :],
        )
    said = _OWNER.match(action.description)
    if said is None or not said["text"]:
        return action
    named = [one for one in (action.owner, said["owner"], said["first"]) if one]
    due = said["due"] or said["until"]
    if len(named) > 1 or not (named or due) or (said["due"] and said["until"]):
        return action
    try:
        day = parse_date(due) if due else None
    except InvalidValue:
        return action
    owner = named[0].strip().removeprefix("@") if named and not action.owner else action.owner
    return replace(action, description=said["text"], owner=owner, due=day)
