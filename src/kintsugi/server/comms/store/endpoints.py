"""Queries of webhook endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kintsugi.server.comms.delivery import Endpoint
from kintsugi.server.comms.tables.deliveries import message_deliveries, webhook_endpoints

_column = webhook_endpoints.c


def insert(connection: sa.Connection, endpoint: Endpoint) -> None:
    connection.execute(
        webhook_endpoints.insert().values(
            id=endpoint.id, created_by=endpoint.created_by, created_at=endpoint.created_at,
            **_changeable(endpoint),
        )
    )  # fmt: skip


def change(connection: sa.Connection, endpoint: Endpoint, expected: int) -> bool:
    """The endpoint as it is from now on; False when it is no longer at the expected version."""
    update = webhook_endpoints.update().where(
        _column.id == endpoint.id, _column.version == expected
    )
    return connection.execute(update.values(**_changeable(endpoint))).rowcount == 1


def note_success(connection: sa.Connection, endpoint_id: str, at: datetime) -> None:
    """What was sent to it arrived. Not a change that a reader would have to read again."""
    update = webhook_endpoints.update().where(_column.id == endpoint_id)
    connection.execute(update.values(succeeded_at=at, failing_since=None))


def note_failure(connection: sa.Connection, endpoint_id: str, at: datetime) -> None:
    """What was sent to it did not arrive; since when that is so, is kept."""
    update = webhook_endpoints.update().where(
        _column.id == endpoint_id, _column.failing_since.is_(None)
    )
    connection.execute(update.values(failing_since=at))


def disable(connection: sa.Connection, endpoint_id: str, at: datetime, because: str) -> bool:
    """Send nothing there any more; False when that was so before."""
    update = webhook_endpoints.update().where(
        _column.id == endpoint_id, _column.disabled_at.is_(None)
    )
    changed = update.values(
        disabled_at=at, disabled_because=because, updated_at=at, version=_column.version + 1
    )
    return connection.execute(changed).rowcount == 1


def delete(connection: sa.Connection, endpoint_id: str, expected: int) -> bool:
    """Take it away; its deliveries stay, and are no endpoint's. False when it is no longer at the expected version."""
    theirs = message_deliveries.update().where(message_deliveries.c.endpoint_id == endpoint_id)
    connection.execute(theirs.values(endpoint_id=None))
    gone = webhook_endpoints.delete().where(_column.id == endpoint_id, _column.version == expected)
    return connection.execute(gone).rowcount == 1


def find(connection: sa.Connection, name: str) -> Endpoint | None:
    """The endpoint of an id or a name; an id goes first."""
    query = sa.select(webhook_endpoints).where(sa.or_(_column.id == name, _column.name == name))
    found = [Endpoint(**row) for row in connection.execute(query).mappings()]
    return min(found, key=lambda one: one.id != name, default=None)


def every(connection: sa.Connection) -> list[Endpoint]:
    """Every endpoint, disabled ones too, by name."""
    query = sa.select(webhook_endpoints).order_by(_column.name)
    return [Endpoint(**row) for row in connection.execute(query).mappings()]


def _changeable(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "name": endpoint.name, "url": endpoint.url, "secret": endpoint.secret,
        "old_secret": endpoint.old_secret, "old_secret_until": endpoint.old_secret_until,
        "updated_at": endpoint.updated_at, "succeeded_at": endpoint.succeeded_at,
        "failing_since": endpoint.failing_since, "disabled_at": endpoint.disabled_at,
        "disabled_because": endpoint.disabled_because, "version": endpoint.version,
    }  # fmt: skip
