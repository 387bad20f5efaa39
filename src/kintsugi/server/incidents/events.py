"""What happened to incidents, as told to the rooms above. They carry ids: who reads more, reads as its viewer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kintsugi.core.incidents.links import LinkKind
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.severity import Severity


@dataclass(frozen=True, slots=True)
class IncidentDeclared:
    incident_id: str
    reference: str
    severity: Severity | None
    is_private: bool
    is_drill: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class IncidentStatusChanged:
    incident_id: str
    before: IncidentStatus
    after: IncidentStatus
    at: datetime


@dataclass(frozen=True, slots=True)
class IncidentResolved:
    incident_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IncidentReopened:
    incident_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SeverityChanged:
    incident_id: str
    before: Severity | None
    after: Severity
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IncidentEdited:
    incident_id: str
    fields: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class MilestoneCorrected:
    incident_id: str
    name: str
    before: datetime | None
    after: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class TimelineEntryAdded:
    """Something new stands in an incident's timeline; published for every entry, whatever made it."""

    incident_id: str
    sequence: int
    kind: EventKind = EventKind.NOTE


@dataclass(frozen=True, slots=True)
class CommanderChanged:
    """Somebody took command, gave it on, or stepped down; ids of users, None for nobody."""

    incident_id: str
    before: str | None
    after: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class RoleChanged:
    """Somebody holds a role other than command, or was offered one, or no longer."""

    incident_id: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TaskChanged:
    """A task was made, given on, or settled."""

    incident_id: str
    task_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TriageAnswered:
    """Questions of triage were answered, or answered otherwise."""

    incident_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecoveryChanged:
    """A recovery criterion was added, changed, met, overridden, or opened again."""

    incident_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AccessChanged:
    """Somebody was let in to a private incident, or is no longer."""

    incident_id: str
    user_id: str
    is_given: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class PrivacyChanged:
    """An incident was made private, or visible to everybody."""

    incident_id: str
    is_private: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class DrillChanged:
    """An incident turned out to be a drill, or not to be one."""

    incident_id: str
    is_drill: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class AttachmentAdded:
    incident_id: str
    attachment_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AttachmentWithdrawn:
    incident_id: str
    attachment_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IncidentMerged:
    """An incident turned out to be another one."""

    incident_id: str
    into_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IncidentUnmerged:
    incident_id: str
    from_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IncidentsLinked:
    incident_id: str
    other_id: str
    kind: LinkKind
    at: datetime


@dataclass(frozen=True, slots=True)
class IncidentsUnlinked:
    incident_id: str
    other_id: str
    kind: LinkKind
    at: datetime
