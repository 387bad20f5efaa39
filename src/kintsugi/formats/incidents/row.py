"""One row of a list of incidents: its fields in the guide's spelling, ours and the API's, to a fact."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from kintsugi.core.analytics.facts import (
    FIRST_YEAR,
    LAST_YEAR,
    IncidentFact,
    out_of_years,
)
from kintsugi.core.incidents.lifecycle import is_open
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import clean, one_line
from kintsugi.formats import scalars, spellings
from kintsugi.formats.reading import Reading

KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("reference", "id", "incident_id", "external_id", "number"),
        "title": ("title", "name"),
        "severity": ("severity",),
        "services": ("services", "service", "affected_services"),
        "teams": ("teams", "team"),
        "tags": ("tags", "tag"),
        "factors": ("factors", "factor", "contributing_factors"),
        "classes": ("classes", "class"),
        "root_cause": ("root_cause", "cause"),
        "detection": ("detection",),
        "impact_start": ("timestamp", "impact_start", "started_at", "start"),
        "detected": ("detected", "detected_at"),
        "acknowledged": ("acknowledged", "acknowledged_at"),
        "declared": ("declared", "declared_at", "created_at"),
        "mitigated": ("mitigated", "mitigated_at"),
        "recovered": ("recovered", "recovered_at"),
        "resolved": ("resolved", "resolved_at", "ended_at", "end"),
        "duration": ("duration_minutes", "duration"),
        "revenue": ("revenue", "revenue_impact", "revenue_usd"),
        "is_drill": ("drill", "is_drill"),
        "status": ("status",),
        "is_postmortem_required": ("postmortem_required",),
        "postmortem_at": ("postmortem_published_at", "published_at"),
    }
)
"""Each field of a fact, and the keys it is read from; camelCase and spaces are read as well."""

_FIELD_OF = {key: name for name, keys in KEYS.items() for key in keys}
_GROUPS = ("milestones", "impact_details")
"""Keys of the API under which further fields stand."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

_ROW = "row"
Fields = dict[str, tuple[str, object]]
"""The fields of a row: how each is spelled there, and its value."""


@dataclass(slots=True)
class Rows:
    """The rows of one file while they are read. `problems` are of fields that could not be read, by path."""

    reading: Reading = field(default_factory=Reading)
    unknown: dict[str, None] = field(default_factory=dict)
    problems: list[InvalidValue] = field(default_factory=list)

    def fact(self, row: object, place: int, *, passing: bool = False) -> IncidentFact:
        """The incident of a row. A field that cannot be read is left out of it and added to the problems.

        Raises InvalidValue for a row that is no incident at all. `passing`: other keys are expected.
        """
        if not isinstance(row, Mapping):
            raise InvalidValue(
                f"{scalars.shown(row)} is not an incident",
                expected="an object with fields such as timestamp and duration_minutes",
            )
        fields = self._fields(row, passing=passing)
        if not fields:
            raise InvalidValue(
                "has no field of an incident",
                expected="timestamp, duration_minutes, service, severity, root_cause and their kin",
            )
        known: dict[str, Any] = {}
        for name, (key, value) in fields.items():
            if value is None or (isinstance(value, str) and not value.strip()):
                continue
            try:
                known[name] = _READ[name](value, self.reading)
            except InvalidValue as error:
                self.problems.append(error.under(key))
        start = known.get("impact_start")
        if isinstance(start, date) and not isinstance(start, datetime):
            midnight = datetime.combine(start, time(0), tzinfo=self.reading.zone)
            known["impact_start"], known["is_day_only"] = midnight, True
        status = known.pop("status", None)
        known["is_open"] = status is not None and is_open(status)
        known["id"] = known.get("id") or f"{_ROW} {place + 1}"
        return IncidentFact(**known)

    def _fields(self, row: Mapping[Any, Any], *, passing: bool) -> Fields:
        found: Fields = {}
        for key, value in _flat(row):
            name = _FIELD_OF.get(key) or _FIELD_OF.get(spellings.snake(key))
            if name is None:
                if not passing:
                    self.unknown.setdefault(key)
            elif name not in found or self._goes_before(name, key, found[name]):
                found[name] = key, value
        return found

    @staticmethod
    def _goes_before(name: str, key: str, there: tuple[str, object]) -> bool:
        """Of two keys for one field that both have a value, the one that is named first in KEYS is read."""
        if there[1] in (None, "", []):
            return True
        order = KEYS[name]
        return order.index(spellings.snake(key)) < order.index(spellings.snake(there[0]))


def is_row(name: str) -> bool:
    """Whether an incident is called by the number of its row, having no id of its own."""
    return name.startswith(f"{_ROW} ") and name.removeprefix(f"{_ROW} ").isdecimal()


def _flat(row: Mapping[Any, Any]) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for key, value in row.items():
        if isinstance(value, Mapping) and spellings.snake(key) in _GROUPS:
            found += [(str(inner), one) for inner, one in value.items()]
        else:
            found.append((str(key), value))
    return found


# --- single values --------------------------------------------------------------------------------


def _text(value: object, reading: Reading) -> str:
    return scalars.text(value, reading).strip()


def names(value: object, reading: Reading) -> tuple[str, ...]:
    """Names as a list, or in one text with `;` or `|` between them; each once, on one line."""
    parts: Sequence[object] = [value]
    if isinstance(value, str):
        parts = value.replace("|", ";").split(";")
    elif isinstance(value, list | tuple):
        parts = value
    found = []
    for part in parts:
        inner = part
        if isinstance(part, Mapping):
            inner = next((part[key] for key in ("name", "title", "text") if part.get(key)), "")
        found.append(one_line(clean(scalars.text(inner, reading))))
    return tuple(dict.fromkeys(name for name in found if name))


def _duration(value: object, reading: Reading) -> timedelta:
    if isinstance(value, float) and value != value:  # noqa: PLR0124 - NaN, as pandas writes what is missing
        raise InvalidValue("is not a number", expected="0 or more minutes")
    return scalars.span(value, reading)


def _moment(value: object, reading: Reading) -> datetime:
    at = scalars.moment(value, reading)
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise out_of_years(at)
    return at


def _start(value: object, reading: Reading) -> datetime | date:
    """A moment, or a day alone."""
    if isinstance(value, str) and _DAY.fullmatch(value.strip()):
        day = scalars.day(value, reading)
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return day
    return _moment(value, reading)


def _severity(value: object, reading: Reading) -> Severity:
    if isinstance(value, float) and value == int(value):
        return scalars.severity(int(value), reading)
    if isinstance(value, str) and value.strip().removesuffix(".0").isdigit():
        return scalars.severity(value.strip().removesuffix(".0"), reading)
    return scalars.severity(value, reading)


_READ: Mapping[str, Callable[[Any, Reading], Any]] = {
    "id": lambda value, reading: one_line(_text(value, reading)),
    "title": lambda value, reading: one_line(_text(value, reading)),
    "severity": _severity,
    "services": names,
    "teams": names,
    "tags": names,
    "factors": names,
    "classes": names,
    "root_cause": _text,
    "detection": scalars.detection_method,
    **dict.fromkeys(
        ("detected", "acknowledged", "declared", "mitigated", "recovered", "resolved", "postmortem_at"),
        _moment,
    ),
    "impact_start": _start,
    "duration": _duration,
    "revenue": scalars.money,
    "is_drill": scalars.truth,
    "status": scalars.incident_status,
    "is_postmortem_required": scalars.truth,
}  # fmt: skip
