"""How a change gets into the record: the row by compare-and-set, an entry in the timeline, the audit, the news."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kintsugi.core.incidents.incident import Entry, Incident
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.text import clean
from kintsugi.core.shared.times import written_moment
from kintsugi.formats.impact import impact_details
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.http import LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import store
from kintsugi.server.incidents.events import TimelineEntryAdded


def found(work: UnitOfWork, name: str) -> Incident:
    """The incident of an id, reference or external id. Raises NotFound when the viewer sees none."""
    incident = store.find(work.connection, work.viewer, clean(name))
    if incident is None:
        raise NotFound("there is no such incident that you can see")
    return incident


def at_version(incident: Incident, expected: int | None) -> None:
    """Raises LostRace when the incident has moved on from the version a change was made from."""
    if expected is not None and incident.version != expected:
        raise LostRace(plain(incident))


def changed(
    work: UnitOfWork,
    incident: Incident,
    expected: int | None,
    values: Mapping[str, object],
    entry: Mapping[str, str],
    *,
    kind: EventKind,
    important: bool = False,
) -> Incident:
    """The incident after the change, which is written down in its timeline.

    `entry` has its `text`; the rest of it is the detail: what the change was from and to. Raises
    LostRace when the incident is no longer at the expected version.
    """
    sequence = store.change(work.connection, incident.id, expected, work.now, values)
    if sequence is None:
        raise LostRace(plain(found(work, incident.id)))
    write_down(work, incident, sequence, entry, kind=kind, important=important)
    return found(work, incident.id)


def write_down(
    work: UnitOfWork,
    incident: Incident,
    sequence: int,
    entry: Mapping[str, str],
    *,
    kind: EventKind,
    important: bool = False,
    happened_at: datetime | None = None,
) -> Entry:
    """Append an entry to the timeline; one more may never be changed or taken away."""
    detail = {key: value for key, value in entry.items() if key not in ("text", "evidence")}
    made = Entry(
        id=work.new_id("evt"), sequence=sequence, happened_at=happened_at or work.now,
        recorded_at=work.now, kind=kind, text=entry["text"], actor_id=work.viewer.user_id,
        actor=work.viewer.name, important=important, evidence=entry.get("evidence", ""),
        detail=detail,
    )  # fmt: skip
    store.append(work.connection, incident.id, made)
    work.publish(TimelineEntryAdded(incident.id, sequence, kind))
    return made


def plain(incident: Incident) -> dict[str, object]:
    """What the loser of a race is shown: the incident as it is now, with the API's keys."""
    return {
        "id": incident.id, "reference": incident.reference, "version": incident.version,
        "status": incident.status.value,
        "severity": incident.severity.label if incident.severity else None,
        "title": incident.title, "summary": incident.summary, "impact": incident.impact,
        "impactDetails": impact_details(incident.impact_numbers),
        "services": list(incident.services), "tags": list(incident.tags),
        "updatedAt": written_moment(incident.updated_at),
    }  # fmt: skip


def minute(at: datetime | None) -> str:
    """A moment as the texts of entries say it."""
    return f"{at:%Y-%m-%d %H:%M} UTC" if at is not None else "not known"
