"""Deliveries over HTTP: how each stands, its attempts, and beginning one again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field

from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Body, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.comms.delivery import Delivery
from kintsugi.server.comms.service import delivering

router = APIRouter()
DeliveryPath = Annotated[str, Path(alias="id", description="The id of a delivery.")]


class AttemptBody(Body):
    round: Annotated[int, Field(description="2 and more: it was begun again.")]
    number: int
    at: datetime
    seconds: float
    is_sent: bool
    says: str


class DeliveryBody(Body):
    id: Annotated[str, Field(description="A webhook's webhook-id.")]
    message_id: str
    incident_id: str
    way: str
    address: Annotated[
        str, Field(description="An e-mail address, or the id of a webhook endpoint.")
    ]
    name: str
    state: str
    attempts: int
    error: str
    created_by: str
    created_at: datetime
    next_at: datetime | None
    tried_at: datetime | None
    settled_at: datetime | None


class WholeDeliveryBody(DeliveryBody):
    event: str
    subject: str
    text: str
    tried: list[AttemptBody]


class DeliveryList(Body):
    items: list[DeliveryBody]
    next_cursor: str | None


@router.get("/api/deliveries/{id}", response_model=WholeDeliveryBody)
@door(Action.RESPOND)
def show_delivery(work: UnitOfWork, delivery_id: DeliveryPath) -> WholeDeliveryBody:
    """One delivery, with what it sends and every attempt."""
    return _whole(work, delivering.get_delivery(work, delivery_id))


@router.post("/api/deliveries/{id}/again", response_model=WholeDeliveryBody)
@door(Action.RESPOND, writes=True)
def begin_again(work: UnitOfWork, delivery_id: DeliveryPath) -> WholeDeliveryBody:
    """Begin it again now, under the same id."""
    return _whole(work, delivering.again(work, delivery_id))


def written(delivery: Delivery) -> dict[str, Any]:
    """A delivery as the API has it."""
    return {
        "id": delivery.id, "message_id": delivery.about.message_id,
        "incident_id": delivery.about.incident_id, "way": delivery.to.way.value,
        "address": delivery.to.address, "name": delivery.to.name, "state": delivery.state.value,
        "attempts": delivery.attempts, "error": delivery.error, "created_by": delivery.created_by,
        "created_at": delivery.created_at, "next_at": delivery.next_at,
        "tried_at": delivery.tried_at, "settled_at": delivery.settled_at,
    }  # fmt: skip


def _whole(work: UnitOfWork, delivery: Delivery) -> WholeDeliveryBody:
    content = delivering.content_of(work, delivery)
    tried = [AttemptBody.model_validate(one) for one in delivering.attempts_of(work, delivery)]
    return WholeDeliveryBody(
        **written(delivery), event=content.event, subject=content.subject, text=content.text,
        tried=tried,
    )  # fmt: skip
