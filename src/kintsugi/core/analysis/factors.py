"""Contributing factors and the categories they fall into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FACTOR_CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        "recent_deployment": "Recent deployment",
        "configuration_change": "Configuration change",
        "infrastructure": "Infrastructure issue",
        "dependency_failure": "Dependency failure",
        "traffic_spike": "Traffic spike",
        "inadequate_monitoring": "Inadequate monitoring",
        "missing_safety_mechanism": "Missing safety mechanism",
        "poor_error_handling": "Poor error handling",
        "insufficient_documentation": "Insufficient documentation",
        "process_gap": "Process gap",
        "other": "Other",
    }
)
"""The guide's six and the practices' five system failures; a team may use names of its own."""

GUIDE_CATEGORIES = (
    "recent_deployment", "configuration_change", "infrastructure", "dependency_failure", "traffic_spike", "other",
)  # fmt: skip
"""The six the guide's template offers as check boxes."""


@dataclass(frozen=True, slots=True)
class ContributingFactor:
    """Something about the system that made the incident possible or worse; `category` may be empty."""

    text: str
    category: str = ""

    @property
    def category_label(self) -> str:
        """The category as people read it; empty when there is none."""
        return FACTOR_CATEGORIES.get(self.category, self.category.replace("_", " "))
