"""Every query of the analysis room. Only its service calls it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from kintsugi.server.analysis.stored import StoredTree, Wanted
from kintsugi.server.analysis.tables import fault_trees

Hidden = sa.Select[tuple[str]]
"""The ids of the incidents that the viewer may not see."""


def seen(hidden: Hidden) -> sa.ColumnElement[bool]:
    """Which trees are seen: those about no incident, and those whose incident is not hidden."""
    about = fault_trees.c.incident_id
    return sa.or_(about.is_(None), about.not_in(hidden))


def insert(connection: sa.Connection, tree: StoredTree) -> None:
    connection.execute(
        fault_trees.insert().values(
            id=tree.id, number=tree.number, reference=tree.reference, title=tree.title, text=tree.text,
            form=tree.form, incident_id=tree.incident_id, created_by=tree.created_by,
            created_at=tree.created_at, updated_at=tree.updated_at, version=tree.version,
        )
    )  # fmt: skip


def update(
    connection: sa.Connection,
    tree_id: str,
    expected: int,
    now: datetime,
    values: Mapping[str, object],
) -> bool:
    """Write `values` if the tree is still at that version; whether it was."""
    at_version = (fault_trees.c.id == tree_id) & (fault_trees.c.version == expected)
    changed = fault_trees.update().where(at_version)
    written = {**values, "version": expected + 1, "updated_at": now}
    return connection.execute(changed.values(**written)).rowcount == 1


def delete(connection: sa.Connection, tree_id: str, expected: int) -> bool:
    """Remove the tree if it is still at that version; whether it was."""
    at_version = (fault_trees.c.id == tree_id) & (fault_trees.c.version == expected)
    return connection.execute(fault_trees.delete().where(at_version)).rowcount == 1


def find(connection: sa.Connection, hidden: Hidden, name: str) -> StoredTree | None:
    """The tree of an id or reference, if it is seen."""
    named = sa.or_(fault_trees.c.id == name, fault_trees.c.reference == name.upper())
    query = sa.select(fault_trees).where(named, seen(hidden))
    row = connection.execute(query).mappings().first()
    return None if row is None else _tree(row)


def listing(
    connection: sa.Connection, hidden: Hidden, wanted: Wanted, limit: int, before: int | None
) -> list[StoredTree]:
    """Trees from the newest number down, below `before`."""
    query = sa.select(fault_trees).where(seen(hidden))
    if wanted.incident_id:
        query = query.where(fault_trees.c.incident_id == wanted.incident_id)
    if wanted.text:
        fields = (fault_trees.c.title, fault_trees.c.text, fault_trees.c.reference)
        query = query.where(
            sa.or_(*(field.icontains(wanted.text, autoescape=True) for field in fields))
        )
    if before is not None:
        query = query.where(fault_trees.c.number < before)
    rows = connection.execute(query.order_by(fault_trees.c.number.desc()).limit(limit))
    return [_tree(row) for row in rows.mappings()]


def _tree(row: sa.RowMapping) -> StoredTree:
    return StoredTree(**row)
