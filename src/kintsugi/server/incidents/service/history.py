"""How often incidents happened, for whoever makes a rate of it: the same for every viewer."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kintsugi.core.incidents.incident import Incident
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import store

LOOKED_BACK = timedelta(days=365)
"""How far back the history goes that rates are made of."""


@dataclass(frozen=True, slots=True)
class History:
    """So many began from `since` until now. Neither private ones, nor drills, nor merged ones are among them."""

    count: int
    since: datetime
    length: timedelta


def history(
    work: UnitOfWork, *, service: str = "", ids: Collection[str] | None = None
) -> History | None:
    """The last year's incidents of a service, or of these ids; None where no incident is recorded at all.

    A record that is younger than a year is looked at from its first incident on: before it nobody counted.
    """
    first = store.first_began(work.connection)
    if first is None:
        return None
    since = min(work.now, max(first, work.now - LOOKED_BACK))
    count = store.began_since(work.connection, since, service, ids)
    return History(count, since, work.now - since)


def counted_of(work: UnitOfWork, ids: Iterable[str]) -> list[Incident]:
    """Those of the ids that are in statistics, in no order: the same for every viewer, none of them private."""
    return store.counted_of(work.connection, ids)


def counted_between(
    work: UnitOfWork, since: datetime | None = None, until: datetime | None = None
) -> list[Incident]:
    """The incidents that are in statistics, by when they began: the same for every viewer, none of them private."""
    return store.counted_between(work.connection, since, until)
