"""The lists of patterns over HTTP, page by page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Body, door
from kintsugi.kernel.pages import LONGEST, MOST, USUAL
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics import service as analytics
from kintsugi.server.analytics.api.bodies import (
    GapBody,
    ImprovementBody,
    RecurredBody,
    WaitsBody,
    gap_body,
    improvement_body,
    recurred_body,
    waits_body,
)
from kintsugi.server.analytics.api.patterns import titles_of
from kintsugi.server.analytics.asked import Asked, wanted_of

router = APIRouter()


class ListAsked(Asked):
    limit: int = Field(USUAL, ge=1, le=MOST)
    cursor: str | None = Field(None, max_length=LONGEST)


class ListBody(Body):
    n: Annotated[int, Field(description="How many the whole list has.")]
    next_cursor: str | None


class GapsBody(ListBody):
    items: list[GapBody]


class ImprovementsBody(ListBody):
    items: list[ImprovementBody]


class WaitingBody(ListBody):
    items: list[WaitsBody]


class RecurrencesBody(ListBody):
    items: list[RecurredBody]


@router.get("/api/analytics/detection-gaps", response_model=GapsBody)
@door(Action.READ)
def list_gaps(work: UnitOfWork, asked: Annotated[ListAsked, Query()]) -> GapsBody:
    """Incidents that were noticed late or by customers, the newest first, with what was proposed for it."""
    found = analytics.gaps(work, wanted_of(work, asked), asked.limit, asked.cursor)
    items = [gap_body(one) for one in found.page.items]
    return GapsBody(n=found.n, items=items, next_cursor=found.page.next_cursor)


@router.get("/api/analytics/improvements", response_model=ImprovementsBody)
@door(Action.READ)
def list_improvements(work: UnitOfWork, asked: Annotated[ListAsked, Query()]) -> ImprovementsBody:
    """What postmortems say would have helped the response, question by question, the newest first."""
    found = analytics.answers(work, wanted_of(work, asked), asked.limit, asked.cursor)
    items = [improvement_body(one, found.cases) for one in found.page.items]
    return ImprovementsBody(n=found.n, items=items, next_cursor=found.page.next_cursor)


@router.get("/api/analytics/waiting", response_model=WaitingBody)
@door(Action.READ)
def list_waiting(work: UnitOfWork, asked: Annotated[ListAsked, Query()]) -> WaitingBody:
    """Of the newest 200 incidents those that a class is suggested for and nobody has said of, the newest first."""
    found = analytics.waits(work, wanted_of(work, asked), asked.limit, asked.cursor)
    titles = titles_of(work)
    items = [waits_body(one, titles) for one in found.page.items]
    return WaitingBody(n=found.n, items=items, next_cursor=found.page.next_cursor)


@router.get("/api/analytics/recurrences", response_model=RecurrencesBody)
@door(Action.READ)
def list_recurrences(work: UnitOfWork, asked: Annotated[ListAsked, Query()]) -> RecurrencesBody:
    """Incidents of a confirmed class that came again within a year, the newest first, and what they repeat."""
    found = analytics.recurrences(work, wanted_of(work, asked), asked.limit, asked.cursor)
    items = [
        recurred_body(one, found.cases)
        for one in found.page.items
        if one.id in found.cases and one.before_id in found.cases
    ]
    return RecurrencesBody(n=found.n, items=items, next_cursor=found.page.next_cursor)
