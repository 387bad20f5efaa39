"""What an incident's record says in numbers while its postmortem is written: durations, messages, changes by kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kintsugi.core.incidents.incident import Entry
from kintsugi.core.incidents.milestones import NamedDuration
from kintsugi.core.postmortems.drafting import RecordCounts, count_record
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems.stored import Stored


@dataclass(frozen=True, slots=True)
class Measured:
    """Durations between the record's milestones, and how many entries of each kind it holds."""

    durations: tuple[NamedDuration, ...]
    counts: RecordCounts


def entries(work: UnitOfWork, stored: Stored) -> Sequence[Entry]:
    """What the incident's record holds, in the order in which it happened."""
    incident = incidents.get_all(work, [stored.incident_id]).get(stored.incident_id)
    return incidents.timeline(work, incident) if incident is not None else ()


def measured(work: UnitOfWork, stored: Stored, recorded: Sequence[Entry]) -> Measured:
    """The record's own numbers, as it stands now; whatever the postmortem's timeline keeps of it."""
    incident = incidents.get_all(work, [stored.incident_id]).get(stored.incident_id)
    spans = incidents.time_between(incident) if incident is not None else []
    return Measured(tuple(spans), count_record(recorded))
