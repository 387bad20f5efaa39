"""Reading actions. An action is seen by whoever sees what it follows from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import sqlalchemy as sa

from kintsugi.core.actions.item import ActionItem, ActionStatus
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean
from kintsugi.kernel.audit import Hidden
from kintsugi.kernel.auth import NotFound, Viewer
from kintsugi.kernel.pages import USUAL, Page, key_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions import store
from kintsugi.server.actions.action import Action, Change, Wanted
from kintsugi.server.actions.tables import actions


def hidden_by(rooms: Sequence[Hidden]) -> Hidden:
    """What hides the actions that follow from what these rooms hide: for the audit page."""

    def hidden_ids(viewer: Viewer) -> sa.Select[tuple[str]]:
        follows = [
            column.in_(room(viewer))
            for room in rooms
            for column in (actions.c.source_id, actions.c.incident_id)
        ]
        return sa.select(actions.c.id).where(sa.or_(sa.false(), *follows))

    return hidden_ids


def seen(work: UnitOfWork) -> sa.ColumnElement[bool]:
    """Which actions the viewer sees: all but those that follow from what is hidden from them."""
    hidden = [ids(work.viewer) for ids in work.hidden]
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


def list_actions(
    work: UnitOfWork, wanted: Wanted, limit: int = USUAL, cursor: str | None = None
) -> Page[Action]:
    """Actions by the day they are due, the earliest first."""
    after = None
    if cursor:
        day, number = key_of(cursor, 2)
        after = (_day(day), int(number) if number.isdecimal() else 0)
    found = store.listing(work.connection, seen(work), wanted, limit + 1, after)
    return page_of(found, limit, lambda one: (one.due_on.isoformat(), str(one.number)))


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise InvalidValue("is none of our cursors", path=("cursor",)) from error


def counts(work: UnitOfWork, wanted: Wanted) -> dict[ActionStatus, int]:
    """How many of each state a list of what is wanted would show."""
    return store.counts(work.connection, seen(work), wanted)


def mine(work: UnitOfWork) -> tuple[str, ...]:
    """The names under which an action may belong to the viewer: their id and their e-mail address."""
    return tuple(name for name in (work.viewer.user_id, work.viewer.email) if name)


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
