"""The page of one action, and its forms. Each change is a POST that says from which version it was made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from kintsugi.core.actions.item import ActionStatus
from kintsugi.core.actions.lifecycle import LONGEST_RISK, Move, Nudge, next_states
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.kernel.auth import Action as Right
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.http import LostRace, door, kernel_of, status_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.accounts import service as accounts
from kintsugi.server.actions import service as actions
from kintsugi.server.actions.action import STATUS_WORDS
from kintsugi.server.actions.web.showing import day_word, rows

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Answer = Callable[[], Response]
Name = Annotated[str, Path(alias="reference", max_length=80)]
FIELDS = {
    "status": "Status", "owner": "Owner", "due": "Due", "due_on": "Due", "ticket": "Ticket",
    "evidence": "Evidence", "reason": "Reason", "approver": "Approver", "expires": "Looked at again on",
    "description": "What", "done_when": "Done when", "because": "Because", "is_measure": "Measure", "type": "Type",
    "priority": "Priority", "horizon": "Horizon", "collaborators": "Collaborators",
}  # fmt: skip
NUDGES = {
    Nudge.SOON.value: "Due soon", Nudge.TODAY.value: "Due that day", Nudge.LATE.value: "Late",
    Nudge.ESCALATED.value: "Late by a week or more, told to others too",
}  # fmt: skip


class MoveForm(BaseModel):
    version: int = Field(ge=0, le=1_000_000_000)
    status: str = Field("", max_length=40)
    evidence: str = Field("", max_length=20_000)
    reason: str = Field("", max_length=20_000)
    approver: str = Field("", max_length=500)
    expires: str = Field("", max_length=40)


class EditForm(BaseModel):
    version: int = Field(ge=0, le=1_000_000_000)
    owner: str = Field("", max_length=2_000)
    due: str = Field("", max_length=40)
    ticket: str = Field("", max_length=2_000)
    evidence: str = Field("", max_length=20_000)


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was not taken: which, what it held, why, at which field, and what stands there instead."""

    kind: str
    typed: Mapping[str, Any]
    status: int
    told: str
    field: str
    differences: tuple[tuple[str, str, str], ...]


@router.get("/actions/{reference}", response_model=None)
@door(Right.READ)
def show(work: UnitOfWork, name: Name, request: Request) -> Answer:
    return _shown(work, actions.get(work, name), request)


@router.post("/actions/{reference}/move", response_model=None)
@door(Right.READ, writes=True)
def move(
    work: UnitOfWork, name: Name, form: Annotated[MoveForm, Form()], request: Request
) -> Answer:
    def do(action: actions.Action) -> None:
        to = Move(
            _status(form.status), form.evidence, form.reason, form.approver,
            _day(form.expires, "expires"),
        )  # fmt: skip
        actions.move(work, action, to, form.version)

    return _answered(work, name, "move", form, do, request)


@router.post("/actions/{reference}/edit", response_model=None)
@door(Right.RESPOND, writes=True)
def edit(
    work: UnitOfWork, name: Name, form: Annotated[EditForm, Form()], request: Request
) -> Answer:
    def do(action: actions.Action) -> None:
        due = _day(form.due, "due")
        due = (
            None if due == action.due_on else due
        )  # the day that follows from its horizon is not typed
        said = actions.Edit(form.owner, due, form.ticket, form.evidence)
        actions.edit(work, action, said, form.version)

    return _answered(work, name, "edit", form, do, request)


def _answered(
    work: UnitOfWork, name: str, kind: str, form: BaseModel,
    do: Callable[[actions.Action], None], request: Request,
) -> Answer:  # fmt: skip
    action = actions.get(work, name)
    try:
        with work.attempt():
            do(action)
    except NotFound:
        raise
    except DomainError as error:
        action = actions.get(work, name)
        return _shown(work, action, request, _refused(kind, form, error, action))
    return see(f"/actions/{action.reference}")


def _refused(kind: str, form: BaseModel, error: DomainError, action: actions.Action) -> Refused:
    typed = form.model_dump()
    field, said = "", str(error)
    said = f"{said[:1].upper()}{said[1:]}."
    if isinstance(error, InvalidValue):
        field = error.field
        said = (
            f"{FIELDS.get(field, field.capitalize())} {error.problem}. Expected: {error.expected}."
        )
    differences: list[tuple[str, str, str]] = []
    if isinstance(error, LostRace):
        said = "Somebody changed this action while you wrote. Yours is not saved; it stands in its form."
        theirs = {"status": action.item.status.value, **_filling(action)}
        differences = [
            (FIELDS[one], _spoken(one, theirs[one]), _spoken(one, str(typed[one])))
            for one in theirs
            if one in typed and typed[one] and str(typed[one]) != theirs[one]
        ]
    return Refused(kind, typed, status_of(error)[0], said, field, tuple(differences))


def _spoken(field: str, value: str) -> str:
    known = {one.value: word for one, word in STATUS_WORDS.items()}
    return known.get(value, value) if field == "status" else value


def _filling(action: actions.Action) -> dict[str, str]:
    item = action.item
    return {
        "owner": item.owner, "due": action.due_on.isoformat(), "ticket": item.ticket,
        "evidence": item.evidence, "reason": item.reason, "approver": item.approver,
        "expires": item.expires.isoformat() if item.expires else "",
    }  # fmt: skip


def _shown(
    work: UnitOfWork, action: actions.Action, request: Request, refused: Refused | None = None
) -> Answer:
    today = actions.today(work)
    following = sorted(next_states(action.item.status), key=lambda one: one is ActionStatus.TODO)
    moves = [one for one in following if actions.may_move(work, action, one)]
    context: dict[str, Any] = {
        "row": rows(work, [action])[0],
        "action": action,
        "address": f"/actions/{action.reference}",
        "may_edit": work.viewer.may(Right.RESPOND),
        "moves": [(one.value, STATUS_WORDS[one]) for one in moves],
        "gives_up": work.viewer.may(Right.RESPOND) and ActionStatus.WONT_DO in moves,
        "approvers": _approvers(work, action) if work.viewer.may(Right.RESPOND) else [],
        "last_day": (today + LONGEST_RISK).isoformat(),
        "filling": _filling(action) | {"reason": "", "approver": "", "expires": "", "status": ""},
        "refused": refused,
        "ticket_href": action.item.ticket if action.item.ticket.startswith(("https://", "http://")) else "",
        "evidence_href": action.item.evidence if _is_link(action.item.evidence) else "",
        "history": [(one, _changes(one)) for one in actions.history(work, action)],
        "reminders": [
            (day_word(day), NUDGES[nudge], at) for day, nudge, at in actions.reminders(work, action)
        ],
        "reminds": kernel_of(request).settings.sends_mail,
        "day_word": day_word,
        "panels": work.panels("action", action.id),
    }  # fmt: skip
    return page(work, "actions/action.html", context, status=refused.status if refused else 200)


def _is_link(text: str) -> bool:
    return text.startswith(("https://", "http://")) and not any(sign.isspace() for sign in text)


def _approvers(work: UnitOfWork, action: actions.Action) -> list[tuple[str, str]]:
    """Who may be named as having agreed: anybody but the owner, and but oneself as a responder."""
    may_be_self = work.viewer.may(Right.EDIT)
    return [("", "Nobody yet")] + [
        (user.email, user.name)
        for user in accounts.active_users(work)
        if user.id != action.owner_id and (may_be_self or user.id != work.viewer.user_id)
    ]


def _changes(change: actions.Change) -> list[tuple[str, str, str]]:
    return [
        (FIELDS.get(name, name), _spoken(name, before), _spoken(name, after))
        for name, before, after in change.fields
    ]


def _status(written: str) -> ActionStatus:
    try:
        return ActionStatus(written)
    except ValueError as error:
        raise InvalidValue("is not chosen", path=("status",), expected="one of the list") from error


def _day(written: str, field: str) -> date | None:
    if not written.strip():
        return None
    try:
        return date.fromisoformat(written.strip())
    except ValueError as error:
        raise InvalidValue("is no day", path=(field,), expected="one such as 2026-03-31") from error
