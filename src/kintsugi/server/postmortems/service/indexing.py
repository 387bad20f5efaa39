"""What a search keeps of postmortems, and which it may show."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from kintsugi.kernel.auth import Viewer
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.postmortems.store import indexing as store
from kintsugi.server.postmortems.store.indexing import Indexed

__all__ = ["Indexed", "hidden_by_state", "numbered", "to_index"]


def to_index(work: UnitOfWork, ids: Sequence[str]) -> list[Indexed]:
    """The postmortems of these ids, whoever may see them."""
    return store.whole(work.connection, ids)


def numbered(work: UnitOfWork, after: int, most: int) -> list[tuple[int, str]]:
    """Numbers and ids of the postmortems behind a number, in order, whoever may see them."""
    return store.numbered(work.connection, after, most)


def hidden_by_state(viewer: Viewer) -> sa.Select[tuple[str]]:
    """The ids that the viewer may not see though they see the incident: a query to stand inside another."""
    return store.hidden_by_state(viewer)
