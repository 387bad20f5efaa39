"""How an incident moves: which status may follow which, and which milestones a move sets and takes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.shared.errors import DomainError

OPEN = (IncidentStatus.INVESTIGATING, IncidentStatus.IDENTIFIED, IncidentStatus.MONITORING)
"""The statuses in which somebody still works on it."""

_NEXT: Mapping[IncidentStatus, tuple[IncidentStatus, ...]] = MappingProxyType(
    {
        status: (*(other for other in OPEN if other is not status), IncidentStatus.RESOLVED)
        for status in OPEN
    }
    | {
        IncidentStatus.RESOLVED: (IncidentStatus.CLOSED, IncidentStatus.INVESTIGATING),
        IncidentStatus.CLOSED: (IncidentStatus.INVESTIGATING,),
    }
)


class TransitionRefused(DomainError):
    """An incident cannot go from this status to that one."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that makes an event an incident: a question to ask, and why a yes counts."""

    question: str
    because: str


INCIDENT_CRITERIA = (
    Criterion("Is a service slow, wrong or down?", "A service is degraded or out."),
    Criterion("Do customers notice, or does it cost revenue?", "Customers or revenue are hurt."),
    Criterion("Does somebody have to act now?", "It will not wait for the next working day."),
    Criterion("Does it break an SLA or an SLO?", "A promise about the service is broken."),
    Criterion("Is security or compliance at risk?", "Data, access or a legal duty is at risk."),
)
"""The guide's five criteria, in our words; one yes is enough to declare."""


def is_open(status: IncidentStatus) -> bool:
    """Whether somebody still works on it."""
    return status in OPEN


def possible(status: IncidentStatus) -> tuple[IncidentStatus, ...]:
    """The statuses that may follow this one."""
    return _NEXT[status]


def move(status: IncidentStatus, to: IncidentStatus) -> IncidentStatus:
    """The status after the move. Raises TransitionRefused, saying what is possible instead.

    Steps forward may be skipped up to resolved; the open three may go back and forth; a resolved or
    closed incident reopens to investigating. Only what is resolved can be closed.
    """
    if to in _NEXT[status]:
        return to
    allowed = " or ".join(next_one.value for next_one in _NEXT[status])
    problem = "it is already" if to is status else f"it cannot go to {to.value} while it is"
    raise TransitionRefused(f"{problem} {status.value}; from here it can go to {allowed}")


def milestone_of(status: IncidentStatus) -> str | None:
    """The milestone that reaching this status sets, if it is not known yet.

    Monitoring means that a fix is in and is being watched: the severe impact is over. Recovery is
    said by whoever saw it, never by a status.
    """
    match status:
        case IncidentStatus.MONITORING:
            return "mitigated"
        case IncidentStatus.RESOLVED:
            return "resolved"
        case IncidentStatus.INVESTIGATING | IncidentStatus.IDENTIFIED | IncidentStatus.CLOSED:
            return None


def taken_back(status: IncidentStatus, to: IncidentStatus) -> tuple[str, ...]:
    """The milestones that no longer hold after the move: what was mitigated or resolved, was not after all."""
    if to not in (IncidentStatus.INVESTIGATING, IncidentStatus.IDENTIFIED):
        return ()
    if status in (IncidentStatus.RESOLVED, IncidentStatus.CLOSED):
        return ("mitigated", "recovered", "resolved")
    return ("mitigated",) if status is IncidentStatus.MONITORING else ()
