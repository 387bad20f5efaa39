"""Severity criteria from a team's file (YAML or JSON, loaded already) and back.

A file holds what differs from the defaults, and `null` takes a default away. The shape is described
in docs/reference/severity-criteria.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import TypeVar

from kintsugi.core.incidents.calibration import DEFAULT_TABLE, MEASURES, DerivationTable
from kintsugi.core.incidents.severity import (
    DEFAULT_CRITERIA,
    ResponseRequirements,
    SeverityCriteria,
    response_requirements,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.core.shared.times import duration_of, minutes, parse_duration
from kintsugi.formats import scalars, spellings

SECTIONS = ("categories", "matrix", "requirements", "derivation")
_ASKED = (
    "response_time",
    "notification",
    "incident_commander",
    "status_page",
    "customer_comms",
)
_STEP = ("at_least", "level")
_A_STEP = "a pair such as [95, all_users], or at_least and level"

Key = TypeVar("Key")
Value = TypeVar("Value")


def read_criteria(data: object) -> tuple[SeverityCriteria, DerivationTable]:
    """The criteria and the derivation table that a file describes, the defaults where it is silent.

    Raises InvalidValue with the path in the file, and what would be right there.
    """
    given = _mapping(data, SECTIONS)
    with _at("matrix"):
        matrix = _matrix(given.get("matrix"))
    with _at("requirements"):
        requirements = _requirements(given.get("requirements"))
    with _at("categories"):
        categories = _categories(given.get("categories"))
    criteria = SeverityCriteria(
        MappingProxyType(categories), MappingProxyType(matrix), MappingProxyType(requirements)
    )
    with _at("derivation"):
        steps = _derivation(given.get("derivation"), criteria)
    return criteria, DerivationTable(MappingProxyType(steps))


@contextmanager
def _at(step: str | int) -> Iterator[None]:
    """Errors raised inside tell that they stand under this key."""
    try:
        yield
    except InvalidValue as error:
        raise error.under(step) from error


def _mapping(data: object, known: Collection[str] = ()) -> dict[str, object]:
    """A mapping by name; with `known`, other names are refused. Nothing at all is an empty one."""
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        problem = f"{scalars.shown(data)} is not a mapping"
        raise InvalidValue(problem, expected="names and their values")
    read: dict[str, object] = {}
    for key, value in data.items():
        name = spellings.snake(key) if known else str(key).strip()
        if known and name not in known:
            raise InvalidValue(
                "is not a key here", path=(str(key)[:60],), expected=", ".join(known)
            )
        if not name or len(name) > 100 or isinstance(key, bool):
            raise InvalidValue(f"{scalars.shown(key)} is not a name", expected="a name")
        read[name] = value
    return read


def _overridden(
    defaults: Mapping[Key, Value], changes: Mapping[Key, Value | None]
) -> dict[Key, Value]:
    """The defaults with the changes on top, in their order; a change to None takes a default away."""
    merged: dict[Key, Value] = {}
    for key in [*defaults, *(key for key in changes if key not in defaults)]:
        value = changes[key] if key in changes else defaults[key]
        if value is not None:
            merged[key] = value
    return merged


def _whole(data: object) -> int:
    if isinstance(data, int) and not isinstance(data, bool):
        return data
    if isinstance(data, str) and data.isascii() and data.isdigit() and len(data) < 10:
        return int(data)
    raise InvalidValue(f"{scalars.shown(data)} is not a whole number", expected="points such as 5")


def _categories(data: object) -> dict[str, Mapping[str, int]]:
    changes: dict[str, Mapping[str, int] | None] = {}
    for name, written in _mapping(data).items():
        with _at(name):
            changes[name] = None if written is None else _levels(name, written)
    return _overridden(DEFAULT_CRITERIA.categories, changes)


def _levels(category: str, data: object) -> dict[str, int]:
    changes: dict[str, int | None] = {}
    for level, points in _mapping(data).items():
        with _at(level):
            changes[level] = None if points is None else _whole(points)
    return _overridden(DEFAULT_CRITERIA.categories.get(category, {}), changes)


def _matrix(data: object) -> dict[int, Severity]:
    changes: dict[int, Severity | None] = {}
    for key, written in _mapping(data).items():
        with _at(key):
            changes[_whole(key)] = None if written is None else _severity(written)
    matrix = _overridden(DEFAULT_CRITERIA.matrix, changes)
    for less, more in pairwise(sorted(matrix)):
        if matrix[more].value > matrix[less].value:
            problem = f"{more} points give {matrix[more].label}, which is milder than for {less}"
            raise InvalidValue(problem, path=(str(more),), expected="more points, worse severity")
    return matrix


def _severity(data: object) -> Severity:
    if isinstance(data, str | int):
        return parse_severity(data)
    raise InvalidValue(f"{scalars.shown(data)} is not a severity", expected="SEV-1 to SEV-5")


def _requirements(data: object) -> dict[Severity, ResponseRequirements]:
    changed: dict[Severity, ResponseRequirements] = {}
    for key, written in _mapping(data).items():
        with _at(key):
            severity = _severity(key)
            if severity in changed:
                raise InvalidValue("is given twice", expected=f"{severity.label} once")
            changed[severity] = _asked(_mapping(written, _ASKED), response_requirements(severity))
    return dict(DEFAULT_CRITERIA.requirements) | changed


def _asked(given: Mapping[str, object], default: ResponseRequirements) -> ResponseRequirements:
    flags = dict.fromkeys(_ASKED[2:], False)
    for name in flags:
        with _at(name):
            flags[name] = _truth(given.get(name, getattr(default, name)))
    with _at("response_time"):
        time = _time(given["response_time"]) if "response_time" in given else default.response_time
    with _at("notification"):
        notified = (
            _names(given["notification"]) if "notification" in given else default.notification
        )
    return ResponseRequirements(time, notified, **flags)


def _truth(data: object) -> bool:
    if isinstance(data, bool):
        return data
    raise InvalidValue(f"{scalars.shown(data)} is neither", expected="true or false")


def _time(data: object) -> timedelta | None:
    if data is None:
        return None
    if isinstance(data, str):
        return parse_duration(data)
    if isinstance(data, int | float) and not isinstance(data, bool):
        return duration_of(data)
    expected = "minutes, words such as 2 h, or null for no limit"
    raise InvalidValue(f"{scalars.shown(data)} is not a duration", expected=expected)


def _names(data: object) -> tuple[str, ...]:
    listed = [data] if isinstance(data, str) else data
    if listed is None:
        return ()
    if not isinstance(listed, list | tuple):
        raise InvalidValue(f"{scalars.shown(data)} is not a list", expected="a list of names")
    for index, name in enumerate(listed):
        if not isinstance(name, str) or not name.strip():
            problem = f"{scalars.shown(name)} is not a name"
            raise InvalidValue(problem, path=(index,), expected="a name such as page_oncall")
    return tuple(name.strip() for name in listed)


def _derivation(
    data: object, criteria: SeverityCriteria
) -> dict[str, tuple[tuple[float, str], ...]]:
    given = _mapping(data, tuple(MEASURES))
    tables: dict[str, tuple[tuple[float, str], ...]] = {}
    for measure, category in MEASURES.items():
        known = criteria.categories.get(category, {})
        if measure not in given:
            default = DEFAULT_TABLE.steps[measure]
            kept = tuple((least, level) for least, level in default if level in known)
            if kept:
                tables[measure] = kept
        elif given[measure] is not None:
            with _at(measure):
                tables[measure] = _steps(given[measure], category, known)
    return tables


def _steps(data: object, category: str, known: Collection[str]) -> tuple[tuple[float, str], ...]:
    if not isinstance(data, list | tuple):
        raise InvalidValue(
            f"{scalars.shown(data)} is not a list", expected=f"a list; each {_A_STEP}"
        )
    steps: dict[float, str] = {}
    for index, written in enumerate(data):
        with _at(index):
            least, level = _step(written)
            if level not in known:
                problem = f"{scalars.shown(level)} is not a level of {category}"
                raise InvalidValue(problem, expected=", ".join(known) or f"a category {category}")
            if least in steps:
                raise InvalidValue(f"{least:g} stands here twice", expected="each amount once")
            steps[least] = level
    return tuple(sorted(steps.items(), reverse=True))


def _step(data: object) -> tuple[float, str]:
    if isinstance(data, Mapping):
        given = _mapping(data, _STEP)
        pair = [given.get(name) for name in _STEP]
    else:
        pair = list(data) if isinstance(data, list | tuple) else []
    if len(pair) != 2:
        raise InvalidValue(f"{scalars.shown(data)} is not a step", expected=_A_STEP)
    least, level = pair
    if isinstance(least, bool) or not isinstance(least, int | float) or not 0 <= least < 1e15:
        raise InvalidValue(f"{scalars.shown(least)} is not an amount", expected="0 or more")
    if not isinstance(level, str):
        raise InvalidValue(f"{scalars.shown(level)} is not a level", expected="the name of a level")
    return least, level.strip()


def criteria_data(
    criteria: SeverityCriteria = DEFAULT_CRITERIA, table: DerivationTable = DEFAULT_TABLE
) -> dict[str, object]:
    """The plain data of a file that reads back as these; a default that they lack stands as None."""
    categories: dict[str, object] = dict.fromkeys(DEFAULT_CRITERIA.categories)
    for name, levels in criteria.categories.items():
        absent = dict.fromkeys(DEFAULT_CRITERIA.categories.get(name, {}))
        categories[name] = absent | dict(levels)
    matrix: dict[int, object] = dict.fromkeys(DEFAULT_CRITERIA.matrix)
    matrix |= {points: severity.label for points, severity in criteria.matrix.items()}
    steps: dict[str, object] = dict.fromkeys(MEASURES)
    for measure, listed in table.steps.items():
        steps[measure] = [{"at_least": least, "level": level} for least, level in listed]
    return {
        "categories": categories,
        "matrix": matrix,
        "requirements": {
            severity.label: _asked_data(response_requirements(severity, criteria))
            for severity in Severity
        },
        "derivation": steps,
    }


def _asked_data(asked: ResponseRequirements) -> dict[str, object]:
    time = asked.response_time
    return {
        "response_time": None if time is None else minutes(time),
        "notification": list(asked.notification),
        "incident_commander": asked.incident_commander,
        "status_page": asked.status_page,
        "customer_comms": asked.customer_comms,
    }
