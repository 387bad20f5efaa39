"""The page of deleted postmortems: what was deleted by whom and why, and a button that brings it back."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query
from pydantic import BaseModel, Field

from kintsugi.core.shared.errors import DomainError
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import door, status_of
from kintsugi.kernel.pages import USUAL
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.web.answers import Answer, told

router = APIRouter()
ADDRESS = "/postmortems/deleted"


class Asked(BaseModel):
    """Where the list goes on."""

    cursor: str | None = Field(default=None, max_length=500)


class RestoreForm(BaseModel):
    reference: str = Field(default="", max_length=80)


@router.get(ADDRESS, response_model=None)
@door(Action.RESPOND)
def show(work: UnitOfWork, query: Annotated[Asked, Query()]) -> Answer:
    return _page(work, query.cursor)


@router.post("/postmortems/restore", response_model=None)
@door(Action.RESPOND, writes=True)
def bring_back(work: UnitOfWork, form: Annotated[RestoreForm, Form()]) -> Answer:
    """Undo a deletion: at once, or later from the list or by the reference that somebody remembers."""
    try:
        with work.attempt():
            stored = postmortems.bring_back(work, form.reference.strip())
    except DomainError as error:
        return _page(work, None, (form.reference, told(error)), status_of(error)[0])
    is_seen = postmortems.find(work, stored.id) is not None
    return see(f"/postmortems/{stored.reference}" if is_seen else ADDRESS)


def _page(
    work: UnitOfWork, cursor: str | None, wrong: tuple[str, str] = ("", ""), status: int = 200
) -> Answer:
    found = postmortems.list_deleted(work, USUAL, cursor)
    following = urlencode({"cursor": found.next_cursor or ""})
    context: dict[str, Any] = {
        "deleted": found.items,
        "incidents": incidents.get_all(work, {one.incident_id for one in found.items}),
        "next_href": f"{ADDRESS}?{following}" if found.next_cursor else "",
        "first_href": ADDRESS if cursor else "",
        "wrong": wrong,
        "is_admin": work.viewer.may(Action.ADMINISTER),
    }
    return page(work, "postmortems/deleted.html", context, status=status)
