"""Tables for the typst template: columns as wide as what stands in them, none narrower than its words.

Typst shares out a page by the columns' whole lines, so that words of neighbours may collide; here
each column gets its longest word first, and what is left goes where the text is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from markdown_it.token import Token

from kintsugi.formats.pdf.inlines import Node, inlines_broken_by, parted
from kintsugi.formats.svg.elements import width_of

WIDTH = 504
"""How many points of an A4 page lie between our margins."""

_GUTTER = 10
_MONO = 0.56
_HEAD = 0.9
_WIDEST_WORD = 0.3
_LEAST = 0.12
"""Of the room: what a column with a line twice as long gets at least, so that it is not read a word a line."""

_MOST_STRETCH = 1.6
_MOST_WHOLE = 1_000
_WORD_ENDS = re.compile(r"\s+|(?<=[\w)]-)(?=[^\W\d])")
"""Typst breaks lines after a hyphen too, but not before a digit."""


@dataclass(frozen=True, slots=True)
class _Column:
    """What a column asks for, in points: its least, with its longest word; its longest line; how much it says."""

    least: float
    line: float
    weight: float


def table_of(tokens: Sequence[Token], room: float = WIDTH) -> Node:
    """A table as its columns (`[alignment, percent of the room]`), its head, the cells of all rows, and its measures.

    The measures are the size of the text, half the gutter, and whether rows stay on one page.
    """
    alignments, rows = _read(tokens)
    count = max(1, len(alignments))
    size = _size(count, room)
    gutter = min(_GUTTER, room / count / 5)
    columns = [
        _column([row[n] for row in rows if n < len(row)], size, room)
        for n in range(len(alignments))
    ]
    widths = _shared(columns, room - gutter * (count - 1))
    described: list[Node] = [
        [alignment, round(100 * (width + _gutters(n, count, gutter)) / room, 3)]
        for n, (alignment, width) in enumerate(zip(alignments, widths, strict=True))
    ]
    cells = [
        [_cell(cell, width, size) for cell, width in zip(row, widths, strict=False)] for row in rows
    ]
    longest = max((len(cell.content) for row in rows for cell in row), default=0)
    head, body = cells[0] if cells else [], [cell for row in cells[1:] for cell in row]
    return ["table", described, head, body, [size, gutter / 2, longest < _MOST_WHOLE]]


def _read(tokens: Sequence[Token]) -> tuple[list[str], list[list[Token]]]:
    rows: list[list[Token]] = []
    alignments: list[str] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "th_open":
            alignments.append(str(token.attrs.get("class", "left")))
        elif token.type == "inline" and rows:
            rows[-1].append(token)
    return alignments, rows


def _size(count: int, room: float) -> float:
    """Smaller where many columns share the room."""
    if count > 7:
        return max(1.5, min(6.5, round(room / count / 2.5, 1)))
    return 8.8 if count > 4 else 9.5


def _gutters(number: int, count: int, gutter: float) -> float:
    """The outer columns have room on one side only."""
    return gutter / 2 * ((number > 0) + (number < count - 1))


def _column(cells: Sequence[Token], size: float, room: float) -> _Column:
    words, lines, said = [0.0], [size], [0.0]
    for n, cell in enumerate(cells):
        measured = _measure(cell, size * (_HEAD if n == 0 else 1))
        words.append(max(map(measured, _words(cell)), default=0))
        wide = [measured(line) for line in _lines(cell)]
        lines += wide
        said.append(sum(wide))
    is_long = max(lines) > 2 * _LEAST * room
    least = max(*words, _LEAST * room if is_long else 0)
    return _Column(least=min(least, _WIDEST_WORD * room), line=max(lines), weight=hypot(*said) or 1)


def _measure(cell: Token, size: float) -> Callable[[str], float]:
    """How wide words of the cell are, on the large side."""
    kinds = {child.type for child in cell.children or ()}
    is_bold, has_code = "strong_open" in kinds, "code_inline" in kinds

    def measured(text: str) -> float:
        inter = width_of(text, size, is_bold=is_bold)
        return max(inter, len(text) * _MONO * size + 2) if has_code else inter

    return measured


def _lines(cell: Token) -> Iterator[str]:
    """What stands on lines of its own, as words without marks."""
    line = ""
    for child in cell.children or ():
        if child.type == "hardbreak":
            yield line
            line = ""
        else:
            line += {"softbreak": " ", "task_box": "xx "}.get(child.type, child.content)
    yield line


def _words(cell: Token) -> Iterator[str]:
    for line in _lines(cell):
        yield from filter(None, _WORD_ENDS.split(line))


def _shared(columns: Sequence[_Column], room: float) -> list[float]:
    """How the columns share the room: whole lines if those fit, else words first and then by what they say."""
    whole = sum(column.line for column in columns)
    if whole <= room:
        stretch = min(_MOST_STRETCH, room / whole) if whole else 0
        return [column.line * stretch for column in columns]
    words = _capped([column.least for column in columns], room)
    widths = dict(enumerate(words))
    open_columns = dict(enumerate(columns))
    while open_columns:
        left = room - sum(widths[n] for n in widths if n not in open_columns)
        weight = sum(column.weight for column in open_columns.values())
        asked = {n: left * column.weight / weight for n, column in open_columns.items()}
        # Words come first: only when none is cut does a column stop at its longest line.
        closed = {n: words[n] for n in asked if asked[n] < words[n]} or {
            n: columns[n].line for n in asked if asked[n] > max(words[n], columns[n].line)
        }
        widths |= closed or asked
        open_columns = {n: column for n, column in open_columns.items() if n not in closed}
        if not closed:
            break
    return _filled([widths[n] for n in range(len(columns))], columns, room)


def _filled(widths: Sequence[float], columns: Sequence[_Column], room: float) -> list[float]:
    """What was left over, shared among the columns whose lines are longer than they are wide."""
    missing = [max(0.0, column.line - width) for column, width in zip(columns, widths, strict=True)]
    share = max(0.0, room - sum(widths)) / (sum(missing) or 1)
    return [width + min(1.0, share) * more for width, more in zip(widths, missing, strict=True)]


def _capped(widths: Sequence[float], room: float) -> list[float]:
    """The widths, the largest ones cut alike until the room holds them all."""
    if sum(widths) <= room:
        return list(widths)
    ordered = sorted(widths)
    kept = 0.0
    for n, (before, width) in enumerate(pairwise([0.0, *ordered])):
        if kept + (len(ordered) - n) * width > room:
            cap = max(before, (room - kept) / (len(ordered) - n))
            return [min(one, cap) for one in widths]
        kept += width
    return list(widths)


def _cell(cell: Token, width: float, size: float) -> list[Node]:
    """The cell's nodes; words wider than the column get places to break."""
    measured = _measure(cell, size)
    if all(measured(word) <= width for word in _words(cell)):
        return inlines_broken_by(str, [cell])

    def broken(text: str) -> str:
        # A word may run on in the next node, so a line may end between the two.
        return "\u200b" + re.sub(r"\S+", lambda word: _broken(word[0], width, measured), text)

    return inlines_broken_by(broken, [cell])


def _broken(word: str, width: float, measured: Callable[[str], float]) -> str:
    if measured(word) <= width:
        return word
    pieces: list[str] = []
    for part in parted(word).split("\u200b"):
        pieces += [part] if measured(part) <= width else _pieces(part, width, measured)
    return "\u200b".join(pieces)


def _pieces(part: str, width: float, measured: Callable[[str], float]) -> list[str]:
    """Pieces of about half a line, so that lines fill evenly."""
    size = max(1, int(len(part) * width / measured(part) / 2))
    return [part[start : start + size] for start in range(0, len(part), size)]
