"""The room's settings, each with the version of its last change."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kintsugi.server.comms.tables.messages import message_settings


def setting(connection: sa.Connection, name: str) -> tuple[Any, int] | None:
    """A setting's value and version; None when nobody set it."""
    table = message_settings.c
    query = sa.select(table.value, table.version).where(table.name == name)
    row = connection.execute(query).first()
    return None if row is None else (json.loads(row.value), row.version)


def put(
    connection: sa.Connection, name: str, value: object, expected: int, by: str, now: datetime
) -> bool:
    """Set a value if it is still at the expected version (0: never set); whether it was."""
    table = message_settings
    text = json.dumps(value, ensure_ascii=False)
    if expected == 0:
        if setting(connection, name) is not None:
            return False
        connection.execute(
            table.insert().values(name=name, value=text, version=1, changed_by=by, changed_at=now)
        )
        return True
    done = connection.execute(
        table.update()
        .where(table.c.name == name, table.c.version == expected)
        .values(value=text, version=expected + 1, changed_by=by, changed_at=now)
    )
    return done.rowcount == 1
