"""What the queries of this room share."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def insert_into(
    connection: sa.Connection,
) -> Callable[[sa.Table], postgresql.Insert] | Callable[[sa.Table], sqlite.Insert]:
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert


def changed_one(
    result: sa.CursorResult[tuple[object, ...]] | sa.Result[tuple[object, ...]],
) -> bool:
    return cast("sa.CursorResult[tuple[object, ...]]", result).rowcount == 1
