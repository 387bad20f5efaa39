"""Bodies to data: typed and quick when they are what they should be, patient when they are not."""

from __future__ import annotations

import json
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

import msgspec
from msgspec.structs import fields

from kintsugi.formats.alerts.format import Headers, Undecodable

Shape = TypeVar("Shape", bound=msgspec.Struct)
Path = tuple[str | int, ...]

_ANY: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
_MAX_FIELDS = 1000
_MAX_FORM = 256 * 1024
_LONGEST_NUMBER = 30
_DEEP = "the body is nested too deep"


def read(body: bytes, decoder: msgspec.json.Decoder[Shape], shape: type[Shape]) -> Shape:
    """The body as this shape. What is not exactly so is made so: numbers and nulls where texts belong.

    Raises Undecodable when it is no JSON, or no object where one must be.
    """
    try:
        return decoder.decode(body)
    except RecursionError as error:
        raise Undecodable(_DEEP) from error
    except ValueError:
        return shaped(load(body), shape)


def load(body: bytes) -> Any:
    """The JSON in the body, whatever it is. Raises Undecodable when there is none."""
    try:
        return _ANY.decode(body)
    except RecursionError as error:
        raise Undecodable(_DEEP) from error
    except ValueError:
        return _patiently(body)


def _patiently(body: bytes) -> Any:
    """Again, for what senders make of templates: line breaks in texts, half characters, marks, other encodings."""
    if not body.strip():
        raise Undecodable("the body is empty")
    text = body.decode(json.detect_encoding(body), errors="replace").removeprefix("\ufeff")
    try:
        return json.loads(text, strict=False, parse_int=_whole, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        raise Undecodable(
            f"the body is no JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from error
    except RecursionError as error:
        raise Undecodable(_DEEP) from error


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else digits


def load_any(body: bytes, headers: Headers) -> Any:
    """The data of a JSON body, of a form, of a form with JSON in its only field, or of the query of an empty body.

    Raises Undecodable.
    """
    query = headers.get(":path", "").partition("?")[2]
    if not body.strip() and query:
        return dict(_fields(query))
    is_form = "x-www-form-urlencoded" in headers.get("content-type", "").lower()
    if not is_form or body.lstrip()[:1] in (b"{", b"["):
        return load(body)
    if len(body) > _MAX_FORM:
        raise Undecodable("a form has at most 256 kB")
    pairs = _fields(body.decode("utf-8", errors="replace"))
    if len(pairs) == 1 and pairs[0][1].lstrip()[:1] in ("{", "["):
        return {pairs[0][0]: load(pairs[0][1].encode("utf-8", errors="replace"))}
    return dict(pairs)


def _fields(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise Undecodable(f"the form has more than {_MAX_FIELDS:,} fields") from error


def text_of(value: object) -> str:
    """A value as text: numbers and truth as JSON writes them, nothing for null, JSON for what holds others."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        return ", ".join(text_of(one) for one in value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def is_number(value: object) -> bool:
    """Whether it is a number, and not true or false."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def objects(data: object, path: Path = ()) -> list[dict[str, Any]]:
    """The objects of a list, or the one object. Raises Undecodable for anything else but null."""
    if isinstance(data, dict):
        return [data]
    if not isinstance(data, list):
        raise Undecodable(f"an object or a list is expected, not {_kind(data)}", path)
    for at, item in enumerate(data):
        if not isinstance(item, dict | None):
            raise Undecodable(f"an object is expected, not {_kind(item)}", (*path, at))
    return [item for item in data if item is not None]


def _kind(data: object) -> str:
    match data:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "text"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case _:
            return "an object"


class _Field(NamedTuple):
    name: str
    key: str
    kind: Any
    within: Any


@lru_cache
def _plan(shape: type[msgspec.Struct]) -> tuple[_Field, ...]:
    hints = get_type_hints(shape)
    planned = []
    for field in fields(shape):
        hint = hints[field.name]
        if get_origin(hint) is UnionType:
            hint = next(one for one in get_args(hint) if one is not NoneType)
        planned.append(
            _Field(field.name, field.encode_name, get_origin(hint) or hint, get_args(hint))
        )
    return tuple(planned)


def shaped(data: object, shape: type[Shape], path: Path = ()) -> Shape:
    """Data as this shape, by the kinds of its fields: str, dict[str, str], list of a shape, a shape, or Any.

    Raises Undecodable when it is no object.
    """
    if not isinstance(data, dict):
        raise Undecodable(f"an object is expected, not {_kind(data)}", path)
    given: dict[str, Any] = {}
    for name, key, kind, within in _plan(shape):
        value = data.get(key)
        if value is None:
            continue
        if kind is str:
            given[name] = text_of(value)
        elif kind is dict:
            given[name] = texts(value)
        elif kind is list:
            inner = objects(value, (*path, key))
            given[name] = [shaped(one, within[0], (*path, key, at)) for at, one in enumerate(inner)]
        elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            if isinstance(value, dict):
                given[name] = shaped(value, kind, (*path, key))
        else:
            given[name] = value
    return shape(**given)


def texts(value: object) -> dict[str, str]:
    """A map of texts, from a map of anything; empty for what is no map."""
    if not isinstance(value, dict):
        return {}
    return {str(name): text_of(one) for name, one in value.items()}
