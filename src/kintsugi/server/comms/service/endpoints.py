"""Webhook endpoints: where signed messages go, the secrets that sign them, and whether they are taken."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from kintsugi.core.comms.recipient import Recipient, Way
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, one_line
from kintsugi.formats.standard_webhooks import secret_of
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.guard import Network, Refused, checked_url
from kintsugi.kernel.http import Conflict, LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.comms.delivery import About, DeliveryId, Endpoint, Health
from kintsugi.server.comms.service.delivering import DELETED, fail, send
from kintsugi.server.comms.store import deliveries
from kintsugi.server.comms.store import endpoints as store

OVERLAP = timedelta(hours=24)
"""How long the secret before the newest signs as well, unless it is said otherwise."""
LONGEST_OVERLAP = timedelta(days=30)
LONGEST_NAME = 100
SECRET_BYTES = 32
PING = "ping"
"""The event of a test message."""


class EndpointNameIsTaken(Conflict):
    """Another endpoint has this name."""


def list_endpoints(work: UnitOfWork) -> list[Endpoint]:
    """Every endpoint, disabled ones too, by name."""
    return store.every(work.connection)


def get_endpoint(work: UnitOfWork, name: str) -> Endpoint:
    """The endpoint of an id or name. Raises NotFound."""
    found = store.find(work.connection, clean(name))
    if found is None:
        raise NotFound("there is no such webhook endpoint")
    return found


def health_of(work: UnitOfWork) -> dict[str, Health]:
    """How each endpoint takes messages, by its id, made of the deliveries that the viewer may see.

    What is kept of an endpoint counts those about private incidents too; it decides, and is shown to nobody.
    """
    told = (work.connection, work.viewer, work.incidents_hidden)
    sent, failing = deliveries.last_sent(*told), deliveries.failing_since(*told)
    return {one.id: Health(sent.get(one.id), failing.get(one.id)) for one in list_endpoints(work)}


def add_endpoint(
    work: UnitOfWork, name: str, url: str, allowed: Sequence[Network] = ()
) -> tuple[Endpoint, str]:
    """An endpoint, and its secret this one time. Raises InvalidValue, EndpointNameIsTaken.

    `allowed` are the networks of our own that may be sent to.
    """
    secret = secret_of(secrets.token_bytes(SECRET_BYTES))
    endpoint = Endpoint(
        work.new_id("whe"), _checked_name(work, name), _checked_url(url, allowed), secret,
        work.viewer.user_id, work.now, work.now,
    )  # fmt: skip
    store.insert(work.connection, endpoint)
    work.audit("webhook_endpoint.create", endpoint.id, name=endpoint.name)
    return endpoint, secret


def change_endpoint(
    work: UnitOfWork,
    endpoint: Endpoint,
    expected: int,
    *,
    name: str | None = None,
    url: str | None = None,
    allowed: Sequence[Network] = (),
) -> Endpoint:
    """Change what is said; None stays. Raises InvalidValue, EndpointNameIsTaken, LostRace."""
    changed = replace(
        endpoint,
        name=endpoint.name if name is None else _checked_name(work, name, endpoint.id),
        url=endpoint.url if url is None else _checked_url(url, allowed),
    )
    if changed == endpoint and endpoint.version == expected:
        return endpoint
    fields = [
        field for field in ("name", "url") if getattr(changed, field) != getattr(endpoint, field)
    ]
    made = _keep(work, changed, expected)
    work.audit("webhook_endpoint.change", endpoint.id, fields=fields)
    return made


def rotate_secret(
    work: UnitOfWork, endpoint: Endpoint, overlap: timedelta = OVERLAP
) -> tuple[Endpoint, str]:
    """A new secret this one time. Until the overlap is over, what is sent is signed with the one before as well.

    Raises InvalidValue for an overlap that is too long.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise InvalidValue(
            "is no time to change over in", path=("overlapHours",),
            expected=f"0 to {LONGEST_OVERLAP.days * 24} hours",
        )  # fmt: skip
    secret = secret_of(secrets.token_bytes(SECRET_BYTES))
    keeps = overlap > timedelta(0)
    changed = replace(
        endpoint, secret=secret, old_secret=endpoint.secret if keeps else "",
        old_secret_until=work.now + overlap if keeps else None,
    )  # fmt: skip
    made = _keep(work, changed, endpoint.version)
    work.audit("webhook_endpoint.rotate", endpoint.id, overlap_hours=overlap / timedelta(hours=1))
    return made, secret


def disable_endpoint(work: UnitOfWork, endpoint: Endpoint) -> Endpoint:
    """Send nothing there from now on. What waits fails at its next attempt, and can be begun again later."""
    if not endpoint.is_enabled:
        return endpoint
    made = _keep(
        work, replace(endpoint, disabled_at=work.now, disabled_because=""), endpoint.version
    )
    work.audit("webhook_endpoint.disable", endpoint.id)
    return made


def enable_endpoint(work: UnitOfWork, endpoint: Endpoint) -> Endpoint:
    """Send there again. What failed meanwhile stays failed until somebody begins it again."""
    if endpoint.is_enabled:
        return endpoint
    changed = replace(endpoint, disabled_at=None, disabled_because="", failing_since=None)
    made = _keep(work, changed, endpoint.version)
    work.audit("webhook_endpoint.enable", endpoint.id)
    return made


def delete_endpoint(work: UnitOfWork, endpoint: Endpoint, expected: int) -> None:
    """Take an endpoint away, with its address and secrets. Raises LostRace.

    Its deliveries stay, with its name. What waits fails now; that cannot be begun again.
    """
    if endpoint.version != expected:
        raise _lost(endpoint)
    for waiting in deliveries.waiting_for(work.connection, endpoint.id):
        fail(work, waiting, DELETED)
    if not store.delete(work.connection, endpoint.id, expected):
        raise _lost(get_endpoint(work, endpoint.id))
    work.audit("webhook_endpoint.delete", endpoint.id, name=endpoint.name)


def ping(work: UnitOfWork, endpoint: Endpoint) -> DeliveryId:
    """Send a test message there. Raises Conflict where it is disabled."""
    if not endpoint.is_enabled:
        raise Conflict("the endpoint is disabled; enable it first")
    (made,) = send(
        work, about=About(), to=[Recipient(Way.WEBHOOK, endpoint.id, endpoint.name)],
        subject="Test message", text="Kintsugi reaches this endpoint.", event=PING,
        facts={"endpoint": endpoint.id},
    )  # fmt: skip
    work.audit("webhook_endpoint.ping", endpoint.id, delivery=made)
    return made


def _keep(work: UnitOfWork, changed: Endpoint, expected: int) -> Endpoint:
    made = replace(changed, updated_at=work.now, version=expected + 1)
    if not store.change(work.connection, made, expected):
        raise _lost(get_endpoint(work, changed.id))
    return made


def _lost(current: Endpoint) -> LostRace:
    return LostRace({"id": current.id, "name": current.name, "version": current.version})


def _checked_name(work: UnitOfWork, name: str, own: str = "") -> str:
    tidy = one_line(clean(name))
    if not tidy or len(tidy) > LONGEST_NAME:
        raise InvalidValue(
            "is too long" if tidy else "is empty", path=("name",),
            expected=f"a name of 1 to {LONGEST_NAME} characters",
        )  # fmt: skip
    other = store.find(work.connection, tidy)
    if other is not None and other.id != own:
        raise EndpointNameIsTaken(f"there is a webhook endpoint named {other.name} already")
    return tidy


def _checked_url(url: str, allowed: Sequence[Network]) -> str:
    try:
        return checked_url(url.strip(), allowed)
    except Refused as error:
        raise error.under("url") from error
