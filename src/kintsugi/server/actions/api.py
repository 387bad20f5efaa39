"""Actions over HTTP: the board, one action, its states."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

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
from kintsugi.server.accounts import service as accounts
from kintsugi.server.actions import service as actions
from kintsugi.server.incidents import service as incidents

router = APIRouter(tags=["actions"], responses=PROBLEMS)
Answer = Callable[[], Response]
Name = Annotated[str, Path(alias="id", description="The id or reference (ACT-7).")]
IfMatch = Annotated[str | None, Header(alias="If-Match", description="The ETag of what was read.")]
Word = TypeVar("Word", Priority, ActionStatus, Horizon)
Searched = Annotated[str, Field(max_length=200), AfterValidator(clean), AfterValidator(str.strip)]
Word30 = Annotated[str, Field(max_length=30)]
Long = Annotated[str, Field(max_length=20_000)]


class Filters(Body):
    view: Annotated[str, Field(pattern="^(|open|overdue|unverified)$")] = ""
    owner: Searched = ""
    team: Searched = ""
    status: Searched = ""
    priority: Searched = ""
    horizon: Searched = ""
    postmortem_id: Searched = ""
    incident_id: Searched = ""
    text: Searched = ""
    sort: Annotated[str, Field(pattern="^(due|worth)$")] = "due"
    limit: int = Field(USUAL, ge=1, le=MOST)
    cursor: str | None = Field(None, max_length=500)


class ChangeBody(Body):
    status: Word30 = ""
    evidence: Long | None = None
    reason: Long = ""
    approver: Searched = ""
    expires: date | None = None
    owner: Long | None = None
    due: date | None = None
    ticket: Long | None = None


@router.get("/api/actions", response_model=None)
@door(Right.READ)
def list_actions(work: UnitOfWork, asked: Annotated[Filters, Query()]) -> Answer:
    """Actions over all postmortems, those due first at the top.

    `owner=me` is the viewer; `team` a team's id or name, `mine` those the viewer is in. `view=open` are
    those somebody still works on, `overdue` the late ones, `unverified` those done that nobody has verified.
    `sort=worth` puts first what a fault tree says buys the most.
    """
    order = actions.Order(asked.sort)
    page = actions.list_actions(work, _wanted(work, asked), asked.limit, asked.cursor, order)
    content = {
        "items": [written(one, actions.today(work)) for one in page.items], "nextCursor": page.next_cursor,
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
    return _answered(action, actions.today(work), {"history": history})


@router.patch("/api/actions/{id}", response_model=None)
@door(Right.READ, writes=True)
def change(work: UnitOfWork, name: Name, body: ChangeBody, if_match: IfMatch = None) -> Answer:
    """Change its state, owner, due date, tracker or evidence; its wording changes in its postmortem.

    Responders may; the owner of an action may bring it to IN_PROGRESS and DONE with any role.
    """
    action, version = actions.get(work, name), matched_version(if_match)
    to = _named(ActionStatus, body.status, "status")
    edit = actions.Edit(
        owner=body.owner, due=body.due, ticket=body.ticket,
        evidence=body.evidence if to is None else None,
    )  # fmt: skip
    if to is None or edit != actions.Edit():
        action = actions.edit(work, action, edit, version)
        version = action.version
    if to is not None:
        move = Move(to, body.evidence or "", body.reason, body.approver, body.expires)
        action = actions.move(work, action, move, version)
    return _answered(action, actions.today(work))


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
        "horizonNow": action.horizon.value, "getsLetters": action.gets_letters,
        "next": [one.value for one in next_states(action.item.status)], "score": review.score,
        "missing": list(review.missing), "createdAt": _at(action.created_at),
        "updatedAt": _at(action.updated_at), "settledAt": _at(settled) if settled else None,
        "worth": action.worth, "version": action.version,
    }  # fmt: skip


def _answered(action: actions.Action, now: date, more: dict[str, Any] | None = None) -> Answer:
    content = json.loads(json.dumps(written(action, now) | (more or {}), default=str))
    return lambda: JSONResponse(content, 200, {"ETag": etag(action.version)})


def _at(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")


def _wanted(work: UnitOfWork, asked: Filters) -> actions.Wanted:
    status = _named(ActionStatus, asked.status, "status")
    priority = _named(Priority, asked.priority, "priority")
    if asked.view == "unverified" and status not in (None, ActionStatus.DONE):
        raise InvalidValue("contradicts the view", path=("status",), expected="DONE, or none")
    status = ActionStatus.DONE if asked.view == "unverified" else status
    incident_id = asked.incident_id and (incidents.id_of(work, asked.incident_id) or "none")
    return actions.Wanted(
        owners=_owners(work, asked), source_id=asked.postmortem_id,
        incident_id=incident_id,
        statuses=(status,) if status else (), priorities=(priority,) if priority else (),
        horizon=_named(Horizon, asked.horizon, "horizon"), text=asked.text,
        overdue_on=actions.today(work) if asked.view == "overdue" else None,
        open_on=actions.today(work) if asked.view == "open" else None,
    )  # fmt: skip


def _owners(work: UnitOfWork, asked: Filters) -> tuple[str, ...] | None:
    if asked.owner and asked.team:
        raise InvalidValue("is given beside an owner", path=("team",), expected="one of the two")
    if asked.team == "mine":
        return actions.of_teams(work, sorted(work.viewer.team_ids))
    if asked.team:
        team = accounts.teams.find(work, asked.team)
        if team is None:
            raise InvalidValue(
                "is no team", path=("team",), expected="a team's id or name, or mine"
            )
        return actions.of_teams(work, [team.id])
    if asked.owner == "me":
        return actions.mine(work)
    return (asked.owner,) if asked.owner else None


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
