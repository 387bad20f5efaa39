"""Reading actions. An action is seen by whoever sees what it follows from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from kintsugi.core.actions.item import ActionItem
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean
from kintsugi.kernel.auth import NotFound, Viewer
from kintsugi.kernel.pages import USUAL, Page, key_of, not_ours, number_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.actions import store
from kintsugi.server.actions.action import Action, ActionTimes, Change, Order, Wanted
from kintsugi.server.actions.tables import actions

MOST_MEMBERS = 500
"""How many of a team are looked at."""


def seen(work: UnitOfWork) -> sa.ColumnElement[bool]:
    """Which actions the viewer sees: all but those that follow from what is hidden from them."""
    return _seen(work, work.viewer)


def _seen(work: UnitOfWork, viewer: Viewer) -> sa.ColumnElement[bool]:
    hidden = [ids(viewer) for ids in work.hidden]
    return sa.and_(
        sa.true(),
        *(actions.c.source_id.not_in(ids) for ids in hidden),
        *(actions.c.incident_id.not_in(ids) for ids in hidden),
    )


def get(work: UnitOfWork, name: str) -> Action:
    """The action of an id or reference. Raises NotFound when the viewer sees none."""
    action = store.find(work.connection, seen(work), clean(name))
    if action is None:
        raise NotFound("there is no such action that you can see")
    return action


def again(work: UnitOfWork, action: Action) -> Action:
    """The action as it is now; as it was when it is no longer seen."""
    return store.find(work.connection, seen(work), action.id) or action


def today(work: UnitOfWork) -> date:
    """The viewer's day: what is due today is theirs to say."""
    return work.now.astimezone(ZoneInfo(work.viewer.zone)).date()


def seen_by(work: UnitOfWork, viewer: Viewer, name: str) -> Action | None:
    """The action of an id, if that viewer sees it: for letters to people who ask for nothing."""
    return store.find(work.connection, _seen(work, viewer), name)


def list_actions(
    work: UnitOfWork,
    wanted: Wanted,
    limit: int = USUAL,
    cursor: str | None = None,
    order: Order = Order.DUE,
) -> Page[Action]:
    """Actions by the day they are due, the earliest first; or those that buy the most first."""
    if order is Order.WORTH:
        return _by_worth(work, wanted, limit, cursor)
    after = None
    if cursor:
        day, number = key_of(cursor, 2)
        is_number = number.isdecimal() and len(number) < 10
        after = (_day(day), int(number) if is_number else 0)
    found = store.listing(work.connection, seen(work), wanted, limit + 1, after)
    return page_of(found, limit, lambda one: (one.due_on.isoformat(), str(one.number)))


def _by_worth(work: UnitOfWork, wanted: Wanted, limit: int, cursor: str | None) -> Page[Action]:
    after = None
    if cursor:
        worth, number = key_of(cursor, 2)
        after = (_worth(worth), number_of(number))
    found = store.listing_by_worth(work.connection, seen(work), wanted, limit + 1, after)

    def key(one: Action) -> tuple[str, str]:
        return repr(store.UNWORKED if one.worth is None else one.worth), str(one.number)

    return page_of(found, limit, key)


def _worth(written: str) -> float:
    try:
        found = float(written)
    except ValueError as error:
        raise not_ours() from error
    if not math.isfinite(found):
        raise not_ours()
    return found


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise InvalidValue("is none of our cursors", path=("cursor",)) from error


def tally(work: UnitOfWork, wanted: Mapping[str, Wanted]) -> dict[str, int]:
    """How many actions each of several lists would show."""
    return store.tally(work.connection, seen(work), wanted)


def mine(work: UnitOfWork) -> tuple[str, ...]:
    """The names under which an action may belong to the viewer: their id and their e-mail address."""
    return tuple(name for name in (work.viewer.user_id, work.viewer.email) if name)


def of_teams(work: UnitOfWork, team_ids: Iterable[str]) -> tuple[str, ...]:
    """The names under which an action may belong to somebody in one of these teams."""
    people = [
        user
        for one in team_ids
        for user in accounts.teams.members(work, one, limit=MOST_MEMBERS).items
    ]
    return tuple(dict.fromkeys(name for one in people for name in (one.id, one.email)))


def is_owner(work: UnitOfWork, action: Action) -> bool:
    """Whether the action is the viewer's: by their account, or by an address written before it was there."""
    return action.owner_id == work.viewer.user_id or _same(action.item.owner, work.viewer.email)


def _same(owner: str, email: str) -> bool:
    return bool(email) and owner.strip().casefold() == email.casefold()


def of_source(work: UnitOfWork, source_id: str) -> list[Action]:
    """The actions of a postmortem in its order; the caller has checked that the viewer sees it."""
    return store.of_sources(work.connection, [source_id])


def items_of(work: UnitOfWork, source_ids: Iterable[str]) -> dict[str, tuple[ActionItem, ...]]:
    """The items of several postmortems, by postmortem."""
    found: dict[str, list[ActionItem]] = {}
    for action in store.of_sources(work.connection, source_ids):
        found.setdefault(action.source.id, []).append(action.item)
    return {source: tuple(items) for source, items in found.items()}


def history(work: UnitOfWork, action: Action) -> list[Change]:
    """What changed of it, the newest first."""
    return store.changes(work.connection, action.id)


def reminders(work: UnitOfWork, action: Action) -> list[tuple[date, str, datetime | None]]:
    """The reminders of it, the newest first: the day, what it said, when its first letter was sent."""
    return store.reminders(work.connection, action.id)


def of_ids(work: UnitOfWork, ids: Iterable[str]) -> dict[str, Action]:
    """Those of these actions that the viewer sees, by id."""
    found = (store.find(work.connection, seen(work), one) for one in dict.fromkeys(ids))
    return {one.id: one for one in found if one is not None}


def put_worth(work: UnitOfWork, action_id: str, worth: float | None) -> None:
    """By how much the probability of something falls once the action is done, as a room above works it out."""
    store.put_worth(work.connection, action_id, worth)


def times(work: UnitOfWork) -> list[ActionTimes]:
    """Names and moments of every action, whoever may see it: for statistics, which leave out what is private."""
    return store.times(work.connection)
