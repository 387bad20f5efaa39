"""Changing an action where it is followed: its state, and what stays open once its postmortem is published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from kintsugi.core.actions.item import ActionItem, ActionStatus
from kintsugi.core.actions.lifecycle import Move, moved
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, one_line
from kintsugi.kernel.auth import Action as Right
from kintsugi.kernel.auth import Forbidden
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.actions.action import Action
from kintsugi.server.actions.service import reading, recording

LINE, TEXT = 500, 4_000
GIVEN_UP = (ActionStatus.WONT_DO, ActionStatus.ACCEPTED_RISK)
OWNERS_MOVES = (ActionStatus.IN_PROGRESS, ActionStatus.DONE)
"""Where an owner who may only read may move their own action."""


@dataclass(frozen=True, slots=True)
class Edit:
    """New values for an action; None leaves what stands."""

    owner: str | None = None
    due: date | None = None
    ticket: str | None = None
    evidence: str | None = None


def may_move(work: UnitOfWork, action: Action, to: ActionStatus) -> bool:
    """Whether the viewer may bring it to this state: responders to any, its owner to begun and done."""
    if work.viewer.may(Right.RESPOND):
        return True
    scopes = work.viewer.scopes
    may_write = scopes is None or any(Right.RESPOND in scope.actions for scope in scopes)
    return to in OWNERS_MOVES and may_write and reading.is_owner(work, action)


def move(work: UnitOfWork, action: Action, to: Move, expected_version: int | None) -> Action:
    """Another state. Raises Forbidden, MoveRefused, InvalidValue for what the state asks for, LostRace."""
    if not may_move(work, action, to.to):
        raise Forbidden(
            "this needs the role responder; the owner of an action may begin it and say that it is done"
        )
    said = replace(
        to, evidence=_text(to.evidence, "evidence"), reason=_text(to.reason, "reason"),
        approver=_line(to.approver, "approver"),
    )  # fmt: skip
    is_stale = expected_version is not None and action.version != expected_version
    if to.to in GIVEN_UP and not is_stale:
        said = replace(said, approver=agreed_by(work, action, said.approver))
    item = action.item if is_stale else moved(action.item, said, reading.today(work))
    return recording.followed(work, action, item, expected_version, action.due_on)


def edit(work: UnitOfWork, action: Action, said: Edit, expected_version: int | None) -> Action:
    """Another owner, due date, tracker or evidence; its wording changes in its postmortem.

    Raises Forbidden, LostRace, InvalidValue.
    """
    work.viewer.require(Right.RESPOND)
    item = action.item
    if said.owner is not None:
        item = replace(item, owner=_line(said.owner, "owner"))
    if said.ticket is not None:
        item = replace(item, ticket=_line(said.ticket, "ticket"))
    if said.evidence is not None:
        item = replace(item, evidence=_text(said.evidence, "evidence"))
    if action.item.status is ActionStatus.VERIFIED and not item.evidence:
        raise InvalidValue(
            "is missing", path=("evidence",), expected="what shows that it works, as it is verified"
        )
    item = replace(item, due=said.due or item.due)
    due_on = said.due or action.due_on
    return recording.followed(work, action, item, expected_version, due_on)


def agreed_by(work: UnitOfWork, action: Action, written: str) -> str:
    """The e-mail address of who agreed: somebody here who is neither the owner nor, but for editors, who says so.

    Empty when nobody is named. Raises InvalidValue.
    """
    if not written:
        return ""
    user = accounts.active_user(work, written)
    if user is None:
        raise InvalidValue(
            "is nobody here",
            path=("approver",),
            expected="the e-mail address of somebody with an account",
        )
    if user.id == action.owner_id or user.email == action.item.owner.strip().casefold():
        raise InvalidValue("is the owner", path=("approver",), expected="somebody else")
    if user.id == work.viewer.user_id and not work.viewer.may(Right.EDIT):
        raise InvalidValue(
            "is you", path=("approver",), expected="somebody else, as you are no editor"
        )
    return user.email


def checked(item: ActionItem, place: int) -> ActionItem:
    """An item as it may be kept: its texts cleaned and within limits. Raises InvalidValue."""
    try:
        return replace(
            item, description=_line(item.description, "description", required=True),
            owner=_line(item.owner, "owner"), ticket=_line(item.ticket, "ticket"),
            done_when=_text(item.done_when, "doneWhen"), because=_text(item.because, "because"),
            evidence=_text(item.evidence, "evidence"),
            reason=_text(item.reason, "reason"), approver=_line(item.approver, "approver"),
            collaborators=tuple(_line(one, "collaborators") for one in item.collaborators),
            id=_line(item.id, "id"),
        )  # fmt: skip
    except InvalidValue as error:
        raise error.under("actionItems", place) from error


def _line(text: str, field: str, *, required: bool = False) -> str:
    found = one_line(clean(text)).strip()
    if required and not found:
        raise InvalidValue("is missing", path=(field,), expected="what will be done")
    return _short(found, field, LINE)


def _text(text: str, field: str) -> str:
    return _short(clean(text).strip(), field, TEXT)


def _short(text: str, field: str, most: int) -> str:
    if len(text) > most:
        raise InvalidValue(
            f"has {len(text):,} characters", path=(field,), expected=f"at most {most:,}"
        )
    return text
