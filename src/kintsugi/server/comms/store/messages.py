"""Messages that were sent, and the clocks of the next update."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.comms.message import Audience
from kintsugi.kernel.database import insert_into
from kintsugi.server.comms.message import SentMessage
from kintsugi.server.comms.tables.messages import message_clocks, messages


def add(connection: sa.Connection, message: SentMessage) -> bool:
    """Keep a message; False when the one of its key is there already."""
    values = {
        "id": message.id, "incident_id": message.incident_id, "key": message.key,
        "template": message.template, "template_version": message.template_version,
        "audience": message.audience.value, "subject": message.subject, "text": message.text,
        "not_available": json.dumps(list(message.not_available)),
        "recipients": message.recipients,
        "next_update_at": message.next_update_at, "left_house": message.left_house,
        "sent_by": message.sent_by, "sent_at": message.sent_at,
    }  # fmt: skip
    written = insert_into(connection, messages).values(values)
    written = written.on_conflict_do_nothing(index_elements=["key"])
    return connection.execute(written.returning(messages.c.id)).first() is not None


def of_incident(connection: sa.Connection, incident_id: str) -> list[SentMessage]:
    """The messages about an incident, the newest first."""
    query = sa.select(messages).where(messages.c.incident_id == incident_id)
    query = query.order_by(messages.c.sent_at.desc(), messages.c.id.desc())
    return [_message(row) for row in connection.execute(query).mappings()]


def of_key(connection: sa.Connection, key: str) -> SentMessage | None:
    """The message of a key."""
    found = connection.execute(sa.select(messages).where(messages.c.key == key)).mappings().first()
    return None if found is None else _message(found)


def counts(connection: sa.Connection, incident_ids: Iterable[str]) -> dict[str, int]:
    """How many messages were sent about each of these incidents; those without any are left out."""
    query = (
        sa.select(messages.c.incident_id, sa.func.count())
        .where(messages.c.incident_id.in_(list(incident_ids)))
        .group_by(messages.c.incident_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def clock(connection: sa.Connection, incident_id: str) -> datetime | None:
    """The next update that timers are set for."""
    table = message_clocks.c
    return connection.execute(
        sa.select(table.due_at).where(table.incident_id == incident_id)
    ).scalar()


def set_clock(connection: sa.Connection, incident_id: str, due_at: datetime | None) -> None:
    """Remember the update that timers are set for; None: for none."""
    is_it = message_clocks.c.incident_id == incident_id
    connection.execute(message_clocks.delete().where(is_it))
    if due_at is not None:
        connection.execute(message_clocks.insert().values(incident_id=incident_id, due_at=due_at))


def _message(row: sa.RowMapping) -> SentMessage:
    marked = tuple(json.loads(row["not_available"]))
    return SentMessage(**{**row, "not_available": marked, "audience": Audience(row["audience"])})
