"""The room's settings, each with the version of its last change."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kintsugi.kernel import settled
from kintsugi.server.comms.tables.messages import message_settings


def setting(connection: sa.Connection, name: str) -> tuple[Any, int] | None:
    """A setting's value and version; None when nobody set it."""
    found = settled.settled(connection, message_settings, [name]).get(name)
    return None if found is None else (json.loads(found.value), found.version)


def put(
    connection: sa.Connection, name: str, value: object, expected: int, by: str, now: datetime
) -> bool:
    """Set a value if it is still at the expected version (0: never set); whether it was."""
    text = json.dumps(value, ensure_ascii=False)
    return settled.settle(connection, message_settings, name, text, expected, by, now)
