"""What follows from what happened: incidents come of alerts, and the pages that follow incidents are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.events import AlertAcknowledged, AlertsEnded, AlertsRouted
from kintsugi.server.incidents import events
from kintsugi.server.incidents.service import alerting, following


def _tell_timeline(work: UnitOfWork, event: events.TimelineEntryAdded) -> None:
    following.tell_timeline(work, event.incident_id)


def _take_alerts(work: UnitOfWork, event: AlertsRouted) -> None:
    alerting.take_alerts(work, event)


def _end_alert_groups(work: UnitOfWork, event: events.IncidentResolved) -> None:
    alerts.incident_ended(work, event.incident_id)


def _reopen_alert_groups(work: UnitOfWork, event: events.IncidentReopened) -> None:
    alerts.incident_reopened(work, event.incident_id)


def _tell_all(work: UnitOfWork, event: Any) -> None:  # noqa: ANN401 - any event of an incident
    following.tell_all(work, event.incident_id)


def _tell_access(work: UnitOfWork, event: events.AccessChanged) -> None:
    following.tell_all(work, event.incident_id, event.user_id)


def _tell_privacy(work: UnitOfWork, event: events.PrivacyChanged) -> None:
    following.tell_all(work, event.incident_id)
    following.tell_lists(work)


def _recount_alerts(work: UnitOfWork, event: events.PrivacyChanged) -> None:
    alerts.recount(work, event.incident_id)


def _tell_merged(work: UnitOfWork, event: events.IncidentMerged) -> None:
    following.tell_together(work, (event.incident_id, event.into_id), (event.incident_id,))


def _tell_unmerged(work: UnitOfWork, event: events.IncidentUnmerged) -> None:
    following.tell_together(work, (event.incident_id, event.from_id), (event.incident_id,))


def _tell_linked(
    work: UnitOfWork, event: events.IncidentsLinked | events.IncidentsUnlinked
) -> None:
    following.tell_together(work, (event.incident_id, event.other_id))


def _every() -> Sequence[type]:
    """Every event that says which incident it happened to."""
    return [
        kind
        for kind in vars(events).values()
        if isinstance(kind, type) and "incident_id" in getattr(kind, "__dataclass_fields__", {})
    ]


HANDLERS: Mapping[type, Sequence[Callable[[UnitOfWork, Any], None]]] = {
    **dict.fromkeys(_every(), (_tell_all,)),
    events.TimelineEntryAdded: (_tell_timeline,),
    events.IncidentMerged: (_tell_merged,),
    events.IncidentUnmerged: (_tell_unmerged,),
    events.IncidentsLinked: (_tell_linked,),
    events.IncidentsUnlinked: (_tell_linked,),
    events.AccessChanged: (_tell_access,),
    events.PrivacyChanged: (_tell_privacy, _recount_alerts),
    events.IncidentResolved: (_tell_all, _end_alert_groups),
    events.IncidentReopened: (_tell_all, _reopen_alert_groups),
    AlertsRouted: (_take_alerts,),
    AlertAcknowledged: (alerting.tell_acknowledged,),
    AlertsEnded: (alerting.take_end,),
}
