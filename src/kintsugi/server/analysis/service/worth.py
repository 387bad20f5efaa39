"""What actions buy in all trees together, worked out before anything is written: solving holds up nobody who writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.unit_of_work import UnitOfWork, Works
from kintsugi.server.actions import service as actions
from kintsugi.server.analysis.service import holding, solving
from kintsugi.server.analysis.store import trees
from kintsugi.server.analysis.stored import StoredTree

SECONDS = 4.0
"""For all trees that one change concerns."""
NIGHTLY_SECONDS = 20.0
"""For each tree, when nobody waits."""
Worth = Mapping[str, float | None]
"""By id, the most that an action buys in any tree; one that was not worked out in the time is not in it."""


def worth_of(
    work: UnitOfWork,
    action_ids: Collection[str],
    changed: StoredTree | None = None,
    without: str = "",
) -> Worth:
    """What actions buy, with a tree as it will be (`changed`), and without the one of an id.

    An action has a part only in a tree about its own incident, or about none: nobody learns of a tree they may not see.
    """
    if not action_ids:
        return {}
    kept = [tree for tree in trees.with_measures(work.connection) if tree.id != without]
    if changed is not None:
        kept = [*(tree for tree in kept if tree.id != changed.id), changed]
    until = solving.Time(SECONDS)
    return _worth(work, action_ids, ((tree, until) for tree in kept))


def put(work: UnitOfWork, worth: Worth) -> None:
    """Tell the actions what they buy now."""
    for action_id, value in worth.items():
        actions.put_worth(work, action_id, value)


def recount_all(works: Works) -> None:
    """The same for every action that has a part in a tree: the history goes on without anybody's doing."""
    with works.reading(SYSTEM) as work:
        kept = trees.with_measures(work.connection)
        every = {one.action_id for tree in kept for one in tree.measures}
        worth = _worth(work, every, ((tree, solving.Time(NIGHTLY_SECONDS)) for tree in kept))
    with works.writing(SYSTEM) as work:
        put(work, worth)


def _worth(
    work: UnitOfWork,
    action_ids: Collection[str],
    kept: Iterable[tuple[StoredTree, solving.Time]],
) -> Worth:
    found: dict[str, list[float]] = {one: [] for one in action_ids}
    late = set()
    for tree, until in kept:
        if not any(one.action_id in found for one in tree.measures):
            continue
        for bought in holding.buying(work, tree.model, until):
            if bought.action_id not in found:
                continue
            if bought.worth is not None:
                found[bought.action_id].append(bought.worth)
            elif bought.events:
                late.add(bought.action_id)
    return {
        name: max(values, default=None)
        for name, values in found.items()
        if values or name not in late
    }
