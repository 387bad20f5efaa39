"""What the form of a routing rule sends, the data of the API it stands for, and how a rule fills it again."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from kintsugi.core.alerts.grouping import Grouping
from kintsugi.core.alerts.routing import OutcomeKind, Rule, WhenResolved
from kintsugi.core.alerts.title import ALERTS_OWN
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.server.alerts.web.hours_text import hours_data, written_hours
from kintsugi.server.alerts.web.refusing import Versioned, lines, words

LABELS = {
    "name": "Name", "is_on": "On", "severities": "Severities", "services": "Services",
    "matchers": "Labels", "during": "Hours", "not_during": "Not during", "zone": "Zone",
    "kind": "What is made of them", "by": "Group by", "window": "Within", "title": "Title",
    "severity": "Severity", "also": "Services to add", "tags": "Tags", "is_private": "Private",
    "when_resolved": "When all of its alerts are over",
}  # fmt: skip
"""What the form calls its fields."""
_FIELDS = {
    "condition.matchers": "matchers", "condition.severities": "severities",
    "condition.services": "services", "condition.during": "during",
    "condition.notDuring": "not_during", "outcome.kind": "kind", "outcome.grouping.by": "by",
    "outcome.grouping.windowSeconds": "window", "outcome.severity": "severity",
    "outcome.title": "title", "outcome.services": "also", "outcome.tags": "tags",
    "outcome.whenResolved": "when_resolved",
}  # fmt: skip
_MOST_MINUTES = 24 * 60


class RuleForm(Versioned):
    name: str = ""
    is_on: str = ""
    severities: list[str] = Field(default_factory=list)
    services: str = ""
    matchers: str = ""
    during: str = ""
    not_during: str = ""
    zone: str = ""
    kind: str = OutcomeKind.OPEN.value
    by: str = ", ".join(Grouping().by)
    window: str = "5"
    title: str = ALERTS_OWN
    severity: str = ""
    also: str = ""
    tags: str = ""
    is_private: str = ""
    when_resolved: str = WhenResolved.NOTE.value

    def condition(self) -> dict[str, object]:
        """Which alerts it is for, as the API has it. Raises InvalidValue for hours that are none."""
        return {
            "matchers": lines(self.matchers), "severities": self.severities,
            "services": words(self.services),
            "during": hours_data(self.during, self.zone, "during"),
            "notDuring": hours_data(self.not_during, self.zone, "not_during"),
        }  # fmt: skip

    def outcome(self) -> dict[str, object]:
        """What is made of them, as the API has it. Raises InvalidValue for a window that is no number."""
        return {
            "kind": self.kind,
            "grouping": {"by": words(self.by), "windowSeconds": self._seconds()},
            "severity": self.severity or None, "title": self.title.strip(),
            "services": words(self.also), "tags": words(self.tags),
            "isPrivate": bool(self.is_private), "whenResolved": self.when_resolved,
        }  # fmt: skip

    def _seconds(self) -> int:
        typed = self.window.strip() or "0"
        if not typed.isdecimal() or len(typed) > 5 or int(typed) > _MOST_MINUTES:
            raise InvalidValue(
                "is no window",
                path=("window",),
                expected=f"whole minutes from 0 to {_MOST_MINUTES:,}",
            )
        return int(typed) * 60


def filled(rule: Rule, version: int, zone: str) -> RuleForm:
    """The form of a rule as it stands; `zone` where it has no hours."""
    asked, made = rule.condition, rule.outcome
    hours = asked.during or asked.not_during
    return RuleForm(
        version=version, name=rule.name, is_on="on" if rule.is_enabled else "",
        severities=[one.label for one in asked.severities], services=", ".join(asked.services),
        matchers="\n".join(map(str, asked.matchers)), during=written_hours(asked.during),
        not_during=written_hours(asked.not_during), zone=hours.zone if hours else zone,
        kind=made.kind.value, by=", ".join(made.grouping.by),
        window=str(int(made.grouping.window.total_seconds()) // 60), title=made.title,
        severity=made.severity.label if made.severity else "", also=", ".join(made.services),
        tags=", ".join(made.tags), is_private="on" if made.is_private else "",
        when_resolved=made.when_resolved.value,
    )  # fmt: skip


def at_field(error: InvalidValue) -> InvalidValue:
    """The same refusal at the field of the form; of one with several lines, it says in which."""
    steps = [step for step in error.path if isinstance(step, str)]
    for length in range(len(steps), 0, -1):
        name = _FIELDS.get(".".join(steps[:length]))
        if name is None:
            continue
        place = next((step for step in error.path if isinstance(step, int)), None)
        said = error.problem
        if "zone" in steps and name in ("during", "not_during"):
            name = "zone"
        elif place is not None and name in ("matchers", "during", "not_during"):
            said = f"line {place + 1}: {said}"
        return InvalidValue(said, path=(name,), expected=error.expected)
    return error


def as_typed(form: RuleForm) -> Mapping[str, object]:
    """What stands in the form."""
    return form.model_dump()
