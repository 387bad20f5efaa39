"""Tables in our Markdown bodies: events and actions; as we write them, and as people and editors do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as clock_time

from kintsugi.core.actions.item import ActionItem, ActionStatus
from kintsugi.core.actions.words import parse_horizon, parse_priority, parse_status, parse_type
from kintsugi.core.incidents.timeline import EventKind, TimelineEvent
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import When
from kintsugi.formats.markdown.actions import BETWEEN, DETAILS, OWN_LINE
from kintsugi.formats.markdown.escape import uncell
from kintsugi.formats.markdown.links import source_of
from kintsugi.formats.markdown.read_lists import read_date, read_time
from kintsugi.formats.markdown.unread import Aside, Misread, quoted

_BAR = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_SEPARATOR = re.compile(r"^ {0,3}\|?[ ]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)*\|?[ ]*$")
_STATUS_WORDS = {"won't do": "WONT_DO", "won’t do": "WONT_DO", "to do": "TODO", "-": "TODO"}
_EVENT_HEADS = {
    "time": "time", "when": "time", "timestamp": "time", "event": "event", "what": "event",
    "description": "event", "what happened": "event", "who": "who", "actor": "who", "by": "who",
    "actions taken": "actions taken", "actions": "actions taken", "action": "actions taken",
    "action taken": "actions taken", "kind": "kind", "type": "kind", "source": "source",
    "evidence": "source",
}  # fmt: skip
_ACTION_HEADS = {
    "id": "id", "action": "action", "item": "action", "action item": "action", "what": "action",
    "task": "action", "description": "action", "owner": "owner", "who": "owner", "assignee": "owner",
    "priority": "priority", "prio": "priority", "due date": "due", "due": "due", "by when": "due",
    "deadline": "due", "status": "status", "state": "status",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """A table's column heads as written, and its rows of cells with the line of each."""

    heads: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    first: int
    source: Sequence[str]

    def columns(self, names: Mapping[str, str]) -> dict[str, int]:
        """The place of each column we know, by our name; heads with a zone or note in brackets count."""
        found: dict[str, int] = {}
        for place, head in enumerate(self.heads):
            plain = head.strip("*").split(" (")[0].strip().casefold()
            name = names.get(plain)
            if name is not None and name not in found:
                found[name] = place
        return found


def has_table(text: str) -> bool:
    """Whether there is a table in the text."""
    if text.startswith("|") or "\n|" in text:
        return True
    lines = text.split("\n")
    return any(_begins(lines, at) for at in range(len(lines) - 1))


def _begins(lines: Sequence[str], at: int) -> bool:
    return (
        "|" in lines[at] and at + 1 < len(lines) and bool(_SEPARATOR.match(lines[at + 1]))
        and "-" in lines[at + 1]
    )  # fmt: skip


def read_table(text: str, aside: Aside) -> Table:
    """The table in a text; what stands around it is kept aside.

    A row that stands apart (after a remark, say) belongs to it too. Raises Misread for a table that
    has no separator, and for a row with more cells than the table has columns.
    """
    lines = text.split("\n")
    start = next((at for at in range(len(lines) - 1) if _begins(lines, at)), None)
    if start is None:
        at = next((at for at, line in enumerate(lines) if line.startswith("|")), 0)
        problem = f"no row of dashes stands right under the head of the table {quoted(lines[at])}"
        raise Misread(at, problem, "a head, |---|---| under it, then the rows")
    aside.rest.extend(lines[:start])
    heads = tuple(_cells(lines[start], 0))
    rows, places = [], []
    outer = lines[start].lstrip().startswith("|")
    inside, width, other = True, len(heads), False
    for at in range(start + 2, len(lines)):
        line = lines[at]
        cells = _plain_cells(line)
        if len(cells) != width:
            bars = "|" in line
            inside = inside and bars
            if bars and not inside and _begins(lines, at):
                other = True
            if other or not bars or not (inside or (outer and line.lstrip().startswith("|"))):
                aside.rest.append(line)
                other = other and bars
                continue
            cells = _row(line, width, at)
        elif other:
            aside.rest.append(line)
            continue
        rows.append(cells)
        places.append(at)
    return Table(heads, rows, places, start, lines)


def _row(line: str, width: int, at: int) -> list[str]:
    cells = _cells(line, width)
    if len(cells) > width:
        problem = f"the row {quoted(line)} has {len(cells)} cells"
        raise Misread(at, problem, f"{width}, as the table has columns; write | in a text as \\|")
    return cells + [""] * (width - len(cells))


def _plain_cells(line: str) -> list[str]:
    """The cells of a row as we write it, when nothing in it is escaped; else none."""
    if "\\" in line or "<" in line or line[:2] != "| " or line[-2:] != " |":
        return []
    cells = line[2:-2].split(" | ")
    return [cell.strip() for cell in cells] if "  " in line else cells


def _cells(line: str, width: int) -> list[str]:
    """The cells of a row; a bar within code ends a cell only if there are too few cells otherwise."""
    inner = line.strip().removeprefix("|")
    parts = _parts(inner)
    if width and len(parts) > width and "`" in inner:
        hidden = _CODE.sub(lambda code: code[0].replace("\\|", "|").replace("|", "\\|"), inner)
        parts = _parts(hidden)
    while width and len(parts) > width and not parts[-1].strip():
        parts.pop()
    return [uncell(part.strip()) for part in parts]


def _parts(inner: str) -> list[str]:
    parts = _BAR.split(inner) if "\\" in inner else inner.split("|")
    if parts and not parts[-1].strip():
        parts.pop()
    return parts


def timeline(text: str, aside: Aside) -> tuple[TimelineEvent, ...]:
    """Events of a timeline table; clock times under `Time (UTC)` are on the day. Raises Misread."""
    table = read_table(text, aside)
    columns = table.columns(_EVENT_HEADS)
    if "time" not in columns or "event" not in columns:
        raise Misread(
            table.first,
            f"the table {quoted(table.source[table.first])} lacks a column",
            "Time, Event",
        )
    time, event = columns["time"], columns["event"]
    is_utc = "(utc)" in table.heads[time].casefold()
    actor, action, kind, source = (columns.get(name) for name in _MORE)
    more = [place for place in range(len(table.heads)) if place not in columns.values()]
    found = []
    for row, at in zip(table.rows, table.lines, strict=True):
        found.append(
            TimelineEvent(
                _when(row[time], at, table, aside, is_utc=is_utc),
                row[event] if not more else _with_more(row, row[event], more, table),
                row[actor] if actor is not None else "",
                row[action] if action is not None else "",
                row[time].startswith("**"),
                _kind(row[kind], at) if kind is not None and row[kind] else EventKind.NOTE,
                source_of(row[source]) if source is not None else "",
            )
        )
    return tuple(found)


_MORE = ("who", "actions taken", "kind", "source")


def _with_more(row: Sequence[str], said: str, more: Sequence[int], table: Table) -> str:
    """A description with the cells of columns that are none of ours."""
    kept = [f"{table.heads[place]}: {row[place]}" for place in more if row[place]]
    return "\n".join([said, *kept])


def _kind(text: str, at: int) -> EventKind:
    try:
        return EventKind(text)
    except ValueError:
        pass
    try:
        return EventKind(text.strip("*`_ ").casefold())
    except ValueError as error:
        allowed = ", ".join(kind.value for kind in EventKind)
        raise Misread(at, f"{quoted(text)} is not a kind of event", allowed) from error


def _when(text: str, at: int, table: Table, aside: Aside, *, is_utc: bool) -> When | None:
    text = text.strip("*")
    if not text:
        return None
    # Times as the table writes them are read by the standard library's parser, which is ten times as quick.
    if is_utc:
        try:
            if len(text) > len("00:00:00.000000"):
                return datetime.fromisoformat(f"{text}+00:00")
            if aside.day is not None and text[2:3] == ":":
                return datetime.combine(aside.day, clock_time.fromisoformat(text), tzinfo=UTC)
        except ValueError:
            pass
    return read_time(text, aside, at, table.source[at], dated=is_utc)


def actions(text: str, aside: Aside) -> tuple[ActionItem, ...]:
    """Actions of a table. Raises Misread."""
    table = read_table(text, aside)
    columns = table.columns(_ACTION_HEADS)
    if "action" not in columns:
        raise Misread(
            table.first, f"the table {quoted(table.source[table.first])} lacks a column", "Action"
        )
    more = [place for place in range(len(table.heads)) if place not in columns.values()]
    found = []
    for row, at in zip(table.rows, table.lines, strict=True):
        cells = {name: row[place] for name, place in columns.items()}
        cells["action"] = _with_more(row, cells["action"], more, table)
        try:
            found.append(_action(cells, at, table, aside))
        except InvalidValue as error:
            problem = f"{error.problem}, in {quoted(table.source[at])}"
            raise Misread(at, problem, error.expected) from error
    return tuple(found)


def _action(row: Mapping[str, str], at: int, table: Table, aside: Aside) -> ActionItem:
    description, details = _details(row["action"])
    status, priority, due = (
        row.get(name, "").strip("*`") for name in ("status", "priority", "due")
    )

    def day(said: str) -> date | None:
        return read_date(said, aside, at, table.source[at])

    horizon, kind, until = details.get("Horizon"), details.get("Type"), details.get("Until")
    collaborators = details.get("With")
    return ActionItem(
        description,
        row.get("id", ""),
        row.get("owner", ""),
        tuple(collaborators.split(", ")) if collaborators else (),
        parse_priority(priority) if priority not in ("", "-", "–") else None,
        parse_status(_STATUS_WORDS.get(status.casefold(), status)) if status else ActionStatus.TODO,
        parse_type(kind) if kind else None,
        parse_horizon(horizon) if horizon else None,
        day(due) if due and due[0] != "(" else None,
        details.get("Done when", ""),
        source_of(details.get("Ticket", "")),
        source_of(details.get("Evidence", "")),
        details.get("Reason", ""),
        details.get("Approved by", ""),
        day(until) if until else None,
        "Measure" in details,
        details.get("Because", ""),
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
