"""Incidents over HTTP, as JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import AfterValidator, Field, StrictInt, StrictStr

from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.incident import Entry, Incident
from kintsugi.core.incidents.lifecycle import OPEN
from kintsugi.core.incidents.severity import calculate_severity
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.core.shared.text import clean, joined
from kintsugi.core.shared.times import ClockTime, parse_when
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import PROBLEMS, Body, door, matched_version, with_etag
from kintsugi.kernel.pages import MOST, USUAL
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents

router = APIRouter(tags=["incidents"], responses=PROBLEMS)

Answer = Callable[[], Response]
Name = Annotated[str, Path(alias="id", description="The id, reference (INC-42) or external id.")]
Limit = Annotated[int, Query(ge=1, le=MOST)]
Cursor = Annotated[str | None, Query(max_length=500)]
IfMatch = Annotated[str | None, Header(alias="If-Match", description="The ETag of what was read.")]
SeverityWord = StrictStr | StrictInt
Searched = Annotated[str, Field(max_length=200), AfterValidator(clean), AfterValidator(str.strip)]


class Filters(Body):
    status: Searched = ""
    severity: Searched = ""
    service: Searched = ""
    tag: Searched = ""
    text: Searched = ""
    external_id: Searched = ""
    limit: int = Field(USUAL, ge=1, le=MOST)
    cursor: str | None = Field(None, max_length=500)


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


class IncidentBody(Body):
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
    services: list[str]
    tags: list[str]
    commander_id: str | None
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int
    milestones: MilestoneTimes
    durations: list[DurationBody]


class IncidentPage(Body):
    items: list[IncidentBody]
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
    impact: str = ""
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
    impact: str = ""
    services: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


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


class GrantBody(Body):
    user_id: str


class GrantsBody(Body):
    user_ids: list[str]


@router.post("/api/incidents", status_code=201, response_model=IncidentBody)
@door(Action.DECLARE, writes=True)
def declare(work: UnitOfWork, body: DeclareBody) -> Answer:
    """Declare an incident. The severity may be said, or calculated from `impacts`, or left open."""
    severity = _severity(body.severity) if body.severity is not None else None
    if severity is None and body.impacts:
        severity = calculate_severity(body.impacts).severity
    incident = incidents.declare(
        work,
        incidents.Declaration(
            title=body.title, severity=severity, summary=body.summary, impact=body.impact,
            services=body.services, tags=body.tags, external_id=body.external_id,
            is_private=body.private, is_drill=body.drill,
            detection=_detection(body.detection) if body.detection else None,
        ),
    )  # fmt: skip
    return with_etag(_body(incident), incident.version, 201, f"/api/incidents/{incident.id}")


@router.get("/api/incidents", response_model=IncidentPage)
@door(Action.READ)
def list_incidents(work: UnitOfWork, asked: Annotated[Filters, Query()]) -> IncidentPage:
    """Incidents, newest first; `status=open` stands for all in which somebody still works."""
    wanted = incidents.Wanted(
        statuses=_statuses(asked.status), severity=_severity(asked.severity) if asked.severity else None,
        service=asked.service, tag=asked.tag, text=asked.text, external_id=asked.external_id,
    )  # fmt: skip
    page = incidents.list_incidents(work, wanted, asked.limit, asked.cursor)
    return IncidentPage(items=[_body(one) for one in page.items], next_cursor=page.next_cursor)


@router.get("/api/incidents/{id}", response_model=IncidentBody)
@door(Action.READ)
def show(work: UnitOfWork, name: Name) -> Answer:
    """One incident."""
    incident = incidents.get(work, name)
    return with_etag(_body(incident), incident.version)


@router.patch("/api/incidents/{id}", response_model=IncidentBody)
@door(Action.RESPOND, writes=True)
def change(work: UnitOfWork, name: Name, body: ChangeBody, if_match: IfMatch = None) -> Answer:
    """Change what is sent, all of it or nothing; `reason` goes with a new status or severity."""
    incident, version = incidents.get(work, name), matched_version(if_match)
    sent = body.model_fields_set
    words = incidents.Changes(
        title=body.title if "title" in sent else None,
        summary=body.summary if "summary" in sent else None,
        impact=body.impact if "impact" in sent else None,
        services=body.services if "services" in sent else None,
        tags=body.tags if "tags" in sent else None,
    )
    incident = incidents.edit(work, incident, words, version)
    if "severity" in sent:
        severity = _severity(body.severity)
        incident = incidents.change_severity(
            work, incident, severity, incident.version, body.reason
        )
    if "status" in sent:
        status = _status(body.status)
        incident = incidents.change_status(work, incident, status, incident.version, body.reason)
    return with_etag(_body(incident), incident.version)


@router.get(
    "/api/incidents/{id}/timeline",
    response_model=TimelinePage,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
@door(Action.READ)
def timeline(
    work: UnitOfWork,
    name: Name,
    form: Annotated[str, Query(alias="format", pattern="^(json|text)$")] = "json",
    limit: Limit = MOST,
    cursor: Cursor = None,
) -> TimelinePage | Answer:
    """What happened, oldest first; `format=text` is all of it as lines to read."""
    incident = incidents.get(work, name)
    if form == "text":
        written = incidents.summary_text(work, incident) + "\n"
        return lambda: PlainTextResponse(written)
    page = incidents.timeline_page(work, incident, limit, cursor)
    return TimelinePage(items=[_entry(one) for one in page.items], next_cursor=page.next_cursor)


@router.post("/api/incidents/{id}/timeline", status_code=201, response_model=EntryBody)
@door(Action.RESPOND, writes=True)
def add_note(work: UnitOfWork, name: Name, body: NoteBody) -> Answer:
    """Add something that happened. It stays: a mistake is put right by another entry."""
    entry = incidents.add_note(
        work, incidents.get(work, name), body.text,
        _moment(body.happened_at, "happenedAt") if body.happened_at else None,
        kind=_kind(body.kind), important=body.important, evidence=body.evidence,
    )  # fmt: skip
    content = _entry(entry).model_dump(mode="json", by_alias=True)
    return lambda: JSONResponse(content, 201)


@router.post("/api/incidents/{id}/milestones", response_model=IncidentBody)
@door(Action.RESPOND, writes=True)
def correct_milestone(
    work: UnitOfWork, name: Name, body: MilestoneBody, if_match: IfMatch = None
) -> Answer:
    """Correct when a milestone was reached (null: not known), with a reason; durations follow."""
    incident = incidents.correct_milestone(
        work, incidents.get(work, name), _snake(body.name),
        _moment(body.at, "at") if body.at is not None else None, body.reason,
        matched_version(if_match) if if_match is not None else None,
    )  # fmt: skip
    return with_etag(_body(incident), incident.version)


@router.post("/api/incidents/{id}/grants", response_model=GrantsBody)
@door(Action.RESPOND, writes=True)
def grant(work: UnitOfWork, name: Name, body: GrantBody) -> GrantsBody:
    """Let a user see a private incident; the answer lists all who were let in."""
    incident = incidents.get(work, name)
    incidents.grant_access(work, incident, body.user_id)
    return GrantsBody(user_ids=incidents.people_with_access(work, incident))


def _body(incident: Incident) -> IncidentBody:
    severity = incident.severity
    return IncidentBody(
        id=incident.id, reference=incident.reference, number=incident.number,
        external_id=incident.external_id, title=incident.title, summary=incident.summary,
        status=incident.status.value, severity=severity.label if severity else None,
        private=incident.is_private, drill=incident.is_drill,
        detection=incident.detection.value if incident.detection else None,
        impact=incident.impact, services=list(incident.services), tags=list(incident.tags),
        commander_id=incident.commander_id, created_by=incident.created_by,
        created_at=incident.created_at, updated_at=incident.updated_at, version=incident.version,
        milestones=MilestoneTimes.model_validate(incident.milestones),
        durations=[
            DurationBody(
                name=one.name, start=_camel(one.start), end=_camel(one.end),
                seconds=one.length.total_seconds(),
            )
            for one in incidents.time_between(incident)
        ],
    )  # fmt: skip


def _entry(entry: Entry) -> EntryBody:
    return EntryBody(
        id=entry.id, sequence=entry.sequence, happened_at=entry.happened_at,
        recorded_at=entry.recorded_at, kind=entry.kind.value, text=entry.text,
        actor_id=entry.actor_id, actor=entry.actor, important=entry.important,
        evidence=entry.evidence, detail=dict(entry.detail),
    )  # fmt: skip


def _severity(written: str | int) -> Severity:
    try:
        return parse_severity(written)
    except InvalidValue as error:
        raise error.under("severity") from error


def _status(written: str) -> IncidentStatus:
    try:
        return IncidentStatus(written.strip().casefold())
    except ValueError as error:
        raise _none_of("status", written, [status.value for status in IncidentStatus]) from error


def _statuses(written: str) -> tuple[IncidentStatus, ...]:
    if not written:
        return ()
    return OPEN if written == "open" else (_status(written),)


def _detection(written: str) -> DetectionMethod:
    try:
        return DetectionMethod(written.strip().casefold())
    except ValueError as error:
        raise _none_of("detection", written, [how.value for how in DetectionMethod]) from error


def _kind(written: str) -> EventKind:
    try:
        return EventKind(written)
    except ValueError as error:
        raise _none_of("kind", written, [kind.value for kind in EventKind]) from error


def _none_of(field: str, written: str, allowed: list[str]) -> InvalidValue:
    return InvalidValue(f"{written[:60]!r} is not known", path=(field,), expected=joined(allowed))


def _moment(written: str, field: str) -> datetime:
    """A full time; one without a zone is in UTC."""
    try:
        when = parse_when(written).when
    except InvalidValue as error:
        raise error.under(field) from error
    if isinstance(when, ClockTime):
        raise InvalidValue("has no date", path=(field,), expected="such as 2024-03-15T09:15:00Z")
    return when


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
