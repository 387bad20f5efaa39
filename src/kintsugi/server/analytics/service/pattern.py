"""One class of cause: its incidents, what they have in common, what was done about it, and whether that held."""

from __future__ import annotations

from dataclasses import dataclass

from kintsugi.core.actions.item import ActionType
from kintsugi.core.actions.lifecycle import is_settled
from kintsugi.core.analytics.patterns import CommonTerm, common_terms
from kintsugi.core.analytics.recurrence import Classed, FixHeld, Recurrence, fix_held, recurrence
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions import service as actions
from kintsugi.server.actions.action import Action
from kintsugi.server.analytics.service import classes
from kintsugi.server.analytics.service.kept import Record, record
from kintsugi.server.analytics.service.patterns import LOOKED_AT, Waits, followed_of, waiting
from kintsugi.server.analytics.service.record import AT_ONCE, Case, cases_of
from kintsugi.server.analytics.stored import KeptClass

NO_FIX = (ActionType.DETECT, ActionType.DOCUMENT)
"""What finds an incident sooner or writes it down does not make it come more seldom."""


@dataclass(frozen=True, slots=True)
class FixShown:
    """An action that was verified, and what the incidents since say of it."""

    action: Action
    held: FixHeld


@dataclass(frozen=True, slots=True)
class ClassPage:
    """All that is told of one class. Its incidents stand the latest first; `fixes` the last verified first."""

    kept: KeptClass
    cases: tuple[Case, ...]
    recurrence: Recurrence
    fixes: tuple[FixShown, ...]
    open_actions: tuple[Action, ...]
    actions: tuple[Action, ...]
    terms: tuple[CommonTerm, ...]
    waiting: tuple[Waits, ...]


def class_page(work: UnitOfWork, key: str) -> ClassPage:
    """A class with all its incidents, whenever they were. Raises NotFound."""
    return _page_of(work, classes.class_named(work, key), record(work))


def _page_of(work: UnitOfWork, kept: KeptClass, every: Record) -> ClassPage:
    items = [one for one in every.items if kept.key in one.fact.classes]
    ids = {one.id for one in items}
    times = [one for one in every.shared if one.incident_id in ids]
    by_id = {
        one.id: one
        for start in range(0, len(times), AT_ONCE)
        for one in actions.to_index(work, [each.id for each in times[start : start + AT_ONCE]])
    }
    own = [by_id[one.id] for one in times if one.id in by_id]
    classed = [Classed(one.id, one.began, frozenset([kept.key])) for one in items]
    followed = [one for one in followed_of(times) if one.id in by_id]
    since = every.items[0].began if every.items else work.now
    held = [
        FixShown(by_id[each.id], found)
        for each in followed
        if by_id[each.id].item.type not in NO_FIX
        for found in (fix_held(classed, each, since=since, now=work.now),)
        if found is not None
    ]
    open_to_word = [one.id for one in every.items if kept.key not in one.refused][-LOOKED_AT:]
    found = cases_of(work, [*ids, *open_to_word])
    of_class = [found[one.id] for one in items if one.id in found]
    today = actions.today(work)
    return ClassPage(
        kept, tuple(reversed(of_class)), recurrence(classed, followed),
        tuple(sorted(held, key=lambda one: one.held.verified_at, reverse=True)),
        tuple(one for one in own if not is_settled(one.item, today)), tuple(own),
        common_terms(((one.id, "\n".join(one.texts().values())) for one in of_class), 12),
        waiting([found[one] for one in open_to_word if one in found], [kept]),
    )  # fmt: skip


def confirmed_pages(work: UnitOfWork) -> list[ClassPage]:
    """Every class that some incident was confirmed to be of, with all that is told of it."""
    every = record(work)
    confirmed = {key for one in every.items for key in one.fact.classes}
    return [_page_of(work, one, every) for one in classes.all_classes(work) if one.key in confirmed]
