"""One line typed in a hurry: a note, or a command such as `/decide`, with when it happened in front."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType

from kintsugi.core.incidents.command import role_named
from kintsugi.core.incidents.happened import read_happened
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity

NOTED = MappingProxyType(
    {
        "note": EventKind.NOTE,
        "decide": EventKind.DECISION,
        "action": EventKind.ACTION,
        "deploy": EventKind.DEPLOY,
        "message": EventKind.MESSAGE,
        "update": EventKind.MESSAGE,
    }
)
"""The commands that write down what happened."""
UPDATE = "update"
"""A message that everybody waits for: it is important, and from it the next one is due."""
MITIGATED = "mitigated"
"""What people say for monitoring: a fix is in."""
COMMANDS = (*NOTED, "status", "sev", "role", "task")
ALIKE = 0.75
"""From this likeness on (of difflib) a word is a command mistyped: `statsu` is, `page` is none."""
_COMMAND = re.compile(r"/(?P<name>[A-Za-z]+)(?:\s+|$)")
_WHEN = re.compile(r"(?P<when>\d{1,2}:\d{2}|-\d[\d.]*\s?(?:s|sec|m|min|h|d))\s+")
_WORD = re.compile(r"(?P<word>\S+)\s*[:,]?\s*(?P<rest>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class QuickNote:
    """Something to write down. `at` is None for now; `problem` says why a command stayed a note.

    `meant` is the command of ours that was meant and cannot be done, or is all but spelled.
    """

    text: str
    kind: EventKind = EventKind.NOTE
    at: datetime | None = None
    problem: str = ""
    important: bool = False
    meant: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class QuickStatus:
    """The incident moves on."""

    to: IncidentStatus
    reason: str


@dataclass(frozen=True, slots=True)
class QuickSeverity:
    """Another severity, with the reason for it."""

    to: Severity
    reason: str


@dataclass(frozen=True, slots=True)
class QuickRole:
    """Whoever types it holds a role from now on."""

    role: str


@dataclass(frozen=True, slots=True)
class QuickTask:
    """Something is to be done, by whoever types it when it begins with `me`."""

    text: str
    is_mine: bool


QuickEntry = QuickNote | QuickStatus | QuickSeverity | QuickRole | QuickTask


def read_quick_entry(text: str, now: datetime, zone: tzinfo = UTC) -> QuickEntry:
    """What the line asks for. It never refuses: what is no command of ours stays a note, word for word.

    The time may stand before or after the command; a status, severity, role or task changes now, so one with
    a time stays a note too.
    """
    typed = text.strip()
    at, rest = _time_of(typed, now, zone)
    found = _COMMAND.match(rest)
    if found is None:
        return QuickNote(rest, at=at) if rest else QuickNote(typed)
    name, rest = found["name"].casefold(), rest[found.end() :]
    if at is None:
        at, rest = _time_of(rest, now, zone)
    if name not in COMMANDS:
        near = next(iter(difflib.get_close_matches(name, COMMANDS, 1, ALIKE)), "")
        hint = f", but /{near}" if near else ""
        return QuickNote(typed, problem=f"there is no command /{name}{hint}", meant=near)
    if not rest.strip():
        return QuickNote(typed, problem=f"/{name} has no text", meant=name)
    if name in NOTED:
        return QuickNote(rest.strip(), NOTED[name], at, important=name == UPDATE)
    if at is not None:
        problem = f"/{name} takes effect now, so it takes no time"
        return QuickNote(typed, problem=problem, meant=name)
    made = _CHANGES[name](typed, rest)
    return replace(made, meant=name) if isinstance(made, QuickNote) else made


def _time_of(text: str, now: datetime, zone: tzinfo) -> tuple[datetime | None, str]:
    """The moment a text begins with, and the text after it."""
    found = _WHEN.match(text)
    if found is None:
        return None, text
    try:
        return read_happened(found["when"], now, zone), text[found.end() :]
    except InvalidValue:
        return None, text


def _status(typed: str, rest: str) -> QuickEntry:
    word, reason = _split(rest)
    if word.casefold() == MITIGATED:
        return QuickStatus(IncidentStatus.MONITORING, reason)
    try:
        return QuickStatus(IncidentStatus(word.casefold()), reason)
    except ValueError:
        known = ", ".join(status.value for status in IncidentStatus)
        return QuickNote(typed, problem=f"/status knows {known}")


def _severity(typed: str, rest: str) -> QuickEntry:
    word, reason = _split(rest)
    try:
        to = parse_severity(word)
    except InvalidValue:
        return QuickNote(typed, problem="/sev knows 1 to 5")
    if not reason:
        return QuickNote(typed, problem="/sev needs a reason after the severity")
    return QuickSeverity(to, reason)


def _role(typed: str, rest: str) -> QuickEntry:
    try:
        return QuickRole(role_named(rest))
    except InvalidValue:
        return QuickNote(typed, problem="/role knows scribe, technical lead and the like")


def _task(typed: str, rest: str) -> QuickEntry:
    word, more = _split(rest)
    is_mine = word.casefold() == "me" and bool(more)
    said = more if is_mine else rest.strip()
    if "\n" in said:
        return QuickNote(typed, problem="/task has one line")
    return QuickTask(said, is_mine)


_CHANGES = MappingProxyType({"status": _status, "sev": _severity, "role": _role, "task": _task})
"""The commands that change something now."""


def _split(rest: str) -> tuple[str, str]:
    found = _WORD.fullmatch(rest.strip())
    return (found["word"].rstrip(":,"), found["rest"].strip()) if found else ("", "")
