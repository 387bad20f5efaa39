"""A foreign document while it is read: its lines, which of them are taken, and what was found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kintsugi.formats.foreign.headings import Kind, kind_of
from kintsugi.formats.foreign.source import BOLD_LEVEL, Block, Section, Shape
from kintsugi.formats.foreign.stamps import Stamp

_BULLET = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:\s|$)")
_OPAQUE = re.compile(r"\s*(?:```|~~~|\||>|#|    |<)")
_BREAK = re.compile(r"\s*<br\s*/?>\s*", re.IGNORECASE)
_ELLIPSIS = re.compile(r"\n\s*(?:\.{3}|…)\s*$")


EXTRACTED = (Kind.TIMELINE, Kind.ACTION_ITEMS)
"""Kinds of sections whose entries are taken out of the text, wherever they stand."""

LOOKS_BACK = (Kind.WHAT_WENT_WELL, Kind.WHAT_WENT_POORLY, Kind.WHERE_WE_GOT_LUCKY)
"""Lists that often have a bold line as heading, under the lessons."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a timeline as it was found, at its line counted from 0."""

    line: int
    stamp: Stamp | None
    text: str
    action_taken: str = ""
    actor: str = ""
    context: Stamp | None = None
    """The stamp of the heading or line above that gives it its day."""


@dataclass(slots=True)
class Draft:
    """What is known so far.

    `taken` are the lines whose content stands in an entry or an action; `written` keeps, by line, the
    words of a taken line that its entry does not hold, such as the time as it reads.
    """

    lines: Sequence[str]
    sections: list[Section]
    taken: set[int] = field(default_factory=set)
    written: dict[int, list[str]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    def take(self, start: int, end: int) -> None:
        """Account for the lines [start, end)."""
        self.taken.update(range(start, end))

    def keep(self, line: int, text: str) -> None:
        """Keep words of a taken line that are not shown elsewhere."""
        if text.strip():
            self.written.setdefault(line, []).append(text.strip())

    def rest(self, start: int, end: int) -> str:
        """What is not taken of the lines [start, end)."""
        left = (self.lines[at] for at in range(start, end) if at not in self.taken)
        return "\n".join(left).strip("\n").rstrip()


def section_kind(section: Section) -> Kind:
    """What a section is; a bold line alone is a heading only over a few kinds of lists."""
    kind = kind_of(section.heading) if section.level else Kind.OTHER
    if section.level == BOLD_LEVEL and kind not in (*EXTRACTED, *LOOKS_BACK):
        return Kind.OTHER
    return kind


def region(sections: Sequence[Section], at: int, kind: Kind) -> list[Section]:
    """A section of that kind and those under it, but for those that speak of something else."""
    top = sections[at]
    found = [top]
    inner: int | None = None
    for section in sections[at + 1 :]:
        if section.level <= top.level:
            break
        if inner is not None and section.level > inner:
            continue
        inner = None
        if section_kind(section) in (kind, Kind.OTHER, Kind.FACT):
            found.append(section)
        else:
            inner = section.level
    return found


def regions(sections: Sequence[Section], kind: Kind) -> list[list[Section]]:
    """Each part of the document of that kind, outermost sections first, none of them twice."""
    found: list[list[Section]] = []
    seen: set[int] = set()
    for at, section in enumerate(sections):
        if id(section) in seen or section_kind(section) is not kind:
            continue
        part = region(sections, at, kind)
        seen.update(id(one) for one in part)
        found.append(part)
    return found


def with_named_lines(blocks: Iterable[Block], lines: Sequence[str]) -> list[Block]:
    """The blocks, with a line such as `Action Items` right over a list or table as the heading it is."""
    found = list(blocks)
    for at, block in enumerate(found[:-1]):
        if block.shape is not Shape.PARAGRAPH or found[at + 1].shape not in (
            Shape.LIST,
            Shape.TABLE,
            Shape.CODE,
        ):
            continue
        text = lines[block.end - 1].strip()
        if block.end - block.start > 1 or len(text) > 60:
            continue
        if kind_of(text) in (Kind.TIMELINE, Kind.ACTION_ITEMS):
            found[at] = Block(Shape.HEADING, block.start, block.end, BOLD_LEVEL, text)
    return found


def with_breaks(text: str) -> str:
    """A cell's text with its `<br>` as line ends."""
    return _BREAK.sub("\n", text) if "<" in text else text


def unwrapped(text: str) -> str:
    """A text with the lines of each paragraph as one line; lists, code and tables keep theirs."""
    text = _ELLIPSIS.sub("", text.strip())
    if "\n" not in text:
        return text
    if "```" in text or "~~~" in text:
        return text
    found: list[str] = []
    is_open = False
    for line in text.split("\n"):
        plain = line.strip()
        joins = is_open and plain and not _BULLET.match(line) and not _OPAQUE.match(line)
        if joins:
            found[-1] = f"{found[-1]} {plain}"
        elif plain or (found and found[-1]):
            found.append(line.rstrip())
        is_open = bool(plain) and not line.endswith("  ")
    return "\n".join(found).strip()
