"""A postmortem's list of actions, put into the room: the new ones made, the others found again and changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kintsugi.core.actions.item import ActionItem, due_date
from kintsugi.core.actions.lifecycle import is_settled
from kintsugi.core.shared.severity import Severity
from kintsugi.kernel.counters import next_number
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions import store
from kintsugi.server.actions.action import Action, Source
from kintsugi.server.actions.service import recording
from kintsugi.server.actions.service.changing import checked


def replace_all(
    work: UnitOfWork, source: Source, items: Sequence[ActionItem], severity: Severity | None
) -> list[Action]:
    """The actions of a postmortem after its list was written.

    1. Each item is found again by its id or reference, else by its words. 2. Those found are
    changed, the others made. 3. Those no longer listed are withdrawn; their history stays. Raises
    InvalidValue for an item that cannot be kept.
    """
    wanted = [checked(item, place) for place, item in enumerate(items)]
    left = {action.id: action for action in store.of_sources(work.connection, [source.id])}
    pairs: list[tuple[ActionItem, Action | None]] = []
    for item in wanted:
        found = _found_again(item, left)
        if found is not None:
            del left[found.id]
        pairs.append((item, found))
    made = [
        _changed(work, found, item, place, severity)
        if found
        else _made(work, source, item, place, severity)
        for place, (item, found) in enumerate(pairs)
    ]
    for action in left.values():
        store.update(work.connection, action.id, None, work.now, {"withdrawn_at": work.now})
        work.audit("action.withdraw", action.id, reference=action.reference)
    return made


def _found_again(item: ActionItem, left: dict[str, Action]) -> Action | None:
    if item.id:
        named = (a for a in left.values() if item.id in (a.local_id, a.reference, a.id))
        return next(named, None)
    return next((a for a in left.values() if a.item.description == item.description), None)


def _changed(
    work: UnitOfWork, action: Action, item: ActionItem, place: int, severity: Severity | None
) -> Action:
    due_on = due_date(item, severity, action.created_at.date())
    if place != action.position:
        store.update(work.connection, action.id, None, work.now, {"position": place})
        action = replace(action, position=place, version=action.version + 1)
    return recording.saved(work, action, replace(item, id=action.item.id), None, due_on)


def _made(
    work: UnitOfWork, source: Source, item: ActionItem, place: int, severity: Severity | None
) -> Action:
    number = next_number(work.connection, "action")
    today = work.now.date()
    reference = f"ACT-{number}"
    action = Action(
        id=work.new_id("act"), number=number, reference=reference, source=source,
        local_id=item.id, position=place, item=replace(item, id=item.id or reference),
        owner_id=recording.owner_id(work, item.owner), due_on=due_date(item, severity, today),
        created_by=work.viewer.user_id, created_at=work.now, updated_at=work.now,
        settled_at=work.now if is_settled(item, today) else None, version=1,
    )  # fmt: skip
    store.insert(work.connection, action)
    work.audit("action.add", action.id, reference=reference, source=source.id)
    return action
