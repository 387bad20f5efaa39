"""Brings a database to the schema this version needs, one process at a time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from kintsugi.core.shared.errors import DomainError
from kintsugi.kernel.database import PATIENCE, Database

LOCK = 7060
"""The advisory lock on PostgreSQL under which one process migrates and the others wait."""
WAITS = 3600
"""Seconds that a process waits on SQLite for another one that migrates. On PostgreSQL it waits for ever."""


class SchemaError(DomainError):
    """The database's schema is not one this version can work with."""


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", "kintsugi.kernel:migrations")
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The revision this version needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise SchemaError("the package has no migrations: it is not whole")
    return head


def current(database: Database) -> str | None:
    """The revision the database has; None when it is empty."""
    with database.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database) -> bool:
    """Apply what is missing; whether anything was. Safe when several processes start at once.

    Who finds nothing missing takes no lock, so that it starts while others write, for however long.
    Raises SchemaError for a database that a newer version has written.
    """
    needed = newest()
    if current(database) == needed:
        return False
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    with _alone(database) as connection:
        before = MigrationContext.configure(connection).get_current_revision()
        if before is not None and before not in known:
            raise SchemaError(
                f"the database has schema {before}, which a newer version wrote; use that version"
            )
        if before == needed:
            return False
        command.upgrade(_config(connection), "head")
        return True


@contextmanager
def _alone(database: Database) -> Iterator[sa.Connection]:
    """A transaction that no other process migrates beside.

    SQLite: foreign keys are off before it begins, or altering a parent table (a batch copies it)
    would cascade its children away; they are checked before it ends.
    """
    if not database.is_sqlite:
        with database.engine.begin() as connection:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            yield connection
        return
    with database.engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute(f"PRAGMA busy_timeout={WAITS * 1000}")
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise SchemaError(
                        f"the migration would break {len(broken)} references; nothing was changed"
                    )
        finally:
            raw.execute(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")
            raw.execute("PRAGMA foreign_keys=ON")


def check(database: Database) -> list[str]:
    """What keeps this version from using the database; empty when nothing does."""
    found = current(database)
    if found == newest():
        return []
    return [
        f"the schema is {found or 'not there'}, this version needs {newest()}: run kintsugi db upgrade"
    ]
