"""Reading incidents; what the viewer may not see is not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from kintsugi.core.comms.cadence import NextUpdate, Timeliness, is_timed, next_update
from kintsugi.core.incidents.incident import Entry, Incident
from kintsugi.core.incidents.lifecycle import OPEN
from kintsugi.core.incidents.milestones import NamedDuration, durations
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.text import clean
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.pages import Page, key_of, number_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import store
from kintsugi.server.incidents.service import recording
from kintsugi.server.incidents.service.naming import named
from kintsugi.server.incidents.store import Correction, Place, Wanted

__all__ = [
    "Correction",
    "Place",
    "Wanted",
    "cadence_of",
    "corrections",
    "counts",
    "get",
    "get_all",
    "id_of",
    "late_updates",
    "list_incidents",
    "list_places",
    "messages_told",
    "next_update_of",
    "next_updates_of",
    "titled",
]

MOST_TITLED = 2_000


def get(work: UnitOfWork, name: str) -> Incident:
    """The incident of an id, reference or external id. Raises NotFound when the viewer sees none."""
    return recording.found(work, name)


def id_of(work: UnitOfWork, name: str) -> str | None:
    """The id of the incident that `get` gives; None when the viewer sees none."""
    incident = store.find(work.connection, work.viewer, clean(name))
    return None if incident is None else incident.id


def list_incidents(
    work: UnitOfWork, wanted: Wanted, limit: int, cursor: str | None = None
) -> Page[Incident]:
    """Incidents, newest first. Raises InvalidValue for a cursor that is none of ours."""
    before = _before(cursor) if cursor else None
    found = store.listing(work.connection, work.viewer, wanted, limit + 1, before)
    return page_of(found, limit, lambda incident: (str(incident.number),))


def list_places(
    work: UnitOfWork, wanted: Wanted, limit: int, cursor: str | None = None
) -> Page[Place]:
    """The same list, with the id and version of each alone: who keeps what it read asks `get_all` for the rest.

    Raises InvalidValue for a cursor that is none of ours.
    """
    before = _before(cursor) if cursor else None
    found = store.places(work.connection, work.viewer, wanted, limit + 1, before)
    return page_of(found, limit, lambda place: (str(place.number),))


def get_all(work: UnitOfWork, ids: Iterable[str]) -> dict[str, Incident]:
    """The incidents of these ids that the viewer sees."""
    return store.of_ids(work.connection, work.viewer, ids)


def _before(cursor: str) -> int:
    (number,) = key_of(cursor, 1)
    return number_of(number)


def counts(work: UnitOfWork, wanted: Wanted) -> dict[IncidentStatus, int]:
    """How many incidents of each status the list of what is wanted shows, drills among them."""
    found = store.counts(work.connection, work.viewer, wanted)
    return {status: found.get(status, 0) for status in IncidentStatus}


def time_between(incident: Incident) -> list[NamedDuration]:
    """The durations between its milestones as they are known now."""
    return durations(incident.milestones)


def corrections(work: UnitOfWork, incident: Incident) -> list[Correction]:
    """The milestones' times that were changed or taken back, oldest first."""
    return store.corrections(work.connection, incident)


def titled(work: UnitOfWork, titles: Sequence[str], since: datetime) -> list[Incident]:
    """The newest 2,000 declared since a moment whose title is one of these, in any case."""
    return store.titled(work.connection, work.viewer, titles, since, MOST_TITLED) if titles else []


def rolled_back(work: UnitOfWork, incident_ids: Iterable[str]) -> set[str]:
    """Those of the incidents, which the caller sees, whose timeline has a rollback."""
    return store.with_kind(work.connection, incident_ids, EventKind.ROLLBACK)


def severity_history(work: UnitOfWork, incident: Incident) -> list[Entry]:
    """The entries that say a severity, from the declaration on."""
    declared = [
        entry
        for entry in store.entries(work.connection, incident, kind=EventKind.STATUS)
        if entry.detail.get("severity")
    ]
    changed = store.entries(work.connection, incident, kind=EventKind.SEVERITY)
    return named(work, declared + changed)


def status_times(work: UnitOfWork, incident: Incident) -> dict[IncidentStatus, datetime]:
    """When each status was last reached, since it was last opened."""
    times: dict[IncidentStatus, datetime] = {}
    for entry in store.entries(work.connection, incident, kind=EventKind.STATUS):
        if entry.detail.get("to") is None:
            continue
        status = IncidentStatus(entry.detail["to"])
        if status is IncidentStatus.INVESTIGATING:
            times = {}
        times[status] = entry.happened_at
    return times


def next_update_of(work: UnitOfWork, incident: Incident) -> NextUpdate | None:
    """When the next message about an open incident is due; None where its severity asks for none by a time."""
    return next_updates_of(work, [incident]).get(incident.id)


def next_updates_of(work: UnitOfWork, listed: Iterable[Incident]) -> dict[str, NextUpdate]:
    """The same for several, by the incident's id; those that need no update by a time are left out."""
    timed = [
        one
        for one in listed
        if one.status in OPEN and is_timed(one.severity) and one.merged_into_id is None
    ]
    sent = store.messages_told(work.connection, [one.id for one in timed])
    found = {}
    for incident in timed:
        declared = incident.created_at
        since = [one for one in sent.get(incident.id, ()) if one[0] >= declared]
        planned = next_update(
            incident.severity,
            declared,
            tuple(at for at, _ in since),
            since[-1][1] if since else None,
        )
        if planned is not None:
            found[incident.id] = planned
    return found


def late_updates(work: UnitOfWork, listed: Iterable[Incident]) -> dict[str, datetime]:
    """When the next update of each of these was due, of those where it is overdue, by the incident's id."""
    planned = next_updates_of(work, listed)
    return {
        incident_id: one.due_at
        for incident_id, one in planned.items()
        if one.timeliness(work.now) is Timeliness.OVERDUE
    }


def messages_told(work: UnitOfWork, incident: Incident) -> tuple[datetime, ...]:
    """When the messages about an incident were sent since it was declared, in order."""
    sent = store.messages_told(work.connection, [incident.id]).get(incident.id, ())
    return tuple(at for at, _ in sent if at >= incident.created_at)


def cadence_of(work: UnitOfWork, incident_id: str) -> tuple[Incident, NextUpdate | None]:
    """An incident and when its next message is due, whoever asks: for the timers of a room above."""
    incident = store.find_any(work.connection, incident_id)
    if incident is None:
        raise NotFound("there is no such incident")
    return incident, next_update_of(work, incident)
