"""A backup is whole, whatever is written meanwhile, and is nobody else's to read."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from kintsugi.kernel import audit, migrate
from kintsugi.kernel.auth import SYSTEM, Role
from kintsugi.kernel.backup import BackupFailed, back_up
from kintsugi.kernel.database import Database
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.cli.command import Answer, kintsugi
from tests.server.cluster import binaries

pytestmark = pytest.mark.both_databases


def people(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM users")).scalar_one())


def holds(database: Database) -> bool:
    with database.reading() as connection:
        return migrate.check(database) == [] and audit.first_broken(connection) is None


@contextmanager
def writing(works: Works) -> Iterator[list[int]]:
    """Somebody who adds people all the time; the list grows with each that is committed."""
    stop, written = threading.Event(), list[int]()

    def write() -> None:
        while not stop.is_set():
            number = len(written)
            with works.writing(SYSTEM) as work:
                accounts.add_user(work, f"P {number}", f"p{number}@example.com", Role.VIEWER)
                accounts.add_user(work, f"Q {number}", f"q{number}@example.com", Role.VIEWER)
            written.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(written) < 5:
            pass
        yield written
    finally:
        stop.set()
        writer.join()


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> Path:
    """PostgreSQL's programs, on the PATH."""
    folder = binaries()
    if folder is None:
        pytest.skip("there is no PostgreSQL here")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@contextmanager
def restored(works: Works, copy: Path) -> Iterator[Database]:
    """The copy as a database: the file itself, or a new database that pg_restore fills."""
    if works.database.is_sqlite:
        database = Database(f"sqlite:///{copy}")
    else:
        url = works.database.engine.url.set(database="restored")
        admin = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql("DROP DATABASE IF EXISTS restored")
            connection.exec_driver_sql("CREATE DATABASE restored")
        admin.dispose()
        target = url.set(drivername="postgresql").render_as_string(hide_password=False)
        subprocess.run(["pg_restore", "--no-owner", f"--dbname={target}", copy], check=True)
        database = Database(url.render_as_string(hide_password=False))
    yield database
    database.close()


@pytest.mark.usefixtures("tools")
def test_a_backup_during_writes_opens_and_holds(works: Works, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    with writing(works) as written:
        before = len(written)
        size = back_up(works.database, target)
        after = len(written) + 1
    assert size == target.stat().st_size > 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with restored(works, target) as copy:
        found = people(copy)
        # Each transaction adds two: half of one is never in a copy.
        assert found % 2 == 0
        assert 2 * before <= found <= 2 * after
        assert holds(copy)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


@pytest.mark.usefixtures("tools")
def test_a_file_that_is_there_is_replaced_only_when_asked(works: Works, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    target.write_text("mine")
    target.chmod(0o644)
    with pytest.raises(BackupFailed, match=r"copy is there already; --force replaces it"):
        back_up(works.database, target)
    assert target.read_text() == "mine"
    back_up(works.database, target, replace=True)
    assert target.read_bytes()[:4] in (b"SQLi", b"PGDM")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_failed_backup_leaves_nothing_and_takes_nothing(
    works: Works, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    kept = folder / "kept"
    kept.write_text("mine")
    if works.database.is_sqlite:
        database = Database(f"sqlite:///{tmp_path / 'broken.db'}")
        (tmp_path / "broken.db").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    else:
        monkeypatch.setenv("PATH", str(tmp_path))
        database = works.database
    for target, replace in ((folder / "new", False), (kept, True)):
        with pytest.raises(BackupFailed):
            back_up(database, target, replace=replace)
    assert [path.name for path in folder.iterdir()] == ["kept"]
    assert kept.read_text() == "mine"


def test_without_pg_dump_it_says_what_to_install(
    works: Works, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if works.database.is_sqlite:
        return
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupFailed, match="pg_dump is not on the PATH; install"):
        back_up(works.database, tmp_path / "copy")


def command(*words: str | Path) -> Answer:
    return kintsugi("backup", *words)


def test_the_command_copies_checks_and_refuses(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, copy = tmp_path / "k.db", tmp_path / "copy.db"
    shutil.copy(sqlite_template, file)
    monkeypatch.setenv("KINTSUGI_DATABASE_URL", f"sqlite:///{file}")
    done = command(copy)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{copy}: {copy.stat().st_size:,} bytes, a SQLite database\n"
    again = command(copy)
    assert (again.code, "--force replaces it" in again.err) == (2, True)
    assert command(copy, "--force").code == 0
    assert command(file, "--force").err == f"kintsugi: {file} is the database itself\n"
    assert command(tmp_path / "none" / "x").code == 2
    monkeypatch.setenv("KINTSUGI_DATABASE_URL", f"sqlite:///{copy}")
    checked = kintsugi("db", "check")
    assert (checked.code, "audit log unbroken" in checked.out) == (0, True)
    monkeypatch.setenv("KINTSUGI_DATABASE_URL", f"sqlite:///{tmp_path / 'absent.db'}")
    assert "there is no database at" in command(tmp_path / "y").err
    assert not (tmp_path / "absent.db").exists()
    assert not (tmp_path / "y").exists()


@pytest.mark.usefixtures("tools")
def test_no_password_is_in_what_pg_dump_is_called_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pg_dump"
    program.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/words\necho "$PGPASSWORD" > {tmp_path}/password\nexit 3\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    database = Database("postgresql+psycopg://me:s3cret@db.example:5433/kin?sslmode=require")
    with pytest.raises(BackupFailed, match="pg_dump ended with 3"):
        back_up(database, tmp_path / "copy")
    words = (tmp_path / "words").read_text()
    assert "s3cret" not in words
    for said in ("host=db.example", "port=5433", "user=me", "dbname=kin", "sslmode=require"):
        assert said in words
    assert (tmp_path / "password").read_text() == "s3cret\n"
