"""The recovery criteria of incidents, and each time that one was settled."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.recovery import CriterionStatus, RecoveryCriterion, Settling
from kintsugi.server.incidents.tables import recovery_criteria, recovery_settlings


def criteria(connection: sa.Connection, incident: Incident) -> list[RecoveryCriterion]:
    """Those of an incident that are not removed, by number, with their history."""
    table = recovery_criteria
    here = sa.and_(table.c.incident_id == incident.id, table.c.removed_at.is_(None))
    rows = connection.execute(sa.select(table).where(here).order_by(table.c.number)).all()
    if not rows:
        return []
    settled = (
        sa.select(recovery_settlings)
        .where(recovery_settlings.c.criterion_id.in_([row.id for row in rows]))
        .order_by(recovery_settlings.c.number)
    )
    history: dict[str, list[Settling]] = {}
    for one in connection.execute(settled):
        history.setdefault(one.criterion_id, []).append(
            Settling(
                one.number, CriterionStatus(one.status), one.note, one.evidence, one.settled_by,
                one.settled_at,
            )
        )  # fmt: skip
    return [
        RecoveryCriterion(
            row.id, row.number, row.text, row.expected, row.added_by, row.added_at, row.version,
            tuple(history.get(row.id, ())),
        )
        for row in rows
    ]  # fmt: skip


def last_number(connection: sa.Connection, incident: Incident) -> int:
    """The highest number a criterion of the incident ever had; 0 without one."""
    table = recovery_criteria
    query = sa.select(sa.func.max(table.c.number)).where(table.c.incident_id == incident.id)
    return int(connection.execute(query).scalar() or 0)


def add_criterion(
    connection: sa.Connection, incident: Incident, criterion: RecoveryCriterion
) -> None:
    """Keep a new one."""
    connection.execute(
        recovery_criteria.insert().values(
            id=criterion.id, incident_id=incident.id, number=criterion.number, text=criterion.text,
            expected=criterion.expected, added_by=criterion.added_by, added_at=criterion.added_at,
            removed_at=None, version=criterion.version,
        )
    )  # fmt: skip


def change_criterion(
    connection: sa.Connection,
    criterion: RecoveryCriterion,
    expected: int | None,
    values: Mapping[str, object],
) -> bool:
    """Write values if it is still at that version (None: at any); False when it is not."""
    table = recovery_criteria
    changed = table.update().where(table.c.id == criterion.id, table.c.removed_at.is_(None))
    if expected is not None:
        changed = changed.where(table.c.version == expected)
    done = connection.execute(changed.values({**values, "version": table.c.version + 1}))
    return done.rowcount == 1


def add_settling(
    connection: sa.Connection, criterion: RecoveryCriterion, settling: Settling
) -> None:
    """Keep how a criterion was settled."""
    connection.execute(
        recovery_settlings.insert().values(
            criterion_id=criterion.id, number=settling.number, status=settling.status.value,
            note=settling.note, evidence=settling.evidence, settled_by=settling.by,
            settled_at=settling.at,
        )
    )  # fmt: skip
