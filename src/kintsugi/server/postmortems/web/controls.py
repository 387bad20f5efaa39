"""The fields of the forms a postmortem is edited with: each value as text, and read back from what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from typing import Any, assert_never

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.money import Money
from kintsugi.core.shared.text import clean
from kintsugi.core.shared.times import parse_date, parse_duration, parse_when, written_duration
from kintsugi.formats import scalars
from kintsugi.formats.reading import Reading
from kintsugi.formats.whys import outline
from kintsugi.server.postmortems.web import written


class Kind(Enum):
    """How a value is typed."""

    MARKDOWN = "markdown"
    TEXT = "text"
    LINE = "line"
    LINES = "lines"
    COLUMNS = "columns"
    WHOLE = "whole"
    NUMBER = "number"
    DECIMAL = "decimal"
    MONEY = "money"
    SPAN = "span"
    YES_NO = "yes-no"
    TICK = "tick"
    CHOICE = "choice"
    DAY = "day"
    WHEN = "when"
    OUTLINE = "outline"


ON_ONE_LINE = frozenset(
    {
        Kind.LINE, Kind.WHOLE, Kind.NUMBER, Kind.DECIMAL, Kind.MONEY, Kind.SPAN, Kind.YES_NO, Kind.TICK,
        Kind.CHOICE, Kind.DAY, Kind.WHEN,
    }
)  # fmt: skip
"""Kinds whose control takes no line breaks: a browser leaves them out."""
CHOSEN = frozenset({Kind.TICK, Kind.CHOICE, Kind.YES_NO})


@dataclass(frozen=True, slots=True)
class Control:
    """A field of a form; `path` is the field of the record it edits, such as `impact.text`.

    `choices` are what a CHOICE chooses from (with `may_be_empty`, none of them too), `record` is what
    a line of COLUMNS makes, `offers` are words that a LINE suggests.
    """

    path: str
    label: str
    kind: Kind = Kind.LINE
    hint: str = ""
    choices: type[Enum] | None = None
    may_be_empty: bool = True
    record: type[Any] | None = None
    offers: tuple[str, ...] = ()
    rows: int = 0

    @property
    def head(self) -> str:
        """The field of the record that holds it."""
        return self.path.split(".")[0]


def value_at(record: object, path: str) -> Any:  # noqa: ANN401 - whatever the record holds there
    """What stands at a path of a record."""
    for step in path.split("."):
        record = getattr(record, step)
    return record


def normal(control: Control, typed: str) -> str:
    """What was typed, with our line ends, and without what its control cannot hold."""
    text = clean(typed.replace("\r\n", "\n"))
    return text.replace("\n", "") if control.kind in ON_ONE_LINE else text


def shown(control: Control, value: Any, zone: tzinfo) -> str:  # noqa: ANN401 - a field's value
    """The value as its control holds it."""
    if value is None:
        return ""
    return normal(control, _shown(control, value, zone))


def _shown(control: Control, value: Any, zone: tzinfo) -> str:  # noqa: ANN401, PLR0912 - a branch for each kind of value
    match control.kind:
        case Kind.MARKDOWN | Kind.TEXT | Kind.LINE | Kind.WHOLE:
            return str(value)
        case Kind.NUMBER:
            return str(int(value)) if value == int(value) else repr(value)
        case Kind.LINES:
            return written.list_written(value)
        case Kind.COLUMNS:
            return written.columns_written([astuple(one) for one in value])
        case Kind.DECIMAL:
            return f"{value:f}"
        case Kind.MONEY:
            return f"{value.amount:f} {value.currency}"
        case Kind.SPAN:
            return _span_written(value)
        case Kind.YES_NO:
            return "yes" if value else "no"
        case Kind.TICK:
            return "on" if value else ""
        case Kind.CHOICE:
            return str(value.name)
        case Kind.DAY:
            return str(value.isoformat())
        case Kind.WHEN:
            return _when_written(value, zone)
        case Kind.OUTLINE:
            return outline.whys_written(value)
        case _ as never:
            assert_never(never)


def _span_written(span: timedelta) -> str:
    if span == timedelta(minutes=span // timedelta(minutes=1)):
        return written_duration(span)
    return f"PT{span.total_seconds():f}S"


def _when_written(when: object, zone: tzinfo) -> str:
    if not isinstance(when, datetime):
        return str(when)
    local = when.astimezone(zone)
    exact = "seconds" if local.second else "minutes"
    # In the hour that stands twice, only the offset says which of the two is meant.
    stands_twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    shown_at = local if stands_twice else local.replace(tzinfo=None)
    return shown_at.isoformat(sep=" ", timespec=exact)


def read(control: Control, typed: str, zone: tzinfo) -> Any:  # noqa: ANN401 - a field's value
    """The value that was typed, in the control's own form. Raises InvalidValue."""
    stripped = typed.strip()
    match control.kind:
        case Kind.MARKDOWN | Kind.TEXT:
            return typed
        case Kind.LINE:
            return stripped
        case Kind.LINES:
            return written.list_read(typed)
        case Kind.COLUMNS:
            return _records(control.record, typed)
        case Kind.TICK:
            return bool(stripped)
        case Kind.OUTLINE:
            return outline.whys_read(typed)
        case Kind.CHOICE:
            return _chosen(control, stripped)
        case _:
            return _read_or_none(control.kind, stripped, zone) if stripped else None


def _records(record: type[Any] | None, typed: str) -> tuple[Any, ...]:
    if record is None:
        return ()
    return tuple(record(*row) for row in written.columns_read(typed, len(fields(record))))


def _read_or_none(
    kind: Kind, text: str, zone: tzinfo
) -> int | float | Decimal | Money | timedelta | bool | date | datetime | object:
    reading = Reading(zone=zone)
    readers: Mapping[Kind, Any] = {
        Kind.WHOLE: lambda: scalars.whole(text, reading),
        Kind.NUMBER: lambda: scalars.number(text, reading),
        Kind.DECIMAL: lambda: scalars.decimal(text, reading),
        Kind.MONEY: lambda: _money(text, reading),
        Kind.SPAN: lambda: parse_duration(text),
        Kind.YES_NO: lambda: scalars.truth(text, reading),
        Kind.DAY: lambda: parse_date(text),
        Kind.WHEN: lambda: parse_when(text, zone).when,
    }
    found: object = readers[kind]()
    return found


def _money(text: str, reading: Reading) -> Money:
    amount, _, currency = text.rpartition(" ")
    if amount and currency.isalpha():
        return scalars.money({"amount": amount, "currency": currency.upper()}, reading)
    return scalars.money(text, reading)


def _chosen(control: Control, name: str) -> Enum | None:
    choices = control.choices
    if choices is not None and name in choices.__members__:
        return choices[name]
    if not name and control.may_be_empty:
        return None
    raise InvalidValue(f"{name[:60]!r} is none of the list", expected="one of the list")


def options(control: Control) -> list[tuple[str, str]]:
    """What a select offers: (value, words)."""
    if control.kind is Kind.YES_NO:
        return [("", "Not known"), ("yes", "Yes"), ("no", "No")]
    if control.choices is None:
        return []
    empty = [("", "Not set")] if control.may_be_empty else []
    return empty + [(one.name, _word(one)) for one in control.choices]


def _word(member: Enum) -> str:
    label = getattr(member, "label", None)
    return str(label) if label else str(member.value).replace("_", " ").capitalize()
