"""Actions over HTTP: the board, one action, its states."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header, Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import AfterValidator, Field

from kintsugi.core.actions.item import ActionStatus, Horizon, Priority
from kintsugi.core.actions.lifecycle import Move, is_overdue, next_states
from kintsugi.core.actions.review import review_action
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, joined
from kintsugi.formats.codec import encode
from kintsugi.kernel.auth import Action as Right
from kintsugi.kernel.http import PROBLEMS, Body, door, etag, matched_version
from kintsugi.kernel.pages import MOST, USUAL
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions import service as actions

router = APIRouter(tags=["actions"], responses=PROBLEMS)
Answer = Callable[[], Response]
Name = Annotated[str, Path(alias="id", description="The id or reference (ACT-7).")]
IfMatch = Annotated[str | None, Header(alias="If-Match", description="The ETag of what was read.")]
Word = TypeVar("Word", Priority, ActionStatus, Horizon)
Searched = Annotated[str, Field(max_length=200), AfterValidator(clean), AfterValidator(str.strip)]


class Filters(Body):
    view: Annotated[str, Field(pattern="^(|open|overdue)$")] = ""
    owner: Searched = ""
    status: Searched = ""
    priority: Searched = ""
    horizon: Searched = ""
    postmortem_id: Searched = ""
    incident_id: Searched = ""
    text: Searched = ""
    limit: int = Field(USUAL, ge=1, le=MOST)
    cursor: str | None = Field(None, max_length=500)


class ChangeBody(Body):
    status: str = ""
    evidence: str | None = None
    reason: str = ""
    approver: str = ""
    expires: date | None = None
    owner: str | None = None
    due: date | None = None
    ticket: str | None = None


@router.get("/api/actions", response_model=None)
@door(Right.READ)
def list_actions(work: UnitOfWork, asked: Annotated[Filters, Query()]) -> Answer:
    """Actions over all postmortems, those due first at the top.

    `owner=me` is the viewer, `view=overdue` the late ones.
    """
    page = actions.list_actions(work, _wanted(work, asked), asked.limit, asked.cursor)
    content = {
        "items": [written(one, today(work)) for one in page.items], "nextCursor": page.next_cursor,
    }  # fmt: skip
    return lambda: JSONResponse(content)


@router.get("/api/actions/{id}", response_model=None)
@door(Right.READ)
def show(work: UnitOfWork, name: Name) -> Answer:
    """One action, with its score and what changed."""
    action = actions.get(work, name)
    history = [
        {"at": one.at.isoformat(), "by": one.actor,
         "fields": [{"field": a, "before": b, "after": c} for a, b, c in one.fields]}
        for one in actions.history(work, action)
    ]  # fmt: skip
    return _answered(action, today(work), {"history": history})


@router.patch("/api/actions/{id}", response_model=None)
@door(Right.RESPOND, writes=True)
def change(work: UnitOfWork, name: Name, body: ChangeBody, if_match: IfMatch = None) -> Answer:
    """Change its state, owner, due date, tracker or evidence; its wording changes in its postmortem."""
    action, version = actions.get(work, name), matched_version(if_match)
    edit = actions.Edit(
        owner=body.owner, due=body.due, ticket=body.ticket,
        evidence=body.evidence if not body.status else None,
    )  # fmt: skip
    action = actions.edit(work, action, edit, version)
    to = _named(ActionStatus, body.status, "status")
    if to is not None:
        move = Move(to, body.evidence or "", body.reason, body.approver, body.expires)
        action = actions.move(work, action, move, None)
    return _answered(action, today(work))


def written(action: actions.Action, now: date) -> dict[str, Any]:
    """An action as the API answers with it."""
    review = review_action(action.item)
    settled = action.settled_at
    data: dict[str, Any] = encode(action.item, camel=True)
    return data | {
        "id": action.id, "reference": action.reference, "status": action.item.status.value,
        "owner": action.item.owner, "postmortemId": action.source.id,
        "postmortem": action.source.reference, "incidentId": action.source.incident_id,
        "dueOn": action.due_on.isoformat(), "overdue": is_overdue(action.item, action.due_on, now),
        "next": [one.value for one in next_states(action.item.status)], "score": review.score,
        "missing": list(review.missing), "createdAt": _at(action.created_at),
        "updatedAt": _at(action.updated_at), "settledAt": _at(settled) if settled else None,
        "version": action.version,
    }  # fmt: skip


def today(work: UnitOfWork) -> date:
    """The viewer's day: what is due today is theirs to say."""
    return work.now.astimezone(ZoneInfo(work.viewer.zone)).date()


def _answered(action: actions.Action, now: date, more: dict[str, Any] | None = None) -> Answer:
    content = json.loads(json.dumps(written(action, now) | (more or {}), default=str))
    return lambda: JSONResponse(content, 200, {"ETag": etag(action.version)})


def _at(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")


def _wanted(work: UnitOfWork, asked: Filters) -> actions.Wanted:
    status = _named(ActionStatus, asked.status, "status")
    priority = _named(Priority, asked.priority, "priority")
    owners = actions.mine(work) if asked.owner == "me" else (asked.owner,) if asked.owner else ()
    return actions.Wanted(
        owners=owners, source_id=asked.postmortem_id, incident_id=asked.incident_id,
        statuses=(status,) if status else (), priorities=(priority,) if priority else (),
        horizon=_named(Horizon, asked.horizon, "horizon"), text=asked.text,
        overdue_on=today(work) if asked.view == "overdue" else None,
        open_on=today(work) if asked.view == "open" else None,
    )  # fmt: skip


def _named(kind: type[Word], written_word: str, field: str) -> Word | None:
    if not written_word:
        return None
    try:
        return kind(written_word.strip().upper())
    except ValueError as error:
        raise InvalidValue(
            f"{written_word[:60]!r} is not known", path=(field,),
            expected=joined([one.value for one in kind]),
        ) from error  # fmt: skip
