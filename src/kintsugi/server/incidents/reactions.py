"""What follows from what happened to incidents: the pages that follow them are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import events
from kintsugi.server.incidents.service import following


def _tell_timeline(work: UnitOfWork, event: events.TimelineEntryAdded) -> None:
    following.tell_timeline(work, event.incident_id)


def _tell_all(work: UnitOfWork, event: Any) -> None:  # noqa: ANN401 - any event of an incident
    following.tell_all(work, event.incident_id)


def _tell_access(work: UnitOfWork, event: events.AccessChanged) -> None:
    following.tell_all(work, event.incident_id, event.user_id)


def _tell_privacy(work: UnitOfWork, event: events.PrivacyChanged) -> None:
    following.tell_all(work, event.incident_id)
    following.tell_lists(work)


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
    events.PrivacyChanged: (_tell_privacy,),
}
