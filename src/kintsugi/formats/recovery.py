"""Recovery checks from an organisation's file (YAML or JSON, loaded already) and back.

The shape is described in docs/reference/triage.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from kintsugi.core.incidents.recovery import RecoveryCheck, RecoveryChecks
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.core.shared.text import clean, one_line
from kintsugi.formats import scalars

CHECKS, NEEDED = "recovery_checks", "needed_to_resolve"
_KEYS = ("check", "success_criteria", "required_for")
MOST = 50
LONGEST = 200


def read_recovery(data: object) -> RecoveryChecks:
    """The checks that a file describes. Raises InvalidValue with the path in the file."""
    given = _mapping(data, (CHECKS, NEEDED), ())
    listed = _list(given.get(CHECKS, []), (CHECKS,))
    checks: list[RecoveryCheck] = []
    for place, item in enumerate(listed):
        check = _check(item, (CHECKS, place))
        if any(one.text.casefold() == check.text.casefold() for one in checks):
            raise InvalidValue(
                "is there already", path=(CHECKS, place, "check"), expected="each check once"
            )
        checks.append(check)
    return RecoveryChecks(tuple(checks), _severities(given.get(NEEDED, []), (NEEDED,)))


def recovery_data(checks: RecoveryChecks) -> dict[str, object]:
    """The checks in the shape of the file; they read back to the same value."""
    return {
        CHECKS: [
            {"check": one.text}
            | ({"success_criteria": one.expected} if one.expected else {})
            | {"required_for": _labels(one.required_for)}
            for one in checks.checks
        ],
        NEEDED: _labels(checks.needed_for),
    }


def _check(item: object, path: tuple[str | int, ...]) -> RecoveryCheck:
    given = _mapping(item, _KEYS, path)
    return RecoveryCheck(
        _text(given, "check", path, needed=True), _text(given, "success_criteria", path),
        _severities(given.get("required_for", []), (*path, "required_for")),
    )  # fmt: skip


def _labels(severities: frozenset[Severity]) -> list[str]:
    return [one.label for one in Severity if one in severities]


def _severities(listed: object, path: tuple[str | int, ...]) -> frozenset[Severity]:
    found = set()
    for place, one in enumerate(_list(listed, path)):
        try:
            found.add(parse_severity(str(one)))
        except InvalidValue as error:
            raise error.under(*path, place) from None
    return frozenset(found)


def _list(listed: object, path: tuple[str | int, ...]) -> list[object]:
    if not isinstance(listed, list) or len(listed) > MOST:
        problem = (
            "is too long" if isinstance(listed, list) else f"{scalars.shown(listed)} is no list"
        )
        raise InvalidValue(problem, path=path, expected=f"a list of at most {MOST}")
    return listed


def _mapping(
    data: object, known: tuple[str, ...], path: tuple[str | int, ...]
) -> Mapping[str, object]:
    if not isinstance(data, Mapping):
        raise InvalidValue(
            f"{scalars.shown(data)} is not a mapping", path=path, expected=", ".join(known)
        )
    for key in data:
        if key not in known:
            raise InvalidValue(
                "is not known here", path=(*path, str(key)), expected=", ".join(known)
            )
    return data


def _text(
    item: Mapping[str, object], name: str, path: tuple[str | int, ...], *, needed: bool = False
) -> str:
    value = item.get(name)
    is_none = value is None or isinstance(value, bool | list | Mapping)
    said = "" if is_none else one_line(clean(str(value)))
    if needed and not said:
        raise InvalidValue("is missing", path=(*path, name), expected="what has to hold")
    if len(said) > LONGEST:
        raise InvalidValue(
            f"has {len(said):,} characters", path=(*path, name), expected=f"{LONGEST} at most"
        )
    return said
