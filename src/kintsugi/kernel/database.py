"""The database: one engine for SQLite or PostgreSQL, its types, and how writes take turns."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm  # else the first values load it: of two threads at once, one finds it half there
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import Dialect

from kintsugi.core.shared.errors import DomainError
from kintsugi.core.shared.text import one_line

POOL = 20
"""Connections kept: as many as the server has worker threads, so that no thread waits for one."""
PATIENCE = 15.0
"""Seconds that a process waits for SQLite's locks while another process holds them."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every room's tables. Constraints have names, so that migrations can change them on SQLite too."""


class NotOpened(DomainError):
    """The database of KINTSUGI_DATABASE_URL cannot be opened; the message says why, and holds no password."""


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment: timestamptz on PostgreSQL, fixed-width UTC text with microseconds on SQLite (it sorts as time)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.String(27))
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401 - two databases
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone does not enter the database")
        value = value.astimezone(UTC)
        if dialect.name != "sqlite":
            return value
        return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond:06d}Z"

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - two databases
        if value is None:
            return None
        if dialect.name == "sqlite":
            return datetime.fromisoformat(value)
        found: datetime = value
        return found.astimezone(UTC)


class Database:
    """An engine, and the turns in which writes go through it.

    SQLite allows one writer: every writing transaction is BEGIN IMMEDIATE under one lock of this
    process, so that writers wait in a queue here and not in SQLite's polling. Reads use autocommit
    connections and never wait. On PostgreSQL the lock is not taken.
    """

    def __init__(self, url: str) -> None:
        self.engine = _sqlite(url) if url.startswith("sqlite") else _postgres(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._turn = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection for reads; each statement sees what is committed."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A connection in a transaction: committed at the end, rolled back when an error leaves it."""
        if not self.is_sqlite:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._turn, self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The turn to write on SQLite, for who keeps a connection of its own; on PostgreSQL nobody waits."""
        if not self.is_sqlite:
            yield
            return
        with self._turn:
            yield

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def insert_into(connection: sa.Connection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that may say what to do ON CONFLICT, which each database spells in its own way."""
    is_sqlite = connection.dialect.name == "sqlite"
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


def open_database(url: str) -> Database:
    """The database of a setting, once it has answered. Raises NotOpened."""
    database = Database(url)
    try:
        with database.reading():
            return database
    except sa.exc.DBAPIError as error:
        database.close()
        why = one_line(str(error.orig))
        raise NotOpened(f"KINTSUGI_DATABASE_URL: the database cannot be opened: {why}") from error


def _sqlite(url: str) -> sa.Engine:
    engine = sa.create_engine(url, pool_size=POOL, max_overflow=0, poolclass=sa.QueuePool)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
        # The driver must not begin transactions by itself: ours are IMMEDIATE, its are deferred.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")
        _into_wal(cursor)
        for pragma in (
            "synchronous=FULL",
            "foreign_keys=ON",
            # So that INSERT OR REPLACE, too, meets the triggers that keep rows from going.
            "recursive_triggers=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _into_wal(cursor: sqlite3.Cursor) -> None:
    """The write-ahead log, kept by the file once one process has asked for it.

    Of two processes that ask a new file at once, SQLite refuses one at once: both hold a lock the other
    needs, so that waiting would not end (https://sqlite.org/c3ref/busy_handler.html). The refused one
    gives its lock back and asks again.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _postgres(url: str) -> sa.Engine:
    engine = sa.create_engine(url, pool_size=POOL, max_overflow=0, pool_pre_ping=True)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
        # Our statements take milliseconds: to start workers for one, or to compile it, costs more than it saves.
        was, connection.autocommit = connection.autocommit, True
        for setting in ("jit = off", "max_parallel_workers_per_gather = 0"):
            connection.execute(f"SET {setting}")
        connection.autocommit = was

    return engine
