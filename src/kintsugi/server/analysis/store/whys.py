"""The queries about why-trees."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.analysis.five_whys import walk
from kintsugi.core.analysis.why_analysis import WhyAnalysis
from kintsugi.formats.codec import decode, encode
from kintsugi.formats.reading import Reading
from kintsugi.server.analysis.store.trees import Hidden
from kintsugi.server.analysis.stored import StoredWhys, Wanted
from kintsugi.server.analysis.tables import why_trees


def _written(analysis: WhyAnalysis) -> dict[str, str]:
    """An analysis as its row has it."""
    said = [analysis.problem, analysis.halve_detection, analysis.halve_mitigation]
    for _, why in walk(analysis.whys):
        said += [why.question, why.answer, why.evidence]
    return {
        "problem": analysis.problem,
        "tree": json.dumps(encode(analysis), ensure_ascii=False),
        "words": "\n".join(text for text in said if text),
    }


def insert(connection: sa.Connection, tree: StoredWhys) -> None:
    connection.execute(
        why_trees.insert().values(
            id=tree.id, number=tree.number, reference=tree.reference, incident_id=tree.incident_id,
            created_by=tree.created_by, created_at=tree.created_at, updated_at=tree.updated_at,
            version=tree.version, **_written(tree.analysis),
        )
    )  # fmt: skip


def update(
    connection: sa.Connection, tree_id: str, analysis: WhyAnalysis, expected: int, now: datetime
) -> bool:
    """Write the analysis if the tree is still at that version; whether it was."""
    at_version = (why_trees.c.id == tree_id) & (why_trees.c.version == expected)
    changed = why_trees.update().where(at_version)
    written = changed.values(version=expected + 1, updated_at=now, **_written(analysis))
    return connection.execute(written).rowcount == 1


def delete(connection: sa.Connection, tree_id: str, expected: int) -> bool:
    """Remove the tree if it is still at that version; whether it was."""
    at_version = (why_trees.c.id == tree_id) & (why_trees.c.version == expected)
    return connection.execute(why_trees.delete().where(at_version)).rowcount == 1


def find(connection: sa.Connection, hidden: Hidden, name: str) -> StoredWhys | None:
    """The tree of an id or reference, if its incident is not hidden."""
    named = sa.or_(why_trees.c.id == name, why_trees.c.reference == name.upper())
    query = sa.select(why_trees).where(named, why_trees.c.incident_id.not_in(hidden))
    row = connection.execute(query).mappings().first()
    return None if row is None else _tree(row)


def listing(
    connection: sa.Connection, hidden: Hidden, wanted: Wanted, limit: int, before: int | None
) -> Sequence[StoredWhys]:
    """Trees from the newest number down, below `before`."""
    query = sa.select(why_trees).where(why_trees.c.incident_id.not_in(hidden))
    if wanted.incident_id:
        query = query.where(why_trees.c.incident_id == wanted.incident_id)
    if wanted.text:
        fields = (why_trees.c.words, why_trees.c.reference)
        query = query.where(
            sa.or_(*(field.icontains(wanted.text, autoescape=True) for field in fields))
        )
    if before is not None:
        query = query.where(why_trees.c.number < before)
    rows = connection.execute(query.order_by(why_trees.c.number.desc()).limit(limit))
    return [_tree(row) for row in rows.mappings()]


def _tree(row: sa.RowMapping) -> StoredWhys:
    analysis = decode(WhyAnalysis, json.loads(row["tree"]), Reading())
    return StoredWhys(
        id=row["id"], number=row["number"], reference=row["reference"],
        incident_id=row["incident_id"], analysis=analysis, created_by=row["created_by"],
        created_at=row["created_at"], updated_at=row["updated_at"], version=row["version"],
    )  # fmt: skip
