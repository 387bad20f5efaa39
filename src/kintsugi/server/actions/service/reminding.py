"""Reminders of actions that are due: each taken once, so that it is sent once though a process dies in between."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kintsugi.core.actions.lifecycle import BEFORE_DUE, Nudge, is_settled, nudge_days
from kintsugi.kernel.auth import Role, Viewer
from kintsugi.kernel.smtp import is_address
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.actions import store
from kintsugi.server.actions.action import Action
from kintsugi.server.actions.service import reading

LONGEST = timedelta(days=400)
"""How far back a due day may lie for a reminder still to go out every week."""
CAUGHT_UP = timedelta(days=3)
"""How late a reminder may still go out, when nothing ran on its day."""
Leads = Callable[[UnitOfWork, str], Sequence[str]]
"""Who answers for what an action follows from, by its id: e-mail addresses, as a room above knows them."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is to be said to one address about an action, on one day; `key` makes it one letter."""

    key: str
    action_id: str
    day: date
    nudge: Nudge
    to: str


def reminders_of(work: UnitOfWork, today: date, leads: Leads) -> list[Reminder]:
    """The reminders of a day that nobody has taken yet, taken now in this transaction.

    1. Each open action's last reminder day, if it was not long ago. 2. The owner hears it; on an
    escalation also its collaborators, whoever wrote it down, and who answers for what it follows from.
    3. Only those who see the action; an address without an account is anybody's, and sees what is
    private to nobody. An action whose reminder nobody would get is not taken.
    """
    found = []
    last = today + BEFORE_DUE[0]
    for action in store.due_between(work.connection, today - LONGEST, last, today):
        days = [one for one in nudge_days(action.due_on, today) if one[0] > today - CAUGHT_UP]
        if not days:
            continue
        day, nudge = max(days, key=lambda one: one[0])
        to = [one for one in _addresses(work, action, nudge, leads) if _sees(work, one, action.id)]
        if to and store.claim_reminder(work.connection, action.id, day, nudge.value, to, work.now):
            found += [Reminder(_key(action, day, one), action.id, day, nudge, one) for one in to]
    return found


def still_wanted(work: UnitOfWork, action_id: str, to: str, today: date) -> Action | None:
    """The action of a letter that is about to be sent: None when it is settled, or hidden from that address."""
    action = _sees(work, to, action_id)
    return None if action is None or is_settled(action.item, today) else action


def mark_reminded(work: UnitOfWork, action_id: str, day: date) -> None:
    """Note that a letter of a reminder was sent."""
    store.mark_reminded(work.connection, action_id, day, work.now)


def _addresses(work: UnitOfWork, action: Action, nudge: Nudge, leads: Leads) -> dict[str, None]:
    people = [action.item.owner]
    if nudge is Nudge.ESCALATED:
        people += action.item.collaborators
        people += accounts.emails_of(work, [action.created_by]).values()
        people += leads(work, action.source.id)
    addresses = (one.strip().casefold() for one in people)
    return dict.fromkeys(one for one in addresses if is_address(one))


def _sees(work: UnitOfWork, address: str, action_id: str) -> Action | None:
    """The action, if whoever reads letters at this address may see it. Who was let out gets none."""
    user = accounts.user_of_email(work, address)
    if user is not None and not user.is_active:
        return None
    viewer = user.viewer("UTC") if user else Viewer("", "", address, Role.VIEWER)
    return reading.seen_by(work, viewer, action_id)


def _key(action: Action, day: date, address: str) -> str:
    to = hashlib.sha256(address.encode()).hexdigest()[:16]
    return f"action-reminder:{action.id}:{day.isoformat()}:{to}"
