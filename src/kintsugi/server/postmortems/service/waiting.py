"""Incidents that ask for a postmortem and have none yet, with the clock that runs."""

from __future__ import annotations

from dataclasses import dataclass

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.postmortems.required import DraftClock, draft_clock, reasons_required
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems.service import rules
from kintsugi.server.postmortems.store import documents

MOST_LOOKED_AT = 100
ENDED = (IncidentStatus.RESOLVED, IncidentStatus.CLOSED)


@dataclass(frozen=True, slots=True)
class NotStarted:
    """An incident without a postmortem, why it asks for one, and by when."""

    incident: Incident
    reasons: tuple[str, ...]
    clock: DraftClock


def not_started(work: UnitOfWork) -> list[NotStarted]:
    """Of the newest 100 incidents that ended, those that ask for a postmortem and have none; the latest first.

    A merged duplicate asks for none: its incident does.
    """
    page = incidents.list_incidents(work, incidents.Wanted(statuses=ENDED), MOST_LOOKED_AT)
    begun = documents.with_postmortem(work.connection, [one.id for one in page.items])
    required = rules.team_rules(work).required
    rolled_back = incidents.rolled_back(work, [one.id for one in page.items])
    found = []
    for incident in page.items:
        clock = draft_clock(incident, work.now)
        if incident.id in begun or clock is None or incident.merged_into_id:
            continue
        reasons = reasons_required(incident, rolled_back=incident.id in rolled_back, rules=required)
        if reasons:
            found.append(NotStarted(incident, reasons, clock))
    return sorted(found, key=lambda one: one.clock.since, reverse=True)
