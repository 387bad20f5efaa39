"""The guide's severity calculator: impact levels by category to a severity, and what that severity asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import joined


@dataclass(frozen=True, slots=True)
class ResponseRequirements:
    """What a severity asks for. `response_time` is the time allowed until somebody acknowledges."""

    response_time: timedelta | None
    notification: tuple[str, ...]
    incident_commander: bool = False
    status_page: bool = False
    customer_comms: bool = False


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


_CATEGORIES: Mapping[str, Mapping[str, int]] = {
    "user_impact": {"all_users": 5, "majority": 4, "significant_subset": 3, "small_subset": 2, "individual": 1},
    "revenue_impact": {"complete_loss": 5, "major_loss": 4, "moderate_loss": 3, "minor_loss": 2, "no_loss": 1},
    "data_integrity": {
        "data_loss": 5, "data_corruption": 4, "data_inconsistency": 3, "data_delay": 2, "no_impact": 1,
    },
    "security": {
        "active_breach": 5, "vulnerability_exploited": 4, "vulnerability_exposed": 3,
        "potential_vulnerability": 2, "no_security_impact": 1,
    },
}  # fmt: skip
_REQUIREMENTS: Mapping[Severity, ResponseRequirements] = {
    Severity.SEV_1: ResponseRequirements(
        _minutes(15), ("page_all", "executive_escalation"), True, True, True
    ),
    Severity.SEV_2: ResponseRequirements(
        _minutes(30), ("page_oncall", "manager_notification"), True, True
    ),
    Severity.SEV_3: ResponseRequirements(_minutes(120), ("notify_oncall",)),
    Severity.SEV_4: ResponseRequirements(_minutes(1440), ("ticket",)),
    Severity.SEV_5: ResponseRequirements(None, ("backlog",)),
}
_MATRIX: Mapping[int, Severity] = {
    5: Severity.SEV_1, 4: Severity.SEV_2, 3: Severity.SEV_3, 2: Severity.SEV_4, 1: Severity.SEV_5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SeverityCriteria:
    """The table the calculator works by: points of each level in each category, and the severity of each point.

    The defaults are the guide's. Raises InvalidValue when a level's points have no severity in the
    matrix, or a severity has no requirements.
    """

    categories: Mapping[str, Mapping[str, int]] = field(
        default_factory=lambda: MappingProxyType(dict(_CATEGORIES))
    )
    matrix: Mapping[int, Severity] = field(default_factory=lambda: MappingProxyType(dict(_MATRIX)))
    requirements: Mapping[Severity, ResponseRequirements] = field(
        default_factory=lambda: MappingProxyType(dict(_REQUIREMENTS))
    )

    def __post_init__(self) -> None:
        if not self.categories:
            raise InvalidValue(
                "no category is given", path=("categories",), expected="at least one"
            )
        for category, levels in self.categories.items():
            if not levels:
                raise InvalidValue(
                    "the category has no level",
                    path=("categories", category),
                    expected="level: points",
                )
            for level, points in levels.items():
                if points not in self.matrix:
                    known = joined([str(key) for key in sorted(self.matrix)])
                    raise InvalidValue(
                        f"{points} points have no severity",
                        path=("categories", category, level),
                        expected=known,
                    )
        for severity in self.matrix.values():
            if severity not in self.requirements:
                raise InvalidValue(f"{severity.label} has no requirements", path=("requirements",))


DEFAULT_CRITERIA = SeverityCriteria()
NOTHING_KNOWN = "nothing known yet"


@dataclass(frozen=True, slots=True)
class CategoryLevel:
    """One category's answer and the severity it would give alone."""

    category: str
    level: str
    points: int
    severity: Severity


@dataclass(frozen=True, slots=True)
class CalculatedSeverity:
    """The severity, what it asks for, each category's part in it, and a note when there was nothing to go by."""

    severity: Severity
    requirements: ResponseRequirements
    levels: tuple[CategoryLevel, ...]
    note: str = ""

    @property
    def deciding(self) -> tuple[CategoryLevel, ...]:
        """The categories that gave the severity: those with the most points."""
        most = max((level.points for level in self.levels), default=0)
        return tuple(level for level in self.levels if level.points == most)


def calculate_severity(
    impacts: Mapping[str, str], criteria: SeverityCriteria = DEFAULT_CRITERIA
) -> CalculatedSeverity:
    """The severity of the worst category; SEV-5 with a note when nothing is known yet, as in the guide.

    Raises InvalidValue for a category or level the criteria do not have (the guide ignores them).
    """
    levels = tuple(_level(category, level, criteria) for category, level in impacts.items())
    if not levels:
        lowest = Severity.SEV_5
        return CalculatedSeverity(
            lowest, response_requirements(lowest, criteria), (), NOTHING_KNOWN
        )
    worst = max(levels, key=lambda level: level.points).severity
    return CalculatedSeverity(worst, response_requirements(worst, criteria), levels)


def _level(category: str, level: str, criteria: SeverityCriteria) -> CategoryLevel:
    known = criteria.categories.get(category)
    if known is None:
        raise InvalidValue(
            f"{category[:60]!r} is not a category", expected=joined(tuple(criteria.categories))
        )
    points = known.get(level)
    if points is None:
        raise InvalidValue(
            f"{level[:60]!r} is not a level", path=(category,), expected=joined(tuple(known))
        )
    return CategoryLevel(category, level, points, criteria.matrix[points])


def response_requirements(
    severity: Severity, criteria: SeverityCriteria = DEFAULT_CRITERIA
) -> ResponseRequirements:
    """What this severity asks for."""
    return criteria.requirements.get(severity, _REQUIREMENTS[severity])
