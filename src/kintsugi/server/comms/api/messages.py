"""Messages about an incident over HTTP: looked at before they are sent, sent, and how they were delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from kintsugi.core.comms.message import Audience
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, Body, door, kernel_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.comms.delivery import Delivery
from kintsugi.server.comms.message import SentMessage
from kintsugi.server.comms.service import composing, sending
from kintsugi.server.comms.service.composing import Draft, Here, Preview
from kintsugi.server.comms.service.members import Addressed
from kintsugi.server.comms.service.sending import Told
from kintsugi.server.incidents import service as incidents

router = APIRouter()
Name = Annotated[str, Path(alias="id", description="The id, reference (INC-42) or external id.")]
MessageId = Annotated[str, Path(alias="message", max_length=64)]
DeliveryName = Annotated[str, Path(alias="delivery", max_length=64)]
Written = Annotated[str, Field(max_length=5_000)]
Address = Annotated[str, Field(max_length=300)]


class DraftBody(Body):
    template: Annotated[str, Field(max_length=100)] = "update"
    audience: Annotated[str, Field(max_length=20)] = ""
    values: Annotated[dict[str, Written], Field(max_length=100)] = Field(default_factory=dict)
    not_available: Annotated[list[str], Field(max_length=100)] = Field(default_factory=list)
    subject: Annotated[str, Field(max_length=2_000)] = ""
    to: Annotated[list[Address], Field(max_length=100)] = Field(default_factory=list)
    leave_out: Annotated[list[Address], Field(max_length=500)] = Field(default_factory=list)

    def draft(self) -> Draft:
        """What is to be said. Raises InvalidValue."""
        return Draft(
            self.template, _audience(self.audience) if self.audience else None, self.values,
            self.not_available, self.subject, self.to, self.leave_out,
        )  # fmt: skip


class NewMessageBody(DraftBody):
    confirmed: bool = False


class VariableBody(Body):
    name: str
    value: str
    source: str


class AddressedBody(Body):
    way: str
    address: str
    name: str
    because: str
    sees_incident: bool


class PreviewBody(Body):
    template: str
    template_version: int
    audience: str
    subject: str
    text: str
    variables: list[VariableBody]
    missing: list[str]
    not_available: list[str]
    recipients: list[AddressedBody]
    left_out: list[AddressedBody]
    warnings: list[str]
    next_update_at: datetime | None
    needs_confirming: str


class PreviewsBody(Body):
    items: list[PreviewBody]


class DeliveryBody(Body):
    id: str
    way: str
    address: str
    name: str
    state: str
    attempts: int
    error: str
    next_at: datetime | None
    tried_at: datetime | None


class MessageBody(Body):
    id: str
    incident_id: str
    template: str
    template_version: int
    audience: str
    subject: str
    text: str
    not_available: list[str]
    recipients: int
    next_update_at: datetime | None
    left_house: bool
    sent_by: str
    sender: str
    sent_at: datetime
    deliveries: list[DeliveryBody]


class MessagesBody(Body):
    items: list[MessageBody]
    next_update_due_at: datetime | None


@router.get("/api/incidents/{id}/messages", response_model=MessagesBody)
@door(Action.READ)
def list_messages(work: UnitOfWork, name: Name) -> Answer:
    """The messages about an incident, the newest first, how each was delivered, and when the next is due."""
    incident = incidents.get(work, name)
    planned = incidents.next_update_of(work, incident)
    body = MessagesBody(
        items=[_message(sending.told(work, one)) for one in sending.messages_of(work, incident)],
        next_update_due_at=planned.due_at if planned is not None else None,
    )
    return _plain(body)


@router.post("/api/incidents/{id}/messages", status_code=201, response_model=MessageBody)
@door(Action.RESPOND, writes=True)
def send_message(work: UnitOfWork, request: Request, name: Name, body: NewMessageBody) -> Answer:
    """Send a message.

    A variable that neither the record, the settings nor `values` fill is refused by its name, unless it
    is in `notAvailable`. `confirmed` is needed for whoever does not see a private incident, and for
    customers of a drill. `to` adds addresses, teams and webhooks for this message; `leaveOut` leaves out.
    """
    incident = incidents.get(work, name)
    told = sending.send(
        work, incident, body.draft(), _here(request), is_confirmed=body.confirmed
    )  # fmt: skip
    return _plain(_message(told), 201)


@router.post("/api/incidents/{id}/messages/preview", response_model=PreviewsBody)
@door(Action.RESPOND)
def preview_message(work: UnitOfWork, request: Request, name: Name, body: DraftBody) -> Answer:
    """A message as each audience would get it, the one it is for first; nothing is sent."""
    incident = incidents.get(work, name)
    found = composing.previews(work, incident, body.draft(), _here(request))
    return _plain(PreviewsBody(items=[_preview(one) for one in found]))


@router.get("/api/incidents/{id}/messages/{message}", response_model=MessageBody)
@door(Action.READ)
def show_message(work: UnitOfWork, name: Name, message_id: MessageId) -> Answer:
    """One message, and how it was delivered."""
    return _plain(_message(sending.message_of(work, incidents.get(work, name), message_id)))


@router.post(
    "/api/incidents/{id}/messages/{message}/deliveries/{delivery}/again",
    response_model=DeliveryBody,
)
@door(Action.RESPOND, writes=True)
def send_again(
    work: UnitOfWork, name: Name, message_id: MessageId, delivery_id: DeliveryName
) -> Answer:
    """Begin a delivery anew; a receiver that knows its id takes it once."""
    incident = incidents.get(work, name)
    return _plain(_delivery(sending.send_again(work, incident, message_id, delivery_id)))


def _message(told: Told) -> MessageBody:
    one: SentMessage = told.message
    return MessageBody(
        id=one.id, incident_id=one.incident_id, template=one.template,
        template_version=one.template_version, audience=one.audience.value, subject=one.subject,
        text=one.text, not_available=list(one.not_available), recipients=one.recipients,
        next_update_at=one.next_update_at, left_house=one.left_house, sent_by=one.sent_by,
        sender=one.sender, sent_at=one.sent_at,
        deliveries=[_delivery(each) for each in told.deliveries],
    )  # fmt: skip


def _delivery(one: Delivery) -> DeliveryBody:
    return DeliveryBody(
        id=one.id, way=one.to.way.value, address=one.to.address, name=one.to.name,
        state=one.state.value, attempts=one.attempts, error=one.error, next_at=one.next_at,
        tried_at=one.tried_at,
    )  # fmt: skip


def _preview(one: Preview) -> PreviewBody:
    return PreviewBody(
        template=one.template, template_version=one.template_version, audience=one.audience.value,
        subject=one.subject, text=one.text,
        variables=[
            VariableBody(name=each.name, value=each.value, source=each.source)
            for each in one.variables
        ],
        missing=list(one.missing), not_available=list(one.not_available),
        recipients=[_addressed(each) for each in one.recipients],
        left_out=[_addressed(each) for each in one.left_out], warnings=list(one.warnings),
        next_update_at=one.next_update_at, needs_confirming=one.needs_confirming,
    )  # fmt: skip


def _addressed(one: Addressed) -> AddressedBody:
    return AddressedBody(
        way=one.recipient.way.value, address=one.recipient.address, name=one.recipient.name,
        because=one.because, sees_incident=one.sees,
    )  # fmt: skip


def _audience(written: str) -> Audience:
    try:
        return Audience(written.casefold())
    except ValueError:
        known = ", ".join(one.value for one in Audience)
        raise InvalidValue("is no audience", path=("audience",), expected=known) from None


def _here(request: Request) -> Here:
    return Here.of(kernel_of(request).settings)


def _plain(body: Body, status: int = 200) -> Answer:
    data = body.model_dump(mode="json", by_alias=True)
    return lambda: JSONResponse(data, status)
