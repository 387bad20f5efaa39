"""The pages of webhook endpoints: where messages go, how that goes, and what may be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from pydantic import BaseModel, Field

from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.words import word_of
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.http import Answer, LostRace, door, kernel_of, status_of
from kintsugi.kernel.pages import LONGEST, USUAL
from kintsugi.kernel.refusals import field_of, told
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import fragment, page, see
from kintsugi.server.comms.delivery import Delivery, DeliveryState, Endpoint
from kintsugi.server.comms.service import delivering, endpoints, settings

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Name = Annotated[str, Path(alias="endpoint_id", max_length=200)]
DeliveryPath = Annotated[str, Path(alias="delivery_id", max_length=200)]
LABELS = {"name": "Name", "url": "Address", "overlapHours": "The old secret signs for"}
OVERLAPS = (
    ("0", "Not any more"), ("24", "24 hours more"), ("168", "7 days more"), ("720", "30 days more"),
)  # fmt: skip
ROOT = "/settings/webhooks"
LOST = "Somebody changed this endpoint meanwhile. Nothing of yours is done; do it again to put it over theirs."


class VersionForm(BaseModel):
    version: int = Field(0, ge=0, le=1_000_000_000)


class EndpointForm(VersionForm):
    name: str = ""
    url: str = ""


@router.get(ROOT, response_model=None)
@door(Action.ADMINISTER)
def show_endpoints(work: UnitOfWork) -> Answer:
    """Context: endpoints, health (by id)."""
    context = {"endpoints": endpoints.list_endpoints(work), "health": endpoints.health_of(work)}
    return page(work, "comms/endpoints.html", context)


@router.get(f"{ROOT}/new", response_model=None)
@door(Action.ADMINISTER)
def show_new(work: UnitOfWork) -> Answer:
    return _new_page(work, EndpointForm(version=0))


@router.post(f"{ROOT}/new", response_model=None)
@door(Action.ADMINISTER, writes=True)
def add(work: UnitOfWork, form: Annotated[EndpointForm, Form()], request: Request) -> Answer:
    try:
        with work.attempt():
            allowed = kernel_of(request).settings.networks
            endpoint, secret = endpoints.add_endpoint(work, form.name, form.url, allowed)
    except DomainError as error:
        return _new_page(work, form, error)
    return _secret_page(work, endpoint, secret)


@router.get(ROOT + "/{endpoint_id}", response_model=None)
@door(Action.ADMINISTER)
def show(
    work: UnitOfWork,
    name: Name,
    state: Annotated[str, Query(max_length=40)] = "",
    cursor: Annotated[str, Query(max_length=LONGEST)] = "",
) -> Answer:
    return _page(work, endpoints.get_endpoint(work, name), state=state, cursor=cursor)


@router.get(ROOT + "/{endpoint_id}/parts/deliveries", response_model=None)
@door(Action.ADMINISTER)
def show_part(work: UnitOfWork, name: Name) -> Answer:
    """The newest deliveries by themselves, for a page that waits for one."""
    endpoint = endpoints.get_endpoint(work, name)
    return page(work, "comms/_endpoint_deliveries.html", _listed(work, endpoint))


@router.post(ROOT + "/{endpoint_id}", response_model=None)
@door(Action.ADMINISTER, writes=True)
def change(
    work: UnitOfWork, name: Name, form: Annotated[EndpointForm, Form()], request: Request
) -> Answer:
    endpoint = endpoints.get_endpoint(work, name)
    try:
        with work.attempt():
            allowed = kernel_of(request).settings.networks
            endpoints.change_endpoint(
                work, endpoint, form.version, name=form.name, url=form.url, allowed=allowed
            )
    except DomainError as error:
        current = endpoints.get_endpoint(work, endpoint.id)
        form.version = current.version
        return _page(work, current, form=form, error=error)
    return see(f"{ROOT}/{endpoint.id}")


@router.post(ROOT + "/{endpoint_id}/rotate", response_model=None)
@door(Action.ADMINISTER, writes=True)
def rotate(
    work: UnitOfWork, name: Name, overlap: Annotated[str, Form(max_length=10)] = "24"
) -> Answer:
    endpoint = endpoints.get_endpoint(work, name)
    try:
        with work.attempt():
            if overlap not in dict(OVERLAPS):
                raise InvalidValue("is none of these", path=("overlapHours",))
            lasts = timedelta(hours=int(overlap))
            changed, secret = endpoints.rotate_secret(work, endpoint, lasts)
    except DomainError as error:
        return _page(work, endpoints.get_endpoint(work, endpoint.id), error=error)
    return _secret_page(work, changed, secret)


@router.post(ROOT + "/{endpoint_id}/ping", response_model=None)
@door(Action.ADMINISTER, writes=True)
def ping(work: UnitOfWork, name: Name) -> Answer:
    endpoint = endpoints.get_endpoint(work, name)
    try:
        with work.attempt():
            endpoints.ping(work, endpoint)
    except DomainError as error:
        return _page(work, endpoint, error=error)
    return see(f"{ROOT}/{endpoint.id}#deliveries")


@router.post(ROOT + "/{endpoint_id}/disable", response_model=None)
@door(Action.ADMINISTER, writes=True)
def disable(work: UnitOfWork, name: Name) -> Answer:
    endpoint = endpoints.disable_endpoint(work, endpoints.get_endpoint(work, name))
    return see(f"{ROOT}/{endpoint.id}")


@router.post(ROOT + "/{endpoint_id}/enable", response_model=None)
@door(Action.ADMINISTER, writes=True)
def enable(work: UnitOfWork, name: Name) -> Answer:
    endpoint = endpoints.enable_endpoint(work, endpoints.get_endpoint(work, name))
    return see(f"{ROOT}/{endpoint.id}")


@router.post(ROOT + "/{endpoint_id}/delete", response_model=None)
@door(Action.ADMINISTER, writes=True)
def delete(work: UnitOfWork, name: Name, form: Annotated[VersionForm, Form()]) -> Answer:
    """Take it away; what was sent there stays on the pages of its messages."""
    endpoint = endpoints.get_endpoint(work, name)
    try:
        with work.attempt():
            endpoints.delete_endpoint(work, endpoint, form.version)
    except DomainError as error:
        return _page(work, endpoints.get_endpoint(work, endpoint.id), error=error)
    return see(ROOT)


@router.get(ROOT + "/{endpoint_id}/deliveries/{delivery_id}", response_model=None)
@door(Action.ADMINISTER)
def show_delivery(work: UnitOfWork, name: Name, delivery_id: DeliveryPath) -> Answer:
    return _delivery_page(work, *_own(work, name, delivery_id))


@router.post(ROOT + "/{endpoint_id}/deliveries/{delivery_id}/again", response_model=None)
@door(Action.ADMINISTER, writes=True)
def begin_again(work: UnitOfWork, name: Name, delivery_id: DeliveryPath) -> Answer:
    endpoint, delivery = _own(work, name, delivery_id)
    try:
        with work.attempt():
            delivering.again(work, delivery.id)
    except DomainError as error:
        return _delivery_page(work, endpoint, delivery, error)
    return see(f"{ROOT}/{endpoint.id}/deliveries/{delivery.id}")


def home_endpoints(work: UnitOfWork, _about: str) -> Markup | None:
    """For the home page of an admin: the endpoints that were disabled by themselves; None when there are none."""
    if not work.viewer.may(Action.ADMINISTER):
        return None
    found = [one for one in endpoints.list_endpoints(work) if one.disabled_because]
    return fragment(work, "comms/_home_endpoints.html", {"endpoints": found}) if found else None


def _own(work: UnitOfWork, name: str, delivery_id: str) -> tuple[Endpoint, Delivery]:
    endpoint = endpoints.get_endpoint(work, name)
    delivery = delivering.get_delivery(work, delivery_id)
    if delivery.to.address != endpoint.id:
        raise NotFound("there is no such delivery")
    return endpoint, delivery


def _new_page(work: UnitOfWork, form: EndpointForm, error: DomainError | None = None) -> Answer:
    context = {"form": form, **_refusal(error)}
    return page(work, "comms/endpoint_new.html", context, status=_status(error))


def _secret_page(work: UnitOfWork, endpoint: Endpoint, secret: str) -> Answer:
    """The secret, this one time; kept by no cache."""
    made = page(work, "comms/endpoint_secret.html", {"endpoint": endpoint, "secret": secret})

    def answer() -> Response:
        response = made()
        response.headers["Cache-Control"] = "no-store"
        return response

    return answer


def _page(
    work: UnitOfWork,
    endpoint: Endpoint,
    *,
    form: EndpointForm | None = None,
    error: DomainError | None = None,
    state: str = "",
    cursor: str = "",
) -> Answer:
    usual = EndpointForm(name=endpoint.name, url=endpoint.url, version=endpoint.version)
    is_changing = endpoint.old_secret_until is not None and endpoint.old_secret_until > work.now
    context: dict[str, Any] = {
        "form": form or usual,
        "overlaps": OVERLAPS,
        "groups": settings.groups_with(work, endpoint.id),
        "is_changing": is_changing,
        "health": endpoints.health_of(work)[endpoint.id],
        **_refusal(error),
        **_listed(work, endpoint, state, cursor),
    }
    return page(work, "comms/endpoint.html", context, status=_status(error))


def _listed(
    work: UnitOfWork, endpoint: Endpoint, state: str = "", cursor: str = ""
) -> dict[str, Any]:
    wanted = word_of(DeliveryState, state, "state") if state else None
    found = delivering.deliveries_to(
        work, endpoint, state=wanted, limit=USUAL, cursor=cursor or None
    )
    here = f"{ROOT}/{endpoint.id}"
    told = {"state": state} if state else {}
    next_href = ""
    if found.next_cursor:
        next_href = f"{here}?{urlencode({**told, 'cursor': found.next_cursor})}#deliveries"
    chips = [("All", f"{here}#deliveries", not state)] + [
        (
            one.value.capitalize(),
            f"{here}?{urlencode({'state': one.value})}#deliveries",
            one is wanted,
        )
        for one in DeliveryState
    ]
    is_newest = not state and not cursor
    return {
        "endpoint": endpoint,
        "endpoint_href": here,
        "deliveries": found.items,
        "chips": chips,
        "next_href": next_href,
        "first_href": f"{here}#deliveries" if cursor else "",
        "waits": is_newest and any(one.state is DeliveryState.WAITING for one in found.items),
    }


def _delivery_page(
    work: UnitOfWork, endpoint: Endpoint, delivery: Delivery, error: DomainError | None = None
) -> Answer:
    context = {
        "endpoint": endpoint,
        "endpoint_href": f"{ROOT}/{endpoint.id}",
        "delivery": delivery,
        "content": delivering.content_of(work, delivery),
        "attempts": delivering.attempts_of(work, delivery),
        **_refusal(error),
    }
    return page(work, "comms/delivery.html", context, status=_status(error))


def _status(error: DomainError | None) -> int:
    return status_of(error)[0] if error else 200


def _refusal(error: DomainError | None) -> Mapping[str, Any]:
    """What is wrong: at its field, or above the form."""
    if error is None:
        return {"wrong": {}, "refused": ""}
    if isinstance(error, LostRace):
        return {"wrong": {}, "refused": LOST}
    name = "name" if isinstance(error, endpoints.EndpointNameIsTaken) else field_of(error)
    said = told(error, LABELS)
    return (
        {"wrong": {name: said}, "refused": ""} if name in LABELS else {"wrong": {}, "refused": said}
    )
