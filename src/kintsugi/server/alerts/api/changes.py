"""What was changed, over HTTP: told by people and their programs, and listed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from kintsugi.core.alerts.event import AlertLink, ChangeEvent
from kintsugi.kernel.asked import Paged, Searched
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, Body, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.api.bodies import LinkBody, Moment, moment, moment_in, written_link

router = APIRouter()


class AlertChangeBody(Body):
    id: str
    at: datetime
    received_at: datetime
    summary: str
    origin: Annotated[str, Field(description="The tool that made it, as it was told.")]
    source: Annotated[str, Field(description="The source that told of it; empty: a person.")]
    services: list[str]
    links: list[LinkBody]
    details: dict[str, str]


class ChangePage(Body):
    items: list[AlertChangeBody]
    next_cursor: str | None


class NewChangeBody(Body):
    summary: str
    at: Moment = None
    origin: str = ""
    services: tuple[str, ...] = ()
    links: tuple[LinkBody, ...] = ()
    details: dict[str, str] = Field(default_factory=dict)


class Asked(Paged):
    service: Annotated[list[Searched], Field(max_length=50)] = Field(default_factory=list)
    text: Searched = ""
    since: Moment = None
    until: Moment = None


@router.get("/api/changes", response_model=ChangePage)
@door(Action.READ)
def list_changes(work: UnitOfWork, asked: Annotated[Asked, Query()]) -> Answer:
    """Changes, newest first; of several services those of any."""
    wanted = alerts.WantedChanges(
        tuple(name for name in asked.service if name), asked.text,
        moment_in(asked.since, "since"), moment_in(asked.until, "until"),
    )  # fmt: skip
    page = alerts.list_changes(work, wanted, asked.limit, asked.cursor)
    content = {"items": [written_change(one) for one in page.items], "nextCursor": page.next_cursor}
    return lambda: JSONResponse(content)


@router.post("/api/changes", status_code=201, response_model=AlertChangeBody)
@door(Action.RESPOND, writes=True)
def add_change(work: UnitOfWork, body: NewChangeBody) -> Answer:
    """Tell of a change; now unless it says when."""
    change = alerts.add_change(
        work,
        ChangeEvent(
            body.summary, moment_in(body.at, "at"), body.origin, tuple(body.services),
            tuple(AlertLink(link.url, link.text) for link in body.links), body.details,
        ),
    )  # fmt: skip
    content = written_change(change)
    return lambda: JSONResponse(content, 201)


def written_change(change: alerts.KeptChange) -> dict[str, object]:
    """A change as `AlertChangeBody` describes it."""
    return {
        "id": change.id, "at": moment(change.at), "receivedAt": moment(change.received_at),
        "summary": change.summary, "origin": change.origin, "source": change.source,
        "services": list(change.services), "links": [written_link(one) for one in change.links],
        "details": dict(change.details),
    }  # fmt: skip
