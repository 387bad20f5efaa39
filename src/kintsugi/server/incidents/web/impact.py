"""Impact in numbers as a form: every field a text, filled with what is known and read as it is typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal

from pydantic import BaseModel, Field

from kintsugi.core.incidents.calibration import Calibration, calibrate
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.impact_facts import ESTIMABLE, LABELS, impact_facts
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import clean, spoken
from kintsugi.core.shared.times import written_duration
from kintsugi.formats.impact import detail_key, read_details

PREFIX = "impact_"
FORM_LABELS = {f"{PREFIX}{name}": label for name, label in LABELS.items()} | {
    f"{PREFIX}estimated": "Only estimated"
}
"""What the forms call their fields."""
ESTIMATES = [(name, LABELS[name]) for name in ESTIMABLE]
YES_NO = [("", "Not known yet"), ("yes", "Yes"), ("no", "No")]
_KEYS = {detail_key(name): f"{PREFIX}{name}" for name in LABELS} | {
    "estimated": f"{PREFIX}estimated"
}
_LINES = ("error_types", "slo_violations")
_MONEY = re.compile(r"(?P<amount>.*?)\s*(?P<currency>[A-Za-z]{3})?")


class NumbersForm(BaseModel):
    """The numbers of an impact as they are typed; empty is not known."""

    impact_affected_users: str = ""
    impact_affected_percent: str = ""
    impact_duration: str = ""
    impact_revenue: str = ""
    impact_revenue_usd_rate: str = ""
    impact_availability_percent: str = ""
    impact_support_cases: str = ""
    impact_data_loss: str = ""
    impact_data_corruption: str = ""
    impact_data_integrity: str = ""
    impact_error_types: str = ""
    impact_slo_violations: str = ""
    impact_degradations: str = ""
    impact_user_experience: str = ""
    impact_business: str = ""
    impact_reputation: str = ""
    impact_customer_communications: str = ""
    impact_estimated: list[str] = Field(default_factory=list)

    def numbers_are_typed(self) -> bool:
        """Whether anything stands in one of them."""
        return any(getattr(self, PREFIX + name).strip() for name in LABELS)

    def numbers(self) -> Impact:
        """What is typed. Raises InvalidValue, with the field of the form."""
        said: dict[str, object] = {}
        for name in LABELS:
            typed = clean(getattr(self, PREFIX + name)).strip()
            if typed:
                said[detail_key(name)] = _read(name, typed)
        with fields_named():
            return read_details(said | {"estimated": list(self.impact_estimated)})


@contextmanager
def fields_named() -> Iterator[None]:
    """A refusal of an impact names the field of the form, whatever the rest of its path."""
    try:
        yield
    except InvalidValue as error:
        key = error.field.removeprefix("impact.").split(".")[0].split("[")[0]
        if key not in _KEYS:
            raise
        raise InvalidValue(error.problem, path=(_KEYS[key],), expected=error.expected) from error


def typed_numbers(numbers: Impact) -> dict[str, object]:
    """The form as it is filled with what is known."""
    shown: dict[str, object] = {f"{PREFIX}{name}": _typed(numbers, name) for name in LABELS}
    return shown | {f"{PREFIX}estimated": list(numbers.estimated)}


def measured(numbers: Impact, stated: Mapping[str, str] | None = None) -> Calibration | None:
    """The severity that the numbers give by core's table, with its reasons; None when they give none."""
    found = calibrate(None, numbers, stated=stated)
    return found if found.derived else None


def reasons(found: Calibration) -> list[tuple[str, str]]:
    """Each level that was taken from the numbers, and from which."""
    return [
        (f"{spoken(one.category)}: {spoken(one.level).lower()}", _because(one.because))
        for one in found.derived
    ]


def proposal(incident: Incident) -> tuple[Severity, list[tuple[str, str]]] | None:
    """The severity that an incident's numbers give, with its reasons; None when they give none."""
    found = measured(incident.impact_numbers)
    return (found.measured.severity, reasons(found)) if found else None


def impact_context(incident: Incident) -> dict[str, object]:
    """What the page of an incident is told of its impact."""
    return {
        "impact_facts": impact_facts(incident.impact_numbers),
        "proposal": proposal(incident),
        "yes_no": YES_NO,
        "estimates": ESTIMATES,
    }


def _because(said: str) -> str:
    name, space, rest = said.partition(" ")
    label = {"revenue_usd": "Revenue in dollars"}.get(name) or LABELS.get(name)
    return f"{label}{space}{rest}" if label else said


def _read(name: str, typed: str) -> object:
    """What JSON would say for what was typed."""
    if name in _LINES:
        return typed.splitlines()
    if name == "revenue":
        found = _MONEY.fullmatch(typed)
        amount, currency = (found["amount"], found["currency"]) if found else (typed, None)
        return {"amount": amount, "currency": currency or "USD"}
    if name == "degradations":
        return [
            dict(zip(("metric", "before", "during"), _parts(line), strict=False))
            for line in typed.splitlines()
            if line.strip()
        ]
    return typed


def _parts(line: str) -> list[str]:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) > 3:
        raise InvalidValue(
            "has more than three parts", path=(f"{PREFIX}degradations",),
            expected="metric | before | during",
        )  # fmt: skip
    return parts


def _typed(numbers: Impact, name: str) -> str:
    value = getattr(numbers, name)
    if value is None:
        return ""
    match name:
        case "revenue":
            return f"{value.amount:f} {value.currency}"
        case "duration":
            whole = value.total_seconds() % 60 == 0
            return written_duration(value) if whole else f"{value.total_seconds():.0f} s"
        case "data_loss" | "data_corruption":
            return "yes" if value else "no"
        case "affected_percent" | "availability_percent":
            return repr(value).removesuffix(".0")
        case "error_types" | "slo_violations":
            return "\n".join(value)
        case "degradations":
            return "\n".join(f"{one.metric} | {one.before} | {one.during}" for one in value)
        case _:
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
