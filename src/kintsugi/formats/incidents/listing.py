"""A file of incidents to facts: JSON, JSON Lines, CSV, postmortems in Markdown, and two kinds of status pages.

Nothing is lost: a field that cannot be read is named with its line and left out of its row, which counts all the
same; a row that is no incident is named and counted. The shape is described in docs/reference/analyze.md.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from kintsugi.core.analytics.facts import IncidentFact
from kintsugi.core.analytics.from_postmortem import fact_of_postmortem
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import plural
from kintsugi.core.shared.times import zone_named
from kintsugi.formats import spellings
from kintsugi.formats.errors import InputError
from kintsugi.formats.files import read_record
from kintsugi.formats.foreign.files import import_file
from kintsugi.formats.incidents import status_pages
from kintsugi.formats.incidents.row import KEYS, Rows
from kintsugi.formats.plain import decode_text, line_of, load_json
from kintsugi.formats.reading import Reading

EXPECTED = "incidents in JSON, JSON Lines or CSV, or a postmortem in Markdown or JSON"
MOST_NOTES = 20
MOST_LINES = 100
"""For so many problems in a file the line is looked up."""
Lines = Callable[[Sequence[str | int]], int]
"""The line on which a path within a row stands."""
_LISTS = ("incidents", "items", "scheduled_maintenances")
_COLUMNS = frozenset(key for keys in KEYS.values() for key in keys)
_RECORD = frozenset({"timeline", "schema", "incident_data", "action_items", "metadata"})


@dataclass(slots=True)
class IncidentList:
    """What a file holds. `rows` is how many there were, `problems` what of them could not be read.

    `lost` rows are no incidents; `maintenance` were planned. The others are all in `facts`.
    """

    facts: list[IncidentFact] = field(default_factory=list)
    rows: int = 0
    lost: int = 0
    maintenance: int = 0
    problems: list[InputError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_incidents(content: bytes, *, file: str = "", zone: str = "") -> IncidentList:
    """The incidents of a file. What it is written in is seen from its text, not from its name.

    `zone` (IANA name) is for times that have none. Raises InputError for a file of another kind.
    """
    text = decode_text(content, file=file).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InputError("the file is empty", file=file, expected=EXPECTED)
    reader = _Reader(file, zone)
    if text.lstrip()[0] in "{[":
        reader.json(text)
    elif (delimiter := _delimiter(text)) is not None:
        reader.table(text, delimiter)
    elif file.casefold().endswith((".md", ".markdown")) or _is_markdown(text):
        reader.markdown(content)
    else:
        raise InputError("the file holds no incidents", file=file, line=1, expected=EXPECTED)
    return reader.done()


def _is_markdown(text: str) -> bool:
    return text.startswith("---\n") or any(line.startswith("#") for line in text.split("\n"))


class _Reader:
    """One file while it is read."""

    def __init__(self, file: str, zone: str) -> None:
        self.file = file
        self.zone_name = zone
        self.found = IncidentList()
        self.rows = Rows(Reading(zone_named(zone)) if zone else Reading())

    def done(self) -> IncidentList:
        """What was found, with what there is to say about all of it."""
        naive = self.rows.reading.naive_times
        if naive:
            taken = "is taken" if naive == 1 else "are taken"
            self.found.notes.append(
                f"{plural(naive, 'time')} without a zone {taken} as {self.zone_name or 'UTC'}"
            )
        if self.found.maintenance:
            self.found.notes.append(
                f"{plural(self.found.maintenance, 'planned maintenance')} left out"
            )
        names = list(self.rows.unknown)
        self.found.notes += [_unknown_note(name) for name in names[:MOST_NOTES]]
        if len(names) > MOST_NOTES:
            self.found.notes.append(f"{len(names) - MOST_NOTES:,} more fields are not read")
        return self.found

    # --- the ways to write incidents --------------------------------------------------------------

    def json(self, text: str) -> None:
        """JSON: a list, a list under a name, one incident, a record; or one of these a line."""
        lines = _json_lines(text)
        if lines is not None:
            for number, row in lines:
                if isinstance(row, InputError):
                    self.found.rows += 1
                    self._lose(InputError(row.problem, file=self.file, line=number, expected=row.expected))  # fmt: skip
                else:
                    self.row(row, line=_on(number), path=())
            return
        data = load_json(text, file=self.file)
        rows, path = _rows_of(data)
        if rows is None:
            self._record(text)
            return
        for place, row in enumerate(rows):
            before: tuple[str | int, ...] = () if row is data else (*path, place)
            self.row(row, path=before, line=_within(text, before))

    def table(self, text: str, delimiter: str) -> None:
        """CSV with a header."""
        reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
        header: list[str] = []
        line = 1
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise InputError(
                    f"this is not CSV: {error}", file=self.file, line=line, expected="quoted as RFC 4180 says"
                ) from error  # fmt: skip
            if cells is None:
                return
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = [cell.strip() for cell in cells]
                self._check(header, line)
            elif len(cells) > len(header):
                self.found.rows += 1
                self._lose(
                    InputError(
                        f"the row has {len(cells)} cells", file=self.file, line=line,
                        expected=f"{len(header)}, as the header; a cell with the separator in it is quoted",
                    )
                )  # fmt: skip
            else:
                pairs = zip(header, cells, strict=False)
                row = {name: cell for name, cell in pairs if name and cell.strip()}
                self.row(row, line=_on(line), path=())

    def _check(self, header: Sequence[str], line: int) -> None:
        twice = next((name for name in header if name and header.count(name) > 1), "")
        if twice:
            raise InputError(
                "stands twice in the header", file=self.file, line=line, field=twice, expected="one column each"
            )  # fmt: skip

    def markdown(self, content: bytes) -> None:
        """A postmortem, ours or anybody's."""
        postmortem, _, notes = import_file(content, file=self.file, zone=self.zone_name)
        self._postmortem(postmortem, notes)

    def _record(self, text: str) -> None:
        record = read_record(text, file=self.file, zone=self.zone_name)
        self._postmortem(record.postmortem, record.notes)

    def _postmortem(self, postmortem: Any, notes: Iterable[str]) -> None:
        self.found.rows += 1
        fact, assumed = fact_of_postmortem(
            postmortem, _called(self.file) or "postmortem", zone=self.rows.reading.zone
        )
        self.found.facts.append(fact)
        self.found.notes += [*notes, *assumed]

    # --- one row ----------------------------------------------------------------------------------

    def row(self, row: object, *, line: Lines, path: Sequence[str | int]) -> None:
        self.found.rows += 1
        place, passing = self.found.rows - 1, False
        if isinstance(row, Mapping) and (
            status_pages.is_statuspage(row) or status_pages.is_google(row)
        ):
            if status_pages.is_maintenance(row):
                self.found.maintenance += 1
                return
            is_google = status_pages.is_google(row)
            row = status_pages.of_google(row) if is_google else status_pages.of_statuspage(row)
            passing = True
        elif isinstance(row, Mapping) and "milestones" in row and "updatedAt" in row:
            passing = True
        self.rows.problems.clear()
        try:
            fact = self.rows.fact(row, place, passing=passing)
        except InvalidValue as error:
            self._lose(
                InputError.from_value(error.under(*path), file=self.file, line=self._line(line, ()))
            )
            return
        self.found.facts.append(fact)
        for problem in self.rows.problems:
            at = self._line(line, () if passing else problem.path)
            self.found.problems.append(
                InputError.from_value(problem.under(*path), file=self.file, line=at)
            )

    def _line(self, line: Lines, path: Sequence[str | int]) -> int:
        """The line of a field, or 0: finding one reads the file again, and nobody looks at thousands."""
        return line(path) if len(self.found.problems) < MOST_LINES else 0

    def _lose(self, problem: InputError) -> None:
        self.found.lost += 1
        self.found.problems.append(problem)


def _called(file: str) -> str:
    """The name of a postmortem without an id: its file's, with the folder it lies in, and nobody's whole path."""
    parts = file.replace("\\", "/").split("/")[-2:]
    name = parts[-1]
    return "/".join([*parts[:-1], name.rpartition(".")[0] or name]).lstrip("./")


def facts_of_api(rows: Iterable[Mapping[str, Any]]) -> IncidentList:
    """Incidents as the API tells them."""
    reader = _Reader("", "")
    for row in rows:
        reader.row(row, line=_on(0), path=())
    return reader.done()


def _on(number: int) -> Lines:
    """Rows that stand on one line each."""
    return lambda _path: number


def _within(text: str, before: Sequence[str | int]) -> Lines:
    """Rows of JSON, whose fields have lines of their own."""
    return lambda path: line_of(text, [*before, *path])


def _rows_of(data: object) -> tuple[list[Any] | None, tuple[str, ...]]:
    """The list that JSON holds and where it stands in it; None where it is a record of one postmortem."""
    if isinstance(data, list):
        return data, ()
    if isinstance(data, Mapping):
        for name in _LISTS:
            if isinstance(data.get(name), list):
                return data[name], (name,)
        if not (_RECORD & {spellings.snake(key) for key in data}):
            return [data], ()
    return None, ()


def _json_lines(text: str) -> Iterator[tuple[int, Any]] | None:
    """Each line with its number, where the first is JSON of its own and more follow; else None."""
    first, _, rest = text.strip().partition("\n")
    if not first.startswith("{") or not rest.strip():
        return None
    try:
        load_json(first)
    except InputError:
        return None
    return _lines(text)


def _lines(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield number, load_json(line)
        except InputError as error:
            yield number, error


def _delimiter(text: str) -> str | None:
    """What separates the columns, if the first line is a header with two of the known columns or more."""
    header = text.lstrip("\n").partition("\n")[0]
    for delimiter in (",", ";", "\t"):
        columns = [spellings.snake(name.strip().strip('"')) for name in header.split(delimiter)]
        if sum(name in _COLUMNS for name in columns) > 1:
            return delimiter
    return None


def _unknown_note(name: str) -> str:
    close = difflib.get_close_matches(spellings.snake(name), _COLUMNS, n=1, cutoff=0.75)
    hint = f" (did you mean {close[0]}?)" if close else ""
    return f"the field {name[:60]!r} is not read{hint}"
