"""What the organisation settles for incidents."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from kintsugi.kernel import settled as kept
from kintsugi.kernel.settled import Settled
from kintsugi.server.incidents.tables import incident_settings


def settled(connection: sa.Connection, name: str) -> Settled | None:
    """A setting as the file that was given, an empty one for the default; None when nobody ever settled it."""
    return kept.settled(connection, incident_settings, [name]).get(name)


def settle(
    connection: sa.Connection, name: str, text: str, expected: int, by: str, now: datetime
) -> bool:
    """Keep a text if the setting is still at that version (0: never settled); whether it was."""
    return kept.settle(connection, incident_settings, name, text, expected, by, now)
