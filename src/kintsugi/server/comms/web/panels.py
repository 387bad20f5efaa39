"""What messages put into the pages of other rooms: the page of an incident, and the settings."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from kintsugi.core.comms.cadence import NextUpdate, Timeliness
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.lifecycle import OPEN
from kintsugi.kernel.auth import Action
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import fragment
from kintsugi.server.comms.delivery import DeliveryState
from kintsugi.server.comms.service import sending, settings, templates
from kintsugi.server.incidents import service as incidents

SHOWN = 5
_KINDS = {
    DeliveryState.SENT: "ok", DeliveryState.WAITING: "gold", DeliveryState.FAILED: "bad",
    DeliveryState.GIVEN_UP: "bad",
}  # fmt: skip


def incident_messages(work: UnitOfWork, incident_id: str) -> Markup | None:
    """The newest messages about an incident, how they were delivered, and when the next is due."""
    incident = incidents.get(work, incident_id)
    return fragment(work, "comms/_messages.html", messages_context(work, incident))


def messages_context(work: UnitOfWork, incident: Incident) -> dict[str, Any]:
    """What `_messages.html` is told."""
    found = sending.messages_of(work, incident)
    planned = incidents.next_update_of(work, incident)
    return {
        "incident": incident,
        "messages": [(one, _reached(work, one.id)) for one in found[:SHOWN]],
        "left_out": found[SHOWN:],
        "count": len(found),
        "planned": planned,
        "near": near_minutes(planned),
        "is_overdue": planned is not None and planned.timeliness(work.now) is Timeliness.OVERDUE,
        "may_send": work.viewer.may(Action.RESPOND),
        "is_open": incident.status in OPEN,
    }


def settings_messages(work: UnitOfWork, _about: str) -> Markup | None:
    """The way to the settings of messages, and what of them is missing; None for who is no admin."""
    if not work.viewer.may(Action.ADMINISTER):
        return None
    lists = settings.stakeholder_lists(work).lists
    context = {
        "groups": len(lists.groups),
        "empty": [one.name for one in lists.groups if not one.members],
        "own": len(templates.own(work)),
    }
    return fragment(work, "comms/_settings.html", context)


def near_minutes(planned: NextUpdate | None) -> float:
    """From how many minutes before it on an update is near: what is left of its time when it is reminded of."""
    return (planned.due_at - planned.nudge_at).total_seconds() / 60 if planned is not None else 0.0


def state_kind(state: DeliveryState) -> str:
    """The kind of tag that a state is shown as."""
    return _KINDS[state]


def _reached(work: UnitOfWork, message_id: str) -> list[tuple[str, str]]:
    """How many deliveries stand how, as a word and the kind of its tag."""
    counts: dict[DeliveryState, int] = {}
    for one in sending.deliveries_of(work, message_id):
        counts[one.state] = counts.get(one.state, 0) + 1
    return [
        (f"{counts[state]} {state.value}", _KINDS[state])
        for state in DeliveryState
        if state in counts
    ]
