"""What the organisation settles for incidents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from kintsugi.server.incidents.tables import incident_settings


@dataclass(frozen=True, slots=True)
class Settled:
    """A setting as the file that was given, at a version; an empty text is the default."""

    text: str
    version: int
    changed_by: str
    changed_at: datetime


def settled(connection: sa.Connection, name: str) -> Settled | None:
    """A setting by its name; None when nobody ever settled it."""
    table = incident_settings
    query = sa.select(table.c.text, table.c.version, table.c.changed_by, table.c.changed_at)
    row = connection.execute(query.where(table.c.name == name)).first()
    return None if row is None else Settled(*row)


def settle(
    connection: sa.Connection, name: str, text: str, expected: int, by: str, now: datetime
) -> bool:
    """Keep a text if the setting is still at that version (0: never settled); whether it was."""
    table = incident_settings
    if expected == 0:
        if settled(connection, name) is not None:
            return False
        connection.execute(
            table.insert().values(name=name, text=text, version=1, changed_by=by, changed_at=now)
        )
        return True
    done = connection.execute(
        table.update()
        .where(table.c.name == name, table.c.version == expected)
        .values(text=text, version=expected + 1, changed_by=by, changed_at=now)
    )
    return done.rowcount == 1
