"""The page of a message that was sent: what it said, and how it reached each of its recipients."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import spoken
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.http import Answer, door, status_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.comms.delivery import DeliveryState
from kintsugi.server.comms.service import sending
from kintsugi.server.comms.web.compose import Name
from kintsugi.server.comms.web.panels import messages_context, state_kind
from kintsugi.server.incidents import service as incidents

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
MessageId = Annotated[str, Path(alias="message", max_length=64)]
DeliveryName = Annotated[str, Path(alias="delivery", max_length=64)]


@router.get("/incidents/{reference}/messages/panel", response_model=None)
@door(Action.READ)
def show_panel(work: UnitOfWork, name: Name) -> Answer:
    """The part of the incident's page."""
    incident = incidents.get(work, name)
    return page(work, "comms/_messages.html", messages_context(work, incident))


@router.get("/incidents/{reference}/messages/{message}", response_model=None)
@door(Action.READ)
def show(work: UnitOfWork, name: Name, message_id: MessageId) -> Answer:
    return _page(work, name, message_id, "comms/message.html")


@router.get("/incidents/{reference}/messages/{message}/deliveries", response_model=None)
@door(Action.READ)
def show_deliveries(work: UnitOfWork, name: Name, message_id: MessageId) -> Answer:
    """The part that is fetched again while something is on its way."""
    return _page(work, name, message_id, "comms/_deliveries.html")


@router.post(
    "/incidents/{reference}/messages/{message}/deliveries/{delivery}/again", response_model=None
)
@door(Action.RESPOND, writes=True)
def send_again(
    work: UnitOfWork, name: Name, message_id: MessageId, delivery_id: DeliveryName
) -> Answer:
    """Begin a delivery anew."""
    incident = incidents.get(work, name)
    try:
        with work.attempt():
            sending.send_again(work, incident, message_id, delivery_id)
    except InvalidValue as error:
        return _page(work, name, message_id, "comms/message.html", error)
    return see(f"/incidents/{incident.reference}/messages/{message_id}#deliveries")


def _page(
    work: UnitOfWork, name: str, message_id: str, template: str, error: InvalidValue | None = None
) -> Answer:
    incident = incidents.get(work, name)
    if not message_id.startswith("msg_"):
        raise NotFound("there is no such message about this incident")
    told = sending.message_of(work, incident, message_id)
    waits = any(one.state is DeliveryState.WAITING for one in told.deliveries)
    context = {
        "incident": incident,
        "message": told.message,
        "audience": spoken(told.message.audience.value),
        "deliveries": [(one, state_kind(one.state)) for one in told.deliveries],
        "waits": waits,
        "refused": f"It is not sent again: {error.problem}." if error else "",
        "may_respond": work.viewer.may(Action.RESPOND),
        "address": f"/incidents/{incident.reference}/messages/{message_id}",
    }
    return page(work, template, context, status=status_of(error)[0] if error else 200)
