"""CSV with a header: its rows as cells by column, each with the line it begins on."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO

from kintsugi.formats.errors import InputError


def header_and_rows(
    text: str, delimiter: str, *, file: str
) -> Iterator[tuple[int, list[str], list[str]]]:
    """Of each row its line, the names of the columns and its cells; rows in which nothing stands are passed over.

    Names have no space around them. Raises InputError with the line for text that is no CSV and for a
    header in which a name stands twice.
    """
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] = []
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise InputError(
                f"this is not CSV: {error}", file=file, line=line, expected="quoted as RFC 4180 says"
            ) from error  # fmt: skip
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if header:
            yield line, header, cells
        else:
            header = _header(cells, file, line)


def _header(cells: Sequence[str], file: str, line: int) -> list[str]:
    names = [cell.strip() for cell in cells]
    twice = next((name for name in names if name and names.count(name) > 1), "")
    if twice:
        raise InputError(
            "stands twice in the header", file=file, line=line, field=twice, expected="one column each"
        )  # fmt: skip
    return names


def by_column(
    header: Sequence[str], cells: Sequence[str], *, file: str, line: int
) -> dict[str, str]:
    """The cells of a row by the names of their columns, without empty ones. Raises InputError for more than columns."""
    if len(cells) > len(header):
        raise InputError(
            f"the row has {len(cells)} cells", file=file, line=line,
            expected=f"{len(header)}, as the header; a cell with the separator in it is quoted",
        )  # fmt: skip
    pairs = zip(header, cells, strict=False)
    return {name: cell for name, cell in pairs if name and cell.strip()}
