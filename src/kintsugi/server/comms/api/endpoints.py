"""Webhook endpoints over HTTP. A secret is shown once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from kintsugi.core.shared.words import word_of
from kintsugi.kernel.asked import Cursor, IfMatch, Limit
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, Body, door, etag, kernel_of, matched_version
from kintsugi.kernel.pages import USUAL
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.comms.api.deliveries import DeliveryBody, DeliveryList, written
from kintsugi.server.comms.delivery import DeliveryState, Endpoint, Health
from kintsugi.server.comms.service import delivering, endpoints

router = APIRouter()
Name = Annotated[str, Path(alias="id", description="The id or name of a webhook endpoint.")]
OVERLAP_HOURS = int(endpoints.OVERLAP / timedelta(hours=1))
LONGEST_HOURS = int(endpoints.LONGEST_OVERLAP / timedelta(hours=1))


class EndpointBody(Body):
    id: str
    name: str
    url: str
    is_enabled: bool
    disabled_at: datetime | None
    disabled_because: Annotated[str, Field(description="Empty where a person disabled it.")]
    failing_since: Annotated[
        datetime | None,
        Field(description="The first failure after the last success, of what you may see."),
    ]
    sent_at: Annotated[datetime | None, Field(description="The last success, of what you may see.")]
    old_secret_until: Annotated[
        datetime | None, Field(description="Until then the secret before signs as well.")
    ]
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int


class EndpointWithSecret(EndpointBody):
    secret: Annotated[str, Field(repr=False, description="The secret, this one time.")]


class EndpointList(Body):
    items: list[EndpointBody]
    next_cursor: str | None


class NewEndpointBody(Body):
    name: str
    url: Annotated[str, Field(repr=False)]


class EndpointChangeBody(Body):
    name: str | None = None
    url: Annotated[str | None, Field(repr=False)] = None


class RotateBody(Body):
    overlap_hours: Annotated[
        float, Field(ge=0, le=LONGEST_HOURS, description="So long both secrets sign.")
    ] = OVERLAP_HOURS


@router.get("/api/webhook-endpoints", response_model=EndpointList)
@door(Action.ADMINISTER)
def list_endpoints(work: UnitOfWork) -> EndpointList:
    """Every endpoint by name, disabled ones too; there are few, so that one page has them all."""
    health = endpoints.health_of(work)
    found = [
        EndpointBody(**_written(one, health[one.id])) for one in endpoints.list_endpoints(work)
    ]
    return EndpointList(items=found, next_cursor=None)


@router.post("/api/webhook-endpoints", status_code=201, response_model=EndpointWithSecret)
@door(Action.ADMINISTER, writes=True)
def add_endpoint(work: UnitOfWork, body: NewEndpointBody, request: Request) -> Answer:
    """An endpoint, and its secret this one time."""
    allowed = kernel_of(request).settings.networks
    endpoint, secret = endpoints.add_endpoint(work, body.name, body.url, allowed)
    return _with_secret(work, endpoint, secret, 201)


@router.get("/api/webhook-endpoints/{id}", response_model=EndpointBody)
@door(Action.ADMINISTER)
def show_endpoint(work: UnitOfWork, name: Name) -> Answer:
    """One endpoint."""
    return _answered(work, endpoints.get_endpoint(work, name))


@router.patch("/api/webhook-endpoints/{id}", response_model=EndpointBody)
@door(Action.ADMINISTER, writes=True)
def change_endpoint(
    work: UnitOfWork,
    name: Name,
    body: EndpointChangeBody,
    request: Request,
    if_match: IfMatch = None,
) -> Answer:
    """Change its name or address."""
    endpoint, version = endpoints.get_endpoint(work, name), matched_version(if_match)
    allowed = kernel_of(request).settings.networks
    return _answered(
        work,
        endpoints.change_endpoint(
            work, endpoint, version, name=body.name, url=body.url, allowed=allowed
        ),
    )


@router.post("/api/webhook-endpoints/{id}/rotate", response_model=EndpointWithSecret)
@door(Action.ADMINISTER, writes=True)
def rotate(work: UnitOfWork, name: Name, body: RotateBody) -> Answer:
    """A new secret this one time; the one before it signs as well for some hours, so that receivers can change over."""
    endpoint = endpoints.get_endpoint(work, name)
    changed, secret = endpoints.rotate_secret(work, endpoint, timedelta(hours=body.overlap_hours))
    return _with_secret(work, changed, secret, 200)


@router.post("/api/webhook-endpoints/{id}/disable", response_model=EndpointBody)
@door(Action.ADMINISTER, writes=True)
def disable(work: UnitOfWork, name: Name) -> Answer:
    """Send nothing there from now on."""
    return _answered(work, endpoints.disable_endpoint(work, endpoints.get_endpoint(work, name)))


@router.post("/api/webhook-endpoints/{id}/enable", response_model=EndpointBody)
@door(Action.ADMINISTER, writes=True)
def enable(work: UnitOfWork, name: Name) -> Answer:
    """Send there again."""
    return _answered(work, endpoints.enable_endpoint(work, endpoints.get_endpoint(work, name)))


@router.delete("/api/webhook-endpoints/{id}", status_code=204, response_model=None)
@door(Action.ADMINISTER, writes=True)
def delete(work: UnitOfWork, name: Name, if_match: IfMatch = None) -> Answer:
    """Take it away with its secrets; its deliveries stay. What waits for it fails."""
    endpoint, version = endpoints.get_endpoint(work, name), matched_version(if_match)
    endpoints.delete_endpoint(work, endpoint, version)
    return lambda: Response(status_code=204)


@router.post("/api/webhook-endpoints/{id}/ping", status_code=201, response_model=DeliveryBody)
@door(Action.ADMINISTER, writes=True)
def ping(work: UnitOfWork, name: Name) -> DeliveryBody:
    """Send a test message there; the answer is its delivery, which waits."""
    made = endpoints.ping(work, endpoints.get_endpoint(work, name))
    return DeliveryBody(**written(delivering.get_delivery(work, made)))


@router.get("/api/webhook-endpoints/{id}/deliveries", response_model=DeliveryList)
@door(Action.ADMINISTER)
def list_deliveries(
    work: UnitOfWork,
    name: Name,
    state: Annotated[str | None, Query(description="waiting, sent, failed or given up.")] = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> DeliveryList:
    """What was sent there, the newest first; nothing about what you may not see."""
    found = delivering.deliveries_to(
        work, endpoints.get_endpoint(work, name),
        state=word_of(DeliveryState, state, "state") if state is not None else None,
        limit=limit, cursor=cursor,
    )  # fmt: skip
    items = [DeliveryBody(**written(one)) for one in found.items]
    return DeliveryList(items=items, next_cursor=found.next_cursor)


def _answered(work: UnitOfWork, endpoint: Endpoint) -> Answer:
    health = endpoints.health_of(work)[endpoint.id]
    content = EndpointBody(**_written(endpoint, health)).model_dump(mode="json", by_alias=True)
    return lambda: JSONResponse(content, headers={"ETag": etag(endpoint.version)})


def _with_secret(work: UnitOfWork, endpoint: Endpoint, secret: str, status: int) -> Answer:
    """An answer that holds the secret, and that nothing on its way may keep."""
    health = endpoints.health_of(work)[endpoint.id]
    body = EndpointWithSecret(**_written(endpoint, health), secret=secret)
    headers = {"ETag": etag(endpoint.version), "Cache-Control": "no-store"}
    if status == 201:
        headers["Location"] = f"/api/webhook-endpoints/{endpoint.id}"
    content = body.model_dump(mode="json", by_alias=True)
    return lambda: JSONResponse(content, status, headers)


def _written(endpoint: Endpoint, health: Health) -> dict[str, Any]:
    return {
        "id": endpoint.id, "name": endpoint.name, "url": endpoint.url,
        "is_enabled": endpoint.is_enabled, "disabled_at": endpoint.disabled_at,
        "disabled_because": endpoint.disabled_because, "failing_since": health.failing_since,
        "sent_at": health.sent_at, "old_secret_until": endpoint.old_secret_until,
        "created_by": endpoint.created_by, "created_at": endpoint.created_at,
        "updated_at": endpoint.updated_at, "version": endpoint.version,
    }  # fmt: skip
