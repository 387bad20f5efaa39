"""Classes of cause and what people decided, as rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.knowledge.classes import CauseClass, Decision
from kintsugi.kernel.database import insert_into
from kintsugi.server.analytics.stored import Decided, KeptClass
from kintsugi.server.analytics.tables import cause_classes, class_decisions


def kept(connection: sa.Connection) -> dict[str, KeptClass]:
    """The classes that have a row, by key."""
    rows = connection.execute(sa.select(cause_classes).order_by(cause_classes.c.key)).mappings()
    return {row["key"]: _kept(row) for row in rows}


def put(connection: sa.Connection, made: KeptClass, expected: int, by: str, now: datetime) -> bool:
    """Keep a class at the version after `expected` (0: it has no row yet); False when that is not its version."""
    values = {
        "title": made.cause.title, "terms": json.dumps(made.cause.terms, ensure_ascii=False),
        "description": made.cause.description, "is_retired": made.is_retired,
        "version": expected + 1, "changed_by": by, "changed_at": now,
    }  # fmt: skip
    if not expected:
        written = insert_into(connection, cause_classes).values(key=made.key, **values)
        done = connection.execute(
            written.on_conflict_do_nothing().returning(cause_classes.c.key)
        ).first()
        return done is not None
    changed = cause_classes.update().where(
        cause_classes.c.key == made.key, cause_classes.c.version == expected
    )
    return connection.execute(changed.values(values)).rowcount == 1


def decide(connection: sa.Connection, said: Decided) -> None:
    """Keep what somebody said, in place of what was said before."""
    values = {
        "decision": said.decision.value, "by": said.by, "by_name": said.by_name, "at": said.at,
    }  # fmt: skip
    written = insert_into(connection, class_decisions).values(
        incident_id=said.incident_id, class_key=said.class_key, **values
    )
    connection.execute(
        written.on_conflict_do_update(index_elements=["incident_id", "class_key"], set_=values)
    )


def take_back(connection: sa.Connection, incident_id: str, class_key: str) -> bool:
    """Forget what was said; False when nothing was."""
    table = class_decisions
    gone = table.delete().where(table.c.incident_id == incident_id, table.c.class_key == class_key)
    return connection.execute(gone).rowcount == 1


def decisions(
    connection: sa.Connection, incident_ids: Sequence[str] | None = None
) -> list[Decided]:
    """What was said, of these incidents or of all, the earliest first."""
    query = sa.select(class_decisions)
    if incident_ids is not None:
        query = query.where(class_decisions.c.incident_id.in_(incident_ids))
    query = query.order_by(class_decisions.c.at, class_decisions.c.class_key)
    return [
        Decided(
            row["incident_id"], row["class_key"], Decision(row["decision"]), row["by"],
            row["by_name"], row["at"],
        )
        for row in connection.execute(query).mappings()
    ]  # fmt: skip


def alike(
    connection: sa.Connection, incident_ids: Sequence[str], most: int
) -> list[tuple[str, str]]:
    """Incidents and classes: those confirmed of these incidents, and others of those classes, the newest `most`."""
    said = class_decisions
    confirmed = said.c.decision == Decision.CONFIRMED.value
    keys = sa.select(said.c.class_key).where(confirmed, said.c.incident_id.in_(incident_ids))
    query = (
        sa.select(said.c.incident_id, said.c.class_key)
        .where(confirmed, said.c.class_key.in_(keys))
        .order_by(said.c.incident_id.desc(), said.c.class_key)
        .limit(most)
    )
    return [(row.incident_id, row.class_key) for row in connection.execute(query)]


def _kept(row: sa.RowMapping) -> KeptClass:
    cause = CauseClass(
        row["key"], row["title"], tuple(json.loads(row["terms"])), row["description"]
    )
    return KeptClass(cause, row["version"], row["is_retired"])
