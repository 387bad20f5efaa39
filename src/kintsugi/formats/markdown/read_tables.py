"""Tables in our Markdown bodies: events and actions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as clock_time

from kintsugi.core.actions.item import ActionItem, ActionStatus
from kintsugi.core.actions.words import parse_horizon, parse_priority, parse_status, parse_type
from kintsugi.core.incidents.timeline import EventKind, TimelineEvent
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import When, parse_date
from kintsugi.formats.markdown.actions import BETWEEN, DETAILS, OWN_LINE
from kintsugi.formats.markdown.escape import uncell
from kintsugi.formats.markdown.links import source_of
from kintsugi.formats.markdown.read_lists import read_time

_BAR = re.compile(r"(?<!\\)\|")
_STATUS_WORDS = {"won't do": "WONT_DO", "to do": "TODO"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table's column heads, in lower case, and its rows of cells."""

    heads: tuple[str, ...]
    rows: tuple[list[str], ...]

    def column(self, head: str) -> int | None:
        """The place of a column; None if the table does not have it."""
        return self.heads.index(head) if head in self.heads else None


def read_table(text: str) -> Table | None:
    """The table a text is; None if a line does not fit."""
    lines = text.split("\n")
    if len(lines) < 3:
        return None
    heads = tuple(head.casefold() for head in _cells(lines[0]))
    found = []
    for line in lines[2:]:
        cells = _plain_cells(line)
        if len(cells) != len(heads):
            cells = _cells(line)
        if len(cells) != len(heads):
            return None
        found.append(cells)
    return Table(heads, tuple(found))


def _plain_cells(line: str) -> list[str]:
    """The cells of a row as we write it, when nothing in it is escaped; else none."""
    if "\\" in line or "<" in line or line[:2] != "| ":
        return []
    return line[2:-2].split(" | ")


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    parts = _BAR.split(inner) if "\\" in inner else inner.split("|")
    if parts and not parts[-1].strip():
        parts.pop()
    return [uncell(part.strip()) for part in parts]


def timeline(text: str, day: date | None) -> tuple[TimelineEvent, ...] | None:
    """Events of a timeline table; clock times under `Time (UTC)` are on `day`. None if a row is none."""
    table = read_table(text)
    if table is None or "event" not in table.heads:
        return None
    is_utc = "time (utc)" in table.heads
    time = table.column("time (utc)" if is_utc else "time")
    event = table.heads.index("event")
    if time is None:
        return None
    actor, action, kind, source = (table.column(head) for head in _MORE)
    try:
        return tuple(
            TimelineEvent(
                _when(row[time].strip("*"), day) if is_utc else read_time(row[time].strip("*")),
                row[event],
                row[actor] if actor is not None else "",
                row[action] if action is not None else "",
                row[time].startswith("**"),
                EventKind(row[kind]) if kind is not None and row[kind] else EventKind.NOTE,
                source_of(row[source]) if source is not None else "",
            )
            for row in table.rows
        )
    except (InvalidValue, ValueError):
        return None


_MORE = ("who", "actions taken", "kind", "source")


def _when(text: str, day: date | None) -> When | None:
    if not text:
        return None
    # Times as the table writes them are read by the standard library's parser, which is ten times as quick.
    try:
        if len(text) > len("00:00:00.000000"):
            return datetime.fromisoformat(f"{text}+00:00")
        if day is not None:
            return datetime.combine(day, clock_time.fromisoformat(text), tzinfo=UTC)
    except ValueError:
        pass
    return read_time(text)


def actions(text: str) -> tuple[ActionItem, ...] | None:
    """Actions of a table; None if a row is none."""
    table = read_table(text)
    if table is None:
        return None
    try:
        return tuple(_action(dict(zip(table.heads, row, strict=True))) for row in table.rows)
    except (InvalidValue, KeyError):
        return None


def _action(row: Mapping[str, str]) -> ActionItem:
    description, details = _details(row["action"])
    status = row.get("status", "")
    horizon, kind, until = details.get("Horizon"), details.get("Type"), details.get("Until")
    collaborators = details.get("With")
    return ActionItem(
        description,
        row.get("id", ""),
        row["owner"],
        tuple(collaborators.split(", ")) if collaborators else (),
        parse_priority(row["priority"]) if row["priority"] else None,
        parse_status(_STATUS_WORDS.get(status.casefold(), status)) if status else ActionStatus.TODO,
        parse_type(kind) if kind else None,
        parse_horizon(horizon) if horizon else None,
        parse_date(row["due date"]) if row["due date"] and row["due date"][0] != "(" else None,
        details.get("Done when", ""),
        source_of(details.get("Ticket", "")),
        source_of(details.get("Evidence", "")),
        details.get("Reason", ""),
        details.get("Approved by", ""),
        parse_date(until) if until else None,
        "Measure" in details,
    )


_DETAIL_NAMES = frozenset(name for name, _ in DETAILS)


def _details(text: str) -> tuple[str, dict[str, str]]:
    """An action's description, and the named lines that end it."""
    lines = text.split("\n")
    found: dict[str, str] = {}
    while len(lines) > 1:
        line = lines[-1]
        parts = [line] if line.split(": ", 1)[0] in OWN_LINE else line.split(BETWEEN)
        named = [part.partition(": ") for part in parts]
        if not all(
            colon and name in _DETAIL_NAMES and name not in found for name, colon, _ in named
        ):
            break
        found.update({name: said for name, _, said in named})
        lines.pop()
    return "\n".join(lines), found
