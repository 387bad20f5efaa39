"""Who sees a private incident, over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from kintsugi.core.incidents.incident import Incident
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, Body, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.api.bodies import IncidentBody, Name, answered

router = APIRouter()


class GrantBody(Body):
    user_id: str


class ReaderBody(Body):
    user_id: str
    name: str
    declarer: bool


class GrantsBody(Body):
    user_ids: list[str]
    people: list[ReaderBody]


class BreakGlassBody(Body):
    reference: str
    reason: str


@router.post("/api/incidents/break-glass", response_model=IncidentBody)
@door(Action.ADMINISTER, writes=True)
def break_glass(work: UnitOfWork, body: BreakGlassBody) -> Answer:
    """Let yourself into a private incident nobody shared with you; all who see it see that you did."""
    return answered(work, incidents.break_glass(work, body.reference, body.reason))


@router.get("/api/incidents/{id}/grants", response_model=GrantsBody)
@door(Action.READ)
def list_grants(work: UnitOfWork, name: Name) -> GrantsBody:
    """Who was let in to a private incident, and, under `people`, everybody who sees it."""
    return _grants(work, incidents.get(work, name))


@router.post("/api/incidents/{id}/grants", response_model=GrantsBody)
@door(Action.RESPOND, writes=True)
def grant(work: UnitOfWork, name: Name, body: GrantBody) -> GrantsBody:
    """Let a user (id or e-mail) see a private incident; the answer lists all who were let in."""
    incident = incidents.get(work, name)
    incidents.share(work, incident, body.user_id)
    return _grants(work, incident)


@router.delete("/api/incidents/{id}/grants/{user_id}", response_model=GrantsBody)
@door(Action.RESPOND, writes=True)
def withdraw(work: UnitOfWork, name: Name, user_id: str) -> GrantsBody:
    """Take a user's access back; the answer lists who is left."""
    incident = incidents.get(work, name)
    incidents.withdraw_access(work, incident, user_id)
    return _grants(work, incident)


def _grants(work: UnitOfWork, incident: Incident) -> GrantsBody:
    return GrantsBody(
        user_ids=incidents.people_with_access(work, incident),
        people=[
            ReaderBody(user_id=one.user_id, name=one.name, declarer=one.is_declarer)
            for one in incidents.readers(work, incident)
        ],
    )
