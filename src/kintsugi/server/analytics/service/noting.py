"""What changed, for the facts that are kept: each incident is placed anew, once, right before the commit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics.store import facts as store
from kintsugi.server.incidents import service as incidents

AT_END = "analytics.facts"
ACTIONS = "actions"
"""The name of the stamp of all actions."""


@dataclass(slots=True)
class _Noted:
    """What a unit of work changed; called when it is about to be committed."""

    incidents: set[str] = field(default_factory=set)
    has_actions: bool = False

    def __call__(self, work: UnitOfWork) -> None:
        ids, names = sorted(self.incidents), {ACTIONS} if self.has_actions else set[str]()
        self.incidents, self.has_actions = set(), False
        if not ids and not names:
            return
        stamp = work.new_id("stm")
        # Locked first: who moves one of them to another week at the same moment goes before, or waits.
        before = store.locked_weeks(work.connection, ids)
        found = {one.id: week_of(one.began_at) for one in incidents.counted_of(work, ids)}
        store.drop(work.connection, [one for one in ids if one in before and one not in found])
        store.put(work.connection, {one: found[one] for one in ids if one in found}, stamp)
        names |= {week.isoformat() for week in (*found.values(), *before.values())}
        store.put_stamps(work.connection, names, stamp)


def note(work: UnitOfWork, incident_id: str) -> None:
    """An incident, or what statistics take from its postmortems and people, is another from now on."""
    _noted(work).incidents.add(incident_id)


def note_actions(work: UnitOfWork) -> None:
    """Actions are others from now on."""
    _noted(work).has_actions = True


def settle(work: UnitOfWork) -> None:
    """Place what this unit of work changed now: for who wants to read it before it is committed."""
    known = work.at_end.get(AT_END)
    if known is not None:
        known(work)


def _noted(work: UnitOfWork) -> _Noted:
    known = work.at_end.get(AT_END)
    if isinstance(known, _Noted):
        return known
    made = _Noted()
    work.once_at_end(AT_END, made)
    return made


def week_of(at: datetime) -> date:
    """The Monday of a moment's week, UTC."""
    day = at.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())
