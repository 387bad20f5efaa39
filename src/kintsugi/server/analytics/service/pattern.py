"""One class of cause: its incidents, what they have in common, what was done about it, and whether that held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kintsugi.core.actions.item import ActionType
from kintsugi.core.actions.lifecycle import is_settled
from kintsugi.core.analytics.patterns import CommonTerm, common_terms
from kintsugi.core.analytics.recurrence import Classed, FixHeld, Recurrence, fix_held, recurrence
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions import service as actions
from kintsugi.server.actions.action import Action
from kintsugi.server.analytics.service import classes
from kintsugi.server.analytics.service.patterns import Waits, followed_of, shared_actions, waiting
from kintsugi.server.analytics.service.record import Case, cases
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
    kept = classes.class_named(work, key)
    every = cases(work)
    return page_of(work, kept, every, shared_actions(work, every))


def page_of(
    work: UnitOfWork, kept: KeptClass, every: Sequence[Case], shared: Sequence[Action]
) -> ClassPage:
    """The same, from a record that was read already."""
    of_class = [one for one in every if kept.key in one.confirmed]
    ids = {one.id for one in of_class}
    own = [one for one in shared if one.source.incident_id in ids]
    classed = [Classed(one.id, one.at, frozenset([kept.key])) for one in of_class]
    followed = followed_of(own, actions.verified_times(work))
    by_id = {one.id: one for one in own}
    since = every[0].at if every else work.now
    held = [
        FixShown(by_id[each.id], found)
        for each in followed
        if by_id[each.id].item.type not in NO_FIX
        for found in (fix_held(classed, each, since=since, now=work.now),)
        if found is not None
    ]
    today = actions.today(work)
    return ClassPage(
        kept, tuple(reversed(of_class)), recurrence(classed, followed),
        tuple(sorted(held, key=lambda one: one.held.verified_at, reverse=True)),
        tuple(one for one in own if not is_settled(one.item, today)), tuple(own),
        common_terms(((one.id, "\n".join(one.texts().values())) for one in of_class), 12),
        waiting([one for one in every if kept.key not in one.refused], [kept]),
    )  # fmt: skip


def confirmed_pages(work: UnitOfWork) -> list[ClassPage]:
    """Every class that some incident was confirmed to be of, with all that is told of it."""
    every = cases(work)
    shared = shared_actions(work, every)
    found = [page_of(work, one, every, shared) for one in classes.all_classes(work)]
    return [one for one in found if one.cases]
