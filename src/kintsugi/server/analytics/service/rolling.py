"""Rollups: kept a day at a time; a change marks its days, and what is marked is asked of the incidents themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from kintsugi.core.analytics.rollups import IncidentRollup, rollups_of
from kintsugi.core.incidents.incident import Incident
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics.service import noting
from kintsugi.server.analytics.service.facts import fact
from kintsugi.server.analytics.service.record import cases
from kintsugi.server.analytics.store import rollups as store
from kintsugi.server.incidents import service as incidents

LONGEST_WORD = 200
"""A word that is longer is none."""


def mark(work: UnitOfWork, incident_id: str, *others: datetime | None) -> None:
    """An incident changed: its fact, and the days on which it began, as known now and before, are to count anew."""
    noting.note(work, incident_id)
    found = incidents.get_all(work, [incident_id]).get(incident_id)
    moments = [*others, *(_beginnings(found) if found else ())]
    store.mark(work.connection, {at.astimezone(UTC).date() for at in moments if at is not None})


def _beginnings(incident: Incident) -> Iterable[datetime]:
    """Every moment that can be its beginning once a milestone is corrected."""
    known = incident.milestones
    yield incident.created_at
    for at in (known.impact_start, known.detected):
        if isinstance(at, datetime):
            yield at


def fold(work: UnitOfWork) -> int:
    """Count the marked days anew, and keep what they give; how many days that were."""
    marked = store.marks(work.connection)
    for day, version in marked.items():
        start, end = store.bounds(day)
        store.put_day(work.connection, day, _counted(work, start, end), version)
    return len(marked)


def rollups_between(work: UnitOfWork, since: datetime, until: datetime) -> list[IncidentRollup]:
    """The rollups of what began from a moment until before another: exactly what its incidents give.

    Whole days that are not marked come from what is kept; the others, and the first and last where they are
    cut, are counted now.
    """
    cut = [day for day in {since.astimezone(UTC).date(), until.astimezone(UTC).date()}
           if not (since <= store.bounds(day)[0] and store.bounds(day)[1] <= until)]  # fmt: skip
    live = sorted({*cut, *store.marks(work.connection)})
    found = store.rollups(work.connection, since, until, live)
    for day in live:
        start, end = store.bounds(day)
        start, end = max(start, since), min(end, until)
        if start < end:
            found += _counted(work, start, end)
    return found


def recounted(work: UnitOfWork, since: datetime, until: datetime) -> list[IncidentRollup]:
    """The same, all of it asked of the incidents."""
    return _counted(work, since, until)


def _counted(work: UnitOfWork, since: datetime, until: datetime) -> list[IncidentRollup]:
    rows = rollups_of(fact(one) for one in cases(work, since, until))
    return [one for one in rows if len(one.name) <= LONGEST_WORD]


def marked_days(work: UnitOfWork) -> list[date]:
    """The days that are to be counted anew."""
    return list(store.marks(work.connection))
