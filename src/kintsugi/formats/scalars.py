"""Single values from plain data: text, numbers, times, words of closed sets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

from kintsugi.core.actions import words
from kintsugi.core.actions.item import ActionStatus, ActionType, Horizon, Priority
from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.money import Money
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.core.shared.text import clean
from kintsugi.core.shared.times import (
    DATE_EXPECTED,
    TIME_EXPECTED,
    ClockTime,
    When,
    duration_of,
    parse_date,
    parse_duration,
    parse_when,
)
from kintsugi.formats.reading import Reading

MAX_TEXT = 1_000_000
"""Characters in one text field; a longer one is a log and belongs in an attachment."""

_NUMBER = re.compile(r"[-+]?[\d,_]*\.?\d+(?:[eE][-+]?\d+)?")


def shown(value: object) -> str:
    """A value as an error message quotes it: short."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def text(data: object, _reading: Reading) -> str:
    """Text, cleaned of what no format can hold; a number is taken as it is written."""
    if isinstance(data, str):
        if len(data) > MAX_TEXT:
            raise InvalidValue(
                f"the text has {len(data):,} characters",
                expected=f"at most {MAX_TEXT:,}; link to what is longer",
            )
        return clean(data)
    if isinstance(data, int | float) and not isinstance(data, bool):
        return str(data)
    raise InvalidValue(f"{shown(data)} is not text", expected="text")


def number(data: object, _reading: Reading) -> float:
    """A finite number, also written as `1,200` or `12.5%`."""
    value = _number(data)
    if not -1e15 < value < 1e15:
        raise InvalidValue(f"{shown(data)} is out of range", expected="a number")
    return value


def whole(data: object, reading: Reading) -> int:
    """A whole number, also written as `1,200`."""
    value = number(data, reading)
    if value != int(value):
        raise InvalidValue(f"{shown(data)} is not a whole number", expected="a whole number")
    return int(value)


def _number(data: object) -> float:
    if isinstance(data, bool):
        raise InvalidValue(f"{shown(data)} is not a number", expected="a number")
    if isinstance(data, int | float):
        try:
            return float(data)
        except OverflowError:
            return float("inf")
    if isinstance(data, str):
        written = data.strip().removeprefix("~").removeprefix("$").removesuffix("%").strip()
        if len(written) < 40 and _NUMBER.fullmatch(written):
            return float(written.replace(",", "").replace("_", ""))
    raise InvalidValue(f"{shown(data)} is not a number", expected="a number")


def decimal(data: object, _reading: Reading) -> Decimal:
    """An exact decimal number."""
    _number(data)
    try:
        amount = Decimal(
            str(data).strip().removeprefix("~").removeprefix("$").replace(",", "").replace("_", "")
        )
    except InvalidOperation as error:
        raise InvalidValue(f"{shown(data)} is not a number", expected="a number") from error
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 15:
        raise InvalidValue(f"{shown(data)} is out of range", expected="a number below 10^15")
    return amount


def truth(data: object, _reading: Reading) -> bool:
    """true or false, also yes, no, 0 and 1."""
    if isinstance(data, bool):
        return data
    word = str(data).strip().casefold() if isinstance(data, str | int) else ""
    if word in ("true", "yes", "y", "1") or word in ("false", "no", "n", "0", "none"):
        return word in ("true", "yes", "y", "1")
    raise InvalidValue(f"{shown(data)} is neither true nor false", expected="true or false")


def when(data: object, reading: Reading) -> When:
    """A moment or a clock time; a moment without offset counts as one in the reading's zone."""
    if not isinstance(data, str):
        raise InvalidValue(f"{shown(data)} is not a time", expected=TIME_EXPECTED)
    read = parse_when(data, reading.zone)
    reading.naive_times += read.is_naive
    return read.when


def moment(data: object, reading: Reading) -> datetime:
    """A moment with its date."""
    read = when(data, reading)
    if isinstance(read, ClockTime):
        raise InvalidValue(
            f"{shown(data)} has no date", expected="an ISO time such as 2024-03-15T09:15:00Z"
        )
    return read


def day(data: object, _reading: Reading) -> date:
    """A calendar day."""
    if not isinstance(data, str):
        raise InvalidValue(f"{shown(data)} is not a date", expected=DATE_EXPECTED)
    return parse_date(data)


def optional_day(data: object, reading: Reading) -> date | None:
    """A calendar day; an empty text is none (the generator seed's default)."""
    return None if data == "" else day(data, reading)


def span(data: object, reading: Reading) -> timedelta:
    """A duration: a number of minutes, or words such as `1 h 30 min`."""
    if isinstance(data, str):
        return parse_duration(data)
    return duration_of(number(data, reading))


def money(data: object, reading: Reading) -> Money:
    """{amount, currency}; a bare number is US dollars."""
    if not isinstance(data, Mapping):
        return Money(decimal(data, reading))
    unknown = set(data) - {"amount", "currency"}
    if unknown or "amount" not in data:
        raise InvalidValue(
            "is not an amount of money", expected='{"amount": "1500.00", "currency": "EUR"}'
        )
    currency = text(data.get("currency") or "USD", reading).strip().upper()
    try:
        return Money(decimal(data["amount"], reading), currency)
    except InvalidValue as error:
        raise error.under("amount") if "number" in error.expected else error from error


def severity(data: object, _reading: Reading) -> Severity:
    """A severity in any of the seeds' spellings."""
    if isinstance(data, str | int):
        return parse_severity(data)
    raise InvalidValue(f"{shown(data)} is not a severity", expected="SEV-1 to SEV-5")


def _word(parse: Callable[[str], Enum]) -> Callable[[object, Reading], Enum]:
    def read(data: object, reading: Reading) -> Enum:
        return parse(text(data, reading))

    return read


def incident_status(data: object, reading: Reading) -> IncidentStatus:
    """Ours, or the guide's ACTIVE (investigating)."""
    word = text(data, reading).strip().casefold()
    meant = "investigating" if word in ("active", "open", "ongoing") else word
    status: IncidentStatus = enum_word(IncidentStatus)(meant, reading)
    return status


def enum_word(kind: type[Any]) -> Callable[[object, Reading], Any]:
    """Reads a member of a closed set by its value, whatever the case."""

    def read(data: object, reading: Reading) -> Any:
        word = "_".join(text(data, reading).strip().casefold().replace("-", "_").split())
        for member in kind:
            if member.value.casefold() == word:
                return member
        allowed = ", ".join(member.value for member in kind)
        raise InvalidValue(f"{shown(data)} is not one of the words allowed", expected=allowed)

    return read


_DETECTION_WORDS = {
    "automated_monitoring": "monitoring", "alert": "monitoring", "alerts": "monitoring",
    "customer_report": "customer", "customer_reports": "customer", "internal_discovery": "internal",
    "synthetic_monitoring": "synthetic",
}  # fmt: skip


def detection_method(data: object, reading: Reading) -> DetectionMethod:
    """Ours, or the guide's four names."""
    word = "_".join(text(data, reading).strip().casefold().replace("-", "_").split())
    method: DetectionMethod = enum_word(DetectionMethod)(_DETECTION_WORDS.get(word, word), reading)
    return method


_DECODERS: Mapping[object, Callable[[Any, Any], Any]] = {
    str: text, int: whole, float: number, bool: truth, Decimal: decimal, datetime: moment, date: optional_day,
    timedelta: span, Money: money, Severity: severity, IncidentStatus: incident_status,
    DetectionMethod: detection_method,
    Priority: _word(words.parse_priority), ActionStatus: _word(words.parse_status),
    ActionType: _word(words.parse_type), Horizon: _word(words.parse_horizon),
}  # fmt: skip


def decoder_of(kind: Any) -> Callable[[Any, Reading], Any] | None:
    """The function that reads this kind of single value; None if it is not one."""
    known = _DECODERS.get(kind)
    if known is None and isinstance(kind, type) and issubclass(kind, Enum):
        return enum_word(kind)
    return known


def encode_enum(member: Enum) -> str:
    """The word that is written for a member."""
    return member.label if isinstance(member, Severity) else str(member.value)


def encode_special(kind: object) -> Callable[[Any], Any] | None:
    """How the two dataclasses that are single values are written: clock times and money."""
    if kind is ClockTime:
        return str
    if kind is Money:
        return lambda money: {"amount": str(money.amount), "currency": money.currency}
    return None
