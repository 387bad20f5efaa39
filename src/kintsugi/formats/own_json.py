"""Our own JSON and YAML: every field, read back to the same value; and the schema of it."""

from __future__ import annotations

import json
import types
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.money import Money
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.times import ClockTime, When
from kintsugi.formats.codec import encode
from kintsugi.formats.plain import dump_yaml
from kintsugi.formats.records import SCHEMA
from kintsugi.formats.spellings import MAY_BE_EMPTY, written_key


def own_data(postmortem: Postmortem, *, camel: bool = False) -> dict[str, Any]:
    """The postmortem as plain data, empty fields left out; snake_case, or camelCase for the API."""
    return {"schema": SCHEMA, **encode(postmortem, camel=camel)}


def write_json(postmortem: Postmortem) -> str:
    """Our own JSON, indented."""
    return json.dumps(own_data(postmortem), indent=2, ensure_ascii=False) + "\n"


def write_yaml(postmortem: Postmortem) -> str:
    """Our own YAML."""
    return dump_yaml(own_data(postmortem))


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of our own JSON and YAML, made from the types the codec reads by."""
    definitions: dict[str, Any] = {}
    _reference(Postmortem, definitions)
    root = definitions.pop("Postmortem")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        "title": "Kintsugi postmortem",
        "description": "A postmortem as `kintsugi postmortem export --format json` writes it.",
        **root,
        "properties": {
            "schema": {"const": SCHEMA},
            **root["properties"],
            "extra": {"type": "object"},
        },
        "required": ["schema", *root.get("required", [])],
        "$defs": dict(sorted(definitions.items())),
    }


def schema_of_parts(kind: type) -> tuple[dict[str, Any], dict[str, Any]]:
    """A reference to the schema of one of our dataclasses, and the definitions it needs."""
    definitions: dict[str, Any] = {}
    reference = _reference(kind, definitions)
    return reference, dict(sorted(definitions.items()))


def _reference(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    name = kind.__name__
    if name not in definitions:
        definitions[name] = {}
        hints = get_type_hints(kind)
        entries = fields(kind)
        properties = {
            written_key(kind, entry.name): _schema_of(hints[entry.name], definitions)
            for entry in entries
        }
        needed = [
            written_key(kind, entry.name)
            for entry in entries
            if entry.default is MISSING
            and entry.default_factory is MISSING
            and entry.name not in MAY_BE_EMPTY
        ]
        description = " ".join((kind.__doc__ or "").split("\n\n")[0].split())
        definitions[name] = {"type": "object", "description": description, "properties": properties}
        if needed:
            definitions[name]["required"] = needed
    return {"$ref": f"#/$defs/{name}"}


_SCALARS: dict[Any, dict[str, Any]] = {
    str: {"type": "string"}, int: {"type": "integer"}, float: {"type": "number"}, bool: {"type": "boolean"},
    Decimal: {"type": "string", "pattern": r"^[0-9.E+-]+$"},
    datetime: {"type": "string", "format": "date-time"}, date: {"type": "string", "format": "date"},
    timedelta: {"type": "number", "minimum": 0, "description": "minutes"},
    Money: {
        "type": "object", "required": ["amount", "currency"], "additionalProperties": False,
        "properties": {"amount": {"type": "string"}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}},
    },
}  # fmt: skip
_WHEN = {
    "type": "string",
    "description": "an ISO 8601 moment, or a clock time such as 14:35 without a date",
}


def _schema_of(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if kind in _SCALARS:
        return dict(_SCALARS[kind])
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        inner = [member for member in get_args(kind) if member is not type(None)]
        return (
            dict(_WHEN) if set(inner) == set(get_args(When)) else _schema_of(inner[0], definitions)
        )
    if origin is tuple:
        return {"type": "array", "items": _schema_of(get_args(kind)[0], definitions)}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {
            "enum": [
                member.label if isinstance(member, Severity) else member.value for member in kind
            ]
        }
    if is_dataclass(kind) and kind is not ClockTime:
        return _reference(kind, definitions)
    raise TypeError(f"no schema for {kind}")
