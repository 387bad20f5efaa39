"""One attempt of one delivery: what is to be sent, and what follows from how it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from kintsugi.core.comms.recipient import Recipient, Way
from kintsugi.core.comms.retries import wait_after
from kintsugi.core.shared.text import one_line, shortened
from kintsugi.kernel.auth import Role
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.plugins.outbound import SendFailed
from kintsugi.plugins.sending import Outgoing, Sent
from kintsugi.server.accounts import service as accounts
from kintsugi.server.comms.delivery import About, Attempt, Delivery, DeliveryState
from kintsugi.server.comms.service.delivering import DISABLED, have_tried, send, topic_of
from kintsugi.server.comms.store import deliveries as store
from kintsugi.server.comms.store import endpoints

KEPT = timedelta(days=90)
"""How long a delivery is kept after it came to its end."""
DISABLED_EVENT = "webhook_endpoint.disabled"


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt that is to be made: what is sent, or None where its endpoint is disabled."""

    delivery: Delivery
    outgoing: Outgoing | None


def begin(work: UnitOfWork, payload: Mapping[str, Any]) -> Begun | None:
    """The attempt that a job asks for; None where it was made before, or the delivery was begun again since."""
    found = _delivery_of(work, payload)
    if found is None:
        return None
    address = found.to.address
    secrets: tuple[str, ...] = ()
    if found.to.way is Way.WEBHOOK:
        endpoint = endpoints.find(work.connection, found.to.address)
        if endpoint is None or not endpoint.is_enabled:
            return Begun(found, None)
        address, secrets = endpoint.url, endpoint.secrets_at(work.now)
    content = store.content(work.connection, found.content_id)
    outgoing = Outgoing(
        key=found.id, way=found.to.way, address=address, name=found.to.name,
        subject=content.subject, text=content.text, event=content.event, facts=content.facts,
        created_at=content.created_at, secrets=secrets,
    )  # fmt: skip
    return Begun(found, outgoing)


def note(
    work: UnitOfWork, begun: Begun, came: Sent | SendFailed, began_at: datetime, seconds: float
) -> Delivery | None:
    """Write down how an attempt went, and have the next one made if there is one, in one transaction.

    1. The delivery changes, unless another has changed it since: then nothing else does (None). 2. The
    attempt is kept. 3. An endpoint is told of success or failure, and disabled where the receiver wants
    nothing more, or where a delivery was given up and nothing arrived in all its time.
    """
    before = begun.delivery
    number = before.attempts + 1
    after = _after(work, before, came, number, began_at)
    if not store.change_delivery(work.connection, after, before):
        return None
    says = shortened(one_line(came.says if isinstance(came, Sent) else str(came)), 300)
    attempt = Attempt(before.round, number, began_at, seconds, isinstance(came, Sent), says)
    store.insert_attempt(work.connection, before.id, attempt)
    if after.state is DeliveryState.WAITING:
        have_tried(work, after)
    if before.about.message_id:
        work.touch(topic_of(before.about.message_id))
    if before.to.way is Way.WEBHOOK and begun.outgoing is not None:
        _tell_endpoint(work, after, came, began_at)
    return after


def give_up(work: UnitOfWork, payload: Mapping[str, Any], why: str) -> None:
    """An attempt came to no end, and is not made again by itself: the delivery is given up, and says why.

    Not the endpoint's fault, which is told nothing.
    """
    found = _delivery_of(work, payload)
    if found is None:
        return
    after = replace(
        found, state=DeliveryState.GIVEN_UP, error=shortened(f"parked: {one_line(why)}", 300), next_at=None,
        settled_at=work.now,
    )  # fmt: skip
    store.change_delivery(work.connection, after, found)
    if found.about.message_id:
        work.touch(topic_of(found.about.message_id))


def disabled() -> SendFailed:
    """What comes of an attempt to an endpoint that is disabled."""
    return SendFailed(DISABLED, permanent=True)


def purge(work: UnitOfWork) -> int:
    """Forget deliveries that came to their end long ago; how many."""
    return store.purge(work.connection, work.now - KEPT)


def _delivery_of(work: UnitOfWork, payload: Mapping[str, Any]) -> Delivery | None:
    """The delivery whose next attempt a job makes; None where it was made before, or begun again since.

    Also one given up because that very job was parked: an admin may have the job done again.
    """
    found = store.find_any(work.connection, payload["delivery"])
    if found is None or found.state not in (DeliveryState.WAITING, DeliveryState.GIVEN_UP):
        return None
    is_next = (found.round, found.attempts + 1) == (payload["round"], payload["attempt"])
    return found if is_next else None


def _after(
    work: UnitOfWork, before: Delivery, came: Sent | SendFailed, number: int, began_at: datetime
) -> Delivery:
    tried = replace(before, attempts=number, tried_at=began_at, next_at=None, settled_at=work.now)
    if isinstance(came, Sent):
        return replace(tried, state=DeliveryState.SENT, error="")
    error = shortened(one_line(str(came)), 300)
    if came.permanent:
        return replace(tried, state=DeliveryState.FAILED, error=error)
    wait = wait_after(before.to.way, number, before.id, came.wait)
    if wait is None:
        return replace(tried, state=DeliveryState.GIVEN_UP, error=error)
    return replace(tried, error=error, next_at=work.now + wait, settled_at=None)


def _tell_endpoint(
    work: UnitOfWork, delivery: Delivery, came: Sent | SendFailed, began_at: datetime
) -> None:
    endpoint_id = delivery.to.address
    if isinstance(came, Sent):
        endpoints.note_success(work.connection, endpoint_id, work.now)
        return
    endpoints.note_failure(work.connection, endpoint_id, began_at)
    if came.gone:
        _disable(work, endpoint_id, "it answered 410: it wants nothing more")
    elif delivery.state is DeliveryState.GIVEN_UP:
        begun = store.attempts_of(work.connection, delivery.id)
        since = min(one.at for one in begun if one.round == delivery.round)
        endpoint = endpoints.find(work.connection, endpoint_id)
        if endpoint is not None and (
            endpoint.succeeded_at is None or endpoint.succeeded_at < since
        ):
            days = round((work.now - since) / timedelta(days=1))
            _disable(
                work, endpoint_id, f"nothing arrived in {days} days; the last time {delivery.error}"
            )


def _disable(work: UnitOfWork, endpoint_id: str, because: str) -> None:
    """Disable an endpoint, and tell the admins by e-mail; their pages tell them too."""
    if not endpoints.disable(work.connection, endpoint_id, work.now, because):
        return
    work.audit("webhook_endpoint.disable", endpoint_id, because=because)
    endpoint = endpoints.find(work.connection, endpoint_id)
    admins = [one for one in accounts.active_users(work) if one.role is Role.ADMIN]
    if endpoint is None or not admins:
        return
    send(
        work,
        about=About(),
        to=[Recipient(Way.EMAIL, one.email, one.name) for one in admins],
        subject=f"Webhook endpoint {endpoint.name} is disabled",
        text=f"Kintsugi sends nothing more to the webhook endpoint {endpoint.name}: {because}.\n\n"
        "When it is there again, enable it under Settings, Webhook endpoints, and begin again what was not sent.",
        event=DISABLED_EVENT,
        facts={"endpoint": endpoint.id},
    )
