"""What the API of incidents takes and gives. `written` is the one place that spells an incident as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Path
from fastapi.responses import JSONResponse
from pydantic import Field, StrictInt, StrictStr
from pydantic.alias_generators import to_camel

from kintsugi.core.incidents.incident import Entry, Incident
from kintsugi.core.incidents.milestones import NamedDuration
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import ClockTime, When, parse_when
from kintsugi.formats.impact import impact_details
from kintsugi.kernel.asked import Paged, Searched
from kintsugi.kernel.http import Answer, Body, etag
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.api.impact import NOTHING_SAID, ImpactDetails, ImpactSaid

Name = Annotated[str, Path(alias="id", description="The id, reference (INC-42) or external id.")]
SeverityWord = StrictStr | StrictInt
Moment = Annotated[str | None, Field(max_length=60, description="A full time; UTC without a zone.")]


class Filters(Paged):
    status: Searched = ""
    severity: Searched = ""
    service: Searched = ""
    tag: Searched = ""
    text: Searched = ""
    external_id: Searched = ""
    commander: Annotated[Searched, Field(description="The id or e-mail of a user.")] = ""
    drill: Annotated[str, Field(pattern="^(yes|no)?$")] = ""
    declared_after: Moment = None
    declared_before: Moment = None


class MilestoneTimes(Body):
    impact_start: datetime | None
    detected: datetime | None
    acknowledged: datetime | None
    declared: datetime | None
    mitigated: datetime | None
    recovered: datetime | None
    resolved: datetime | None


class DurationBody(Body):
    name: str
    start: str
    end: str
    seconds: float


class IncidentInList(Body):
    id: str
    reference: str
    number: int
    external_id: str | None
    title: str
    summary: str
    status: str
    severity: str | None
    private: bool
    drill: bool
    detection: str | None
    impact: str
    impact_details: ImpactDetails
    services: list[str]
    tags: list[str]
    commander_id: str | None
    commander: str | None
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int
    milestones: MilestoneTimes
    durations: list[DurationBody]


class LinkBody(Body):
    id: str
    kind: str
    incident_id: str
    reference: str
    title: str
    status: str
    reason: str
    made_by: str
    made_at: datetime


class IncidentBody(IncidentInList):
    merged_into: str | None
    links: list[LinkBody]
    attachment_count: int


class IncidentPage(Body):
    items: list[IncidentInList]
    next_cursor: str | None


class EntryBody(Body):
    id: str
    sequence: int
    happened_at: datetime
    recorded_at: datetime
    kind: str
    text: str
    actor_id: str
    actor: str
    important: bool
    evidence: str
    detail: dict[str, str]


class TimelinePage(Body):
    items: list[EntryBody]
    next_cursor: str | None


class DeclareBody(Body):
    title: str
    severity: SeverityWord | None = None
    impacts: dict[str, str] | None = None
    summary: str = ""
    impact: ImpactSaid = NOTHING_SAID
    services: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    external_id: str | None = None
    private: bool = False
    drill: bool = False
    detection: str | None = None


class ChangeBody(Body):
    status: str = ""
    severity: SeverityWord = ""
    reason: str = ""
    title: str = ""
    summary: str = ""
    impact: ImpactSaid = NOTHING_SAID
    services: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    detection: str | None = None
    private: bool = False
    drill: bool = False
    commander: Annotated[
        str | None, Field(description="The id or e-mail of a user; null: nobody.")
    ] = None


class NoteBody(Body):
    text: str
    happened_at: str | None = None
    kind: str = EventKind.NOTE.value
    important: bool = False
    evidence: str = ""


class MilestoneBody(Body):
    name: str
    at: str | None
    reason: str


def answered(work: UnitOfWork, incident: Incident, status: int = 200, place: str = "") -> Answer:
    """One incident with its ETag, built after the commit."""
    into = incidents.merged_into(work, incident)
    body = written(incident) | {
        "commander": incidents.commander_name(work, incident) or None,
        "mergedInto": into.reference if into is not None else None,
        "links": [written_link(one) for one in incidents.links(work, incident)],
        "attachmentCount": incidents.attachment_count(work, incident),
    }
    headers = {"ETag": etag(incident.version)} | ({"Location": place} if place else {})
    return lambda: JSONResponse(body, status, headers)


def written(incident: Incident) -> dict[str, object]:
    """An incident as `IncidentInList` describes it, ready for JSON; no model is built."""
    severity, milestones = incident.severity, incident.milestones
    return {
        "id": incident.id, "reference": incident.reference, "number": incident.number,
        "externalId": incident.external_id, "title": incident.title, "summary": incident.summary,
        "status": incident.status.value, "severity": severity.label if severity else None,
        "private": incident.is_private, "drill": incident.is_drill,
        "detection": incident.detection.value if incident.detection else None,
        "impact": incident.impact, "impactDetails": impact_details(incident.impact_numbers),
        "services": incident.services, "tags": incident.tags,
        "commanderId": incident.commander_id,
        "createdBy": incident.created_by, "createdAt": moment(incident.created_at),
        "updatedAt": moment(incident.updated_at), "version": incident.version,
        "milestones": {
            "impactStart": moment(milestones.impact_start), "detected": moment(milestones.detected),
            "acknowledged": moment(milestones.acknowledged), "declared": moment(milestones.declared),
            "mitigated": moment(milestones.mitigated), "recovered": moment(milestones.recovered),
            "resolved": moment(milestones.resolved),
        },
        "durations": _written_durations(incidents.time_between(incident)),
    }  # fmt: skip


def written_link(link: incidents.Link) -> dict[str, object]:
    """A link as `LinkBody` describes it."""
    return {
        "id": link.id, "kind": link.kind.value, "incidentId": link.other.id,
        "reference": link.other.reference, "title": link.other.title,
        "status": link.other.status.value, "reason": link.reason, "madeBy": link.made_by,
        "madeAt": moment(link.made_at),
    }  # fmt: skip


def written_entry(entry: Entry) -> EntryBody:
    """An entry of the timeline."""
    return EntryBody(
        id=entry.id, sequence=entry.sequence, happened_at=entry.happened_at,
        recorded_at=entry.recorded_at, kind=entry.kind.value, text=entry.text,
        actor_id=entry.actor_id, actor=entry.actor, important=entry.important,
        evidence=entry.evidence, detail=dict(entry.detail),
    )  # fmt: skip


def moment(at: When | None) -> str | None:
    """A moment of the database, which is in UTC, as JSON has it."""
    return at.isoformat().replace("+00:00", "Z") if isinstance(at, datetime) else None


def _written_durations(found: Sequence[NamedDuration]) -> list[dict[str, object]]:
    return [
        {
            "name": one.name, "start": to_camel(one.start), "end": to_camel(one.end),
            "seconds": one.length.total_seconds(),
        }
        for one in found
    ]  # fmt: skip


def full_time(written: str, field: str) -> datetime:
    """A full time; one without a zone is in UTC."""
    try:
        when = parse_when(written).when
    except InvalidValue as error:
        raise error.under(field) from error
    if isinstance(when, ClockTime):
        raise InvalidValue("has no date", path=(field,), expected="such as 2024-03-15T09:15:00Z")
    return when
