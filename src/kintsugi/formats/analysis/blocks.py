"""What a report is made of: sentences, tables and charts under headings, whatever they are written in later."""

from __future__ import annotations

import re
from dataclasses import dataclass

FEW_LETTERS = 21
_UNIT = re.compile(r"(?<=\d) (?=(?:d|h|min|s)\b)")
_NUMBER = re.compile(r"[\d,.]*%?")


@dataclass(frozen=True, slots=True)
class Input:
    """Where the incidents came from, what of them could not be read, and how many stood there twice."""

    sources: tuple[str, ...] = ()
    rows: int = 0
    lost: int = 0
    problems: int = 0
    maintenance: int = 0
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its heads, and rows of as many cells."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """A chart of counts side by side. `usual` is what the highest stays within by chance, if that is known."""

    title: str
    bars: tuple[tuple[str, int], ...]
    usual: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and what stands under it in order."""

    title: str
    blocks: tuple[str | Grid | Columns, ...]


def unbroken(words: str) -> str:
    """Words in which a line never ends between a number and its unit."""
    return _UNIT.sub("\u00a0", words)


def shapes(grid: Grid) -> tuple[int, ...]:
    """How wide each column wants to be: 0 for numbers alone, 1 for few letters, else how many there are."""
    found = []
    for place, head in enumerate(grid.heads):
        cells = [row[place] for row in grid.rows]
        is_number = place > 0 and all(_NUMBER.fullmatch(cell) for cell in cells)
        longest = max(len(cell) for cell in (head, *cells))
        found.append(0 if is_number else 1 if longest <= FEW_LETTERS else min(44, longest))
    return tuple(found)
