"""The entries of a foreign timeline, in whichever of its shapes: tables, bullets, lines, headings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kintsugi.formats.foreign.draft import (
    Draft,
    Entry,
    regions,
    section_kind,
    unwrapped,
    with_breaks,
)
from kintsugi.formats.foreign.headings import Kind
from kintsugi.formats.foreign.source import MOST_NESTED, Block, Item, Section, Shape, read_blocks
from kintsugi.formats.foreign.stamps import Stamp, read_stamp
from kintsugi.formats.foreign.tables import cell_at, heads_of, is_timeline, timeline_columns

_DASH = re.compile(r"^\s*(?:[-•·–—*+]\s*)?")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_FEW, _MOST = 3, 0.8
"""A list outside a timeline is one when it has at least so many entries, and this part of them begin with a time."""


def read_timeline(draft: Draft) -> None:
    """Find the entries: under headings that say so, else in a list or table that can be nothing else."""
    for part in regions(draft.sections, Kind.TIMELINE):
        _Region(draft, part).read()
    if draft.entries:
        return
    for section in draft.sections:
        if section_kind(section) in (Kind.OTHER, Kind.SUMMARY, Kind.FACT):
            for block in section.blocks:
                if _is_timeline(block):
                    _Region(draft, [section]).block(block)


def _is_timeline(block: Block) -> bool:
    if block.shape is Shape.TABLE:
        return is_timeline(heads_of(block))
    stamps = [read_stamp(item.text) for item in block.items]
    timed = sum(stamp is not None and stamp.at is not None for stamp in stamps)
    return timed >= _FEW and timed >= _MOST * len(stamps)


class _Region:
    """One timeline while it is read: its sections, and the day that was said last."""

    def __init__(self, draft: Draft, sections: Sequence[Section]) -> None:
        self.draft, self.sections = draft, sections
        self.context: Stamp | None = None
        self.pending: Stamp | None = None
        self.pending_line = 0

    def read(self) -> None:
        """Read every section."""
        for at, section in enumerate(self.sections):
            stamp = read_stamp(_DASH.sub("", section.heading)) if at else None
            if stamp is None or stamp.is_unknown:
                self._blocks(section.blocks)
            else:
                self._stamped(section, stamp)

    def _stamped(self, section: Section, stamp: Stamp) -> None:
        """A section whose heading is a time: the day of the entries under it, or an entry itself."""
        if stamp.at is None and any(self._has_entries(block) for block in section.blocks):
            self.context = stamp
            if not _DASH.sub("", section.heading)[stamp.length :].strip():
                self.draft.take(section.start, section.first)
                self.draft.keep(section.start, stamp.whole)
            self._blocks(section.blocks)
            return
        told = [_DASH.sub("", section.heading)[stamp.length :].strip()]
        end = section.first
        for block in section.blocks:
            if block.shape not in (Shape.PARAGRAPH, Shape.LIST):
                break
            told.append("\n".join(self.draft.lines[block.start : block.end]))
            end = block.end
        self.draft.take(section.start, end)
        text = "\n\n".join(unwrapped(part) for part in told if part.strip())
        self._add(section.start, stamp, text)

    def _has_entries(self, block: Block) -> bool:
        if block.shape is Shape.TABLE:
            return True
        if block.shape is Shape.LIST:
            stamps = [read_stamp(item.text) for item in block.items]
            return any(stamp is not None and stamp.at is not None for stamp in stamps)
        if block.shape is not Shape.PARAGRAPH:
            return False
        stamp = read_stamp(_DASH.sub("", self.draft.lines[block.start]))
        return stamp is not None and stamp.at is not None and stamp.is_marked

    def _blocks(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            self.block(block)
        self.pending = None

    def block(self, block: Block) -> None:
        """One block of a timeline."""
        if block.shape is Shape.TABLE:
            self._table(block)
        elif block.shape is Shape.LIST:
            self._list(block, 0)
        elif block.shape is Shape.PARAGRAPH:
            self._lines(block.start, block.end)
        elif block.shape is Shape.CODE:
            self._code(block)
        if block.shape is not Shape.PARAGRAPH:
            self.pending = None

    def _add(
        self, line: int, stamp: Stamp | None, text: str, taken: str = "", actor: str = ""
    ) -> None:
        if stamp is not None and stamp.day is not None:
            self.context = stamp
        if stamp is not None:
            actor = actor or stamp.actor
            self.draft.keep(line, stamp.whole)
        told = with_breaks(unwrapped(text))
        self.draft.entries.append(Entry(line, stamp, told, taken, actor, self.context))

    def _table(self, table: Block) -> None:
        columns = timeline_columns(heads_of(table))
        if columns is None:
            return
        heads = table.rows[0].cells
        named = {*columns.times, columns.event, columns.taken, columns.who}
        self.draft.take(table.start, table.end)
        self.draft.keep(table.start, " | ".join(heads))
        for row in table.rows[1:]:
            cells = row.cells
            written = " ".join(cell for at in columns.times if (cell := cell_at(cells, at)))
            stamp = read_stamp(written, is_cell=True)
            text = cell_at(cells, columns.event)
            beside = written[stamp.length :].strip() if stamp else written
            more = [
                f"{cell_at(heads, at)}: {cell}".removeprefix(": ")
                for at, cell in enumerate(cells)
                if at not in named and cell
            ]
            said = "<br>".join(part for part in (beside, text, *more) if part)
            taken, actor = cell_at(cells, columns.taken), cell_at(cells, columns.who)
            if said or taken:
                self._add(row.line, stamp, said, taken, actor)
            elif stamp or actor:
                self.draft.keep(row.line, f"{written} {actor}")

    def _list(self, block: Block, offset: int, depth: int = 0) -> None:
        for item in block.items:
            stamp = read_stamp(item.text.split("\n", 1)[0])
            if stamp is None:
                continue
            start = offset + item.start
            self.draft.keep(start, item.number)
            below = self._under_day(item, stamp) if depth < MOST_NESTED else []
            if below:
                self.context = stamp
                self.draft.take(start, start + 1)
                self.draft.keep(start, stamp.whole)
                for inner in below:
                    self._list(inner, start + 1, depth + 1)
            else:
                self.draft.take(start, offset + item.end)
                self._add(start, stamp, item.text[stamp.length :])

    def _under_day(self, item: Item, stamp: Stamp) -> list[Block]:
        """The stamped lists under an item that is a day and nothing else."""
        first, *below = item.text.split("\n")
        if stamp.at is not None or stamp.is_unknown or not below:
            return []
        if first[stamp.length :].strip():
            return []
        lists = [block for block in read_blocks(below) if block.shape is Shape.LIST]
        return [block for block in lists if self._has_entries(block)]

    def _lines(self, start: int, end: int) -> None:
        """A paragraph: each line that begins with a time begins an entry."""
        starts: list[tuple[int, Stamp]] = []
        for at in range(start, end):
            stamp = read_stamp(_DASH.sub("", self.draft.lines[at]))
            if stamp is not None and (stamp.is_marked or at == start):
                starts.append((at, stamp))
        if not starts or starts[0][0] != start:
            self._told(start, starts[0][0] if starts else end)
        for number, (at, stamp) in enumerate(starts, start=1):
            self._line(at, starts[number][0] if number < len(starts) else end, stamp)

    def _told(self, start: int, end: int) -> None:
        """Lines without a time: what a time alone on the line before was about, if there is one."""
        if self.pending is None:
            return
        self.draft.take(self.pending_line, self.pending_line + 1)
        self.draft.take(start, end)
        self._add(self.pending_line, self.pending, "\n".join(self.draft.lines[start:end]))
        self.pending = None

    def _line(self, start: int, end: int, stamp: Stamp) -> None:
        first = _DASH.sub("", self.draft.lines[start])[stamp.length :]
        text = "\n".join([first, *(line.strip() for line in self.draft.lines[start + 1 : end])])
        self.pending = None
        if text.strip():
            self.draft.take(start, end)
            self._add(start, stamp, text)
        elif stamp.at is None:
            self.context = stamp
            self.draft.take(start, end)
            self.draft.keep(start, stamp.whole)
        else:
            self.pending, self.pending_line = stamp, start

    def _code(self, block: Block) -> None:
        """A code block in which every line begins with a time is a timeline that somebody pasted."""
        inner = [
            at
            for at in range(block.start, block.end)
            if self.draft.lines[at].strip() and not _FENCE.match(self.draft.lines[at])
        ]
        stamps = [read_stamp(self.draft.lines[at].strip()) for at in inner]
        if len(inner) < 2 or not all(
            stamp is not None and stamp.at is not None for stamp in stamps
        ):
            return
        self.draft.take(block.start, block.end)
        fence = self.draft.lines[block.start]
        if _FENCE.match(fence):
            self.draft.keep(block.start, fence.strip("`~ "))
        for at, stamp in zip(inner, stamps, strict=True):
            if stamp is not None:
                self._add(at, stamp, self.draft.lines[at].strip()[stamp.length :])
