"""A part of a postmortem as form fields, and the part that was typed: what nobody touched stays as it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.server.postmortems.web.controls import (
    CHOSEN,
    Control,
    Kind,
    normal,
    read,
    shown,
    value_at,
)
from kintsugi.server.postmortems.web.parts import Part, Rows

LARGEST = 500_000
"""Characters of one field; what is larger no form can send whole."""
WAS, AT = "was.", "at."
"""What goes before a field's name where a form tells how it was read, and at which version."""


class PartForm(BaseModel):
    """What a form of the edit page sends: the version it was read at, what to do, and the part's own fields."""

    model_config = ConfigDict(extra="allow")

    version: int = Field(ge=0, le=1_000_000_000)
    do: str = Field("save", max_length=200)

    def read_at(self, touched: Iterable[str]) -> int:
        """The version at which what was touched was read: the form's, or a later one that a field was kept at."""
        numbers = [self.typed.get(AT + field, "") for field in touched]
        known = [int(one) for one in numbers if one.isdecimal() and len(one) < 10]
        return min([*known, *[self.version] * (len(known) < len(numbers))], default=self.version)

    @property
    def typed(self) -> dict[str, str]:
        """The part's fields, each the last that was sent."""
        return {
            name: value if isinstance(value, str) else str(value[-1]) if value else ""
            for name, value in (self.model_extra or {}).items()
            if isinstance(value, str | list)
        }


@dataclass(frozen=True, slots=True)
class Said:
    """What a form says: the postmortem with it, which of its fields somebody touched, where each row went."""

    postmortem: Postmortem
    touched: tuple[str, ...]
    places: Mapping[int, int | None]


def filled(
    part: Part, postmortem: Postmortem, zone: tzinfo, opened: Iterable[int] | None = None
) -> dict[str, str]:
    """Every field of the part's form as it is shown, with what was read, so that an untouched one is known again.

    `opened` are the rows that are shown (None: every row and one to add).
    """
    made: dict[str, str] = {}
    for control in part.controls:
        made[control.path] = shown(control, value_at(postmortem, control.path), zone)
    for index in opened_rows(part, postmortem, opened):
        made |= _row_filled(part.rows, index, postmortem, zone)
    for field in part.fields:
        heads = {one.path for one in part.controls if one.head == field}
        own = {name: made[name] for name in made if name in heads or name.startswith(f"{field}.")}
        made[WAS + field] = digest(own)
    return made


def opened_rows(
    part: Part, postmortem: Postmortem, opened: Iterable[int] | None = None
) -> tuple[int, ...]:
    """The numbers of the rows that are shown open."""
    if part.rows is None:
        return ()
    count = len(getattr(postmortem, part.rows.field))
    return tuple(range(count + 1) if opened is None else [one for one in opened if one <= count])


def _row_filled(
    rows: Rows | None, index: int, postmortem: Postmortem, zone: tzinfo
) -> dict[str, str]:
    if rows is None:
        return {}
    records = getattr(postmortem, rows.field)
    record = records[index] if index < len(records) else None
    return {
        row_name(rows, index, control): shown(
            control, value_at(record, control.path) if record is not None else _blank(control), zone
        )
        for control in rows.controls
    }


def _blank(control: Control) -> object:
    needs_one = control.kind is Kind.CHOICE and not control.may_be_empty
    return next(iter(control.choices)) if needs_one and control.choices else None


def row_name(rows: Rows, index: int, control: Control) -> str:
    """The name of a field of a row."""
    return f"{rows.field}.{index}.{control.path}"


def field_values(part: Part, field: str, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed of one field of the postmortem, by name, as its controls hold it."""
    made = {
        control.path: normal(control, typed.get(control.path, ""))
        for control in part.controls
        if control.head == field and (control.path in typed or control.kind is Kind.TICK)
    }
    if part.rows and part.rows.field == field:
        for index in _indices(part.rows, typed):
            for control in part.rows.controls:
                name = row_name(part.rows, index, control)
                if name in typed or control.kind is Kind.TICK:
                    made[name] = normal(control, typed.get(name, ""))
    return made


def digest(values: Mapping[str, str]) -> str:
    """A short mark of what fields hold."""
    written = json.dumps(sorted(values.items()), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:20]


def read_part(
    part: Part, current: Postmortem, typed: Mapping[str, str], zone: tzinfo, do: str = "save"
) -> Said:
    """What the form says on top of the postmortem as it stands.

    1. A field whose controls hold what they were shown with is not touched. 2. In a field that is,
    each control that holds what stands now keeps it to the last detail. 3. The rest is read. Raises
    InvalidValue, whose path is the name of the control.
    """
    said, touched = current, []
    places: Mapping[int, int | None] = {}
    word, _, number = do.partition(":")
    for field in part.fields:
        is_rows = part.rows is not None and part.rows.field == field
        values = field_values(part, field, typed)
        acts = is_rows and word in _DOINGS
        if not acts and (not values or typed.get(WAS + field) == digest(values)):
            continue
        if is_rows and part.rows:
            value, places = _rows_read(
                part.rows, getattr(current, field), values, zone, word, number
            )
        else:
            value = _field_read(part, field, current, values, zone)
        if value != getattr(current, field):
            touched.append(field)
            changed: dict[str, Any] = {field: value}
            said = replace(said, **changed)
    return Said(said, tuple(touched), places)


def _field_read(
    part: Part, field: str, current: Postmortem, values: Mapping[str, str], zone: tzinfo
) -> Any:  # noqa: ANN401 - a field's value
    controls = [one for one in part.controls if one.head == field and one.path in values]
    read_values = {
        one.path: _control_read(one, one.path, values[one.path], value_at(current, one.path), zone)
        for one in controls
    }
    if field in read_values:
        return read_values[field]
    changes = {path.partition(".")[2]: value for path, value in read_values.items()}
    try:
        return replace(getattr(current, field), **changes)
    except InvalidValue as error:
        place = ".".join((field, *[str(step) for step in error.path[:1]]))
        raise InvalidValue(error.problem, path=(place,), expected=error.expected) from error


def _control_read(control: Control, name: str, typed: str, now: object, zone: tzinfo) -> Any:  # noqa: ANN401 - a field's value
    if typed == shown(control, now, zone):
        return now
    return _typed_read(control, name, typed, zone)


def _typed_read(control: Control, name: str, typed: str, zone: tzinfo) -> Any:  # noqa: ANN401 - a field's value
    if len(typed) > LARGEST:
        raise InvalidValue("is too long", path=(name,), expected=f"at most {LARGEST:,} characters")
    try:
        return read(control, typed, zone)
    except InvalidValue as error:
        raise InvalidValue(error.problem, path=(name,), expected=error.expected) from error


def _indices(rows: Rows, typed: Iterable[str]) -> list[int]:
    """The numbers of the rows that were sent, in order."""
    found = set()
    for name in typed:
        field, _, rest = name.partition(".")
        number = rest.partition(".")[0]
        if field == rows.field and number.isdecimal() and len(number) < 7:
            found.add(int(number))
    return sorted(found)


_DOINGS = frozenset({"remove", "up", "down", "key"})
_Pairs = list[tuple[int, Any]]


def _rows_read(
    rows: Rows, current: Sequence[Any], values: Mapping[str, str], zone: tzinfo, word: str, number: str
) -> tuple[tuple[Any, ...], Mapping[int, int | None]]:  # fmt: skip
    """The records with the rows that were sent, and where each of those stands then."""
    sent = _indices(rows, values)
    pairs: _Pairs = []
    for index in range(max([len(current), *[one + 1 for one in sent]])):
        now = current[index] if index < len(current) else None
        if index not in sent:
            pairs += [(index, now)] if now is not None else []
            continue
        record = _row_read(rows, index, values, now, zone)
        pairs += [(index, record)] if record is not None else []
    if word in _DOINGS and number.isdecimal() and len(number) < 7:
        pairs = _done(pairs, word, int(number))
    is_changed = [one for _, one in pairs] != list(current)
    if (
        is_changed
        and rows.field == "timeline"
        and all(isinstance(one.time, datetime) for _, one in pairs)
    ):
        pairs.sort(key=lambda pair: pair[1].time)
    where = {origin: place for place, (origin, _) in enumerate(pairs)}
    return tuple(one for _, one in pairs), {index: where.get(index) for index in sent}


def _row_read(rows: Rows, index: int, values: Mapping[str, str], now: Any, zone: tzinfo) -> Any:  # noqa: ANN401 - a record
    """The record of a row: as it stands where it holds just that, None where it is empty."""
    names = {control: row_name(rows, index, control) for control in rows.controls}
    typed = {control: values[name] for control, name in names.items() if name in values}
    if now is not None and all(
        text == shown(control, value_at(now, control.path), zone) for control, text in typed.items()
    ):
        return now
    if not any(text.strip() for control, text in typed.items() if control.kind not in CHOSEN):
        return None
    read_values = {
        control.path: _new_or_kept(control, names[control], text, now, zone)
        for control, text in typed.items()
    }
    return replace(now, **read_values) if now is not None else rows.record(**read_values)


def _new_or_kept(control: Control, name: str, text: str, now: Any, zone: tzinfo) -> Any:  # noqa: ANN401 - a field's value
    if now is not None:
        return _control_read(control, name, text, value_at(now, control.path), zone)
    return _typed_read(control, name, text, zone)


def _done(pairs: _Pairs, word: str, number: int) -> _Pairs:
    place = next((at for at, (origin, _) in enumerate(pairs) if origin == number), None)
    if place is None:
        return pairs
    origin, record = pairs[place]
    rest = pairs[:place] + pairs[place + 1 :]
    match word:
        case "remove":
            return rest
        case "key":
            marked = replace(record, important=not record.important)
            return [*pairs[:place], (origin, marked), *pairs[place + 1 :]]
        case _:
            to = max(0, place - 1) if word == "up" else place + 1
            return [*rest[:to], (origin, record), *rest[to:]]
