"""Declaring an incident."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.happened import past
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.impact_facts import impact_line
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.milestones import Milestones, milestone_named
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import shortened
from kintsugi.kernel.counters import next_number
from kintsugi.kernel.http import Conflict
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import store
from kintsugi.server.incidents.events import IncidentDeclared
from kintsugi.server.incidents.service import measuring, recording, wording

_OURS = re.compile(r"inc-\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is said when an incident is declared; the title is all it needs."""

    title: str
    severity: Severity | None = None
    summary: str = ""
    impact: str = ""
    services: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    external_id: str | None = None
    is_private: bool = False
    is_drill: bool = False
    detection: DetectionMethod | None = None
    reason: str = ""
    milestones: Mapping[str, datetime] = field(default_factory=dict)
    impact_numbers: Impact = Impact()


def declare(work: UnitOfWork, said: Declaration) -> Incident:
    """A new incident, investigated from now on.

    Raises InvalidValue for text or numbers that do not fit, Conflict when the external id is taken.
    """
    title = wording.line(said.title, "title", wording.TITLE, required=True)
    external_id = wording.line(said.external_id or "", "externalId", wording.TITLE) or None
    number = next_number(work.connection, "incident")  # whoever declares beside us waits here
    if external_id:
        _refuse_taken(work, external_id)
    incident = Incident(
        id=work.new_id("inc"), number=number, reference=f"INC-{number}", title=title,
        status=IncidentStatus.INVESTIGATING, created_by=work.viewer.user_id, created_at=work.now,
        updated_at=work.now, version=1, last_sequence=1, external_id=external_id,
        summary=wording.prose(said.summary, "summary", wording.LONG), severity=said.severity,
        is_private=said.is_private, is_drill=said.is_drill, detection=said.detection,
        impact=wording.prose(said.impact, "impact", wording.LONG),
        services=wording.names(said.services, "services"), tags=wording.names(said.tags, "tags"),
        milestones=_milestones(said, work.now),
        impact_numbers=measuring.checked(said.impact_numbers),
    )  # fmt: skip
    store.add(work.connection, incident)
    _record(work, incident, wording.prose(said.reason, "reason", wording.SHORT))
    return recording.found(work, incident.id)


def _refuse_taken(work: UnitOfWork, external_id: str) -> None:
    if _OURS.fullmatch(external_id):
        raise InvalidValue(
            "reads as a reference of this installation", path=("externalId",),
            expected="an id in another form, such as INC-2024-042",
        )  # fmt: skip
    taken, known = store.with_external_id(work.connection, work.viewer, external_id)
    if known is not None:
        raise Conflict(f"{known.reference} already has the externalId {external_id}")
    if taken:
        raise Conflict(f"the externalId {external_id} is taken")


def _milestones(said: Declaration, now: datetime) -> Milestones:
    times = {milestone_named(name): past(at, now) for name, at in said.milestones.items()}
    return Milestones(**{"declared": now, **times})


def _record(work: UnitOfWork, incident: Incident, reason: str) -> None:
    severity = incident.severity.label if incident.severity else ""
    as_what = f" as {severity}" if severity else ""
    because = f": {reason}" if reason else ""
    text = f"Declared{as_what}{because}"
    if numbers := impact_line(incident.impact_numbers):
        text = shortened(f"{text}. Impact in numbers: {numbers}", wording.LONG)
    entry = {"text": text, "to": incident.status.value, "reason": reason}
    if severity:
        entry["severity"] = severity
    recording.write_down(work, incident, 1, entry, kind=EventKind.STATUS, important=True)
    work.audit(
        "incident.declare", incident.id, reference=incident.reference,
        private=incident.is_private,
    )  # fmt: skip
    work.publish(
        IncidentDeclared(
            incident.id, incident.reference, incident.severity, incident.is_private,
            incident.is_drill, work.now,
        )
    )  # fmt: skip
