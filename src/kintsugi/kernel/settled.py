"""What an organisation settles for a room: texts by name in the room's own table, each with its version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from kintsugi.kernel.database import UtcDateTime, metadata


@dataclass(frozen=True, slots=True)
class Settled:
    """A setting as it was kept last, who kept it, and when."""

    value: str
    version: int
    changed_by: str
    changed_at: datetime


def settings_table(name: str) -> sa.Table:
    """A table of settings, for a room to declare among its own."""
    return sa.Table(
        name,
        metadata,
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("changed_by", sa.String(64), nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
    )


def settled(connection: sa.Connection, table: sa.Table, names: Sequence[str]) -> dict[str, Settled]:
    """The settings of these names; one that nobody ever kept is left out."""
    query = sa.select(table).where(table.c.name.in_(names))
    return {
        row.name: Settled(row.value, row.version, row.changed_by, row.changed_at)
        for row in connection.execute(query)
    }


def settle(
    connection: sa.Connection, table: sa.Table, name: str, value: str, expected: int, by: str,
    now: datetime,
) -> bool:  # fmt: skip
    """Keep a value if the setting is still at the expected version (0: never kept); whether it was."""
    kept = {"value": value, "version": expected + 1, "changed_by": by, "changed_at": now}
    if expected == 0:
        if settled(connection, table, [name]):
            return False
        connection.execute(table.insert().values(name=name, **kept))
        return True
    is_it = sa.and_(table.c.name == name, table.c.version == expected)
    return connection.execute(table.update().where(is_it).values(kept)).rowcount == 1
