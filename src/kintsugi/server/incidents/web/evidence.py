"""What an incident's page shows of the room below: its alerts with their verdicts, and what changed before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.precision import Verdict
from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.lifecycle import OPEN
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import spoken
from kintsugi.core.shared.times import written_duration
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import service as alerts
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.web.forms import DeclareForm

SHOWN, CHANGES = 10, 12
MOST_OPEN = 30
VERDICTS = [(one.value, spoken(one.value)) for one in Verdict]


@dataclass(frozen=True, slots=True)
class Changed:
    """A change as the page shows it, and how long before the incident it was; empty when it was later."""

    change: alerts.KeptChange
    before: str
    link: str


def alerts_context(work: UnitOfWork, incident: Incident) -> dict[str, Any]:
    """What `_alerts.html` is told."""
    found = incidents.alerts_of(work, incident, SHOWN)
    return {
        "alerts": found.items,
        "has_more_alerts": found.next_cursor is not None,
        "all_alerts": f"/alerts?{urlencode({'view': 'all', 'incident': incident.id})}",
        "alert_states": {one.id: spoken(one.state.value) for one in found.items},
        "verdicts": VERDICTS,
    }


def changes_context(work: UnitOfWork, incident: Incident) -> dict[str, Any]:
    """What `_changes.html` is told."""
    began = incidents.began_at(incident)
    changes = incidents.changes_before(work, incident)
    return {
        "changes": [
            Changed(
                one,
                written_duration(began - one.at) if one.at <= began else "",
                next((link.url for link in one.links if _is_web(link.url)), ""),
            )
            for one in changes[:CHANGES]
        ],
        "changes_left": max(0, len(changes) - CHANGES),
        "changes_within": written_duration(incidents.CHANGES_WITHIN),
    }


def open_incidents(work: UnitOfWork) -> list[tuple[str, str]]:
    """The open incidents that the viewer sees, as a form offers them, the newest first."""
    wanted = incidents.Wanted(tuple(OPEN))
    found = incidents.list_incidents(work, wanted, MOST_OPEN).items
    return [(one.reference, f"{one.reference} {one.title}") for one in found]


def declare_address(found: Sequence[Alert]) -> str:
    """The form to declare an incident because of these alerts."""
    return "/incidents/declare?" + urlencode([("alert", one.id) for one in found])


def form_of(found: Sequence[Alert]) -> DeclareForm:
    """The form to declare an incident, with what these alerts say of it already."""
    if not found:
        return DeclareForm()
    levels = [one.severity.value for one in found if one.severity]
    worst = min(found, key=lambda one: (one.severity.value if one.severity else 9, one.began_at))
    return DeclareForm(
        title=worst.title, severity=Severity(min(levels)).label if levels else "",
        services=", ".join(dict.fromkeys(one.service for one in found if one.service)),
        detection=DetectionMethod(worst.source_kind).value, alert=[one.id for one in found],
    )  # fmt: skip


def _is_web(address: str) -> bool:
    return address.startswith(("https://", "http://"))
