"""Rows of long documents as they were set."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from kintsugi.kernel.database import insert_into
from kintsugi.server.postmortems.tables import postmortem_pages, postmortems


@dataclass(frozen=True, slots=True)
class SetPage:
    """What was made (`what`), of what (`version`, `digest`), by which release, and what it is as JSON."""

    what: str
    version: int
    release: str
    digest: str
    text: str


def found(connection: sa.Connection, postmortem_id: str, what: str, version: int) -> SetPage | None:
    """What was made at that version; None where it was made at another, or nothing was made."""
    table = postmortem_pages.c
    query = sa.select(*(table[name] for name in SetPage.__dataclass_fields__)).where(
        table.postmortem_id == postmortem_id, table.what == what, table.version == version
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else SetPage(**row)


def put(connection: sa.Connection, postmortem_id: str, page: SetPage) -> None:
    """Keep it in place of the one before."""
    values = asdict(page)
    insert = insert_into(connection, postmortem_pages).values(postmortem_id=postmortem_id, **values)
    fresh = {name: value for name, value in values.items() if name != "what"}
    keys = ["postmortem_id", "what"]
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=fresh))


def forget_unused(connection: sa.Connection, release: str, shorter_than: int) -> int:
    """Forget what another release made, and what is of documents that are deleted or short now; how many rows."""
    is_kept = sa.select(postmortems.c.id).where(
        postmortems.c.id == postmortem_pages.c.postmortem_id,
        postmortems.c.deleted_at.is_(None),
        sa.func.length(postmortems.c.document) >= shorter_than,
    )
    gone = sa.or_(postmortem_pages.c.release != release, sa.not_(is_kept.exists()))
    return connection.execute(postmortem_pages.delete().where(gone)).rowcount
