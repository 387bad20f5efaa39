"""Queries of contents, deliveries and their attempts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kintsugi.core.comms.recipient import Recipient, Way
from kintsugi.kernel.audit import Hidden
from kintsugi.kernel.auth import Viewer
from kintsugi.server.comms.delivery import (
    About,
    Attempt,
    Content,
    Delivery,
    DeliveryId,
    DeliveryState,
)
from kintsugi.server.comms.tables.deliveries import (
    delivery_attempts,
    message_contents,
    message_deliveries,
)

_column = message_deliveries.c


def insert_content(connection: sa.Connection, content: Content) -> None:
    facts = json.dumps(dict(content.facts))
    connection.execute(
        message_contents.insert().values(
            id=content.id, event=content.event, subject=content.subject, text=content.text,
            facts=facts, created_at=content.created_at,
        )
    )  # fmt: skip


def content(connection: sa.Connection, content_id: str) -> Content:
    query = sa.select(message_contents).where(message_contents.c.id == content_id)
    row = connection.execute(query).mappings().one()
    return Content(**(dict(row) | {"facts": json.loads(row["facts"])}))


def insert_delivery(connection: sa.Connection, delivery: Delivery) -> None:
    to = delivery.to
    connection.execute(
        message_deliveries.insert().values(
            id=delivery.id, content_id=delivery.content_id, message_id=delivery.about.message_id,
            incident_id=delivery.about.incident_id, way=to.way.value, address=to.address,
            name=to.name, endpoint_id=to.address if to.way is Way.WEBHOOK else None,
            state=delivery.state.value, round=delivery.round, attempts=delivery.attempts,
            error=delivery.error, created_by=delivery.created_by, created_at=delivery.created_at,
            next_at=delivery.next_at, tried_at=delivery.tried_at, settled_at=delivery.settled_at,
        )
    )  # fmt: skip


def change_delivery(connection: sa.Connection, delivery: Delivery, before: Delivery) -> bool:
    """The delivery as it is from now on; False when it no longer stands where it stood before."""
    is_it = sa.and_(
        _column.id == before.id, _column.round == before.round,
        _column.attempts == before.attempts, _column.state == before.state.value,
    )  # fmt: skip
    changed = message_deliveries.update().where(is_it).values(
        state=delivery.state.value, round=delivery.round, attempts=delivery.attempts,
        error=delivery.error, next_at=delivery.next_at, tried_at=delivery.tried_at,
        settled_at=delivery.settled_at,
    )  # fmt: skip
    return connection.execute(changed).rowcount == 1


def insert_attempt(connection: sa.Connection, delivery_id: str, attempt: Attempt) -> None:
    connection.execute(
        delivery_attempts.insert().values(
            delivery_id=delivery_id, round=attempt.round, number=attempt.number, at=attempt.at,
            seconds=attempt.seconds, is_sent=attempt.is_sent, says=attempt.says,
        )
    )  # fmt: skip


def attempts_of(connection: sa.Connection, delivery_id: str) -> list[Attempt]:
    """Every attempt of a delivery, the newest first."""
    table = delivery_attempts.c
    query = (
        sa.select(table.round, table.number, table.at, table.seconds, table.is_sent, table.says)
        .where(table.delivery_id == delivery_id)
        .order_by(table.round.desc(), table.number.desc())
    )
    return [Attempt(**row) for row in connection.execute(query).mappings()]


def find_any(connection: sa.Connection, delivery_id: str) -> Delivery | None:
    """A delivery, whoever may see it: for the worker."""
    query = sa.select(message_deliveries).where(_column.id == delivery_id)
    row = connection.execute(query).mappings().first()
    return delivery_of(row) if row else None


def find(
    connection: sa.Connection, viewer: Viewer, hidden: Sequence[Hidden], delivery_id: str
) -> Delivery | None:
    """A delivery, if the viewer may see what it is about."""
    query = sa.select(message_deliveries).where(_column.id == delivery_id, _seen(viewer, hidden))
    row = connection.execute(query).mappings().first()
    return delivery_of(row) if row else None


def of_message(
    connection: sa.Connection, viewer: Viewer, hidden: Sequence[Hidden], message_id: str
) -> list[Delivery]:
    """The deliveries of a message that the viewer may see, in the order in which they were asked for."""
    query = (
        sa.select(message_deliveries)
        .where(_column.message_id == message_id, _seen(viewer, hidden))
        .order_by(_column.id)
    )
    return [delivery_of(row) for row in connection.execute(query).mappings()]


def of_endpoint(
    connection: sa.Connection,
    viewer: Viewer,
    hidden: Sequence[Hidden],
    endpoint_id: str,
    state: DeliveryState | None,
    before: str,
    limit: int,
) -> list[Delivery]:
    """An endpoint's deliveries that the viewer may see, the newest first, from before an id on."""
    query = sa.select(message_deliveries).where(
        _column.endpoint_id == endpoint_id, _seen(viewer, hidden)
    )
    if state is not None:
        query = query.where(_column.state == state.value)
    if before:
        query = query.where(_column.id < before)
    query = query.order_by(_column.id.desc()).limit(limit)
    return [delivery_of(row) for row in connection.execute(query).mappings()]


def waiting_for(connection: sa.Connection, endpoint_id: str) -> list[Delivery]:
    """All that waits to be sent to an endpoint, about whatever it is."""
    query = sa.select(message_deliveries).where(
        _column.endpoint_id == endpoint_id, _column.state == DeliveryState.WAITING.value
    )
    return [delivery_of(row) for row in connection.execute(query).mappings()]


def counts(
    connection: sa.Connection, viewer: Viewer, hidden: Sequence[Hidden]
) -> dict[tuple[str, str], int]:
    """How many deliveries there are by way and state, of what the viewer may see."""
    query = (
        sa.select(_column.way, _column.state, sa.func.count())
        .where(_seen(viewer, hidden))
        .group_by(_column.way, _column.state)
    )
    return {(way, state): count for way, state, count in connection.execute(query)}


def oldest_waiting(
    connection: sa.Connection, viewer: Viewer, hidden: Sequence[Hidden]
) -> datetime | None:
    """When the delivery was written that waits the longest, of what the viewer may see."""
    query = sa.select(sa.func.min(_column.created_at)).where(
        _column.state == DeliveryState.WAITING.value, _seen(viewer, hidden)
    )
    return connection.execute(query).scalar()


def last_sent(
    connection: sa.Connection, viewer: Viewer, hidden: Sequence[Hidden]
) -> dict[str, datetime]:
    """When something was last sent to each endpoint, by its id, of what the viewer may see."""
    query = (
        sa.select(_column.endpoint_id, sa.func.max(delivery_attempts.c.at))
        .join_from(message_deliveries, delivery_attempts)
        .where(_column.endpoint_id.is_not(None), delivery_attempts.c.is_sent, _seen(viewer, hidden))
        .group_by(_column.endpoint_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def failing_since(
    connection: sa.Connection, viewer: Viewer, hidden: Sequence[Hidden]
) -> dict[str, datetime]:
    """The first failure of each endpoint after the last success, by its id, of what the viewer may see."""
    tried, sent = delivery_attempts.alias(), delivery_attempts.alias()
    other = message_deliveries.alias()
    later = (
        sa.select(sa.func.max(sent.c.at))
        .join_from(other, sent)
        .where(other.c.endpoint_id == _column.endpoint_id, sent.c.is_sent)
        .where(*(other.c.incident_id.not_in(ids(viewer)) for ids in hidden))
        .correlate(message_deliveries)
        .scalar_subquery()
    )
    query = (
        sa.select(_column.endpoint_id, sa.func.min(tried.c.at))
        .join_from(message_deliveries, tried)
        .where(
            _column.endpoint_id.is_not(None), sa.not_(tried.c.is_sent), _seen(viewer, hidden),
            sa.or_(later.is_(None), tried.c.at > later),
        )
        .group_by(_column.endpoint_id)
    )  # fmt: skip
    return {row[0]: row[1] for row in connection.execute(query)}


def purge(connection: sa.Connection, before: datetime) -> int:
    """Forget deliveries that came to their end before a moment, and contents that no delivery needs; how many."""
    is_old = sa.and_(_column.settled_at.is_not(None), _column.settled_at < before)
    old = sa.select(_column.id).where(is_old)
    connection.execute(delivery_attempts.delete().where(delivery_attempts.c.delivery_id.in_(old)))
    gone = connection.execute(message_deliveries.delete().where(is_old)).rowcount
    needed = sa.select(_column.content_id)
    connection.execute(
        message_contents.delete().where(
            message_contents.c.created_at < before, message_contents.c.id.not_in(needed)
        )
    )
    return gone


def delivery_of(row: sa.RowMapping) -> Delivery:
    """A delivery as its row says."""
    return Delivery(
        id=DeliveryId(row["id"]), content_id=row["content_id"],
        about=About(row["message_id"], row["incident_id"]),
        to=Recipient(Way(row["way"]), row["address"], row["name"]),
        state=DeliveryState(row["state"]), attempts=row["attempts"], error=row["error"],
        created_by=row["created_by"], created_at=row["created_at"], round=row["round"],
        next_at=row["next_at"], tried_at=row["tried_at"], settled_at=row["settled_at"],
        is_endpoint_deleted=row["way"] == Way.WEBHOOK.value and row["endpoint_id"] is None,
    )  # fmt: skip


def _seen(viewer: Viewer, hidden: Sequence[Hidden]) -> sa.ColumnElement[bool]:
    """Whether a delivery is about nothing that the viewer may not see."""
    told: list[Any] = [_column.incident_id.not_in(ids(viewer)) for ids in hidden]
    return sa.and_(sa.true(), *told)
