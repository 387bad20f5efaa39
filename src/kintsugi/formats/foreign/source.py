"""A Markdown text in blocks, each with its lines: headings, paragraphs, lists, tables, and the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark")
_PARSER.core.ruler.enableOnly(["normalize", "block"])
_BULLET = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])(?:\s+|$)")
_NUMBER = re.compile(r"\s*(\d{1,9}[.)])(?:\s|$)")
_DELIMITER = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_CELLS = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"(`+)[^`]+?\1(?!`)")
_ATX = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+|$)(.*?)(?:[ \t]+#+)?[ \t]*$")
_ALONE = re.compile(r"^(?P<mark>\*\*|__)(?P<text>[^*_\n][^*\n]{0,98}?)(?P=mark)\s*:?\s*$")


MOST_NESTED = 4
"""Lists in lists: deeper than this they are text."""


class Shape(Enum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    CODE = "code"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list: its lines [start, end), its text without bullet and indent, its number if it has one."""

    start: int
    end: int
    text: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table at its line."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One block; its lines are [start, end), counted from 0.

    A heading has its `level` (7 for a bold line alone) and its text, a list its items, a table its
    head and its rows.
    """

    shape: Shape
    start: int
    end: int
    level: int = 0
    text: str = ""
    items: tuple[Item, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(slots=True)
class Section:
    """A heading and the blocks under it, up to the next heading; level 0 is what stands before the first."""

    level: int
    heading: str
    start: int
    end: int
    blocks: list[Block] = field(default_factory=list)
    first: int = 0
    """The line its content begins on."""


BOLD_LEVEL = 7
"""The level of a line that is bold and alone: below every heading."""


def read_blocks(lines: Sequence[str]) -> list[Block]:
    """The blocks of a text. Lines that no block has (such as the addresses of references) stay out."""
    found: list[Block] = []
    tokens = _PARSER.parse("\n".join(lines))
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = _closing(tokens, at)
        if token.map is not None:
            found += _blocks_of(tokens[at : end + 1], lines)
        at = end + 1
    return found


def _closing(tokens: Sequence[Token], at: int) -> int:
    """Where the token that opens here is closed."""
    depth = 0
    for end in range(at, len(tokens)):
        depth += tokens[end].nesting
        if depth <= 0:
            return end
    return len(tokens) - 1


def _blocks_of(tokens: Sequence[Token], lines: Sequence[str]) -> list[Block]:
    token = tokens[0]
    start, end = token.map or (0, 0)
    if token.type == "heading_open":
        return [Block(Shape.HEADING, start, end, int(token.tag[1]), _title(lines, start, end))]
    if token.type in ("bullet_list_open", "ordered_list_open"):
        return [Block(Shape.LIST, start, end, items=_items(tokens, lines))]
    if token.type == "paragraph_open":
        return _paragraph(lines, start, end)
    code = token.type in ("fence", "code_block")
    return [Block(Shape.CODE if code else Shape.OTHER, start, end)]


def _title(lines: Sequence[str], start: int, end: int) -> str:
    found = _ATX.match(lines[start])
    if found and end - start == 1:
        return found[2].strip()
    return " ".join(line.strip() for line in lines[start : end - 1])


def _items(tokens: Sequence[Token], lines: Sequence[str]) -> tuple[Item, ...]:
    outer = tokens[0].level + 1
    spans = [
        token.map
        for token in tokens
        if token.type == "list_item_open" and token.level == outer and token.map
    ]
    return tuple(
        Item(start, end, item_text(lines[start:end]), _number(lines[start])) for start, end in spans
    )


def _number(line: str) -> str:
    found = _NUMBER.match(line)
    return found[1] if found else ""


def item_text(lines: Sequence[str]) -> str:
    """A list item's lines without the bullet, each as far out as it can be."""
    if not lines:
        return ""
    rest = [line.expandtabs(4) for line in lines[1:]]
    indents = [len(line) - len(line.lstrip()) for line in rest if line.strip()]
    out = min(indents, default=0)
    first = _BULLET.sub("", lines[0], count=1).strip()
    return "\n".join([first, *(line[out:] if line.strip() else "" for line in rest)]).rstrip()


def _paragraph(lines: Sequence[str], start: int, end: int) -> list[Block]:
    """A paragraph; a table within it, and a bold line alone, which people use as headings."""
    for at in range(start + 1, end):
        if "|" in lines[at - 1] and "-" in lines[at] and _DELIMITER.match(lines[at]):
            before = _paragraph(lines, start, at - 1) if at - 1 > start else []
            rows = tuple(Row(n, cells_of(lines[n])) for n in range(at - 1, end) if n != at)
            if len(rows[0].cells) > 1 or "|" in lines[at]:
                return [*before, Block(Shape.TABLE, at - 1, end, rows=rows)]
    alone = _ALONE.match(lines[start].strip())
    if alone:
        head = Block(Shape.HEADING, start, start + 1, BOLD_LEVEL, alone["text"].strip())
        return [head, *(_paragraph(lines, start + 1, end) if end - start > 1 else [])]
    return [Block(Shape.PARAGRAPH, start, end)]


def cells_of(line: str) -> tuple[str, ...]:
    """The cells of a table's row; a pipe in code or behind a backslash ends none."""
    if "`" in line:
        line = _CODE.sub(lambda code: code[0].replace("|", "\\|"), line)
    text = line.strip()
    text = text.removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return tuple(cell.strip().replace("\\|", "|") for cell in _CELLS.split(text))


def read_sections(lines: Sequence[str], blocks: Sequence[Block], *, first: int) -> list[Section]:
    """The text cut at its headings of every level; each line from `first` on belongs to one section."""
    sections = [Section(0, "", first, len(lines), first=first)]
    for block in blocks:
        if block.shape is Shape.HEADING:
            sections[-1].end = block.start
            sections.append(
                Section(block.level, block.text, block.start, len(lines), first=block.end)
            )
        else:
            sections[-1].blocks.append(block)
    return sections
