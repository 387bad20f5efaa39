"""Reading the audit log: for an admin, without what they may not see."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kintsugi.core.shared.text import clean
from kintsugi.kernel import audit
from kintsugi.kernel.auth import SYSTEM, Action
from kintsugi.kernel.pages import USUAL, Page, key_of, moment_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import store

QUICK = 500
"""How many of the newest rows a page holds against one another."""
_SOMEBODY = 200
"""How many people a name in a filter may fit."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which changes are asked for. `person` is an id, an e-mail or part of a name; `action` as `incident.declare`
    or the part before the dot; `until` is not in the range itself.
    """

    person: str = ""
    action: str = ""
    target: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the log as it is shown, with the names of today for its actor, its target and its detail.

    `names` is by the id that stands in the detail.
    """

    id: str
    at: datetime
    actor_id: str
    actor: str
    action: str
    target: str
    target_name: str
    detail: Mapping[str, object]
    names: Mapping[str, str]


def changes(
    work: UnitOfWork, asked: Asked, cursor: str | None = None, limit: int = USUAL
) -> Page[Change]:
    """Changes, the newest first. Raises Forbidden, InvalidValue."""
    work.viewer.require(Action.ADMINISTER)
    visible = audit.visible(work.viewer, work.hidden)
    after = _after(cursor) if cursor else None
    found = audit.listing(work.connection, visible, _wanted(work, asked), limit + 1, after)
    page = page_of(found, limit, lambda entry: (entry.at.isoformat(), entry.hash))
    made = _shown(work, page.items)
    return Page(tuple(made), page.next_cursor)


def known_actions(work: UnitOfWork) -> list[str]:
    """What has been done so far, as the log names it. Raises Forbidden."""
    work.viewer.require(Action.ADMINISTER)
    return audit.actions(work.connection, audit.visible(work.viewer, work.hidden))


def is_unbroken(work: UnitOfWork, *, whole: bool = False) -> bool:
    """Whether the chain holds, among the newest rows or in the whole log. Raises Forbidden."""
    work.viewer.require(Action.ADMINISTER)
    return audit.first_broken(work.connection, 0 if whole else QUICK) is None


def _wanted(work: UnitOfWork, asked: Asked) -> audit.Wanted:
    actor_ids: tuple[str, ...] | None = None
    person = clean(asked.person).strip()
    if person:
        ids = store.ids_of_people(work.connection, person, _SOMEBODY)
        product = person.casefold() in (SYSTEM.user_id, SYSTEM.name.casefold())
        actor_ids = (*ids, SYSTEM.user_id) if product else tuple(ids)
    return audit.Wanted(
        actor_ids,
        clean(asked.action).strip(),
        clean(asked.target).strip(),
        asked.since,
        asked.until,
    )


def _after(cursor: str) -> tuple[datetime, str]:
    at, hashed = key_of(cursor, 2)
    return moment_of(at), hashed


def _shown(work: UnitOfWork, found: Iterable[audit.Entry]) -> list[Change]:
    entries = [(entry, json.loads(entry.detail)) for entry in found]
    ids = {entry.actor_id for entry, _ in entries} | {entry.target for entry, _ in entries}
    told = {value for _, detail in entries for value in detail.values() if isinstance(value, str)}
    ids |= {value for value in told if value.startswith(("usr_", "team_"))}
    names = {user.id: user.name for user in store.users_of_ids(work.connection, ids)}
    names |= store.team_names(work.connection, ids)
    return [
        Change(
            entry.hash, entry.at, entry.actor_id, entry.actor or names.get(entry.actor_id, entry.actor_id),
            entry.action, entry.target, names.get(entry.target, ""), detail,
            {value: names[value] for value in detail.values() if isinstance(value, str) and value in names},
        )
        for entry, detail in entries
    ]  # fmt: skip
