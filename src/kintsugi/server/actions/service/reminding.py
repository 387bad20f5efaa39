"""Reminders of actions that are due: each taken once, so that it is sent once though a process dies in between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from kintsugi.core.actions.lifecycle import BEFORE_DUE, Nudge, nudge_on
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.actions import store
from kintsugi.server.actions.action import Action

LONGEST = timedelta(days=400)
"""How far back a due day may lie for a reminder still to go out every week."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is to be said to whom about an action, on one day; `key` makes it one message."""

    key: str
    action: Action
    nudge: Nudge
    to: tuple[str, ...]


def reminders_of_today(work: UnitOfWork) -> list[Reminder]:
    """The reminders of today that nobody has taken yet, taken now in this transaction.

    The owner's e-mail address hears it; on an escalation its collaborators' do too. An action whose
    owner has no address reminds nobody: the board shows it.
    """
    today = work.now.date()
    found = []
    for action in store.due_between(work.connection, today - LONGEST, today + BEFORE_DUE[0], today):
        nudge = nudge_on(action.due_on, today)
        to = _addresses(work, action, nudge)
        if nudge is None or not to:
            continue
        if store.claim_reminder(work.connection, action.id, today, nudge.value, to, work.now):
            key = f"action-reminder:{action.id}:{today.isoformat()}"
            found.append(Reminder(key, action, nudge, to))
    return found


def _addresses(work: UnitOfWork, action: Action, nudge: Nudge | None) -> tuple[str, ...]:
    people = [action.item.owner]
    if nudge is Nudge.ESCALATED:
        people += action.item.collaborators
        declarer = accounts.emails_of(work, [action.created_by])
        people += declarer.values()
    return tuple(dict.fromkeys(one.strip() for one in people if "@" in one))
