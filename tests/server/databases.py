"""Databases for tests: one of each kind in a process, given out empty again and again.

A new PostgreSQL database costs a tenth of a second and ten megabytes, a new engine compiles every statement anew:
so a process has one of each, and what a test wrote is taken out before the next test gets it. A test that changed
the schema leaves a database that is thrown away. `once` does the same for what many tests begin with.
"""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, LiteralString, Protocol, TypeVar

import psycopg
import sqlalchemy as sa
from psycopg import sql

from kintsugi.kernel.audit import entries
from kintsugi.kernel.database import Database
from kintsugi.kernel.unit_of_work import Works
from tests.server.cluster import Cluster

T = TypeVar("T")
Rows = dict[str, bytes]
"""What PostgreSQL's COPY says of each table that is not empty."""


class Giver(Protocol):
    """Where databases of one kind come from."""

    made: dict[str, Any]

    def empty(self) -> str:
        """The address of a migrated database with nothing in it."""
        ...

    def keep(self, name: str) -> None:
        """Remember what is in the database that was given last."""
        ...

    def fill(self, name: str) -> None:
        """Have what is remembered, and nothing else, in the database that was given last."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


@dataclass
class SqliteGiver:
    """A file that is copied anew for each test."""

    folder: Path
    template: Path
    made: dict[str, Any] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        return self.folder / "kintsugi.db"

    def empty(self) -> str:
        self._copy_of(self.template)
        return f"sqlite:///{self.file}"

    def close(self) -> None:
        opened(f"sqlite:///{self.file}").close()

    def keep(self, name: str) -> None:
        with (
            closing(sqlite3.connect(self.file)) as read,
            closing(sqlite3.connect(self.folder / f"{name}.kept")) as written,
        ):
            read.backup(written)

    def fill(self, name: str) -> None:
        self._copy_of(self.folder / f"{name}.kept")

    def _copy_of(self, file: Path) -> None:
        self.close()
        for old in self.folder.glob("kintsugi.db*"):
            old.unlink()
        shutil.copy(file, self.file)


FINGERPRINT: LiteralString = """
SELECT (SELECT (count(*), sum(oid::bigint)) FROM pg_class)::text
    || (SELECT (count(*), sum(attrelid::bigint * attnum)) FROM pg_attribute WHERE NOT attisdropped)::text
    || (SELECT (count(*), sum(hashtext(oid::text || tgenabled::text))) FROM pg_trigger)::text
    || (SELECT (count(*), sum(oid::bigint)) FROM pg_constraint)::text
    || (SELECT (count(*), sum(hashtext(proname || prosrc))) FROM pg_proc WHERE oid > 16383)::text
    || (SELECT count(*) FROM pg_namespace WHERE nspname !~ '^pg_')::text
"""
"""Another text when tables, columns, constraints, triggers or functions are others than before."""

LEFT: LiteralString = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
  AND (state <> 'idle' OR pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory'))
"""
"""Ends what a test left in the middle of something. Connections that wait to be used again may stay."""


@dataclass
class PostgresGiver:
    """A database whose rows are taken out after each test, or another when its schema changed."""

    cluster: Cluster
    template: str
    made: dict[str, Any] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)
    _name: str = ""
    _connection: psycopg.Connection[Any] | None = None
    _schema: str = ""
    _first: Rows = field(default_factory=dict)
    _kept: dict[str, Rows] = field(default_factory=dict)

    def empty(self) -> str:
        if self._connection is None or not self._emptied(self._connection):
            self._another()
        return self.cluster.url(self._name)

    def keep(self, name: str) -> None:
        assert self._connection
        self._kept[name] = _read(self._connection)

    def fill(self, name: str) -> None:
        assert self._connection
        _replace(self._connection, self._kept[name], _tables(self._connection))

    def close(self) -> None:
        if self._connection is not None:
            opened(self.cluster.url(self._name)).close()
            self._connection.close()

    def _another(self) -> None:
        self.close()
        if self._name:
            with closing(self.cluster.connect()) as connection:
                name = sql.Identifier(self._name)
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        self._name = f"test_{next(self._numbers)}"
        create(self.cluster, f"{self._name} TEMPLATE {self.template}")
        self._connection = self.cluster.connect(self._name)
        self._schema = _fingerprint(self._connection)
        self._first = _read(self._connection)

    def _emptied(self, connection: psycopg.Connection[Any]) -> bool:
        """Whether the database could be made as it was: not when a test changed its schema, or removed it."""
        try:
            connection.execute(LEFT)
            if _fingerprint(connection) != self._schema:
                return False
            _replace(connection, self._first, _tables(connection))
        except psycopg.OperationalError:
            return False
        return True


def _fingerprint(connection: psycopg.Connection[Any]) -> str:
    return str(connection.execute(FINGERPRINT).fetchone())


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return [name for (name,) in found]


def _read(connection: psycopg.Connection[Any]) -> Rows:
    """The rows of every table that has some."""
    rows = {}
    for table in _tables(connection):
        statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
        with connection.cursor().copy(statement) as copy:
            said = b"".join(bytes(part) for part in copy)
        if said:
            rows[table] = said
    return rows


def _replace(connection: psycopg.Connection[Any], rows: Rows, emptied: Any) -> None:  # noqa: ANN401 - names
    """Have these rows and no others in the tables, past triggers and foreign keys."""
    with connection.transaction():
        connection.execute("SET LOCAL lock_timeout = '20s'")
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(
            sql.SQL("; ").join(
                sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in emptied
            )
        )
        for table, said in rows.items():
            statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
            with connection.cursor().copy(statement) as copy:
                copy.write(said)


def create(cluster: Cluster, what: str) -> None:
    """CREATE DATABASE, with what follows it."""
    with closing(cluster.connect()) as connection:
        connection.execute(sql.SQL("CREATE DATABASE " + what))


_givers: dict[sa.URL, Giver] = {}


def given(giver: Giver) -> str:
    """The address of an empty database."""
    url = giver.empty()
    _givers[sa.make_url(url)] = giver
    return url


def once(works: Works, name: str, make: Callable[[], T]) -> T:
    """What `make` answers, and all that it writes into a database: done once, and copied from then on.

    What it finds there is told by the last line of the audit log, whose hash is of all the lines before it: where that
    is another than the first time, it is done again.
    """
    giver = _givers.get(works.database.engine.url)
    if giver is None:
        return make()
    with works.database.reading() as connection:
        last = sa.select(entries.c.hash).order_by(entries.c.number.desc()).limit(1)
        found_there = connection.execute(last).scalar()
    name = f"{name}-{works.clock.now():%Y%m%dT%H%M%S%f}-{found_there}"
    if name in giver.made:
        giver.fill(name)
    else:
        giver.made[name] = make()
        giver.keep(name)
    made: T = giver.made[name]
    return made


@cache
def opened(url: str) -> Database:
    """The one database of this process at an address: its statements are compiled once."""
    database = Database(url)
    hurry(database)
    return database


def hurry(database: Database) -> None:
    """Wait for no disk: the data of a test does not outlive it. What lasts is tested by killing the real server."""
    if database.is_sqlite:

        @sa.event.listens_for(database.engine, "connect")
        def _careless(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
            connection.execute("PRAGMA synchronous=OFF")
