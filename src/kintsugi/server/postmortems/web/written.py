"""Values as people type them into one field: lists and tables as lines that read back to the same value."""

from __future__ import annotations

from collections.abc import Sequence

from kintsugi.core.shared.errors import InvalidValue

_BULLETS = ("- ", "* ", "• ")
_MORE = "  "


def list_written(items: Sequence[str]) -> str:
    """One item a line; further lines of an item are indented by two spaces."""
    found = []
    for item in items:
        first, *more = item.split("\n")
        needs_mark = first.startswith(_BULLETS) or first != first.lstrip() or not first
        found.append(("- " if needs_mark else "") + first)
        found += [_MORE + line for line in more]
    return "\n".join(found)


def list_read(text: str) -> tuple[str, ...]:
    """The items of lines; a bullet before an item is no part of it, and empty items are none."""
    items: list[str] = []
    for line in text.split("\n"):
        if line.startswith(_BULLETS):
            items.append(line[2:])
        elif line.startswith(_MORE) and items:
            items[-1] += "\n" + line[2:]
        elif line.strip():
            items.append(line)
    return tuple(item for item in items if item.strip())


def columns_written(rows: Sequence[Sequence[str]]) -> str:
    """One row a line, its columns with a bar between them; a bar or line break in a column is escaped."""
    return "\n".join(" | ".join(_escaped(cell) for cell in row) for row in rows)


def columns_read(text: str, count: int) -> tuple[tuple[str, ...], ...]:
    """The rows of lines, each filled up to `count` columns. Raises InvalidValue for one that has more."""
    rows = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        cells = _cells(line)
        if len(cells) > count:
            raise InvalidValue(
                f"has {len(cells)} columns in line {number}",
                expected=f"at most {count}, with | between them",
            )
        rows.append((*cells, *[""] * (count - len(cells))))
    return tuple(rows)


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\n")


def _cells(line: str) -> list[str]:
    cells, now, escaped = [], "", False
    for sign in line:
        if escaped:
            now += {"n": "\n", "|": "|", "\\": "\\"}.get(sign, "\\" + sign)
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign == "|":
            cells.append(now)
            now = ""
        else:
            now += sign
    cells.append(now + "\\" * escaped)
    last = len(cells) - 1
    return [
        cell.removeprefix(" " if place else "").removesuffix(" " if place < last else "")
        for place, cell in enumerate(cells)
    ]
