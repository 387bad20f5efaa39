"""The streams of the incident pages: what changed on one incident, and in the list."""

from __future__ import annotations

from fastapi import APIRouter

from kintsugi.kernel.auth import Action
from kintsugi.kernel.following import Parts, stream
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.service.following import (
    LIST,
    head_of,
    own_list_of,
    timeline_of,
)

router = APIRouter(include_in_schema=False)


def list_parts(work: UnitOfWork) -> Parts:
    """What changes in a list: what everybody sees, and the private ones that this viewer sees."""
    return {"incidents": LIST, "mine": own_list_of(work.viewer.user_id)}


def parts_of(incident_id: str) -> Parts:
    """What changes on an incident's page, by the name of the event that says so."""
    return {"head": head_of(incident_id), "timeline": timeline_of(incident_id)}


def _one(work: UnitOfWork, name: str) -> Parts:
    return parts_of(incidents.get(work, name).id)


def _all(work: UnitOfWork, _name: str) -> Parts:
    return list_parts(work)


router.add_api_route("/incidents/live", stream(Action.READ, _all), response_model=None)
router.add_api_route(
    "/incidents/{reference}/live", stream(Action.READ, _one, "reference"), response_model=None
)
