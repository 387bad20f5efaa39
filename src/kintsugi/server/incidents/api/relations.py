"""Incidents merged and linked, over HTTP."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from kintsugi.core.incidents.named import link_named
from kintsugi.kernel.asked import IfMatch
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, Body, door, version_if_sent
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.api.bodies import (
    IncidentBody,
    LinkBody,
    Name,
    answered,
    written_link,
)

router = APIRouter()


class MergeBody(Body):
    into: str
    reason: str


class UnmergeBody(Body):
    reason: str


class NewLinkBody(Body):
    incident: str
    kind: str = "related"
    reason: str = ""


class LinksBody(Body):
    items: list[LinkBody]


@router.post("/api/incidents/{id}/merge", response_model=IncidentBody)
@door(Action.RESPOND, writes=True)
def merge(work: UnitOfWork, name: Name, body: MergeBody, if_match: IfMatch = None) -> Answer:
    """Close it as a duplicate of another incident; it is in no statistic from then on."""
    incident = incidents.get(work, name)
    return answered(
        work, incidents.merge(work, incident, body.into, body.reason, version_if_sent(if_match))
    )


@router.post("/api/incidents/{id}/unmerge", response_model=IncidentBody)
@door(Action.RESPOND, writes=True)
def unmerge(work: UnitOfWork, name: Name, body: UnmergeBody, if_match: IfMatch = None) -> Answer:
    """Undo a merge, while nothing else happened in the duplicate."""
    incident = incidents.get(work, name)
    return answered(work, incidents.unmerge(work, incident, body.reason, version_if_sent(if_match)))


@router.get("/api/incidents/{id}/links", response_model=LinksBody)
@door(Action.READ)
def list_links(work: UnitOfWork, name: Name) -> Answer:
    """What it is to other incidents; those you do not see are not there."""
    return _links(incidents.links(work, incidents.get(work, name)))


@router.post("/api/incidents/{id}/links", status_code=201, response_model=LinksBody)
@door(Action.RESPOND, writes=True)
def link(work: UnitOfWork, name: Name, body: NewLinkBody) -> Answer:
    """Link it to another; `kind` says what this one is to the other. The answer lists all its links."""
    incident, kind = incidents.get(work, name), link_named(body.kind)
    return _links(incidents.link(work, incident, body.incident, kind, body.reason), 201)


@router.delete("/api/incidents/{id}/links/{link_id}", status_code=204, response_model=None)
@door(Action.RESPOND, writes=True)
def unlink(work: UnitOfWork, name: Name, link_id: str) -> Answer:
    """Take a link away."""
    incidents.unlink(work, incidents.get(work, name), link_id)
    return lambda: Response(status_code=204)


def _links(found: list[incidents.Link], status: int = 200) -> Answer:
    body = {"items": [written_link(one) for one in found]}
    return lambda: JSONResponse(body, status)
