"""The queries about fault trees."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.analysis.what_if import Left
from kintsugi.server.analysis.stored import Kind, Link, Measure, StoredTree, Wanted
from kintsugi.server.analysis.tables import fault_tree_links, fault_tree_measures, fault_trees

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
            exposure_days=tree.exposure_days, happened=kept_names(tree.happened),
        )
    )  # fmt: skip
    put_links(connection, tree.id, tree.links)
    put_measures(connection, tree.id, tree.measures)


def kept_names(names: Sequence[str]) -> str:
    """Names of events as they are kept."""
    return json.dumps(list(names), ensure_ascii=False)


def put_links(connection: sa.Connection, tree_id: str, links: Sequence[Link]) -> None:
    """These links of a tree, in place of those it had."""
    table = fault_tree_links
    connection.execute(table.delete().where(table.c.tree_id == tree_id))
    rows = [
        {"tree_id": tree_id, "position": place, "event": one.event, "kind": one.kind.value, "name": one.name}
        for place, one in enumerate(links)
    ]  # fmt: skip
    if rows:
        connection.execute(table.insert(), rows)


def put_measures(connection: sa.Connection, tree_id: str, measures: Sequence[Measure]) -> None:
    """These measures of a tree, in place of those it had."""
    table = fault_tree_measures
    connection.execute(table.delete().where(table.c.tree_id == tree_id))
    rows = [
        {
            "tree_id": tree_id, "position": place, "event": one.event, "action_id": one.action_id,
            "share": one.left.share, "probability": one.left.probability,
        }
        for place, one in enumerate(measures)
    ]  # fmt: skip
    if rows:
        connection.execute(table.insert(), rows)


def update(connection: sa.Connection, tree: StoredTree, expected: int, now: datetime) -> bool:
    """Write what may change of the tree if it is still at that version; whether it was."""
    at_version = (fault_trees.c.id == tree.id) & (fault_trees.c.version == expected)
    changed = fault_trees.update().where(at_version)
    written = changed.values(
        title=tree.title, text=tree.text, form=tree.form, exposure_days=tree.exposure_days,
        happened=kept_names(tree.happened), version=expected + 1, updated_at=now,
    )  # fmt: skip
    if connection.execute(written).rowcount != 1:
        return False
    put_links(connection, tree.id, tree.links)
    put_measures(connection, tree.id, tree.measures)
    return True


def delete(connection: sa.Connection, tree_id: str, expected: int) -> bool:
    """Remove the tree if it is still at that version; whether it was."""
    at_version = (fault_trees.c.id == tree_id) & (fault_trees.c.version == expected)
    if connection.execute(sa.select(fault_trees.c.id).where(at_version)).first() is None:
        return False
    put_links(connection, tree_id, ())
    put_measures(connection, tree_id, ())
    return connection.execute(fault_trees.delete().where(at_version)).rowcount == 1


def find(connection: sa.Connection, hidden: Hidden, name: str) -> StoredTree | None:
    """The tree of an id or reference, if it is seen."""
    named = sa.or_(fault_trees.c.id == name, fault_trees.c.reference == name.upper())
    query = sa.select(fault_trees).where(named, seen(hidden))
    row = connection.execute(query).mappings().first()
    return None if row is None else _trees(connection, [row])[0]


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
    return _trees(connection, rows.mappings().all())


def happened_in(connection: sa.Connection, incident_id: str) -> list[StoredTree]:
    """The trees about an incident that say which cut set happened, the oldest first."""
    query = sa.select(fault_trees).where(
        fault_trees.c.incident_id == incident_id, fault_trees.c.happened != "[]"
    )
    rows = connection.execute(query.order_by(fault_trees.c.number))
    return _trees(connection, rows.mappings().all())


def with_action(connection: sa.Connection, hidden: Hidden, action_id: str) -> list[StoredTree]:
    """The trees that an action has a part in and that are seen, the newest first."""
    having = sa.select(fault_tree_measures.c.tree_id).where(
        fault_tree_measures.c.action_id == action_id
    )
    query = sa.select(fault_trees).where(seen(hidden), fault_trees.c.id.in_(having))
    rows = connection.execute(query.order_by(fault_trees.c.number.desc()))
    return _trees(connection, rows.mappings().all())


def with_measures(connection: sa.Connection) -> list[StoredTree]:
    """Every tree that an action has a part in, for the product itself."""
    having = sa.select(fault_tree_measures.c.tree_id)
    query = sa.select(fault_trees).where(fault_trees.c.id.in_(having))
    rows = connection.execute(query.order_by(fault_trees.c.number))
    return _trees(connection, rows.mappings().all())


def _trees(connection: sa.Connection, rows: Sequence[sa.RowMapping]) -> list[StoredTree]:
    """Trees of these rows, with what they are held against."""
    ids = [row["id"] for row in rows]
    links: dict[str, list[Link]] = {}
    measures: dict[str, list[Measure]] = {}
    table: sa.Table
    table = fault_tree_links
    query = sa.select(table).where(table.c.tree_id.in_(ids)).order_by(table.c.position)
    for row in connection.execute(query).mappings():
        link = Link(row["event"], Kind(row["kind"]), row["name"])
        links.setdefault(row["tree_id"], []).append(link)
    table = fault_tree_measures
    query = sa.select(table).where(table.c.tree_id.in_(ids)).order_by(table.c.position)
    for row in connection.execute(query).mappings():
        left = Left(row["share"], row["probability"])
        measures.setdefault(row["tree_id"], []).append(
            Measure(row["event"], row["action_id"], left)
        )
    return [
        StoredTree(
            **{**row, "happened": tuple(json.loads(row["happened"]))},
            links=tuple(links.get(row["id"], ())),
            measures=tuple(measures.get(row["id"], ())),
        )
        for row in rows
    ]
