"""An analysis for the terminal: aligned tables, and charts of block characters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kintsugi.core.shared.text import one_line, shortened
from kintsugi.formats.analysis.blocks import Columns, Grid, Section

_BLOCKS = " ▁▂▃▄▅▆▇█"
_HEIGHT = 4
_MOST_COLUMNS = 60
_WIDEST = 48


def analysis_text(sections: Sequence[Section]) -> str:
    """The sections one under another."""
    return "\n".join(line for section in sections for line in _lines(section)).rstrip() + "\n"


def _lines(section: Section) -> Iterator[str]:
    yield section.title
    yield "-" * len(section.title)
    for block in section.blocks:
        if isinstance(block, Grid):
            yield from table_lines(block)
        elif isinstance(block, Columns):
            yield from chart_lines(block)
        else:
            yield block
        yield ""


def table_lines(grid: Grid) -> Iterator[str]:
    """The rows as aligned columns, each cell on one line."""
    rows = [grid.heads, *grid.rows]
    cells = [[shortened(one_line(cell), _WIDEST * 2) for cell in row] for row in rows]
    widths = [max(len(row[place]) for row in cells) for place in range(len(grid.heads))]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def chart_lines(chart: Columns) -> Iterator[str]:
    """Columns of block characters with their greatest count, and the first letters of their names below."""
    bars = chart.bars[-_MOST_COLUMNS:]
    most = max((count for _, count in bars), default=0)
    yield f"{chart.title}; the highest has {most}"
    if not most:
        return
    width = max(2, min(max(len(name) for name, _ in bars), 4)) if len(bars) <= 31 else 1
    steps = _HEIGHT * (len(_BLOCKS) - 1)
    levels = [round(count / most * steps) or (1 if count else 0) for _, count in bars]
    for row in reversed(range(_HEIGHT)):
        filled = (
            max(0, min(len(_BLOCKS) - 1, level - row * (len(_BLOCKS) - 1))) for level in levels
        )
        gap = " " if width > 1 else ""
        yield gap.join(_BLOCKS[place] * width for place in filled).rstrip()
    if width > 1 and all(len(name) <= width for name, _ in bars):
        yield " ".join(name.ljust(width) for name, _ in bars).rstrip()
    else:
        first, last = bars[0][0], bars[-1][0]
        room = len(bars) * width + (len(bars) - 1) * (width > 1)
        yield f"{first}{last.rjust(max(room - len(first), len(last) + 1))}"
