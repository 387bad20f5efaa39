"""What a search keeps of incidents; it asks `hidden_ids` before it shows any."""

from __future__ import annotations

from collections.abc import Sequence

from kintsugi.core.incidents.incident import Entry, Incident
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents.store import indexing as store


def to_index(work: UnitOfWork, ids: Sequence[str]) -> list[tuple[Incident, list[Entry]]]:
    """The incidents of these ids, whoever may see them, each with the entries that say more than who did what.

    What entries say of people changes when one is erased: it is not kept anywhere else.
    """
    return [
        (incident, [one for one in entries if not one.detail.keys() & {"role", "access"}])
        for incident, entries in store.whole(work.connection, ids)
    ]


def numbered(work: UnitOfWork, after: int, most: int) -> list[tuple[int, str]]:
    """Numbers and ids of the incidents behind a number, in order, whoever may see them."""
    return store.numbered(work.connection, after, most)
