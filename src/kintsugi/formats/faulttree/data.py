"""Fault trees as plain data, in YAML and JSON: our own shape, and the nested nodes of the guide.

The shape is described in docs/reference/fault-tree-files.md.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import TypeVar

from kintsugi.core.analysis.faulttree.model import (
    BasicEvent,
    CommonCause,
    FaultTree,
    Gate,
    GateKind,
    HouseEvent,
    Spread,
    SpreadKind,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.words import word_of
from kintsugi.formats import scalars, spellings
from kintsugi.formats.errors import InputError
from kintsugi.formats.faulttree.text import read_formula
from kintsugi.formats.faulttree.tree_file import Nested

KEYS = ("name", "top", "gates", "events", "houses", "common_causes")
GATE_KEYS = ("kind", "inputs", "least", "label")
EVENT_KEYS = ("probability", "rate", "time", "label", "spread")
HOUSE_KEYS = ("state", "label")
GROUP_KEYS = ("beta", "events")
Fields = dict[str, object]
Word = TypeVar("Word", GateKind, SpreadKind)


def tree_of(data: object) -> FaultTree:
    """The tree of data in our own shape. Raises InvalidValue with the path."""
    given = _known(data, KEYS, "a fault tree")
    nested = Nested()
    parts = {key: _mapping(given.get(key), key) for key in KEYS[2:]}
    for named in parts.values():
        nested.taken |= set(named)
    gates: list[Gate] = []
    for name, value in parts["gates"].items():
        gates.append(_gate(name, value, nested))
        gates += nested.gates
        nested.gates = []
    return FaultTree(
        name=_text(given, "name", ()),
        top=_text(given, "top", ()),
        gates=tuple(gates),
        events=tuple(_event(name, value) for name, value in parts["events"].items()),
        houses=tuple(_house(name, value) for name, value in parts["houses"].items()),
        common_causes=tuple(_group(name, value) for name, value in parts["common_causes"].items()),
    )


def _gate(name: str, value: object, nested: Nested) -> Gate:
    place = ("gates", name)
    if isinstance(value, str):
        try:
            return read_formula(name, value, nested)
        except InputError as error:
            raise InvalidValue(error.problem, path=place, expected=error.expected) from error
    given = _known(value, GATE_KEYS, "a gate", *place)
    kind = _word(GateKind, given.get("kind"), *place)
    least = given.get("least", 0)
    if isinstance(least, bool) or not isinstance(least, int):
        raise InvalidValue(
            f"{scalars.shown(least)} is no count", path=(*place, "least"), expected="a whole number"
        )
    inputs = _names(given.get("inputs"), *place, "inputs")
    return Gate(name, kind, inputs, least, _text(given, "label", place))


def _event(name: str, value: object) -> BasicEvent:
    place = ("events", name)
    if not isinstance(value, Mapping):
        return BasicEvent(name, _number(value, *place))
    given = _known(value, EVENT_KEYS, "an event", *place)
    numbers = {
        key: _number(given[key], *place, key) if given.get(key) is not None else None
        for key in EVENT_KEYS[:3]
    }
    return BasicEvent(
        name, numbers["probability"], numbers["rate"], numbers["time"], _text(given, "label", place),
        _spread(given.get("spread"), *place, "spread"),
    )  # fmt: skip


def _spread(value: object, *place: str) -> Spread | None:
    if value is None:
        return None
    if not isinstance(value, Mapping) or len(value) != 1:
        expected = "lognormal: 3, uniform: [0.01, 0.1] or beta: [1, 99]"
        raise InvalidValue(f"{scalars.shown(value)} is no spread", path=place, expected=expected)
    ((word, given),) = value.items()
    kind = _word(SpreadKind, word, *place)
    wanted = 1 if kind is SpreadKind.LOGNORMAL else 2
    numbers = given if isinstance(given, list) else [given]
    if len(numbers) != wanted:
        raise InvalidValue(
            f"has {len(numbers)} numbers", path=(*place, str(word)), expected=str(wanted)
        )
    read = [_number(each, *place, str(word)) for each in numbers]
    return Spread(kind, read[0], read[1] if wanted == 2 else 0.0)


def _house(name: str, value: object) -> HouseEvent:
    place = ("houses", name)
    if isinstance(value, bool):
        return HouseEvent(name, value)
    given = _known(value, HOUSE_KEYS, "a house event", *place)
    state = given.get("state")
    if not isinstance(state, bool):
        raise InvalidValue(
            f"{scalars.shown(state)} is no state", path=(*place, "state"), expected="true or false"
        )
    return HouseEvent(name, state, _text(given, "label", place))


def _group(name: str, value: object) -> CommonCause:
    place = ("common_causes", name)
    given = _known(value, GROUP_KEYS, "a common cause", *place)
    beta = _number(given.get("beta"), *place, "beta")
    return CommonCause(name, beta, _names(given.get("events"), *place, "events"))


def _known(value: object, known: Sequence[str], what: str, *place: str) -> Fields:
    if not isinstance(value, Mapping):
        expected = f"a mapping with {', '.join(known)}"
        raise InvalidValue(f"{scalars.shown(value)} is not {what}", path=place, expected=expected)
    found: Fields = {}
    for key, each in value.items():
        name = spellings.snake(key)
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
            hint = f" (did you mean {close[0]}?)" if close else ""
            raise InvalidValue(
                f"is not a key here{hint}", path=(*place, str(key)[:60]), expected=", ".join(known)
            )
        found[name] = each
    return found


def _mapping(value: object, key: str) -> Fields:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidValue(
            f"{scalars.shown(value)} is not a mapping",
            path=(key,),
            expected="a mapping from name to value",
        )
    return {str(name): each for name, each in value.items()}


def _names(value: object, *place: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise InvalidValue(
            f"{scalars.shown(value)} is not a list", path=place, expected="a list of names"
        )
    for index, each in enumerate(value):
        if isinstance(each, bool) or not isinstance(each, str | int | float):
            raise InvalidValue(
                f"{scalars.shown(each)} is not a name", path=(*place, index), expected="a name"
            )
    return tuple(map(str, value))


def _number(value: object, *place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidValue(
            f"{scalars.shown(value)} is not a number", path=place, expected="a number such as 0.01"
        )
    try:
        return float(value)
    except OverflowError:
        raise InvalidValue("is too large", path=place, expected="a number such as 0.01") from None


def _word(kind: type[Word], value: object, *place: str) -> Word:
    try:
        return word_of(kind, value if isinstance(value, str) else "", "kind")
    except InvalidValue as error:
        raise error.under(*place) from error


def _text(given: Fields, key: str, place: tuple[str, ...]) -> str:
    value = given.get(key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InvalidValue(
            f"{scalars.shown(value)} is not text", path=(*place, key), expected="text"
        )
    return str(value)


def data_of(tree: FaultTree) -> Fields:
    """The tree as data that reads back to the same tree; parts that it has not are left out."""
    data: Fields = {
        "name": tree.name,
        "top": tree.top,
        "gates": {gate.name: _gate_data(gate) for gate in tree.gates},
        "events": {event.name: _event_data(event) for event in tree.events},
        "houses": {
            house.name: {"state": house.state, "label": house.label} if house.label else house.state
            for house in tree.houses
        },
        "common_causes": {
            group.name: {"beta": group.beta, "events": list(group.events)}
            for group in tree.common_causes
        },
    }
    return {key: value for key, value in data.items() if value}


def _gate_data(gate: Gate) -> Fields:
    data: Fields = {"kind": gate.kind.value, "inputs": list(gate.inputs)}
    if gate.kind is GateKind.ATLEAST:
        data["least"] = gate.least
    if gate.label:
        data["label"] = gate.label
    return data


def _event_data(event: BasicEvent) -> object:
    data: Fields = {
        "probability": event.probability,
        "rate": event.rate,
        "time": event.time,
        "label": event.label or None,
    }
    if event.spread is not None:
        one = event.spread.kind is SpreadKind.LOGNORMAL
        value = event.spread.a if one else [event.spread.a, event.spread.b]
        data["spread"] = {event.spread.kind.value: value}
    data = {key: value for key, value in data.items() if value is not None}
    return event.probability if set(data) == {"probability"} else data
