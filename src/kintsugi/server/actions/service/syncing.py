"""A postmortem's list of actions, put into the room: the new ones made, the others found again and changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kintsugi.core.actions.item import ActionItem, due_date
from kintsugi.core.actions.lifecycle import Move, is_settled, moved, next_states
from kintsugi.core.actions.matching import Known, matched
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.kernel.counters import next_number
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions import store
from kintsugi.server.actions.action import Action, Source
from kintsugi.server.actions.service import recording
from kintsugi.server.actions.service.changing import GIVEN_UP, agreed_by, checked
from kintsugi.server.actions.service.reading import today

_REFERENCE = re.compile(r"ACT-\d+", re.IGNORECASE)
_STANDING = ("status", "owner", "evidence", "reason", "approver", "expires")
"""What a state asks for is looked at again only where one of these changes."""


def replace_all(
    work: UnitOfWork, source: Source, items: Sequence[ActionItem], severity: Severity | None
) -> list[Action]:
    """The actions of a postmortem after its list was written, or its severity changed.

    1. Each item is found again by its id or reference, else by its words, also among those that were
    withdrawn. 2. Those found are changed, the others made; a state has what it asks for, and one that
    is found again moves as it does where it is followed. 3. Those no longer listed are withdrawn; their
    history stays. Raises InvalidValue for an item that cannot be kept, MoveRefused.
    """
    wanted = [checked(item, place) for place, item in enumerate(items)]
    listed = store.of_sources(work.connection, [source.id])
    known = [*listed, *store.withdrawn_of(work.connection, source.id)]
    pairs = matched([_known(action) for action in known], wanted)
    made = []
    for place, (said, pair) in enumerate(zip(wanted, pairs, strict=True)):
        found = known[pair] if pair is not None else None
        item = _with_standing(work, said, found, place)
        if found is None:
            made.append(_made(work, source, item, place, severity))
            continue
        if pair is not None and pair >= len(listed):
            store.bring_back(work.connection, found.id)
            work.audit("action.bring_back", found.id, reference=found.reference)
        made.append(_changed(work, found, item, place, severity))
    for place, action in enumerate(listed):
        if place not in pairs:
            store.update(work.connection, action.id, None, work.now, {"withdrawn_at": work.now})
            work.audit("action.withdraw", action.id, reference=action.reference)
    return made


def _known(action: Action) -> Known:
    names = (action.local_id or action.reference, action.reference, action.id)
    return Known(names, action.item.description)


def _with_standing(
    work: UnitOfWork, item: ActionItem, found: Action | None, place: int
) -> ActionItem:
    """The item with a state that it may have: none is reached by a list that its own page refuses."""
    before = found.item if found else None
    if before and all(getattr(item, name) == getattr(before, name) for name in _STANDING):
        return item
    if (
        before
        and item.status is not before.status
        and item.status not in next_states(before.status)
    ):
        # The rule's own words; what stands in the list goes there one state after the other.
        moved(before, Move(item.status), today(work))
    try:
        moved(item, Move(item.status), today(work))
        if found and item.status in GIVEN_UP:
            return replace(item, approver=agreed_by(work, replace(found, item=item), item.approver))
    except InvalidValue as error:
        raise error.under("actionItems", place) from error
    return item


def _changed(
    work: UnitOfWork, action: Action, item: ActionItem, place: int, severity: Severity | None
) -> Action:
    if place != action.position:
        store.put_at(work.connection, action.id, place)
        action = replace(action, position=place)
    due_on = due_date(item, severity, action.created_at.date())
    return recording.saved(work, action, replace(item, id=action.item.id), due_on)


def _made(
    work: UnitOfWork, source: Source, item: ActionItem, place: int, severity: Severity | None
) -> Action:
    number = next_number(work.connection, "action")
    reference = f"ACT-{number}"
    # An id of ours that is no action of this postmortem came with a copy: it names another one.
    local_id = "" if _REFERENCE.fullmatch(item.id) else item.id
    action = Action(
        id=work.new_id("act"), number=number, reference=reference, source=source,
        local_id=local_id, position=place, item=replace(item, id=local_id or reference),
        owner_id=recording.owner_id(work, item.owner),
        due_on=due_date(item, severity, work.now.date()),
        created_by=work.viewer.user_id, created_at=work.now, updated_at=work.now,
        settled_at=work.now if is_settled(item, today(work)) else None, version=1,
    )  # fmt: skip
    store.insert(work.connection, action)
    work.audit("action.add", action.id, reference=reference, source=source.id)
    return action
