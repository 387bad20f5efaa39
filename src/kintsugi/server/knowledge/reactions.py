"""What the knowledge base does when something happens in a room below: the search keeps up with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kintsugi.kernel.unit_of_work import Handler, UnitOfWork
from kintsugi.server.actions.events import ActionChanged
from kintsugi.server.alerts.events import AlertsSeenTo
from kintsugi.server.incidents.events import IncidentDeclared, TimelineEntryAdded
from kintsugi.server.knowledge.search import keeping
from kintsugi.server.postmortems.events import (
    PostmortemChanged,
    PostmortemCreated,
    PostmortemMoved,
)


def _incident(work: UnitOfWork, event: IncidentDeclared | TimelineEntryAdded) -> None:
    """Every change of an incident writes an entry into its timeline."""
    keeping.note_incident(work, event.incident_id)


def _postmortem(work: UnitOfWork, event: Any) -> None:  # noqa: ANN401 - any event of a postmortem
    keeping.note_postmortem(work, event.postmortem_id)


def _action(work: UnitOfWork, event: ActionChanged) -> None:
    keeping.note_action(work, event.action_id)


def _alerts(work: UnitOfWork, event: AlertsSeenTo) -> None:
    keeping.note_alerts(work, event.alert_ids)


HANDLERS: Mapping[type, Sequence[Handler]] = {
    IncidentDeclared: (_incident,),
    TimelineEntryAdded: (_incident,),
    PostmortemCreated: (_postmortem,),
    PostmortemChanged: (_postmortem,),
    PostmortemMoved: (_postmortem,),
    ActionChanged: (_action,),
    AlertsSeenTo: (_alerts,),
}
