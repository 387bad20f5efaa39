"""Changing an action where it is followed: its state, and what stays open once its postmortem is published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from kintsugi.core.actions.item import ActionItem
from kintsugi.core.actions.lifecycle import Move, moved
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, one_line
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions.action import Action
from kintsugi.server.actions.service import recording

LINE, TEXT = 500, 4_000


@dataclass(frozen=True, slots=True)
class Edit:
    """New values for an action; None leaves what stands."""

    owner: str | None = None
    due: date | None = None
    ticket: str | None = None
    evidence: str | None = None


def move(work: UnitOfWork, action: Action, to: Move, expected_version: int | None) -> Action:
    """Another state. Raises MoveRefused, InvalidValue for what the state asks for, LostRace."""
    said = replace(
        to, evidence=_text(to.evidence, "evidence"), reason=_text(to.reason, "reason"),
        approver=_line(to.approver, "approver"),
    )  # fmt: skip
    item = moved(action.item, said, work.now.date())
    return recording.saved(work, action, item, expected_version, action.due_on)


def edit(work: UnitOfWork, action: Action, said: Edit, expected_version: int | None) -> Action:
    """Another owner, due date, tracker or evidence; its wording changes in its postmortem. Raises LostRace."""
    item = action.item
    if said.owner is not None:
        item = replace(item, owner=_line(said.owner, "owner"))
    if said.ticket is not None:
        item = replace(item, ticket=_line(said.ticket, "ticket"))
    if said.evidence is not None:
        item = replace(item, evidence=_text(said.evidence, "evidence"))
    item = replace(item, due=said.due or item.due)
    due_on = said.due or action.due_on
    return recording.saved(work, action, item, expected_version, due_on)


def checked(item: ActionItem, place: int) -> ActionItem:
    """An item as it may be kept: its texts cleaned and within limits. Raises InvalidValue."""
    try:
        return replace(
            item, description=_line(item.description, "description", required=True),
            owner=_line(item.owner, "owner"), ticket=_line(item.ticket, "ticket"),
            done_when=_text(item.done_when, "doneWhen"), evidence=_text(item.evidence, "evidence"),
            reason=_text(item.reason, "reason"), approver=_line(item.approver, "approver"),
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
