"""A triage checklist from a team's file (YAML or JSON, loaded already) and back, in the guide's shape.

The shape is described in docs/reference/triage.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from kintsugi.core.incidents.command import role_named
from kintsugi.core.incidents.triage import (
    Comparison,
    TriageChecklist,
    TriageQuestion,
    TriageRole,
    TriageThreshold,
    limit_text,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.core.shared.text import clean, one_line
from kintsugi.formats import scalars

ROOT = "triage_checklist"
SECTIONS = ("immediate_assessment", "impact_assessment", "resource_needs")
LIMIT_EXPECTED = "a comparison with a number, such as > 10%, >= 5s or > 1000"
STEPS_EXPECTED = "how many steps more severe, from +0 to +4"
MEASURE_EXPECTED = "a number, such as 12%, 7s, 7000ms or 1500"
MOST = 200
LONGEST = 300
_UNITS = {
    "": ("", 1.0),
    "%": ("%", 1.0),
    "s": ("s", 1.0),
    "ms": ("s", 0.001),
    "min": ("s", 60.0),
    "h": ("s", 3600.0),
}
_LIMIT = re.compile(r"(?P<sign>>=|<=|>|<)\s*(?P<rest>.+)")
_MEASURE = re.compile(
    r"(?P<number>[0-9]{1,15}(?:,[0-9]{3}){0,4}(?:\.[0-9]{1,9})?)\s*(?P<unit>%|[a-z]{1,3})?"
)
_DECLARES = re.compile(r"declare\s+(?:an?\s+)?(?P<severity>sev[- ]?[1-5])\b", re.IGNORECASE)
_STEPS = re.compile(r"\+?[0-4]")

Item = TypeVar("Item")


def read_checklist(data: object) -> TriageChecklist:
    """The checklist that a file describes. Raises InvalidValue with the path in the file."""
    given = _mapping(data, (ROOT, *SECTIONS))
    if ROOT in given:
        try:
            return read_checklist(given[ROOT])
        except InvalidValue as error:
            raise error.under(ROOT) from None
    found = TriageChecklist(
        _items(given, "immediate_assessment", _question),
        _items(given, "impact_assessment", _threshold),
        _items(given, "resource_needs", _role),
    )
    _once("immediate_assessment", "question", [one.question for one in found.questions])
    _once("impact_assessment", "metric", [one.metric for one in found.thresholds])
    _once("resource_needs", "role", [one.role for one in found.roles])
    return found


def _once(section: str, key: str, names: list[str]) -> None:
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name.casefold() in seen:
            raise InvalidValue(
                f"{scalars.shown(name)} is there already", path=(section, place, key), expected="each once"
            )  # fmt: skip
        seen.add(name.casefold())


def checklist_data(checklist: TriageChecklist) -> dict[str, object]:
    """The checklist in the guide's shape; it reads back to the same value."""
    return {
        ROOT: {
            "immediate_assessment": [
                {"question": one.question, "yes_action": one.yes_action}
                for one in checklist.questions
            ],
            "impact_assessment": [
                {
                    "metric": one.metric,
                    "threshold": limit_text(one),
                    "severity_modifier": f"+{one.steps}",
                }
                for one in checklist.thresholds
            ],
            "resource_needs": [
                {
                    "role": one.role,
                    "required_for": [each.label for each in Severity if each in one.required_for],
                }
                for one in checklist.roles
            ],
        }
    }


def read_measure(written: str, unit: str = "") -> float:
    """A measurement in the unit of its threshold. A bare number is in that unit. Raises InvalidValue."""
    found = _MEASURE.fullmatch(written.strip().casefold())
    known = _UNITS.get((found["unit"] or "") if found else "?")
    if found is None or known is None:
        raise InvalidValue(f"{scalars.shown(written)} is no measurement", expected=MEASURE_EXPECTED)
    kind, factor = known
    if found["unit"] and kind != unit:
        raise InvalidValue(
            f"{scalars.shown(written)} is in another unit", expected=f"a number in {unit}" if unit else "a bare number"
        )  # fmt: skip
    return float(found["number"].replace(",", "")) * factor


def _items(
    given: Mapping[str, object], name: str, read: Callable[[Mapping[str, object]], Item]
) -> tuple[Item, ...]:
    listed = given.get(name)
    if listed is None:
        return ()
    if not isinstance(listed, list) or len(listed) > MOST:
        problem = (
            f"{scalars.shown(listed)} is no list" if not isinstance(listed, list) else "is too long"
        )
        raise InvalidValue(problem, path=(name,), expected=f"a list of at most {MOST}")
    made = []
    for place, item in enumerate(listed):
        try:
            made.append(read(_mapping(item)))
        except InvalidValue as error:
            raise error.under(place).under(name) from None
    return tuple(made)


def _question(item: Mapping[str, object]) -> TriageQuestion:
    _only(item, ("question", "yes_action"))
    action = _text(item, "yes_action", needed=False)
    declares = _DECLARES.search(action)
    return TriageQuestion(
        _text(item, "question"), action,
        parse_severity(declares["severity"].replace(" ", "-")) if declares else None,
    )  # fmt: skip


def _threshold(item: Mapping[str, object]) -> TriageThreshold:
    _only(item, ("metric", "threshold", "severity_modifier"))
    written, steps = (
        _text(item, "threshold"),
        _text(item, "severity_modifier", needed=False) or "+0",
    )
    limit = _LIMIT.fullmatch(written)
    measure = _MEASURE.fullmatch(limit["rest"].casefold()) if limit else None
    unit = _UNITS.get(measure["unit"] or "") if measure else None
    if limit is None or measure is None or unit is None:
        raise InvalidValue(
            f"{scalars.shown(written)} is no limit", path=("threshold",), expected=LIMIT_EXPECTED
        )
    if not _STEPS.fullmatch(steps):
        raise InvalidValue(
            f"{scalars.shown(steps)} is no modifier", path=("severity_modifier",), expected=STEPS_EXPECTED
        )  # fmt: skip
    number = float(measure["number"].replace(",", "")) * unit[1]
    return TriageThreshold(
        _text(item, "metric"), Comparison(limit["sign"]), number, unit[0], int(steps)
    )


def _role(item: Mapping[str, object]) -> TriageRole:
    _only(item, ("role", "required_for"))
    listed = item.get("required_for")
    if not isinstance(listed, list):
        raise InvalidValue(
            f"{scalars.shown(listed)} is no list", path=("required_for",), expected="severities, such as [SEV-1]"
        )  # fmt: skip
    found = set()
    for place, one in enumerate(listed):
        try:
            found.add(parse_severity(str(one)))
        except InvalidValue as error:
            raise error.under(place).under("required_for") from None
    return TriageRole(role_named(_text(item, "role")), frozenset(found))


def _mapping(data: object, known: tuple[str, ...] = ()) -> Mapping[str, object]:
    if not isinstance(data, Mapping):
        raise InvalidValue(
            f"{scalars.shown(data)} is not a mapping", expected="names and their values"
        )
    if known:
        _only(data, known)
    return data


def _only(item: Mapping[str, object], known: tuple[str, ...]) -> None:
    for key in item:
        if key not in known:
            raise InvalidValue("is not known here", path=(str(key),), expected=", ".join(known))


def _text(item: Mapping[str, object], name: str, *, needed: bool = True) -> str:
    value = item.get(name)
    said = "" if value is None or isinstance(value, bool | list | dict) else str(value).strip()
    if needed and not said:
        raise InvalidValue("is missing", path=(name,), expected="a text")
    if len(said) > LONGEST:
        raise InvalidValue(
            f"has {len(said):,} characters", path=(name,), expected=f"{LONGEST} at most"
        )
    return one_line(clean(said))
