"""Impact in numbers as people read it: a label and a value for each number that is known."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kintsugi.core.incidents.impact import Impact
from kintsugi.core.shared.times import written_duration

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "affected_users": "Users affected",
        "affected_percent": "Share of users",
        "duration": "Duration",
        "revenue": "Revenue",
        "revenue_usd_rate": "Dollars per unit",
        "availability_percent": "Availability",
        "support_cases": "Support cases",
        "data_loss": "Data lost",
        "data_corruption": "Data corrupted",
        "data_integrity": "Data",
        "error_types": "Kinds of errors",
        "slo_violations": "Objectives missed",
        "degradations": "What got worse",
        "user_experience": "What users saw",
        "business": "Business",
        "reputation": "Reputation",
        "customer_communications": "Customers are told",
    }
)
"""What is said of an impact besides its text and its services, in the order in which people read it."""
ESTIMABLE = (
    "affected_users", "affected_percent", "duration", "revenue", "availability_percent", "support_cases",
)  # fmt: skip
"""The numbers that may be an estimate; then they are shown as "about"."""


def impact_facts(impact: Impact) -> list[tuple[str, str]]:
    """A label and a value for all that is known besides the text and the services."""
    facts = [(label, _written(impact, name)) for name, label in LABELS.items()]
    return [(label, value) for label, value in facts if value]


def impact_line(impact: Impact) -> str:
    """The same on one line: `Users affected: about 12,400; Share of users: 8%`."""
    return "; ".join(f"{label}: {value}" for label, value in impact_facts(impact))


def impact_difference(before: Impact, after: Impact) -> str:
    """What is known otherwise now, on one line; what is taken back is `not known`."""
    was, now = dict(impact_facts(before)), dict(impact_facts(after))
    return "; ".join(
        f"{label}: {now.get(label, 'not known')}"
        for label in LABELS.values()
        if was.get(label) != now.get(label)
    )


def _written(impact: Impact, name: str) -> str:
    value = getattr(impact, name)
    if value is None or value in ("", ()):
        return ""
    about = "about " if name in impact.estimated else ""
    match name:
        case "affected_users" | "support_cases":
            return f"{about}{value:,}"
        case "affected_percent" | "availability_percent":
            return f"{about}{value:.6f}".rstrip("0").rstrip(".") + "%"
        case "duration":
            return f"{about}{written_duration(value)}"
        case "data_loss" | "data_corruption":
            return "yes" if value else "no"
        case "degradations":
            return ", ".join(
                f"{one.metric} {one.before or 'unknown'} before, {one.during or 'unknown'} during"
                for one in impact.degradations
            )
        case "error_types" | "slo_violations":
            return ", ".join(value)
        case _:
            return f"{about}{value}"
