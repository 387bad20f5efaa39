"""Rules and silences as plain data with the API's keys, and read back: what comes from outside is refused here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import time, timedelta
from enum import Enum
from typing import TypeVar

from kintsugi.core.alerts.grouping import Grouping
from kintsugi.core.alerts.matchers import EXPECTED, NAME, VALUE, Find, Matcher, parse_matcher
from kintsugi.core.alerts.routing import Condition, Outcome, OutcomeKind, WhenResolved
from kintsugi.core.alerts.title import ALERTS_OWN, TEMPLATE
from kintsugi.core.alerts.weekly_hours import DAYS, Span, WeeklyHours
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.core.shared.text import clean
from kintsugi.core.shared.times import parse_clock, written_time, zone_named

Data = Mapping[str, object]
Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=Enum)

MANY, FEW, WORD = 50, 20, 200
MAX_WINDOW = timedelta(hours=24)


def written_matchers(matchers: Sequence[Matcher]) -> list[object]:
    """Matchers as Alertmanager's API has them: name, value, isRegex, isEqual."""
    return [
        {"name": one.name, "value": one.value, "isRegex": one.is_regex, "isEqual": one.is_equal}
        for one in matchers
    ]


def parse_matchers(written: object, find: Find) -> tuple[Matcher, ...]:
    """Matchers from a list of Alertmanager's objects, or of texts such as `severity=~"a|b"`.

    Every pattern is tried with `find`. Raises InvalidValue, with the path from the list on.
    """
    return _several(written, lambda one: _matcher(one, find))


def written_condition(condition: Condition) -> dict[str, object]:
    """A condition as the API has it."""
    return {
        "matchers": written_matchers(condition.matchers),
        "severities": [one.label for one in condition.severities],
        "services": list(condition.services),
        "during": _written_hours(condition.during),
        "notDuring": _written_hours(condition.not_during),
    }


def parse_condition(written: object, find: Find) -> Condition:
    """A condition from the API's data; what is left out is empty.

    Raises InvalidValue, with the path, for a key that is none and a value that cannot be.
    """
    data = _object(written, "matchers", "severities", "services", "during", "notDuring")
    return Condition(
        matchers=_at("matchers", data, (), lambda one: parse_matchers(one, find)),
        severities=_at("severities", data, (), lambda one: _several(one, _severity)),
        services=_at("services", data, (), lambda one: _several(one, _word)),
        during=_at("during", data, None, _hours),
        not_during=_at("notDuring", data, None, _hours),
    )


def written_outcome(outcome: Outcome) -> dict[str, object]:
    """An outcome as the API has it."""
    return {
        "kind": outcome.kind.value,
        "grouping": {
            "by": list(outcome.grouping.by),
            "windowSeconds": int(outcome.grouping.window.total_seconds()),
        },
        "severity": outcome.severity.label if outcome.severity else None,
        "title": outcome.title,
        "services": list(outcome.services),
        "tags": list(outcome.tags),
        "isPrivate": outcome.is_private,
        "whenResolved": outcome.when_resolved.value,
    }


def parse_outcome(written: object) -> Outcome:
    """An outcome from the API's data; its kind must be there.

    Raises InvalidValue, with the path, for a key that is none and a value that cannot be.
    """
    data = _object(
        written,
        "kind", "grouping", "severity", "title", "services", "tags", "isPrivate", "whenResolved",
    )  # fmt: skip
    if data.get("kind") is None:
        raise InvalidValue("is missing", path=("kind",), expected=_allowed(OutcomeKind))
    return Outcome(
        kind=_at("kind", data, OutcomeKind.WAIT, lambda one: _choice(one, OutcomeKind)),
        grouping=_at("grouping", data, Grouping(), _grouping),
        severity=_at("severity", data, None, _severity),
        title=_at("title", data, ALERTS_OWN, lambda one: _text(one, TEMPLATE)) or ALERTS_OWN,
        services=_at("services", data, (), lambda one: _several(one, _word)),
        tags=_at("tags", data, (), lambda one: _several(one, _word)),
        is_private=_at("isPrivate", data, False, _flag),
        when_resolved=_at("whenResolved", data, WhenResolved.NOTE, lambda one: _choice(one, WhenResolved)),
    )  # fmt: skip


def _matcher(written: object, find: Find) -> Matcher:
    if isinstance(written, str):
        matcher = parse_matcher(clean(written))
    else:
        data = _object(written, "name", "value", "isRegex", "isEqual", expected=EXPECTED)
        name = _at("name", data, "", lambda one: _text(one, NAME))
        if not name:
            raise InvalidValue("is missing", path=("name",))
        matcher = Matcher(
            name,
            _at("value", data, "", lambda one: _text(one, VALUE)),
            is_regex=_at("isRegex", data, False, _flag),
            is_equal=_at("isEqual", data, True, _flag),
        )
    if matcher.is_regex:
        try:
            find(matcher.value, "")
        except InvalidValue as error:
            raise error.under(*(() if isinstance(written, str) else ("value",))) from error
    return matcher


def _grouping(written: object) -> Grouping:
    data = _object(written, "by", "windowSeconds")
    plain = Grouping()
    by = _at("by", data, plain.by, lambda one: _several(one, _word, FEW))
    return Grouping(by, _at("windowSeconds", data, plain.window, _window))


def _window(written: object) -> timedelta:
    most = int(MAX_WINDOW.total_seconds())
    if isinstance(written, bool) or not isinstance(written, int) or not 0 <= written <= most:
        raise InvalidValue("is no window", expected=f"whole seconds from 0 to {most}")
    return timedelta(seconds=written)


def _written_hours(hours: WeeklyHours | None) -> dict[str, object] | None:
    if hours is None:
        return None
    spans = [
        {
            "days": [DAYS[day] for day in span.days],
            "from": written_time(span.begins),
            "to": written_time(span.ends),
        }
        for span in hours.spans
    ]
    return {"zone": hours.zone, "hours": spans}


def _hours(written: object) -> WeeklyHours:
    data = _object(written, "zone", "hours")
    zone = _at("zone", data, "", lambda one: _text(one, WORD))
    try:
        zone_named(zone)
    except InvalidValue as error:
        raise error.under("zone") from error
    none: tuple[Span, ...] = ()
    spans = _at("hours", data, none, lambda one: _several(one, _span, FEW))
    if not spans:
        raise InvalidValue("is empty", path=("hours",), expected="at least one span")
    return WeeklyHours(zone, spans)


def _span(written: object) -> Span:
    data = _object(written, "days", "from", "to")
    days = _at("days", data, tuple(range(7)), lambda one: _several(one, _day, len(DAYS)))
    if not days:
        raise InvalidValue("is empty", path=("days",), expected=", ".join(DAYS))
    begins = _at("from", data, time(0), _clock)
    return Span(tuple(sorted(set(days))), begins, _at("to", data, time(0), _clock))


def _day(written: object) -> int:
    word = written.strip().casefold()[:3] if isinstance(written, str) else ""
    if word not in DAYS:
        raise InvalidValue(f"{_shown(written)} is not a day", expected=", ".join(DAYS))
    return DAYS.index(word)


def _clock(written: object) -> time:
    found = parse_clock(written) if isinstance(written, str) else None
    if written == "24:00":
        return time(0)
    if found is None:
        raise InvalidValue(f"{_shown(written)} is not a time of day", expected="such as 09:00")
    return found.at


def _severity(written: object) -> Severity:
    if isinstance(written, str | int):
        return parse_severity(written)
    raise InvalidValue(f"{_shown(written)} is not a severity", expected="SEV-1 to SEV-5")


def _choice(written: object, choices: type[Choice]) -> Choice:
    for one in choices:
        if isinstance(written, str) and written.strip().casefold() == one.value:
            return one
    raise InvalidValue(f"{_shown(written)} is not one of these", expected=_allowed(choices))


def _allowed(choices: type[Enum]) -> str:
    return ", ".join(str(one.value) for one in choices)


def _flag(written: object) -> bool:
    if isinstance(written, bool):
        return written
    raise InvalidValue(f"{_shown(written)} is neither true nor false", expected="true or false")


def _word(written: object) -> str:
    word = _text(written, WORD).strip()
    if not word:
        raise InvalidValue("is empty", expected="a word")
    return word


def _text(written: object, most: int) -> str:
    if not isinstance(written, str):
        raise InvalidValue(f"{_shown(written)} is not a text", expected="a text")
    if len(written) > most:
        raise InvalidValue(f"has more than {most:,} characters")
    return clean(written)


def _several(
    written: object, read: Callable[[object], Value], most: int = MANY
) -> tuple[Value, ...]:
    """A list, each read by `read`, none twice."""
    if not isinstance(written, list | tuple):
        raise InvalidValue(f"{_shown(written)} is not a list", expected="a list")
    if len(written) > most:
        raise InvalidValue(f"has more than {most} values")
    found: list[Value] = []
    for index, one in enumerate(written):
        try:
            found.append(read(one))
        except InvalidValue as error:
            raise error.under(index) from error
    return tuple(dict.fromkeys(found))


def _object(written: object, *keys: str, expected: str = "") -> Data:
    """An object with none but these keys."""
    if not isinstance(written, Mapping):
        raise InvalidValue(f"{_shown(written)} is not an object", expected=expected or "an object")
    for key in written:
        if key not in keys:
            raise InvalidValue(
                "is not known here", path=(clean(str(key))[:60],), expected=", ".join(keys)
            )
    return written


def _at(key: str, data: Data, absent: Value, read: Callable[[object], Value]) -> Value:
    """What stands under this key; `absent` if nothing does, or null."""
    written = data.get(key)
    if written is None:
        return absent
    try:
        return read(written)
    except InvalidValue as error:
        raise error.under(key) from error


def _shown(value: object) -> str:
    if isinstance(value, str):
        return repr(value) if len(value) <= 60 else repr(value[:57]) + "..."
    if value is None or isinstance(value, bool | int | float):
        return str(value)[:60]
    return "a list" if isinstance(value, list | tuple) else "an object"
