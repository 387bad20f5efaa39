"""Files as blobs in the database, so that one installation stays one file; a room keeps their names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from kintsugi.kernel.database import metadata

MAX_FILE = 10 * 1024 * 1024
"""The largest file that is kept, in bytes."""

blobs = sa.Table(
    "blobs",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Blob:
    """What is known of a file's content without reading it."""

    id: str
    size: int
    sha256: str


def keep(connection: sa.Connection, blob_id: str, content: bytes) -> Blob:
    """Keep a file's content under an id of the caller's."""
    made = Blob(blob_id, len(content), hashlib.sha256(content).hexdigest())
    connection.execute(
        blobs.insert().values(id=made.id, size=made.size, sha256=made.sha256, content=content)
    )
    return made


def content_of(connection: sa.Connection, blob_id: str) -> bytes | None:
    """The content; None when it was forgotten."""
    row = connection.execute(sa.select(blobs.c.content).where(blobs.c.id == blob_id)).first()
    return None if row is None else bytes(row.content)


def forget(connection: sa.Connection, blob_id: str) -> None:
    """Take the content out of the database; nothing of it stays."""
    connection.execute(blobs.delete().where(blobs.c.id == blob_id))
