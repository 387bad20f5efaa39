"""What is sent to whom: deliveries, each a row and a job, written in the transaction that wants them sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from kintsugi.core.comms.recipient import Recipient, Way
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, one_line, shortened
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.pages import MOST, Page, key_of, page_of
from kintsugi.kernel.smtp import is_address
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.comms.delivery import (
    About,
    Attempt,
    Content,
    Delivery,
    DeliveryId,
    DeliveryState,
    Endpoint,
)
from kintsugi.server.comms.store import deliveries as store
from kintsugi.server.comms.store import endpoints

DELIVER = "comms.deliver"
"""The kind of job that makes one attempt of one delivery."""
MOST_RECIPIENTS = 500
MOST_CHARACTERS = 20_000
LONGEST_SUBJECT = 200
LONGEST_FACTS = 20_000
"""Characters of the facts as JSON; a webhook is small, and links to what is large."""
DISABLED = "the endpoint is disabled"
DELETED = "the endpoint was deleted"


def send(
    work: UnitOfWork,
    *,
    about: About,
    to: Sequence[Recipient],
    subject: str,
    text: str,
    event: str,
    facts: Mapping[str, Any],
) -> tuple[DeliveryId, ...]:
    """Have a text sent to each recipient once: its deliveries, in the recipients' order.

    They are sent after this transaction is committed, and with it or not at all. Who is named twice gets
    it once. `event` says what kind of news it is (`incident.update`), and `facts` are added to the data
    of a webhook: what JSON can hold. To an endpoint that is disabled nothing is sent; its delivery says
    so, and can be begun again. Raises InvalidValue, with the recipient at `to[n]`.
    """
    content = _checked_content(work, subject, text, event, facts)
    store.insert_content(work.connection, content)
    checked, made = _checked(work, to), []
    ids = sorted(work.new_id("dlv") for _ in checked)  # of one moment, so they follow no order yet
    for new_id, (recipient, endpoint) in zip(ids, checked, strict=True):
        delivery = Delivery(
            DeliveryId(new_id), content.id, about, recipient, DeliveryState.WAITING,
            attempts=0, error="", created_by=work.viewer.user_id, created_at=work.now,
            next_at=work.now,
        )  # fmt: skip
        if endpoint is not None and not endpoint.is_enabled:
            delivery = replace(
                delivery, state=DeliveryState.FAILED, error=DISABLED, next_at=None,
                settled_at=work.now,
            )  # fmt: skip
        store.insert_delivery(work.connection, delivery)
        if delivery.state is DeliveryState.WAITING:
            have_tried(work, delivery)
        made.append(delivery.id)
    return tuple(made)


def have_tried(work: UnitOfWork, delivery: Delivery) -> None:
    """Have the next attempt of a delivery made when it is due."""
    payload = {
        "delivery": delivery.id, "round": delivery.round, "attempt": delivery.attempts + 1,
    }  # fmt: skip
    work.later(DELIVER, payload, key=_key(delivery), at=delivery.next_at)


def topic_of(message_id: str) -> str:
    """The topic of how a message's deliveries stand; see `kernel.live`."""
    return f"deliveries:{message_id}"


def deliveries_of(work: UnitOfWork, message_id: str) -> tuple[Delivery, ...]:
    """The deliveries of a message that the viewer may see, in the recipients' order."""
    found = store.of_message(work.connection, work.viewer, work.incidents_hidden, message_id)
    return tuple(found)


def deliveries_to(
    work: UnitOfWork,
    endpoint: Endpoint,
    *,
    state: DeliveryState | None = None,
    limit: int = MOST,
    cursor: str | None = None,
) -> Page[Delivery]:
    """The deliveries to an endpoint that the viewer may see, the newest first."""
    before = key_of(cursor, 1)[0] if cursor else ""
    found = store.of_endpoint(
        work.connection, work.viewer, work.incidents_hidden, endpoint.id, state, before, limit + 1
    )
    return page_of(found, limit, lambda one: (one.id,))


def get_delivery(work: UnitOfWork, delivery_id: str) -> Delivery:
    """A delivery. Raises NotFound, also for one about what the viewer may not see."""
    found = store.find(work.connection, work.viewer, work.incidents_hidden, clean(delivery_id))
    if found is None:
        raise NotFound("there is no such delivery")
    return found


def counts(work: UnitOfWork) -> dict[tuple[Way, DeliveryState], int]:
    """How many deliveries of each way are in each state, zero included, of what the viewer may see."""
    found = store.counts(work.connection, work.viewer, work.incidents_hidden)
    return {
        (way, state): found.get((way.value, state.value), 0)
        for way in Way
        for state in DeliveryState
    }


def oldest_waiting(work: UnitOfWork) -> datetime | None:
    """Since when the delivery waits that waits the longest, of what the viewer may see; None where none does."""
    return store.oldest_waiting(work.connection, work.viewer, work.incidents_hidden)


def attempts_of(work: UnitOfWork, delivery: Delivery) -> tuple[Attempt, ...]:
    """Every attempt of a delivery, the newest first."""
    return tuple(store.attempts_of(work.connection, delivery.id))


def content_of(work: UnitOfWork, delivery: Delivery) -> Content:
    """What a delivery sends."""
    return store.content(work.connection, delivery.content_id)


def again(work: UnitOfWork, delivery_id: str) -> Delivery:
    """Begin a delivery again, now, under the same name: a receiver that knows it takes it once.

    What waits for its next attempt need not wait any more. Raises NotFound; InvalidValue where its
    endpoint is disabled or was deleted.
    """
    before = get_delivery(work, delivery_id)
    if before.to.way is Way.WEBHOOK:
        endpoint = endpoints.find(work.connection, before.to.address)
        if endpoint is None:
            raise InvalidValue(DELETED, expected="an endpoint that is there")
        if not endpoint.is_enabled:
            raise InvalidValue(DISABLED, expected="an endpoint that is enabled")
    work.cancel_later(_key(before))
    begun = replace(
        before, state=DeliveryState.WAITING, round=before.round + 1, attempts=0, error="",
        next_at=work.now, settled_at=None,
    )  # fmt: skip
    if not store.change_delivery(work.connection, begun, before):
        return get_delivery(work, delivery_id)
    have_tried(work, begun)
    work.audit("delivery.again", before.about.incident_id or before.id, delivery=before.id)
    return begun


def fail(work: UnitOfWork, delivery: Delivery, why: str) -> None:
    """Have a delivery that waits tried no more."""
    work.cancel_later(_key(delivery))
    failed = replace(
        delivery, state=DeliveryState.FAILED, error=why, next_at=None, settled_at=work.now
    )
    store.change_delivery(work.connection, failed, delivery)
    if delivery.about.message_id:
        work.touch(topic_of(delivery.about.message_id))


def _key(delivery: Delivery) -> str:
    return f"delivery:{delivery.id}:{delivery.round}:{delivery.attempts + 1}"


def _checked_content(
    work: UnitOfWork, subject: str, text: str, event: str, facts: Mapping[str, Any]
) -> Content:
    tidy = clean(text).strip()
    if not tidy or len(tidy) > MOST_CHARACTERS:
        raise InvalidValue(
            "is too long" if tidy else "is empty", path=("text",),
            expected=f"a text of up to {MOST_CHARACTERS:,} characters",
        )  # fmt: skip
    if len(json.dumps(dict(facts), ensure_ascii=False)) > LONGEST_FACTS:
        raise InvalidValue(f"has more than {LONGEST_FACTS:,} characters", path=("facts",))
    title = shortened(one_line(clean(subject)), LONGEST_SUBJECT)
    return Content(work.new_id("cnt"), event, title, tidy, facts, work.now)


def _checked(work: UnitOfWork, to: Sequence[Recipient]) -> list[tuple[Recipient, Endpoint | None]]:
    """The recipients, each once, with the endpoints of those that are one."""
    if not to or len(to) > MOST_RECIPIENTS:
        raise InvalidValue(
            "has too many recipients" if to else "names nobody", path=("to",),
            expected=f"1 to {MOST_RECIPIENTS} recipients",
        )  # fmt: skip
    found: dict[tuple[Way, str], tuple[Recipient, Endpoint | None]] = {}
    for place, one in enumerate(to):
        address, endpoint = one.address.strip(), None
        if one.way is Way.WEBHOOK:
            endpoint = endpoints.find(work.connection, clean(address))
            if endpoint is None:
                raise InvalidValue("is no webhook endpoint", path=("to", place, "address"))
            address = endpoint.id
        elif not is_address(address) or clean(address) != address:
            raise InvalidValue(
                "is no e-mail address", path=("to", place, "address"),
                expected="such as support@example.com",
            )  # fmt: skip
        name = shortened(one_line(clean(one.name)), 100) or (endpoint.name if endpoint else address)
        key = (one.way, address.casefold())
        found.setdefault(key, (Recipient(one.way, address, name), endpoint))
    return list(found.values())
