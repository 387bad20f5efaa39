"""Keeping what is found up to date: in the transaction of each change, for alerts and for what was there before behind.

A note in a timeline is found with the commit that wrote it: what changed is written anew once, right before the
commit. Alerts come in thousands a second; the dispatcher only notes which it has seen to, and a thread writes them
in batches. The same thread fills in what a database had before there was a search.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Protocol

from kintsugi.core.knowledge.query import Kind
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.observability import log
from kintsugi.kernel.steady import Steady
from kintsugi.kernel.unit_of_work import UnitOfWork, Works
from kintsugi.server.actions import service as actions
from kintsugi.server.alerts import service as alerts
from kintsugi.server.incidents import service as incidents
from kintsugi.server.knowledge.search import similar, store
from kintsugi.server.knowledge.search.document import (
    Document,
    of_action,
    of_alert,
    of_incident,
    of_postmortem,
)
from kintsugi.server.postmortems import service as postmortems

AT_ONCE = 100
"""Rows of one unit of work: some hundredths of a second, so that nobody who writes waits long."""
ALERTS_AT_ONCE = 250
LOOK_EVERY = timedelta(minutes=1)
"""How often it is looked at whether words are to be counted anew before the night."""


def note_incident(work: UnitOfWork, incident_id: str) -> None:
    """An incident or its timeline has changed."""
    work.once_at_end(f"search {incident_id}", partial(_keep_incidents, ids=(incident_id,)))


def note_postmortem(work: UnitOfWork, postmortem_id: str) -> None:
    """A postmortem has changed, and with it perhaps its actions."""
    work.once_at_end(
        f"search {postmortem_id}", partial(_keep_with_actions, source_id=postmortem_id)
    )


def note_action(work: UnitOfWork, action_id: str) -> None:
    """An action has changed where it is followed."""
    work.once_at_end(f"search {action_id}", partial(_keep_actions, ids=(action_id,)))


def note_alerts(work: UnitOfWork, alert_ids: Sequence[str]) -> None:
    """The dispatcher has seen to these alerts; they are written in a moment."""
    store.wait(work.connection, alert_ids)


def _keep_incidents(work: UnitOfWork, ids: Sequence[str], *, only_new: bool = False) -> None:
    found = incidents.to_index(work, ids)
    _keep(work, ids, [of_incident(one, entries) for one, entries in found], only_new)


def _keep_postmortems(work: UnitOfWork, ids: Sequence[str], *, only_new: bool = False) -> None:
    _keep(work, ids, [of_postmortem(one) for one in postmortems.to_index(work, ids)], only_new)


def _keep_with_actions(work: UnitOfWork, source_id: str) -> None:
    _keep_postmortems(work, (source_id,))
    _keep_actions(work, actions.ids_of_source(work, source_id))


def _keep_actions(work: UnitOfWork, ids: Sequence[str], *, only_new: bool = False) -> None:
    found = actions.to_index(work, ids)
    sources = postmortems.to_index(work, sorted({one.source.id for one in found}))
    about = {one.id: one for one in sources}
    _keep(work, ids, [of_action(one, about.get(one.source.id)) for one in found], only_new)


def _keep_alerts(work: UnitOfWork, ids: Sequence[str], *, only_new: bool = False) -> None:
    _keep(work, ids, [of_alert(one) for one in alerts.to_index(work, ids)], only_new)


def _keep(
    work: UnitOfWork,
    ids: Sequence[str],
    found: Sequence[Document],
    only_new: bool,
) -> None:
    """What was asked for and is no longer there is forgotten."""
    there = {one.of for one in found}
    store.forget(work.connection, [one for one in ids if one not in there])
    store.put(work.connection, found, only_new=only_new)


Numbered = Callable[[UnitOfWork, int, int], list[tuple[int, str]]]


class Keeper(Protocol):
    """Keeps things of a kind as they are now; `only_new`: those alone of which nothing is kept."""

    def __call__(self, work: UnitOfWork, ids: Sequence[str], *, only_new: bool) -> None: ...


_FILLED: tuple[tuple[Kind, Numbered, Keeper], ...] = (
    (Kind.INCIDENT, incidents.numbered, _keep_incidents),
    (Kind.POSTMORTEM, postmortems.numbered, _keep_postmortems),
    (Kind.ACTION, actions.numbered, _keep_actions),
)


def keeper(works: Works) -> Steady:
    """A thread that writes what waits and fills in what was there before; nudge it when alerts were seen to."""
    looked_at = works.clock.now() - LOOK_EVERY

    def turn() -> bool:
        nonlocal looked_at
        if catch_up(works):
            return True
        now = works.clock.now()
        if not timedelta() <= now - looked_at < LOOK_EVERY:
            looked_at = now
            if similar.is_outgrown(works):
                similar.count_words(works)
        return False

    return Steady("search", turn, every=1.0)


def catch_up(works: Works) -> bool:
    """A part of what is to be written; whether there is more."""
    with works.reading(SYSTEM) as work:
        filled = store.is_filled(work.connection)
        if filled and not store.is_waiting(work.connection):
            return False
    with works.writing(SYSTEM) as work:
        store.take_turn(work.connection)
        ids = store.waiting(work.connection, ALERTS_AT_ONCE)
        _keep_alerts(work, ids)
        if len(ids) == ALERTS_AT_ONCE or filled:
            return len(ids) == ALERTS_AT_ONCE
        return fill(work)


def fill(work: UnitOfWork) -> bool:
    """A part of what was there before the search was; whether there is more. Told in the log when it is done."""
    for kind, numbered, keep in _FILLED:
        after, is_filled = store.mark(work.connection, kind)
        if is_filled:
            continue
        some = numbered(work, int(after or 0), AT_ONCE)
        keep(work, [one for _, one in some], only_new=True)
        last = str(some[-1][0]) if some else after
        store.set_mark(work.connection, kind, last, is_filled=len(some) < AT_ONCE)
        return True
    after, is_filled = store.mark(work.connection, Kind.ALERT)
    if is_filled:
        return False
    ids = alerts.ids_after(work, after, ALERTS_AT_ONCE)
    _keep_alerts(work, ids, only_new=True)
    is_done = len(ids) < ALERTS_AT_ONCE
    store.set_mark(work.connection, Kind.ALERT, ids[-1] if ids else after, is_filled=is_done)
    if is_done:
        log.info("search filled", things=store.count(work.connection))
    return not is_done


def rebuild(works: Works) -> int:
    """Forget all that is kept and write it anew; how many things there are. Others may work meanwhile."""
    with works.writing(SYSTEM) as work:
        store.forget_all(work.connection)
    while catch_up(works):
        pass
    similar.count_words(works)
    with works.reading(SYSTEM) as work:
        return store.count(work.connection)


def tidy(works: Works) -> None:
    """Forget the alerts that are no longer there, in parts; and count the words anew."""
    after, gone = 0, 0
    while True:
        with works.writing(SYSTEM) as work:
            some = store.alerts_after(work.connection, after, 1_000)
            if not some:
                break
            after = some[-1][0]
            ids = [one for _, one in some]
            there = alerts.existing(work, ids)
            lost = [one for one in ids if one not in there]
            store.forget(work.connection, lost)
            gone += len(lost)
    log.info("search tidied", forgotten=gone, compared=similar.count_words(works))
