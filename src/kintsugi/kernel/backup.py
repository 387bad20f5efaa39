"""A copy of the whole database in one file, made while the service runs; and a database made of such a file again."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa
from psycopg.conninfo import make_conninfo

from kintsugi.core.shared.errors import DomainError
from kintsugi.kernel import migrate
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.clock import SystemClock
from kintsugi.kernel.database import Database, open_database
from kintsugi.kernel.jobs import Parked, park_overdue
from kintsugi.kernel.unit_of_work import Works


class BackupFailed(DomainError):
    """No backup was made or restored; the message says why. What was there is as it was."""


def back_up(database: Database, target: Path, *, replace: bool = False) -> int:
    """Copy the database into a file that only its owner may read; its size in bytes.

    SQLite: VACUUM INTO, one read transaction beside which others write. PostgreSQL: pg_dump in its
    custom format. The file appears whole or not at all. Raises BackupFailed.
    """
    if database.is_sqlite:
        source = _sqlite_file(database.engine)
        if target.exists() and target.samefile(source):
            raise BackupFailed(f"{target} is the database itself")
    try:
        with whole_file(target, replace=replace) as made:
            if database.is_sqlite:
                _copy_sqlite(database, made)
            else:
                _dump_postgres(database.engine, made)
        return target.stat().st_size
    except FileExistsError as error:
        raise BackupFailed(f"{target} is there already; --force replaces it") from error
    except OSError as error:
        raise BackupFailed(f"{target}: {(error.strerror or str(error)).lower()}") from error


def restore(url: str, source: Path, told: Mapping[str, Parked] | None = None) -> int:
    """Make the database of a setting from a backup; how many jobs are parked in it for a person.

    1. There must be none yet: nothing is overwritten. 2. All of the backup is put there, or nothing.
    3. It is brought to the schema this version needs. 4. What was to be done before now is parked: it
    may have been done after the backup was made, and nobody is to be written to twice. `told` hear of it, by kind.
    Raises BackupFailed, NotOpened, and SchemaError for the backup of a newer version.
    """
    if not source.is_file():
        raise BackupFailed(f"there is no backup at {source}")
    if url.startswith("sqlite"):
        _put_sqlite(Path(sa.make_url(url).database or ""), source)
    database = open_database(url)
    try:
        if not database.is_sqlite:
            _fill_postgres(database.engine, source)
        migrate.upgrade(database)
        with Works(database, SystemClock()).writing(SYSTEM) as work:
            return park_overdue(work, told)
    finally:
        database.close()


def _fill_postgres(engine: sa.Engine, source: Path) -> None:
    if sa.inspect(engine).get_table_names():
        raise BackupFailed("there is something in the database already; name an empty one")
    words = ("--no-owner", "--exit-on-error", "--single-transaction", str(source.absolute()))
    run_beside("pg_restore", engine, *words)


def _put_sqlite(target: Path, source: Path) -> None:
    for there in (target, Path(f"{target}-wal"), Path(f"{target}-shm")):
        if there.exists():
            raise BackupFailed(f"{there} is there already; stop the service and put it aside first")
    if Path(f"{source}-wal").exists():
        raise BackupFailed(f"{source} is in use, as {source}-wal beside it says")
    try:
        with whole_file(target) as made:
            shutil.copyfile(source, made)
            with closing(sqlite3.connect(made)) as copy:
                (told,) = copy.execute("PRAGMA quick_check(1)").fetchone()
                is_ours = copy.execute(
                    "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
                ).fetchone()
            if told != "ok" or not is_ours:
                raise BackupFailed(f"{source} is no backup of Kintsugi on SQLite")
    except sqlite3.Error as error:
        raise BackupFailed(f"{source} is no backup of Kintsugi on SQLite: {error}") from error
    except OSError as error:
        raise BackupFailed(f"{target}: {(error.strerror or str(error)).lower()}") from error


def _sqlite_file(engine: sa.Engine) -> Path:
    """The database's file, which opening would make anew. Raises BackupFailed when there is none."""
    named = engine.url.database
    if not named or named == ":memory:":
        raise BackupFailed("the database is in memory; there is no file to copy")
    if not Path(named).is_file():
        raise BackupFailed(f"there is no database at {named}")
    return Path(named)


@contextmanager
def whole_file(target: Path, *, replace: bool = False) -> Iterator[Path]:
    """A file of our own to write, which takes the target's place at the end, and is gone after an error."""
    if not replace:
        # Taking the name now means that of two who write one file only the first does.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".backup-")
    os.close(handle)
    made = Path(name)
    try:
        yield made
        _flush(made)
        made.replace(target)
        _flush(target.parent)
    except BaseException:
        made.unlink(missing_ok=True)
        if not replace:
            target.unlink(missing_ok=True)
        raise


def _flush(path: Path) -> None:
    """Put a file, or a folder's list of names, on the disk. Windows opens no folders."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy_sqlite(database: Database, made: Path) -> None:
    try:
        with database.reading() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(made),))
        with closing(sqlite3.connect(made)) as copy:
            (told,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    except (sa.exc.DBAPIError, sqlite3.Error) as error:
        why = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        raise BackupFailed(f"the database cannot be copied: {why}") from error
    if told != "ok":
        raise BackupFailed(f"the copy does not hold: {told}")


def _dump_postgres(engine: sa.Engine, made: Path) -> None:
    run_beside("pg_dump", engine, "--format=custom", f"--file={made}")


def run_beside(program: str, engine: sa.Engine, *words: str) -> None:
    """Run one of PostgreSQL's own programs on a database. Raises BackupFailed."""
    found = shutil.which(program)
    if found is None:
        raise BackupFailed(
            f"{program} is not on the PATH; install PostgreSQL's client programs (on Debian:"
            " postgresql-client), of the server's version or newer"
        )
    named = engine.url.translate_connect_args(username="user", database="dbname")
    asked = {
        name: said if isinstance(said, str) else ",".join(said)
        for name, said in engine.url.query.items()
    }
    parameters = {name: said for name, said in {**asked, **named}.items() if said}
    # The password goes by the environment: a command line is for every user of the machine to see.
    password = parameters.pop("password", None)
    environment = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    done = subprocess.run(  # noqa: S603 - the program was looked up, its arguments are ours
        [found, "--no-password", f"--dbname={make_conninfo(**parameters)}", *words],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BackupFailed(f"{program} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
