"""What follows from what happened to an incident: the reminders of its next update are set anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from kintsugi.core.incidents.timeline import EventKind
from kintsugi.kernel.config import Settings
from kintsugi.kernel.jobs import Handler, Payload
from kintsugi.kernel.observability import log
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.comms.service import cadence
from kintsugi.server.comms.service.cadence import REMIND
from kintsugi.server.comms.service.composing import Here
from kintsugi.server.comms.service.delivering import DELIVER
from kintsugi.server.incidents import events

__all__ = ["HANDLERS", "REMIND", "UNTOLD", "reminder"]
UNTOLD = (REMIND, DELIVER)
"""The kinds of job whose number would tell that something happened on a private incident."""


def _plan(work: UnitOfWork, event: Any) -> None:  # noqa: ANN401 - any event of an incident
    cadence.plan(work, event.incident_id)


def _plan_after_message(work: UnitOfWork, event: events.TimelineEntryAdded) -> None:
    if event.kind is EventKind.MESSAGE:
        cadence.plan(work, event.incident_id)


def reminder(settings: Settings) -> Handler:
    """Does the reminders whose time has come."""
    here = Here.of(settings)

    def remind(work: UnitOfWork, payload: Payload) -> None:
        due_at = datetime.fromisoformat(payload["due"])
        which = cadence.Reminder(payload["reminder"])
        letters = cadence.remind(work, payload["incident"], due_at, which, here)
        log.info("update reminder", letters=letters)

    return remind


HANDLERS: Mapping[type, Sequence[Callable[[UnitOfWork, Any], None]]] = {
    **dict.fromkeys(
        (
            events.IncidentDeclared,
            events.IncidentStatusChanged,
            events.SeverityChanged,
            events.IncidentReopened,
            events.IncidentMerged,
            events.IncidentUnmerged,
        ),
        (_plan,),
    ),
    events.TimelineEntryAdded: (_plan_after_message,),
}
