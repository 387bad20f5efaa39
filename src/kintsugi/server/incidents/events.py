"""What happened to incidents, as told to the rooms above. They carry ids: who reads more, reads as its viewer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kintsugi.core.incidents.status import IncidentStatus
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
