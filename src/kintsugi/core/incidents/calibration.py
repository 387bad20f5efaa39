"""Was it really a SEV-2? Declared severity held against the severity of the measured impact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from types import MappingProxyType

from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.severity import (
    DEFAULT_CRITERIA,
    CalculatedSeverity,
    SeverityCriteria,
    calculate_severity,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity

Steps = Sequence[tuple[float, str]]
"""(at least so much, that level), worst first."""

_DEFAULT_STEPS: Mapping[str, Steps] = {
    "affected_percent": (
        (95, "all_users"),
        (50, "majority"),
        (5, "significant_subset"),
        (0.000001, "small_subset"),
    ),
    "affected_users": (
        (10_000, "majority"),
        (1_000, "significant_subset"),
        (2, "small_subset"),
        (1, "individual"),
    ),
    "revenue_usd": (
        (100_000, "major_loss"),
        (10_000, "moderate_loss"),
        (0.01, "minor_loss"),
        (0, "no_loss"),
    ),
}
MEASURES: Mapping[str, str] = MappingProxyType(
    {
        "affected_percent": "user_impact",
        "affected_users": "user_impact",
        "revenue_usd": "revenue_impact",
    }
)
"""What is measured, and the category whose level it gives."""


@dataclass(frozen=True, slots=True)
class DerivationTable:
    """How measured impact becomes calculator levels: for each measure, from how much on which level.

    The numbers are ours (no seed has them) and can be changed in the criteria file. A percentage of
    users goes before a count of users. Raises InvalidValue for a measure it does not know.
    """

    steps: Mapping[str, Steps] = field(
        default_factory=lambda: MappingProxyType(dict(_DEFAULT_STEPS))
    )

    def __post_init__(self) -> None:
        for measure in self.steps:
            if measure not in MEASURES:
                raise InvalidValue(
                    f"{measure[:60]!r} is not a measure", expected=", ".join(MEASURES)
                )


DEFAULT_TABLE = DerivationTable()


@dataclass(frozen=True, slots=True)
class Derived:
    """One level and the measure it was derived from, in words."""

    category: str
    level: str
    because: str


def derive_levels(impact: Impact, table: DerivationTable = DEFAULT_TABLE) -> tuple[Derived, ...]:
    """The calculator levels the impact's numbers stand for; nothing is derived from what is not known."""
    measured: dict[str, float | Decimal | None] = {
        "affected_percent": impact.affected_percent,
        "affected_users": impact.affected_users,
        "revenue_usd": impact.revenue_usd,
    }
    found: dict[str, Derived] = {}
    for measure, amount in measured.items():
        category = MEASURES[measure]
        if amount is None or category in found:
            continue
        for least, level in table.steps.get(measure, ()):
            if float(amount) >= least:  # a Decimal of 0.01 is less than the float of 0.01
                because = (
                    f"{measure} {amount:,} is at least {least:,}"
                    if least
                    else f"{measure} is {amount:,}"
                )
                found[category] = Derived(category, level, because)
                break
    data = _data_level(impact)
    if data is not None:
        found[data.category] = data
    return tuple(found.values())


def _data_level(impact: Impact) -> Derived | None:
    if impact.data_loss:
        return Derived("data_integrity", "data_loss", "data was lost")
    if impact.data_corruption:
        return Derived("data_integrity", "data_corruption", "data was corrupted")
    if impact.data_loss is False and impact.data_corruption is False:
        return Derived("data_integrity", "no_impact", "no data was lost or corrupted")
    return None


class Verdict(Enum):
    """How the declared severity compares with the measured one."""

    MATCH = "match"
    DECLARED_TOO_LOW = "declared too low"
    DECLARED_TOO_HIGH = "declared too high"
    UNKNOWN = "not comparable"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Declared against measured; `steps` is how many levels apart they are, `derived` the table's rows used."""

    declared: Severity | None
    measured: CalculatedSeverity
    derived: tuple[Derived, ...]
    verdict: Verdict
    steps: int


def calibrate(
    declared: Severity | None,
    impact: Impact,
    *,
    stated: Mapping[str, str] | None = None,
    criteria: SeverityCriteria = DEFAULT_CRITERIA,
    table: DerivationTable = DEFAULT_TABLE,
) -> Calibration:
    """Hold the declared severity against the one that measured impact gives through the calculator.

    `stated` are levels somebody answered; they win over derived ones. A derived level that a team's
    criteria do not have is passed over. The 0-100 score plays no part.
    """
    derived = tuple(
        row
        for row in derive_levels(impact, table)
        if row.category not in (stated or {})
        and row.level in criteria.categories.get(row.category, {})
    )
    impacts = {row.category: row.level for row in derived} | dict(stated or {})
    measured = calculate_severity(impacts, criteria)
    if declared is None or measured.note:
        return Calibration(declared, measured, derived, Verdict.UNKNOWN, 0)
    steps = declared.value - measured.severity.value
    verdict = Verdict.MATCH
    if steps > 0:
        verdict = Verdict.DECLARED_TOO_LOW
    elif steps < 0:
        verdict = Verdict.DECLARED_TOO_HIGH
    return Calibration(declared, measured, derived, verdict, abs(steps))
