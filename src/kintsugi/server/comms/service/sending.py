"""Sending a message: kept as it was, in the incident's timeline, and handed to whoever delivers it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kintsugi.core.comms.message import MissingVariables
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.shared.text import plural
from kintsugi.core.shared.times import written_moment
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.http import Conflict
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.comms.delivery import About, Delivery
from kintsugi.server.comms.events import MessageSent
from kintsugi.server.comms.message import SentMessage
from kintsugi.server.comms.service import delivering
from kintsugi.server.comms.service.composing import Draft, Here, Preview, preview
from kintsugi.server.comms.store import messages as store
from kintsugi.server.incidents import service as incidents

EVENT = "incident.message"


@dataclass(frozen=True, slots=True)
class Told:
    """A message with how it reached each of its recipients."""

    message: SentMessage
    deliveries: tuple[Delivery, ...]


def send(
    work: UnitOfWork,
    incident: Incident,
    draft: Draft,
    here: Here,
    *,
    key: str = "",
    is_confirmed: bool = False,
) -> Told:
    """Send a message about an incident; the same `key` again is the same message, and sends nothing.

    1. It is filled. 2. It is kept. 3. It is in the timeline, from where on the next update is due anew.
    4. Its deliveries are written down. Raises MissingVariables, naming them; Conflict where something
    has to be confirmed first; InvalidValue.
    """
    sent_before = store.of_key(work.connection, key) if key else None
    if sent_before is not None:
        return _again(work, incident, sent_before)
    made = preview(work, incident, draft, here)
    if made.missing:
        raise MissingVariables(made.missing)
    if made.needs_confirming and not is_confirmed:
        raise Conflict(f"{made.needs_confirming}: confirm that it is to be sent all the same")
    message = _message(work, incident, made, key)
    if not store.add(work.connection, message):
        raise Conflict("this message was just sent")
    _write_down(work, incident, message, made)
    if made.recipients:
        delivering.send(
            work, about=About(message.id, incident.id),
            to=[one.recipient for one in made.recipients], subject=message.subject,
            text=message.text, event=EVENT, facts=_facts(incident, message),
        )  # fmt: skip
    work.audit(
        "comms.send", incident.id, message=message.id, audience=message.audience.value,
        template=message.template, recipients=message.recipients,
        left_house=message.left_house,
    )  # fmt: skip
    work.publish(MessageSent(incident.id, message.id, work.now))
    return told(work, message)


def messages_of(work: UnitOfWork, incident: Incident) -> list[SentMessage]:
    """The messages about an incident, the newest first, each with its sender's name."""
    found = store.of_incident(work.connection, incident.id)
    names = accounts.names_of(work, {one.sent_by for one in found})
    return [replace(one, sender=names.get(one.sent_by, "Somebody")) for one in found]


def message_of(work: UnitOfWork, incident: Incident, message_id: str) -> Told:
    """One of them. Raises NotFound."""
    for one in messages_of(work, incident):
        if one.id == message_id:
            return told(work, one)
    raise NotFound("there is no such message about this incident")


def told(work: UnitOfWork, message: SentMessage) -> Told:
    """A message with its deliveries."""
    return Told(message, delivering.deliveries_of(work, message.id))


def counts(work: UnitOfWork, incident_ids: Iterable[str]) -> dict[str, int]:
    """How many messages were sent about each of these incidents, which the caller sees; none is left out as 0."""
    return store.counts(work.connection, incident_ids)


def send_again(work: UnitOfWork, incident: Incident, message_id: str, delivery_id: str) -> Delivery:
    """Begin a delivery of a message anew. Raises NotFound, and InvalidValue where its endpoint is disabled."""
    found = message_of(work, incident, message_id)
    if all(one.id != delivery_id for one in found.deliveries):
        raise NotFound("there is no such delivery of this message")
    return delivering.again(work, delivery_id)


def _again(work: UnitOfWork, incident: Incident, sent: SentMessage) -> Told:
    if sent.incident_id != incident.id or sent.sent_by != work.viewer.user_id:
        raise Conflict("this message was sent before")
    return message_of(work, incident, sent.id)


def _message(work: UnitOfWork, incident: Incident, made: Preview, key: str) -> SentMessage:
    message_id = work.new_id("msg")
    return SentMessage(
        message_id, incident.id, key or message_id, made.template, made.template_version,
        made.audience, made.subject, made.text, made.not_available,
        len(made.recipients), made.next_update_at,
        bool(made.outsiders), work.viewer.user_id, work.now, work.viewer.name,
    )  # fmt: skip


def _write_down(work: UnitOfWork, incident: Incident, message: SentMessage, made: Preview) -> None:
    count = plural(message.recipients, "recipient") if message.recipients else "nobody"
    outside = ", some outside this private incident" if message.left_house else ""
    detail = {
        "message": message.id, "audience": message.audience.value,
        "recipients": str(message.recipients),
    }  # fmt: skip
    if made.next_update_at is not None:
        detail["promised"] = made.next_update_at.isoformat()
    text = f"To {message.audience.value} ({count}{outside}): {message.text.strip()}"
    incidents.add_message(work, incident, text, detail)


def _facts(incident: Incident, message: SentMessage) -> Mapping[str, Any]:
    return {
        "messageId": message.id,
        "audience": message.audience.value,
        "template": message.template,
        "sentAt": written_moment(message.sent_at),
        "nextUpdateAt": written_moment(message.next_update_at) if message.next_update_at else None,
        "incident": {
            "id": incident.id, "reference": incident.reference, "status": incident.status.value,
            "severity": incident.severity.label if incident.severity else None,
            "isDrill": incident.is_drill,
        },
    }  # fmt: skip


def deliveries_of(work: UnitOfWork, message_id: str) -> tuple[Delivery, ...]:
    """The deliveries of a message that the viewer may see."""
    return delivering.deliveries_of(work, message_id)
