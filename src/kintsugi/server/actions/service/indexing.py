"""What a search keeps of actions; it may show those of what it may show."""

from __future__ import annotations

from collections.abc import Sequence

from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions import store
from kintsugi.server.actions.action import Action


def to_index(work: UnitOfWork, ids: Sequence[str]) -> list[Action]:
    """The actions of these ids that were not withdrawn, whoever may see them."""
    return store.every_of_ids(work.connection, ids)


def numbered(work: UnitOfWork, after: int, most: int) -> list[tuple[int, str]]:
    """Numbers and ids of the actions behind a number, in order, whoever may see them."""
    return store.numbered(work.connection, after, most)


def ids_of_source(work: UnitOfWork, source_id: str) -> list[str]:
    """The ids of all that ever followed from a postmortem, also what was withdrawn."""
    return store.ids_of_source(work.connection, source_id)
