"""Targets, as rows."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.analytics.targets import Aim, Target
from kintsugi.kernel.database import insert_into
from kintsugi.server.analytics.tables import analytics_targets


def targets(connection: sa.Connection) -> dict[str, Target]:
    """Every target, by its figure."""
    rows = connection.execute(sa.select(analytics_targets)).mappings()
    return {row["figure"]: Target(Aim(row["aim"]), row["value"]) for row in rows}


def put(
    connection: sa.Connection, figure: str, target: Target | None, by: str, now: datetime
) -> None:
    """Keep a target in place of what there was; None keeps none."""
    table = analytics_targets
    if target is None:
        connection.execute(table.delete().where(table.c.figure == figure))
        return
    values = {"aim": target.aim.value, "value": target.value, "changed_by": by, "changed_at": now}
    written = insert_into(connection, table).values(figure=figure, **values)
    connection.execute(written.on_conflict_do_update(index_elements=["figure"], set_=values))
