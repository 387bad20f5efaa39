"""Values to plain data and back, driven by the types of the core's dataclasses.

One codec reads every shape a record comes in: the spellings of each field stand in
`kintsugi.formats.spellings`. Plain data is what JSON and YAML hold: dicts, lists, text, numbers.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import When, minutes, written_when
from kintsugi.formats import scalars, spellings
from kintsugi.formats.reading import Reading

Decoder = Callable[[Any, Reading], Any]


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How one field of a dataclass is read: its name and its decoder."""

    name: str
    decode: Decoder


def decode(kind: type, data: object, reading: Reading) -> Any:
    """The value of a core dataclass that plain data describes.

    Raises InvalidValue with the path of the field, as the input spells it.
    """
    return _decoder(kind)(data, reading)


@cache
def _decoder(kind: Any) -> Decoder:
    scalar = scalars.decoder_of(kind)
    if scalar is not None:
        return scalar
    if kind == When:
        return scalars.when
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        inner = [member for member in get_args(kind) if member is not type(None)]
        if set(inner) == set(get_args(When)):
            return scalars.when
        return _decoder(inner[0])
    if origin is tuple:
        return _list_decoder(get_args(kind)[0])
    if is_dataclass(kind):
        return _record_decoder(kind)
    raise TypeError(f"no decoder for {kind}")


def _list_decoder(kind: Any) -> Decoder:
    def read(data: Any, reading: Reading) -> tuple[Any, ...]:
        item = _decoder(kind)
        if isinstance(data, str):
            return (item(data, reading),)
        if not isinstance(data, list | tuple):
            raise InvalidValue(f"{scalars.shown(data)} is not a list", expected="a list")
        values = []
        for index, element in enumerate(data):
            before = len(reading.unknown)
            try:
                values.append(item(element, reading))
            except InvalidValue as error:
                raise error.under(index) from error
            _prefix(reading, before, f"{index}.")
        return tuple(values)

    return read


def _record_decoder(kind: Any) -> Decoder:
    hints = get_type_hints(kind)
    rules = {
        entry.name: FieldRule(entry.name, _decoder(hints[entry.name])) for entry in fields(kind)
    }
    by_key = {key: rules[name] for name in rules for key in spellings.keys_of(kind, name)}
    required = [entry.name for entry in fields(kind) if _is_required(entry)]
    shorthand = spellings.shorthand_of(kind)

    def read(data: Any, reading: Reading) -> Any:
        if not isinstance(data, dict):
            if shorthand is None or not isinstance(data, str):
                raise InvalidValue(
                    f"{scalars.shown(data)} is not a mapping", expected="fields and their values"
                )
            data = shorthand(data)
        values: dict[str, Any] = {}
        used: dict[str, str] = {}
        for key, raw in data.items():
            rule = by_key.get(key) or by_key.get(spellings.snake(key))
            if rule is None:
                reading.unknown.append((str(key), _kept(str(key), raw)))
            elif raw is not None:
                _read_field(rule, str(key), raw, reading, values, used)
        for name in required:
            if name not in values:
                if name not in spellings.MAY_BE_EMPTY:
                    raise InvalidValue("is missing", path=(name,))
                values[name] = None if name == "time" else ""
        try:
            return kind(**values)
        except InvalidValue as error:
            if error.path and error.path[0] in used:
                raise InvalidValue(
                    error.problem,
                    path=(used[str(error.path[0])], *error.path[1:]),
                    expected=error.expected,
                ) from error
            raise

    return read


def _read_field(
    rule: FieldRule,
    key: str,
    raw: object,
    reading: Reading,
    values: dict[str, Any],
    used: dict[str, str],
) -> None:
    before = len(reading.unknown)
    try:
        value = rule.decode(raw, reading)
    except InvalidValue as error:
        raise error.under(key) from error
    _prefix(reading, before, f"{key}.")
    if rule.name in values and values[rule.name] != value:
        raise InvalidValue(
            f"says the same as {used[rule.name]} with another value",
            path=(key,),
            expected="one of them",
        )
    values[rule.name], used[rule.name] = value, key


def _prefix(reading: Reading, start: int, prefix: str) -> None:
    """Unknown keys found since `start` are named by where they stand."""
    if len(reading.unknown) > start:
        reading.unknown[start:] = [(prefix + key, raw) for key, raw in reading.unknown[start:]]


def _is_required(entry: Field[Any]) -> bool:
    return entry.default is MISSING and entry.default_factory is MISSING


MOST_LEVELS = 50
"""Levels of data that are kept aside unread; what is deeper could not be read back from YAML."""


def _kept(key: str, raw: object) -> str:
    level = [raw]
    for _ in range(MOST_LEVELS):
        level = [
            child
            for one in level
            for child in (
                one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
            )
        ]
        if not level:
            return compact_json(raw)
    raise InvalidValue("is nested too deep", path=(key,), expected=f"at most {MOST_LEVELS} levels")


def compact_json(raw: object) -> str:
    """Data as JSON text without spaces."""
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":"), default=str)


def encode(value: Any, *, camel: bool = False) -> Any:
    """The plain data of a value, defaults left out; keys snake_case, or camelCase for the API and `--json`."""
    kind: Any = type(value)
    return _encoder(kind, camel)(value)


@cache
def _encoder(kind: Any, camel: bool) -> Callable[[Any], Any]:
    if is_dataclass(kind):
        return scalars.encode_special(kind) or _record_encoder(kind, camel)
    if issubclass(kind, Enum):
        return scalars.encode_enum
    if issubclass(kind, datetime):
        return written_when
    if issubclass(kind, date):
        return lambda day: day.isoformat()
    if issubclass(kind, timedelta):
        return minutes
    if issubclass(kind, Decimal):
        return str
    if issubclass(kind, tuple):
        return lambda items: [encode(item, camel=camel) for item in items]
    return lambda plain: plain


def _record_encoder(kind: Any, camel: bool) -> Callable[[Any], Any]:
    plan = []
    for entry in fields(kind):
        key = spellings.written_key(kind, entry.name)
        default = entry.default if entry.default is not MISSING else None
        plan.append(
            (entry.name, spellings.camel(key) if camel else key, default, _is_required(entry))
        )

    def write(value: Any) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for name, key, default, is_required in plan:
            part = getattr(value, name)
            if part is None or (not is_required and part == default):
                continue
            if type(part) is str:  # most are, and a timeline has thousands
                data[key] = part
            elif name == "extra":
                data[key] = {extra: json.loads(raw) for extra, raw in part}
            else:
                data[key] = encode(part, camel=camel)
        return data

    return write
