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


def _tell_both(work: UnitOfWork, event: Any) -> None:  # noqa: ANN401 - an event of two incidents
    fields = ("into_id", "from_id", "other_id")
    others = [getattr(event, name) for name in fields if hasattr(event, name)]
    for incident_id in (event.incident_id, *others):
        following.tell_all(work, incident_id)


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
    events.IncidentMerged: (_tell_both,),
    events.IncidentUnmerged: (_tell_both,),
    events.IncidentsLinked: (_tell_both,),
    events.IncidentsUnlinked: (_tell_both,),
    events.AccessChanged: (_tell_access,),
    events.PrivacyChanged: (_tell_privacy,),
}
