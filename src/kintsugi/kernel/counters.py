"""Numbers given out one after the other, for references such as INC-42."""

from __future__ import annotations

import sqlalchemy as sa

from kintsugi.kernel.database import metadata

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
)
"""The row is locked until the transaction that took a number ends, so a gap means a rollback."""


def next_number(connection: sa.Connection, name: str) -> int:
    """The next number of that name, from 1. Whoever takes one beside us waits until we are committed."""
    taken = sa.text(
        "INSERT INTO counters (name, value) VALUES (:name, 1)"
        " ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value"
    )
    return int(connection.execute(taken, {"name": name}).scalar_one())
