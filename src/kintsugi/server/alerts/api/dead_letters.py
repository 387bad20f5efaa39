"""What was taken and could not be decoded, over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from kintsugi.kernel.asked import Paged, Searched
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, Body, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.api.bodies import Id

router = APIRouter()


class LetterInList(Body):
    id: str
    source_id: str
    source: str
    format: str
    received_at: datetime
    state: str
    problem: str
    size: int


class LetterBody(LetterInList):
    headers: dict[str, str]
    body: Annotated[str, Field(description="As text; what is no UTF-8 is marked.")]
    cut: Annotated[bool, Field(description="Whether there is more than is shown.")]


class LetterPage(Body):
    items: list[LetterInList]
    next_cursor: str | None


class ReplayedBody(Body):
    """What its events have come to."""

    new: int
    changed: int
    repeated: int
    late: int
    changes: int


class Asked(Paged):
    state: Literal["dead", "replayed", "dismissed"] = "dead"
    source: Searched = ""


@router.get("/api/dead-letters", response_model=LetterPage)
@door(Action.ADMINISTER)
def list_letters(work: UnitOfWork, asked: Annotated[Asked, Query()]) -> LetterPage:
    """Dead letters, newest first."""
    page = alerts.list_letters(
        work, asked.limit, asked.cursor, state=asked.state, source=asked.source
    )
    return LetterPage(
        items=[LetterInList.model_validate(one) for one in page.items],
        next_cursor=page.next_cursor,
    )


@router.get("/api/dead-letters/{id}", response_model=LetterBody)
@door(Action.ADMINISTER)
def show_letter(work: UnitOfWork, name: Id) -> LetterBody:
    """One of them, with what was sent."""
    letter = alerts.get_letter(work, name)
    found = alerts.shown(work, letter)
    return LetterBody(
        id=letter.id, source_id=letter.source_id, source=letter.source, format=letter.format,
        received_at=letter.received_at, state=letter.state, problem=letter.problem,
        size=letter.size, headers=found.headers, body=found.text, cut=found.is_cut,
    )  # fmt: skip


@router.post("/api/dead-letters/{id}/replay", response_model=ReplayedBody)
@door(Action.ADMINISTER, writes=True)
def replay(work: UnitOfWork, name: Id) -> ReplayedBody:
    """Decode it again, as its source's mapping is now, and record what it says."""
    counts = alerts.replay(work, alerts.get_letter(work, name))
    return ReplayedBody(
        new=counts.new, changed=counts.changed, repeated=counts.repeated, late=counts.late,
        changes=counts.changes,
    )  # fmt: skip


@router.post("/api/dead-letters/{id}/dismiss", status_code=204, response_model=None)
@door(Action.ADMINISTER, writes=True)
def dismiss(work: UnitOfWork, name: Id) -> Answer:
    """Nobody needs it."""
    alerts.dismiss(work, alerts.get_letter(work, name))
    return lambda: Response(status_code=204)
