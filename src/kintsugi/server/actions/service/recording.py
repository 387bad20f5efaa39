"""How a change of an action gets into the record: its row by compare-and-set, its history, the audit, the news."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date
from enum import Enum

from kintsugi.core.actions.item import ActionItem
from kintsugi.core.actions.lifecycle import is_settled
from kintsugi.formats.codec import encode
from kintsugi.kernel.http import LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.actions import store
from kintsugi.server.actions.action import Action, Change
from kintsugi.server.actions.events import ActionChanged
from kintsugi.server.actions.service import reading


def followed(
    work: UnitOfWork, action: Action, item: ActionItem, expected: int | None, due_on: date
) -> Action:
    """The action as somebody changed it where it is followed: told to what it follows from, then saved.

    Raises LostRace.
    """
    if expected is not None and action.version != expected:
        raise LostRace(plain(action))
    if item != action.item:
        changed = ActionChanged(action.id, action.source.id, action.item, item, work.now)
        work.publish(changed)
    return saved(work, action, item, due_on)


def saved(work: UnitOfWork, action: Action, item: ActionItem, due_on: date) -> Action:
    """The action with another item; the same one changes nothing. Raises LostRace."""
    changed = tuple(differences(action.item, item))
    if due_on != action.due_on and action.item.due == item.due:
        changed += (("due_on", written(action.due_on), written(due_on)),)
    if not changed:
        return action
    is_over = is_settled(item, reading.today(work))
    settled_at = (action.settled_at or work.now) if is_over else None
    belongs_to = owner_id(work, item.owner)
    values = store.columns_of(item) | {
        "due_on": due_on, "owner_id": belongs_to, "settled_at": settled_at,
    }  # fmt: skip
    if not store.update(work.connection, action.id, action.version, work.now, values):
        raise LostRace(plain(reading.again(work, action)))
    change = Change(work.now, work.viewer.name, changed)
    store.add_change(work.connection, work.new_id("ach"), action.id, work.viewer.user_id, change)
    work.audit("action.change", action.id, fields=[name for name, _, _ in changed])
    work.touch("actions")
    return replace(
        action, item=item, due_on=due_on, settled_at=settled_at, version=action.version + 1,
        updated_at=work.now, owner_id=belongs_to,
    )  # fmt: skip


def owner_id(work: UnitOfWork, owner: str) -> str | None:
    """The id of the user an owner's e-mail address belongs to; None for a name or a stranger's address."""
    found = accounts.user_of_email(work, owner) if "@" in owner else None
    return found.id if found else None


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
    """What the loser of a race is shown: the action as it is now, with the API's keys."""
    told: dict[str, object] = encode(action.item, camel=True)
    standing = {"status": action.item.status.value, "owner": action.item.owner}
    named = {"id": action.id, "reference": action.reference, "version": action.version}
    return told | standing | {"dueOn": action.due_on.isoformat()} | named
