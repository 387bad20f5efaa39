"""A list of alerts with the guide's fields, from JSON, JSON Lines, YAML or CSV; each error with its row and field.

The shape is described in docs/reference/alert-quality.md.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kintsugi.core.alerts.listed import ListedAlert
from kintsugi.core.alerts.severity_mapping import severity_of
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import plural
from kintsugi.core.shared.times import zone_named
from kintsugi.formats import scalars, spellings
from kintsugi.formats.errors import InputError
from kintsugi.formats.plain import decode_text, line_of, load_json, load_yaml
from kintsugi.formats.reading import Reading
from kintsugi.formats.table import by_column, header_and_rows

FIELDS = (
    "id", "title", "description", "severity", "service", "timestamp", "metrics", "runbook_url",
)  # fmt: skip
EXPECTED = "a list of alerts in JSON, JSON Lines, YAML or CSV"
METRICS_EXPECTED = "measurements by name, such as {error_rate: 0.12, p99_ms: 840}"
SEVERITY_EXPECTED = "SEV-1 to SEV-5, 1 to 5, or a word such as critical, warning or info"
MOST_NOTES = 20
_METRIC_COLUMN = "metrics."


@dataclass(frozen=True, slots=True)
class AlertList:
    """The alerts of a file in its order, and notes on what was assumed or passed over."""

    alerts: tuple[ListedAlert, ...]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Rows:
    """The rows of one file while they are read."""

    file: str
    reading: Reading
    unknown: dict[str, None] = field(default_factory=dict)

    def alert(self, row: object, place: int) -> ListedAlert:
        """The alert of a row. Raises InvalidValue with the path in the row, keys as they are written there."""
        if not isinstance(row, Mapping):
            raise InvalidValue(
                f"{scalars.shown(row)} is not an alert",
                expected="an object with fields such as title and service",
            )
        given, written = self._fields(row)

        def text(name: str) -> str:
            value = given.get(name)
            return "" if value is None else _at(written[name], scalars.text, value, self.reading)

        return ListedAlert(
            id=text("id") or str(place + 1),
            title=text("title"),
            description=text("description"),
            severity=_at(written.get("severity", ""), _severity, given.get("severity"), self.reading),
            service=text("service"),
            timestamp=_at(written.get("timestamp", ""), _moment, given.get("timestamp"), self.reading),
            metrics=_at(written.get("metrics", ""), _metrics, given.get("metrics"), self.reading),
            runbook_url=text("runbook_url") or None,
        )  # fmt: skip

    def _fields(self, row: Mapping[Any, Any]) -> tuple[dict[str, object], dict[str, str]]:
        """The guide's fields with their values, and how each is spelled in this row."""
        given: dict[str, object] = {}
        written: dict[str, str] = {}
        for key, value in row.items():
            name = key if key in FIELDS else spellings.snake(key)
            if name not in FIELDS:
                self.unknown.setdefault(str(key))
            elif name in given:
                raise InvalidValue("is given in two spellings", path=(str(key),), expected="one")
            else:
                given[name], written[name] = value, str(key)
        return given, written

    def notes(self, zone: str) -> tuple[str, ...]:
        """What there is to say once all rows are read."""
        found: list[str] = []
        if self.reading.naive_times:
            taken = "is taken" if self.reading.naive_times == 1 else "are taken"
            found.append(
                f"{plural(self.reading.naive_times, 'time')} without a zone {taken} as {zone or 'UTC'}"
            )
        names = list(self.unknown)
        found += [_unknown_note(name) for name in names[:MOST_NOTES]]
        if len(names) > MOST_NOTES:
            found.append(f"{len(names) - MOST_NOTES:,} more fields are not read")
        return tuple(found)


def read_alert_list(content: bytes | str, *, file: str = "", zone: str = "") -> AlertList:
    """The alerts of a file. What it is written in is seen from its text, not from its name.

    `zone` (IANA name) is for times that have none. Raises InputError naming file, line and field.
    """
    text = content if isinstance(content, str) else decode_text(content, file=file)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InputError("the file is empty", file=file, expected=EXPECTED)
    rows = _Rows(file, Reading(zone_named(zone)) if zone else Reading())
    if _is_json_lines(text):
        alerts = list(_of_lines(text, rows))
    elif text.lstrip()[0] in "{[":
        alerts = _of_data(load_json(text, file=file), text, rows)
    elif (delimiter := _delimiter(text)) is not None:
        alerts = list(_of_csv(text, delimiter, rows))
    else:
        alerts = _of_data(load_yaml(text, file=file), text, rows)
    return AlertList(tuple(alerts), rows.notes(zone))


# --- the four ways to write a list ----------------------------------------------------------------


def _of_data(data: object, text: str, rows: _Rows) -> list[ListedAlert]:
    """JSON or YAML: a list, a list under `alerts`, or one alert alone."""
    listed, before = data, list[str | int]()
    if isinstance(data, Mapping):
        if "alerts" in data:
            listed, before = data["alerts"], ["alerts"]
        elif any(spellings.snake(key) in FIELDS for key in data):
            listed, before = [data], []
    if not isinstance(listed, list):
        raise InputError("the file holds no list of alerts", file=rows.file, expected=EXPECTED)
    found: list[ListedAlert] = []
    for place, row in enumerate(listed):
        try:
            found.append(rows.alert(row, place))
        except InvalidValue as error:
            path = [*before, *([] if row is data else [place]), *error.path]
            told = error.under("alerts", place)
            raise InputError.from_value(told, file=rows.file, line=line_of(text, path)) from error
    return found


def _is_json_lines(text: str) -> bool:
    first, _, rest = text.strip().partition("\n")
    if not first.startswith("{") or not rest.strip():
        return False
    try:
        return isinstance(load_json(first), dict)
    except InputError:
        return False


def _of_lines(text: str, rows: _Rows) -> Iterator[ListedAlert]:
    place = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield rows.alert(load_json(line), place)
        except InputError as error:
            raise InputError(
                error.problem, file=rows.file, line=number, expected=error.expected
            ) from error
        except InvalidValue as error:
            raise InputError.from_value(error, file=rows.file, line=number) from error
        place += 1


def _delimiter(text: str) -> str | None:
    """What separates the columns, if the first line is a header that names two of the guide's fields or more."""
    header = text.lstrip("\n").partition("\n")[0]
    for delimiter in (",", ";", "\t"):
        names = [spellings.snake(name.strip().strip('"')) for name in header.split(delimiter)]
        if sum(name in FIELDS or name.startswith(_METRIC_COLUMN) for name in names) > 1:
            return delimiter
    return None


def _of_csv(text: str, delimiter: str, rows: _Rows) -> Iterator[ListedAlert]:
    found = header_and_rows(text, delimiter, file=rows.file)
    for place, (line, header, cells) in enumerate(found):
        row = by_column(header, cells, file=rows.file, line=line)
        try:
            yield rows.alert(_row(row), place)
        except InvalidValue as error:
            raise InputError.from_value(error, file=rows.file, line=line) from error


def _row(cells: Mapping[str, str]) -> dict[str, object]:
    """A row's cells by column; columns metrics.x are metrics."""
    row: dict[str, object] = {}
    measured: dict[str, object] = {}
    for name, cell in cells.items():
        if name.casefold().startswith(_METRIC_COLUMN):
            measured[name[len(_METRIC_COLUMN) :]] = cell
        else:
            row[name] = cell
    if measured:
        key = next((name for name in row if spellings.snake(name) == "metrics"), "metrics")
        row[key] = dict(_at(key, _metrics, row.get(key), Reading())) | measured
    return row


# --- single values --------------------------------------------------------------------------------


def _at(key: str, read: Any, value: object, reading: Reading) -> Any:
    try:
        return read(value, reading)
    except InvalidValue as error:
        raise error.under(key) from error


def _moment(value: object, reading: Reading) -> datetime | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return scalars.moment(value, reading)


def _severity(value: object, _reading: Reading) -> Severity | None:
    if value is None or value == "":
        return None
    found = None
    if isinstance(value, str | int) and not isinstance(value, bool):
        found = severity_of(str(value))
    if found is None:
        raise InvalidValue(f"{scalars.shown(value)} is not a severity", expected=SEVERITY_EXPECTED)
    return found


def _metrics(value: object, _reading: Reading) -> Mapping[str, object]:
    """Measurements by name; as a text `{"p99": 840}` or `p99=840; errors=12`."""
    if value is None:
        return {}
    if isinstance(value, str):
        return _written_metrics(value.strip())
    if isinstance(value, Mapping):
        return {str(name): measured for name, measured in value.items()}
    raise InvalidValue(f"{scalars.shown(value)} is not a mapping", expected=METRICS_EXPECTED)


def _written_metrics(text: str) -> Mapping[str, object]:
    if text.startswith("{"):
        try:
            return dict(load_json(text))
        except InputError as error:
            raise InvalidValue(error.problem, expected=METRICS_EXPECTED) from error
    found: dict[str, object] = {}
    for part in text.replace(";", ",").split(","):
        name, is_pair, measured = part.partition("=")
        if not part.strip():
            continue
        if not is_pair or not name.strip():
            raise InvalidValue(
                f"{scalars.shown(part.strip())} is no measurement",
                expected="name=value; name=value, or JSON",
            )
        found[name.strip()] = measured.strip()
    return found


def _unknown_note(name: str) -> str:
    close = difflib.get_close_matches(spellings.snake(name), FIELDS, n=1, cutoff=0.75)
    hint = f" (did you mean {close[0]}?)" if close else ""
    return f"the field {name[:60]!r} is not read{hint}"
