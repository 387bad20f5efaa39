"""How an action is shown: its row on a board, a panel or its own page, worked out before the template is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kintsugi.core.actions.item import ActionStatus
from kintsugi.core.actions.lifecycle import is_settled
from kintsugi.core.actions.review import MAX_SCORE, ActionReview, review_action
from kintsugi.core.shared.text import joined
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.actions import service as actions
from kintsugi.server.actions.action import STATUS_WORDS

KINDS = {ActionStatus.DONE: "ok", ActionStatus.VERIFIED: "ok"}
PARTS = {
    "verb": "a verb first", "strength": "stronger words", "owner": "one owner", "priority": "a priority",
    "type": "a type", "due": "a due date", "tracker": "a ticket", "done_when": "how one will see that it is done",
}  # fmt: skip
SOON_DAYS = 2


@dataclass(frozen=True, slots=True)
class Due:
    """When it is due, in words; `kind` is late, near, far or over (nothing is left to do)."""

    day: date
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """An action as pages show it; `is_out_of_reach` is that of an owner whom no reminder reaches."""

    action: actions.Action
    owner: str
    is_yours: bool
    due: Due
    status: str
    status_kind: str
    priority: str
    horizon: str
    score: str
    missing: str
    review: ActionReview
    is_out_of_reach: bool


def rows(work: UnitOfWork, found: Iterable[actions.Action]) -> list[Row]:
    """Rows of actions, with their owners by name where they have an account."""
    listed = list(found)
    names = accounts.names_of(work, {one.owner_id for one in listed if one.owner_id})
    return [_row(work, one, names) for one in listed]


def _row(work: UnitOfWork, action: actions.Action, names: dict[str, str]) -> Row:
    item, review = action.item, review_action(action.item)
    status = STATUS_WORDS[item.status]
    if item.status is ActionStatus.ACCEPTED_RISK and item.expires:
        is_over = not is_settled(item, actions.today(work))
        status = f"{status} until {day_word(item.expires)}{', open again' if is_over else ''}"
    return Row(
        action, names.get(action.owner_id or "", item.owner), actions.is_owner(work, action),
        due(action, actions.today(work)), status, KINDS.get(item.status, ""),
        f"{item.priority.code} {item.priority.value.capitalize()}" if item.priority else "",
        action.horizon.value.capitalize(),
        f"{review.score} of {MAX_SCORE}", wanting(review), review,
        bool(item.owner.strip()) and not action.gets_letters and not is_settled(item, actions.today(work)),
    )  # fmt: skip


def wanting(review: ActionReview) -> str:
    """What an action's score lacks, as words."""
    return joined([PARTS[name] for name in review.missing])


def due(action: actions.Action, today: date) -> Due:
    """`4 d late`, `today`, `in 2 d`."""
    days = (action.due_on - today).days
    if is_settled(action.item, today):
        return Due(action.due_on, "over", "")
    if days < 0:
        return Due(action.due_on, "late", f"{-days} d late")
    return Due(
        action.due_on, "near" if days <= SOON_DAYS else "far", f"in {days} d" if days else "today"
    )


def day_word(day: date) -> str:
    """`2 Mar 2026`."""
    return f"{day.day} {day:%b %Y}"
