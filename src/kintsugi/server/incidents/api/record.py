"""The record of an incident over HTTP: declared, listed, read, changed, written on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic.alias_generators import to_snake

from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.named import severity_named, severity_of, statuses_named
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.words import word_of
from kintsugi.kernel.asked import Cursor, IfMatch, Limit
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, door, matched_version, version_if_sent
from kintsugi.kernel.pages import MOST
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.api.bodies import (
    ChangeBody,
    DeclareBody,
    EntryBody,
    Filters,
    IncidentBody,
    IncidentPage,
    MilestoneBody,
    Name,
    NoteBody,
    TimelinePage,
    answered,
    full_time,
    written_entry,
)
from kintsugi.server.incidents.api.written_lists import written_page

router = APIRouter()


@router.post("/api/incidents", status_code=201, response_model=IncidentBody)
@door(Action.DECLARE, writes=True)
def declare(work: UnitOfWork, body: DeclareBody) -> Answer:
    """Declare an incident. The severity may be said, or calculated from `impacts`, or left open.

    `impact` is a text, or an object with `text` and numbers such as `affectedUsers`.
    """
    severity = severity_of(body.severity, body.impacts or {})
    incident = incidents.declare(
        work,
        incidents.Declaration(
            title=body.title, severity=severity, summary=body.summary, impact=body.impact.said_text() or "",
            services=body.services, tags=body.tags, external_id=body.external_id,
            is_private=body.private, is_drill=body.drill,
            impact_numbers=body.impact.said_numbers(Impact()) or Impact(),
            detection=(
                word_of(DetectionMethod, body.detection, "detection") if body.detection else None
            ),
        ),
    )  # fmt: skip
    return answered(work, incident, 201, f"/api/incidents/{incident.id}")


@router.get("/api/incidents", response_model=IncidentPage)
@door(Action.READ)
def list_incidents(work: UnitOfWork, asked: Annotated[Filters, Query()]) -> Answer:
    """Incidents, newest first; `status=open` stands for all in which somebody still works."""
    page = incidents.list_places(work, _wanted(work, asked), asked.limit, asked.cursor)
    content = written_page(work, page)
    return lambda: Response(content, media_type="application/json")


@router.get("/api/incidents/{id}", response_model=IncidentBody)
@door(Action.READ)
def show(work: UnitOfWork, name: Name) -> Answer:
    """One incident, with its links to others that you see."""
    return answered(work, incidents.get(work, name))


@router.patch("/api/incidents/{id}", response_model=IncidentBody)
@door(Action.RESPOND, writes=True)
def change(work: UnitOfWork, name: Name, body: ChangeBody, if_match: IfMatch = None) -> Answer:
    """Change what is sent, all of it or nothing.

    A text as `impact` changes the text alone; of an object, what is sent, and null takes it back.

    `reason` goes with a new status or severity, and is needed to make it private, visible or a drill.
    """
    incident, version = incidents.get(work, name), matched_version(if_match)
    sent = body.model_fields_set
    words = incidents.Changes(
        title=body.title if "title" in sent else None,
        summary=body.summary if "summary" in sent else None,
        impact=body.impact.said_text(),
        impact_numbers=body.impact.said_numbers(incident.impact_numbers),
        services=body.services if "services" in sent else None,
        tags=body.tags if "tags" in sent else None,
        detection=body.detection or "" if "detection" in sent else None,
    )
    incident = incidents.edit(work, incident, words, version)
    return answered(work, _moved(work, incident, body))


def _moved(work: UnitOfWork, incident: Incident, body: ChangeBody) -> Incident:
    """What the incident is after the changes beside its words."""
    sent, reason = body.model_fields_set, body.reason
    if "drill" in sent:
        incident = incidents.change_drill(work, incident, body.drill, reason, incident.version)
    if "commander" in sent:
        incident = incidents.set_commander(work, incident, body.commander or "", incident.version)
    if "severity" in sent:
        to = severity_named(body.severity)
        incident = incidents.change_severity(work, incident, to, incident.version, reason)
    if "status" in sent:
        status = word_of(IncidentStatus, body.status, "status")
        incident = incidents.change_status(work, incident, status, incident.version, reason)
    if "private" in sent:
        incident = incidents.change_privacy(work, incident, body.private, reason, incident.version)
    return incident


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
        lines = incidents.summary_text(work, incident) + "\n"
        return lambda: PlainTextResponse(lines)
    page = incidents.timeline_page(work, incident, limit, cursor)
    return TimelinePage(
        items=[written_entry(one) for one in page.items], next_cursor=page.next_cursor
    )


@router.post("/api/incidents/{id}/timeline", status_code=201, response_model=EntryBody)
@door(Action.RESPOND, writes=True)
def add_note(work: UnitOfWork, name: Name, body: NoteBody) -> Answer:
    """Add something that happened. It stays: a mistake is put right by another entry."""
    entry = incidents.add_note(
        work, incidents.get(work, name), body.text,
        full_time(body.happened_at, "happenedAt") if body.happened_at else None,
        kind=word_of(EventKind, body.kind, "kind"), important=body.important, evidence=body.evidence,
    )  # fmt: skip
    content = written_entry(entry).model_dump(mode="json", by_alias=True)
    return lambda: JSONResponse(content, 201)


@router.post("/api/incidents/{id}/milestones", response_model=IncidentBody)
@door(Action.RESPOND, writes=True)
def correct_milestone(
    work: UnitOfWork, name: Name, body: MilestoneBody, if_match: IfMatch = None
) -> Answer:
    """Correct when a milestone was reached (null: not known), with a reason; durations follow."""
    incident = incidents.correct_milestone(
        work, incidents.get(work, name), to_snake(body.name),
        full_time(body.at, "at") if body.at is not None else None, body.reason,
        version_if_sent(if_match),
    )  # fmt: skip
    return answered(work, incident)


def _wanted(work: UnitOfWork, asked: Filters) -> incidents.Wanted:
    after, before = asked.declared_after, asked.declared_before
    return incidents.Wanted(
        statuses=statuses_named(asked.status),
        severity=severity_named(asked.severity) if asked.severity else None,
        service=asked.service, tag=asked.tag, text=asked.text, external_id=asked.external_id,
        commander_id=_commander(work, asked.commander) if asked.commander else "",
        declared_after=full_time(after, "declaredAfter") if after else None,
        declared_before=full_time(before, "declaredBefore") if before else None,
        is_drill={"yes": True, "no": False}.get(asked.drill),
    )  # fmt: skip


def _commander(work: UnitOfWork, who: str) -> str:
    """The id of a user; somebody unknown commands nothing."""
    user = accounts.active_user(work, who)
    return user.id if user is not None else who
