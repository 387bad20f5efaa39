"""Rows of long documents as they were set."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from kintsugi.kernel.database import insert_into
from kintsugi.server.postmortems.tables import postmortem_pages, postmortems


@dataclass(frozen=True, slots=True)
class SetPage:
    """What was made (`what`), of what (`digest`), by which release, and what it is as JSON."""

    what: str
    release: str
    digest: str
    text: str


def found(connection: sa.Connection, postmortem_id: str, what: str, digest: str) -> str | None:
    """What was made of that; None where it was made of something else, or nothing was made."""
    table = postmortem_pages.c
    query = sa.select(table.text).where(
        table.postmortem_id == postmortem_id, table.what == what, table.digest == digest
    )
    row = connection.execute(query).first()
    return None if row is None else str(row.text)


def put(connection: sa.Connection, postmortem_id: str, page: SetPage) -> None:
    """Keep it in place of the one before."""
    fresh = {"release": page.release, "digest": page.digest, "text": page.text}
    insert = insert_into(connection, postmortem_pages).values(
        postmortem_id=postmortem_id, what=page.what, **fresh
    )
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
