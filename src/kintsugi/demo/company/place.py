"""The file of a demo database: whether it is one, whether it is in use, and taking it away."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from enum import Enum
from pathlib import Path

from kintsugi.core.shared.errors import DomainError

LOADED = "demo.load"
"""The audit log's first entry in a database that holds the demo."""

_BESIDE = ("", "-wal", "-shm", "-journal")
"""SQLite's files: the database and those beside it while it is open."""


class Holds(Enum):
    """What a file is."""

    NOTHING = "nothing"
    DEMO = "a demo database"
    OTHER = "something else"


class InUse(DomainError):
    """A server is running on the file."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file} is in use: stop the server that runs on it first")


def address(file: Path) -> str:
    """The file as a database URL."""
    return f"sqlite:///{file.resolve()}"


def what_is(file: Path) -> Holds:
    """Read without a change to it: what it holds."""
    if not file.exists():
        return Holds.NOTHING
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            first = connection.execute("SELECT action FROM audit_entries WHERE number = 1")
            return Holds.DEMO if first.fetchone() == (LOADED,) else Holds.OTHER
    except sqlite3.Error:
        return Holds.OTHER


def refuse_in_use(file: Path) -> None:
    """Raises InUse when somebody else has it open. Closed by us, the last one, it has no files beside it."""
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            raise InUse(file) from error


def remove(file: Path) -> None:
    """Take the database away, with what SQLite keeps beside it."""
    for end in _BESIDE:
        file.with_name(file.name + end).unlink(missing_ok=True)
