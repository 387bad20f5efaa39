"""The action items of a foreign document: lists, check boxes, tables, with owner, state and tracker."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kintsugi.core.actions.item import ActionItem, ActionStatus, Horizon
from kintsugi.core.actions.words import parse_priority, parse_status, parse_type
from kintsugi.core.language.action_wording import is_verb_first
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.foreign.days import days_in
from kintsugi.formats.foreign.draft import Draft, regions, section_kind, unwrapped, with_breaks
from kintsugi.formats.foreign.headings import (
    Kind,
    horizon_in,
    plain_heading,
    says_done,
)
from kintsugi.formats.foreign.moments import Known
from kintsugi.formats.foreign.people import Said, owner_in, without_brackets
from kintsugi.formats.foreign.source import MOST_NESTED, Block, Row, Section, Shape, read_blocks
from kintsugi.formats.foreign.tables import ActionColumns, action_columns, cell_at, heads_of
from kintsugi.formats.foreign.trackers import ticket_in

_BOX = re.compile(r"^\s*\[(?P<mark>[ xX✓✔]?)\](?![(\[])\s*")
_TICK = re.compile(r"^\s*(?:✅|☑️?|✔️?|:white_check_mark:|:heavy_check_mark:)\s*")
_DONE_NOTE = re.compile(r"[(\[*_]\s*(?:done|completed|finished|fixed|resolved|✅)\b", re.IGNORECASE)
_DONE_CELL = re.compile(r"\b(?:DONE|FIXED|CLOSED)\b")
_STRUCK = re.compile(r"^~~.+~~$", re.DOTALL)
_PRIORITY = re.compile(
    r"^\s*[\[(]?(?P<first>P[0-3])[\])]?[:\s-]+(?=\S)|\s*\((?P<last>P[0-3]|critical|high|medium|low)(?: priority)?\)",
    re.IGNORECASE,
)
_DUE = re.compile(r"\b(?:due|by|deadline|eta)(?: date)?:?\s+(?P<day>[^;.\n]{4,24})", re.IGNORECASE)
_NOTHING = re.compile(
    r"(?:none|n/?a|tbd|tba|no action(?: items?)?(?: needed| required)?|nothing|-+|…|\.+)?[.!]?",
    re.IGNORECASE,
)
_PAST = re.compile(r"^\W*(?:We(?:'ve| have)? )?(?:[A-Z][a-z-]+ly )?[A-Z]?[a-z-]*ed\b")
_GROUP = re.compile(r":(?:\*\*|__)?\s*$")
_FOLLOWING = (Kind.OTHER, Kind.LESSONS, Kind.FACT, Kind.RESOLUTION, Kind.DETECTION)
"""Where a check box outside the sections of actions is a task."""


@dataclass(frozen=True, slots=True)
class Found:
    """An action at its line, counted from 0."""

    line: int
    action: ActionItem


@dataclass(frozen=True, slots=True)
class _Over:
    """What the headings over an action say of it."""

    horizon: Horizon | None = None
    is_done: bool = False
    is_measure: bool = False


def _has_titled_steps(section: Section) -> bool:
    """Whether the actions are numbered lines in bold, so that the bullets between them are their details."""
    numbered = [item for block in section.blocks for item in block.items if item.number]
    lists = [block for block in section.blocks if block.shape is Shape.LIST]
    has_bullets = any(not block.items[0].number for block in lists)
    return has_bullets and bool(numbered) and all(item.text.startswith("**") for item in numbered)


@dataclass(slots=True)
class ActionReader:
    """Reads the actions of a draft; `links` are the addresses of its references."""

    draft: Draft
    known: Known
    links: Mapping[str, str]
    found: list[Found] = field(default_factory=list)

    def read(self) -> list[Found]:
        """The actions under headings that say so, then check boxes wherever else they stand."""
        for part in regions(self.draft.sections, Kind.ACTION_ITEMS):
            top = self._over(part[0], _Over())
            level, over = 0, top
            for section in part:
                if section is not part[0] and (section.level <= level or not level):
                    over, level = self._over(section, top), section.level
                elif section is not part[0]:
                    over = self._over(section, over)
                titled = _has_titled_steps(section)
                for block in section.blocks:
                    if not (titled and block.shape is Shape.LIST and not block.items[0].number):
                        self._block(block, over)
        for section in self.draft.sections:
            if section_kind(section) in _FOLLOWING:
                for block in section.blocks:
                    self._boxes(block)
        self.found.sort(key=lambda one: one.line)
        return self.found

    def _over(self, section: Section, outer: _Over) -> _Over:
        heading = section.heading
        plain = plain_heading(heading)
        return _Over(
            horizon_in(heading) or outer.horizon,
            says_done(heading) or outer.is_done,
            outer.is_measure or ("measure" in plain and "action" not in plain),
        )

    def _block(self, block: Block, over: _Over) -> None:
        if block.shape is Shape.TABLE:
            self._table(block, over)
        elif block.shape is Shape.LIST:
            self._list(block, 0, over)
        elif block.shape is Shape.PARAGRAPH:
            self._lines(block, over)

    def _boxes(self, block: Block) -> None:
        if block.start in self.draft.taken:
            return
        for item in block.items:
            if _BOX.match(item.text) and not _NOTHING.fullmatch(_BOX.sub("", item.text)):
                self._take(item.start, item.end, item.text, _Over())

    def _list(self, block: Block, offset: int, over: _Over, depth: int = 0) -> None:
        for item in block.items:
            start = offset + item.start
            first, *below = item.text.split("\n")
            if _NOTHING.fullmatch(_BOX.sub("", item.text).strip("*_ ")):
                continue
            lists: list[Block] = []
            if depth < MOST_NESTED and _GROUP.search(first) and not _BOX.match(first):
                lists = [one for one in read_blocks(below) if one.shape is Shape.LIST]
            if lists and lists[0].start == 0:
                inner = _Over(
                    horizon_in(first) or over.horizon,
                    says_done(first) or over.is_done,
                    over.is_measure,
                )
                for one in lists:
                    self._list(one, start + 1, inner, depth + 1)
                continue
            self.draft.keep(start, item.number)
            self._take(start, offset + item.end, item.text, over)

    def _lines(self, block: Block, over: _Over) -> None:
        """A paragraph of several lines that each begin with a verb or a box is a list without bullets."""
        lines = self.draft.lines[block.start : block.end]
        boxes = all(_BOX.match(line) for line in lines)
        verbs = len(lines) > 1 and all(
            line.rstrip().endswith((".", "!", ")")) and is_verb_first(line.strip())
            for line in lines
        )
        if boxes or verbs:
            for at, line in enumerate(lines, start=block.start):
                self._take(at, at + 1, line.strip(), over)

    def _take(self, start: int, end: int, written: str, over: _Over) -> None:
        self.draft.take(start, end)
        text, action = self._state(start, written, over)
        text, action = self._priority(start, text, action)
        said = owner_in(text)
        if said.written:
            self.draft.keep(start, said.written)
        action = replace(
            action,
            description=unwrapped(said.text),
            owner=said.owner,
            horizon=over.horizon,
            is_measure=over.is_measure,
            ticket=ticket_in(written, self.links),
        )
        self.found.append(Found(start, self._due(action)))

    def _state(self, line: int, text: str, over: _Over) -> tuple[str, ActionItem]:
        done = over.is_done
        box = _BOX.match(text)
        if box:
            done = bool(box["mark"].strip())
            text = text[box.end() :]
            if done:
                self.draft.keep(line, f"[{box['mark']}]")
        tick = _TICK.match(text)
        if tick:
            done = True
            self.draft.keep(line, tick[0])
            text = text[tick.end() :]
        done = done or bool(_DONE_NOTE.search(text)) or bool(_STRUCK.match(text.strip()))
        if over.is_measure and not box:
            done = done or bool(_PAST.match(text))
        status = ActionStatus.DONE if done else ActionStatus.TODO
        return text, ActionItem("", status=status)

    def _priority(self, line: int, text: str, action: ActionItem) -> tuple[str, ActionItem]:
        found = _PRIORITY.search(text)
        if found is None or (found["last"] and "\n" in text[: found.start()]):
            return text, action
        self.draft.keep(line, found[0])
        priority = parse_priority(found["first"] or found["last"])
        return text[: found.start()] + text[found.end() :], replace(action, priority=priority)

    def _due(self, action: ActionItem) -> ActionItem:
        said = _DUE.search(action.description)
        day = next(days_in(said["day"]), None) if said else None
        return replace(action, due=self.known.date_of(day)) if day else action

    def _table(self, table: Block, over: _Over) -> None:
        heads = heads_of(table)
        columns = action_columns(heads)
        if columns is None:
            return
        self.draft.take(table.start, table.end)
        self.draft.keep(table.start, " | ".join(table.rows[0].cells))
        for row in table.rows[1:]:
            self._row(row, columns, table.rows[0].cells, over)

    def _row(self, row: Row, columns: ActionColumns, heads: Sequence[str], over: _Over) -> None:
        text = cell_at(row.cells, columns.action)
        if _NOTHING.fullmatch(text):
            self.draft.keep(row.line, " | ".join(row.cells))
            return
        text, action = self._state(row.line, text, over)
        said = owner_in(text) if columns.owner is None else Said(text)
        if said.written:
            self.draft.keep(row.line, said.written)
        named = cell_at(row.cells, columns.owner)
        owner = said.owner or without_brackets(named)
        if not owner:
            self.draft.keep(row.line, named)
        ticket = cell_at(row.cells, columns.ticket)
        action = replace(
            action,
            owner=owner,
            horizon=over.horizon,
            is_measure=over.is_measure,
            ticket=ticket_in(ticket or text, self.links) or ticket,
        )
        if ticket and action.ticket != ticket:
            self.draft.keep(row.line, ticket)
        if columns.status is None and _DONE_CELL.search(ticket):
            action = replace(action, status=ActionStatus.DONE)
        beside = [said.text]
        for at, name in self._others(columns, len(row.cells)):
            cell = cell_at(row.cells, at)
            read = self._cell(action, name, cell) if cell and name else None
            if read is not None:
                action = read
                self.draft.keep(row.line, cell)
            elif cell:
                beside.append(f"{cell_at(heads, at)}: {cell}".removeprefix(": "))
        description = "\n".join(with_breaks(part) for part in beside if part)
        self.found.append(Found(row.line, self._due(replace(action, description=description))))

    def _others(self, columns: ActionColumns, count: int) -> Iterator[tuple[int, str]]:
        named = {
            columns.priority: "priority", columns.due: "due", columns.status: "status", columns.type: "type",
            columns.number: "id",
        }  # fmt: skip
        for at in range(count):
            if at not in (columns.action, columns.owner, columns.ticket):
                yield at, named.get(at, "")

    def _cell(self, action: ActionItem, name: str, cell: str) -> ActionItem | None:
        """The action with what a cell says; None if it says it in words of its own."""
        word = cell.strip("*_`[] ")
        try:
            if name == "priority":
                return replace(action, priority=parse_priority(word))
            if name == "type":
                return replace(action, type=parse_type(word))
            if name == "status":
                if (
                    _TICK.match(cell)
                    or says_done(cell)
                    or word.casefold() in ("yes", "x", "closed")
                ):
                    return replace(action, status=ActionStatus.DONE)
                return replace(
                    action, status=parse_status(word.casefold().replace("to do", "todo"))
                )
        except InvalidValue:
            return None
        if name == "id":
            return replace(action, id=cell)
        day = next(days_in(cell), None)
        due = self.known.date_of(day) if day else None
        return replace(action, due=due) if due else None
