"""Deleted postmortems over HTTP: what an admin, or whoever deleted a draft of their own, can bring back."""

from __future__ import annotations

from fastapi import APIRouter

from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import door
from kintsugi.kernel.pages import USUAL
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.api.bodies import Answer, Cursor, Limit, plain

router = APIRouter()


@router.get("/api/postmortems/deleted", response_model=None)
@door(Action.RESPOND)
def list_deleted(work: UnitOfWork, limit: Limit = USUAL, cursor: Cursor = None) -> Answer:
    """Deleted postmortems, the newest first: all as an admin, else drafts of one's own.

    Each is brought back by `POST /api/postmortems/{id}/restore`. An admin sees no title of a draft that
    is somebody else's.
    """
    page = postmortems.list_deleted(work, limit, cursor)
    items = [
        {"id": one.id, "reference": one.reference, "incidentId": one.incident_id, "title": one.title,
         "status": one.status.value, "deletedAt": one.deleted_at.isoformat(),
         "deletedBy": one.deleted_by, "reason": one.reason}
        for one in page.items
    ]  # fmt: skip
    return plain({"items": items, "nextCursor": page.next_cursor})
