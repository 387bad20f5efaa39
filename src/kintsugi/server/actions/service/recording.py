"""How a change of an action gets into the record: its row by compare-and-set, its history, the audit, the news."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date
from enum import Enum

from kintsugi.core.actions.item import ActionItem, due_date
from kintsugi.core.actions.lifecycle import is_settled
from kintsugi.core.shared.severity import Severity
from kintsugi.kernel.http import LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.actions import store
from kintsugi.server.actions.action import Action, Change
from kintsugi.server.actions.events import ActionChanged


def saved(
    work: UnitOfWork, action: Action, item: ActionItem, expected: int | None, due_on: date
) -> Action:
    """The action with another item; the same one changes nothing. Raises LostRace."""
    if expected is not None and action.version != expected:
        raise LostRace(plain(action))
    changed = tuple(differences(action.item, item))
    if not changed and due_on == action.due_on:
        return action
    settled = is_settled(item, work.now.date())
    settled_at = (action.settled_at or work.now) if settled else None
    values = store.columns_of(item) | {
        "due_on": due_on, "owner_id": owner_id(work, item.owner), "settled_at": settled_at,
    }  # fmt: skip
    if not store.update(work.connection, action.id, action.version, work.now, values):
        raise LostRace(plain(action))
    change = Change(work.now, work.viewer.name, changed)
    store.add_change(work.connection, work.new_id("ach"), action.id, work.viewer.user_id, change)
    work.audit("action.change", action.id, fields=[name for name, _, _ in changed])
    work.publish(
        ActionChanged(action.id, action.source.id, action.item.status, item.status, work.now)
    )
    return replace(
        action, item=item, due_on=due_on, settled_at=settled_at, version=action.version + 1,
        updated_at=work.now, owner_id=owner_id(work, item.owner),
    )  # fmt: skip


def owner_id(work: UnitOfWork, owner: str) -> str | None:
    """The id of the user an owner's e-mail address belongs to; None for a name or a stranger's address."""
    found = accounts.user_of_email(work, owner) if "@" in owner else None
    return found.id if found else None


def due_on(item: ActionItem, severity: Severity | None, since: date) -> date:
    """The day an action is due, counted from the day it was written down."""
    return due_date(item, severity, since)


def differences(before: ActionItem, after: ActionItem) -> Iterable[tuple[str, str, str]]:
    """Each field that differs: its name, what it was, what it is, as text."""
    for entry in fields(ActionItem):
        old, new = getattr(before, entry.name), getattr(after, entry.name)
        if old != new and entry.name != "id":
            yield entry.name, written(old), written(new)


def written(value: object) -> str:
    """A field's value as text."""
    if value is None:
        return ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    return str(value)


def plain(action: Action) -> dict[str, object]:
    """What the loser of a race is shown: the action as it is now."""
    told = {entry.name: written(getattr(action.item, entry.name)) for entry in fields(ActionItem)}
    return told | {"id": action.id, "reference": action.reference, "version": action.version}
