"""The generator seed's demo record, and the sample postmortems shipped with the package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from importlib import resources

from kintsugi.core.actions.item import ActionItem, Priority
from kintsugi.core.analysis.factors import ContributingFactor
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.money import Money
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.times import parse_clock
from kintsugi.formats.files import read_record


def demo_record() -> Postmortem:
    """The generator seed's demo: a connection pool that ran dry. Severity score 45, completeness 100."""
    events = (
        ("09:15", "Alerts fire for elevated 5xx rate", "PagerDuty"),
        ("09:18", "On-call engineer acknowledges", "alice"),
        ("09:30", "Root cause identified", "alice"),
        ("09:45", "Hotfix deployed", "bob"),
        ("10:00", "All clear confirmed", "alice"),
    )
    return Postmortem(
        title="Database connection pool exhaustion",
        incident_id="INC-2024-042",
        severity=Severity.SEV_2,
        date=date(2024, 3, 15),
        summary="Connection pool exhaustion caused API errors for 45 minutes.",
        root_cause="Connection leak in retry logic — connections not returned on error path.",
        trigger="Traffic spike from marketing campaign.",
        impact=Impact(
            affected_users=5000,
            affected_services=("api", "web-app"),
            duration=timedelta(minutes=45),
            revenue=Money(Decimal(15000)),
            data_loss=False,
        ),
        timeline=tuple(TimelineEvent(parse_clock(at), what, who) for at, what, who in events),
        contributing_factors=(
            ContributingFactor("No connection pool monitoring"),
            ContributingFactor("Missing circuit breaker"),
        ),
        what_went_well=("Fast detection", "Clear escalation path"),
        what_went_poorly=("No runbook for pool exhaustion", "Slow initial diagnosis"),
        action_items=(
            ActionItem("Add connection pool metrics", "A1", "alice", priority=Priority.HIGH),
            ActionItem("Implement circuit breaker", "A2", "bob", priority=Priority.CRITICAL),
            ActionItem("Write runbook for pool issues", "A3", "carol", priority=Priority.MEDIUM),
        ),
    )


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample postmortem and the record it is read from."""

    name: str
    source: str
    postmortem: Postmortem


def samples() -> Iterator[Sample]:
    """The sample postmortems, by name."""
    folder = resources.files("kintsugi.demo").joinpath("samples")
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.name.endswith(".yaml"):
            source = entry.read_text("utf-8")
            yield Sample(
                entry.name.removesuffix(".yaml"),
                source,
                read_record(source, file=entry.name).postmortem,
            )
