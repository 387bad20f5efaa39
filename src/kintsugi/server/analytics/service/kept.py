"""Every incident in statistics, remembered by this process week by week: only weeks with another stamp are read."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from kintsugi.core.analytics.facts import IncidentFact, Period
from kintsugi.core.postmortems.required import RequiredWhen
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions import service as actions
from kintsugi.server.actions.service import ActionTimes
from kintsugi.server.analytics.service import noting
from kintsugi.server.analytics.service.packing import Item, Packed, item_of, packed, read, written
from kintsugi.server.analytics.service.record import AT_ONCE, cases_of
from kintsugi.server.analytics.service.repeating import WEEK, repeating, spans, with_repeats
from kintsugi.server.analytics.store import facts as store
from kintsugi.server.catalog import service as catalog
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems import service as postmortems

AT_A_TIME = 500
"""So many facts are written down in one transaction."""
TRIES = 3


@dataclass(frozen=True, slots=True)
class Rules:
    """What facts are made with: which team owns which service, and when a postmortem is required."""

    teams: Mapping[str, str]
    required: RequiredWhen


@dataclass(frozen=True, slots=True)
class Week:
    """The incidents that began in a week, the earliest first; `over` when all of them had ended, None: one is open."""

    stamp: str
    items: tuple[Item, ...]
    over: datetime | None


@dataclass
class Record:
    """All incidents that are in statistics, by the Monday of their week, and all actions that are listed."""

    rules: Rules
    weeks: Mapping[str, Week]
    actions_stamp: str
    actions: tuple[ActionTimes, ...]
    name: object = field(default_factory=object)
    """Another for each record: who made something of one knows by it whether it is still so, and need not hold it."""

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All of them, the earliest first."""
        return tuple(one for name in sorted(self.weeks) for one in self.weeks[name].items)

    @cached_property
    def by_id(self) -> Mapping[str, Item]:
        """Each by its id."""
        return {one.id: one for one in self.items}

    @cached_property
    def _began(self) -> list[datetime]:
        return [one.began for one in self.items]

    @cached_property
    def shared(self) -> tuple[ActionTimes, ...]:
        """The actions of published postmortems of these incidents."""
        items = self.by_id
        return tuple(
            one
            for one in self.actions
            if one.incident_id in items and one.source_id in items[one.incident_id].sources
        )

    def between(self, since: datetime | None, until: datetime | None) -> tuple[Item, ...]:
        """Those that began at a moment or later, and before another."""
        first = 0 if since is None else bisect_left(self._began, since)
        last = len(self.items) if until is None else bisect_left(self._began, until)
        return self.items[first:last]

    def lasting_into(self, period: Period, before: datetime) -> Iterator[Item]:
        """Those that began before a moment and had not ended when a period began."""
        for name, week in self.weeks.items():
            if name > before.date().isoformat() or not _reaches(week.over, period.since):
                continue
            for one in week.items:
                if one.began < before and _reaches(_end(one.fact), period.since):
                    yield one


def _end(fact: IncidentFact) -> datetime | None:
    """When it ended, None: it is open. One that lost its end adds no time, and ended when it began."""
    return fact.ended or (None if fact.is_open else fact.began)


def _reaches(end: datetime | None, since: datetime) -> bool:
    return end is None or end > since


@dataclass(slots=True)
class _Memory:
    """What a process remembers of one database; `record` is taken and put whole, so that readers need no lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    record: Record | None = None


_memories: WeakKeyDictionary[sa.Engine, _Memory] = WeakKeyDictionary()
_making = threading.Lock()


def record(work: UnitOfWork) -> Record:
    """All that statistics are made of: exactly what the incidents say now, whatever is remembered.

    What a unit of work that writes reads is its own until it commits, and is not remembered.
    """
    with _making:
        memory = _memories.setdefault(work.connection.engine, _Memory())
    if not is_reading(work):
        noting.settle(work)
        return _current(work, memory.record)
    with memory.lock:
        memory.record = _current(work, memory.record)
        return memory.record


def is_reading(work: UnitOfWork) -> bool:
    """Whether a unit of work sees what is committed and nothing else."""
    return work.connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"


def _current(work: UnitOfWork, known: Record | None) -> Record:
    rules = Rules(catalog.owner_teams(work), postmortems.rules.team_rules(work).required)
    if known is not None and known.rules != rules:
        known = None
    stamps = store.stamps(work.connection)
    made = _read(work, rules, stamps, known)
    for _ in range(TRIES):
        now = store.stamps(work.connection)
        if now == stamps:
            break
        made, stamps = _read(work, rules, now, made), now
    return made


def _read(
    work: UnitOfWork, rules: Rules, stamps: Mapping[str, str], known: Record | None
) -> Record:
    """What is known already, and the rest from the database."""
    names = [name for name in stamps if name != noting.ACTIONS]
    before = known.weeks if known is not None else {}
    stale = [name for name in names if name not in before or before[name].stamp != stamps[name]]
    stamp = stamps.get(noting.ACTIONS, "")
    is_same = known is not None and known.actions_stamp == stamp
    # As many as before, too: a backup that was brought back can have fewer.
    if known is not None and not stale and is_same and len(before) == len(names):
        return known
    fresh: dict[str, list[Item]] = {name: [] for name in stale}
    for first, last in spans(sorted(date.fromisoformat(name) for name in stale), WEEK):
        for item in _items(work, rules, first, last):
            # One that another process moves just now stands in its new week at the next look.
            fresh.get(noting.week_of(item.began).isoformat(), []).append(item)
    items = {
        name: tuple(sorted(fresh[name], key=_order)) if name in fresh else before[name].items
        for name in names
    }
    items |= repeating(items, stale, rules.required.repeated_within)
    weeks = {
        name: before[name]
        if name not in fresh and items[name] is before[name].items
        else _week(stamps[name], items[name])
        for name in names
    }
    followed = known.actions if known is not None and is_same else tuple(actions.times(work))
    made = Record(rules, weeks, stamp, followed)
    if (
        known is not None
        and not stale
        and len(before) == len(names)
        and made.shared == known.shared
    ):
        # Only actions that nobody counts are others: what was worked out stays, so that nothing tells of them.
        made.name = known.name
    return made


def _order(one: Item) -> tuple[datetime, int]:
    return one.began, one.number


def _week(stamp: str, found: tuple[Item, ...]) -> Week:
    ends = [_end(one.fact) for one in found]
    known = [end for end in ends if end is not None]
    over = max(known, default=datetime.min.replace(tzinfo=UTC)) if len(known) == len(ends) else None
    return Week(stamp, found, over)


def _items(work: UnitOfWork, rules: Rules, first: date, last: date) -> list[Item]:
    rows = store.of_weeks(work.connection, first, last)
    facts = [read(fact) for _, _, fact in rows if fact]
    facts += _asked(work, [incident_id for incident_id, _, fact in rows if not fact])
    return [item_of(one, rules.teams, rules.required) for one in facts]


def _asked(work: UnitOfWork, ids: Collection[str]) -> list[Packed]:
    """The facts of these incidents, asked of the incidents themselves."""
    found = cases_of(work, ids)
    listed, rolled_back = list(found), set[str]()
    for start in range(0, len(listed), AT_ONCE):
        rolled_back |= incidents.rolled_back(work, listed[start : start + AT_ONCE])
    return [packed(one, rolled_back=one.id in rolled_back) for one in found.values()]


def write_facts(work: UnitOfWork) -> int:
    """Write some of the facts that changed down, so that they need not be asked for; how many there were."""
    stamps = store.empty(work.connection, AT_A_TIME)
    found = {one.id: one for one in _asked(work, list(stamps))}
    store.drop(work.connection, [one for one in stamps if one not in found])
    for incident_id, one in found.items():
        store.fill(work.connection, incident_id, stamps[incident_id], written(one))
    return len(stamps)


def recounted_facts(work: UnitOfWork) -> tuple[Item, ...]:
    """What `record` has, all of it asked of the incidents: what the facts are held against."""
    rules = Rules(catalog.owner_teams(work), postmortems.rules.team_rules(work).required)
    every = _asked(work, [one.id for one in incidents.counted_between(work)])
    found = [item_of(one, rules.teams, rules.required) for one in every]
    return tuple(sorted(with_repeats(found, rules.required.repeated_within), key=_order))
