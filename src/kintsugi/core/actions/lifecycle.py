"""How an action moves: what each state asks for, when it is settled, and when its owner is reminded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum
from types import MappingProxyType
from typing import assert_never

from kintsugi.core.actions.item import ActionItem, ActionStatus
from kintsugi.core.shared.errors import DomainError, InvalidValue

LONGEST_RISK = timedelta(days=180)
"""How long a risk may be accepted before somebody looks at it again (practice rule 22)."""
BEFORE_DUE = (timedelta(days=2), timedelta(0))
AFTER_DUE = timedelta(days=1)
WEEK = timedelta(days=7)

_WORK = (ActionStatus.TODO, ActionStatus.IN_PROGRESS)
_GIVEN_UP = (ActionStatus.WONT_DO, ActionStatus.ACCEPTED_RISK)
_NEXT: Mapping[ActionStatus, tuple[ActionStatus, ...]] = MappingProxyType(
    {
        ActionStatus.TODO: (ActionStatus.IN_PROGRESS, ActionStatus.DONE, *_GIVEN_UP),
        ActionStatus.IN_PROGRESS: (ActionStatus.TODO, ActionStatus.DONE, *_GIVEN_UP),
        ActionStatus.DONE: (ActionStatus.VERIFIED, *_WORK),
        ActionStatus.VERIFIED: _WORK,
        ActionStatus.WONT_DO: _WORK,
        ActionStatus.ACCEPTED_RISK: (*_WORK, ActionStatus.WONT_DO),
    }
)


class MoveRefused(DomainError):
    """An action cannot go from this state to that one."""


def next_states(status: ActionStatus) -> tuple[ActionStatus, ...]:
    """The states that may follow this one."""
    return _NEXT[status]


@dataclass(frozen=True, slots=True)
class Move:
    """A state to go to, and what that state asks for.

    What is empty stays as it is, but for why and by whose consent it is not done: nobody agrees to a
    state, or to a longer time, by having agreed to another.
    """

    to: ActionStatus
    evidence: str = ""
    reason: str = ""
    approver: str = ""
    expires: date | None = None


def moved(action: ActionItem, move: Move, today: date) -> ActionItem:
    """The action in its new state (practice rule 22).

    VERIFIED follows DONE and asks for evidence. WONT_DO asks for a reason and an approver who is
    not the owner; ACCEPTED_RISK also for a day, at most 180 days ahead, on which it is looked at
    again. Raises MoveRefused for a state that may not follow, InvalidValue for what is missing.
    """
    if move.to is not action.status and move.to not in _NEXT[action.status]:
        allowed = " or ".join(one.value for one in _NEXT[action.status])
        raise MoveRefused(
            f"it cannot go to {move.to.value} while it is {action.status.value}; it can go to {allowed}"
        )
    asked = _asked_again(action, move)
    changed = replace(
        asked, status=move.to, evidence=move.evidence or asked.evidence,
        reason=move.reason or asked.reason, approver=move.approver or asked.approver,
        expires=move.expires or asked.expires,
    )  # fmt: skip
    match move.to:
        case ActionStatus.TODO | ActionStatus.IN_PROGRESS:
            return replace(changed, reason="", approver="", expires=None)
        case ActionStatus.DONE:
            return replace(changed, expires=None)
        case ActionStatus.VERIFIED:
            _ask(changed.evidence, "evidence", "what shows that it works: a link, a drill, a graph")
        case ActionStatus.WONT_DO:
            _given_up(changed)
            return replace(changed, expires=None)
        case ActionStatus.ACCEPTED_RISK:
            _given_up(changed)
            _bounded(changed.expires, today)
        case _ as never:
            assert_never(never)
    return changed


def _asked_again(action: ActionItem, move: Move) -> ActionItem:
    """The action without the consent that this move has to be given anew."""
    if move.to not in _GIVEN_UP:
        return action
    if move.to is not action.status:
        return replace(action, reason="", approver="", expires=None)
    is_other = (move.reason or action.reason, move.expires or action.expires) != (
        action.reason, action.expires,
    )  # fmt: skip
    return replace(action, approver="") if is_other else action


def _given_up(action: ActionItem) -> None:
    _ask(action.reason, "reason", "why it is not done")
    _ask(action.approver, "approver", "who agreed")
    if action.approver.strip().casefold() == action.owner.strip().casefold():
        raise InvalidValue("is the owner", path=("approver",), expected="somebody else")


def _ask(value: str, name: str, expected: str) -> None:
    if not value.strip():
        raise InvalidValue("is missing", path=(name,), expected=expected)


def _bounded(expires: date | None, today: date) -> None:
    last = today + LONGEST_RISK
    if expires is None or not today < expires <= last:
        said = "is missing" if expires is None else f"is {expires.isoformat()}"
        raise InvalidValue(
            said, path=("expires",), expected=f"a day after today, up to {last.isoformat()}"
        )


def is_settled(action: ActionItem, today: date) -> bool:
    """Whether nothing is left to do: done, verified, given up, or a risk accepted until a day to come."""
    if action.status is ActionStatus.ACCEPTED_RISK:
        return action.expires is not None and action.expires >= today
    return action.status.is_closed


def is_overdue(action: ActionItem, due: date, today: date) -> bool:
    """Whether it should have been settled before today."""
    return due < today and not is_settled(action, today)


class Nudge(Enum):
    """What a reminder says: soon due, due today, late, or late by a week and told to others too."""

    SOON = "soon"
    TODAY = "today"
    LATE = "late"
    ESCALATED = "escalated"


def nudge_on(due: date, today: date) -> Nudge | None:
    """What the owner of an open action hears on a day, if anything (practice rule 12).

    Two days before, on the day, the day after, and then every week; from seven days late on the
    team's lead hears it too.
    """
    late = today - due
    if -late == BEFORE_DUE[0]:
        return Nudge.SOON
    if late == BEFORE_DUE[1]:
        return Nudge.TODAY
    if late == AFTER_DUE:
        return Nudge.LATE
    if late >= WEEK and late % WEEK == timedelta(0):
        return Nudge.ESCALATED
    return None


def nudge_days(due: date, until: date) -> tuple[tuple[date, Nudge], ...]:
    """Every day up to `until` on which there is a reminder, and what it says."""
    days = [due - BEFORE_DUE[0], due, due + AFTER_DUE]
    day = due + WEEK
    while day <= until:
        days.append(day)
        day += WEEK
    found = ((day, nudge_on(due, day)) for day in days if day <= until)
    return tuple((day, nudge) for day, nudge in found if nudge is not None)
