"""A database made of a backup again: whole, over nothing that is there, and nothing in it is done twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from kintsugi.kernel import audit, jobs, outbox
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.backup import BackupFailed, back_up, restore
from kintsugi.kernel.clock import SystemClock
from kintsugi.kernel.database import Database
from kintsugi.kernel.unit_of_work import Works
from tests.cli.command import kintsugi
from tests.server.cluster import binaries

pytestmark = pytest.mark.both_databases

SAID = "it was overdue when a backup was restored, and may have been done after the backup"


@pytest.fixture(autouse=True)
def tools(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's programs, on the PATH."""
    folder = binaries()
    if folder is not None:
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    elif not works.database.is_sqlite:
        pytest.skip("there is no PostgreSQL here")


@contextmanager
def nothing_yet(works: Works, tmp_path: Path) -> Iterator[str]:
    """The address of a database that is not there, or is empty."""
    if works.database.is_sqlite:
        yield f"sqlite:///{tmp_path / 'restored.db'}"
        return
    url = works.database.engine.url.set(database="from_backup")
    admin = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE IF EXISTS from_backup WITH (FORCE)")
        connection.exec_driver_sql("CREATE DATABASE from_backup")
    admin.dispose()
    yield url.render_as_string(hide_password=False)


def timers(works: Works) -> None:
    """A letter that is due, one that a worker had begun, one for tomorrow and one that is done."""
    with works.writing(SYSTEM) as work:
        work.connection.execute(outbox.jobs.delete())
        now = SystemClock().now()
        for key, at in (("due", now), ("begun", now), ("done", now)):
            work.later("letter", {}, key=key, at=at - timedelta(hours=1))
        work.later("letter", {}, key="tomorrow", at=now + timedelta(days=1))
        for key, state in (("begun", jobs.State.HANDED), ("done", jobs.State.DONE)):
            change = outbox.jobs.update().where(outbox.jobs.c.key == key)
            work.connection.execute(change.values(state=state.value))


def states(connection: sa.Connection) -> dict[str, str]:
    return {row.key: row.state for row in connection.execute(sa.select(outbox.jobs))}


def test_what_was_to_be_done_before_the_restore_waits_for_a_person(
    works: Works, tmp_path: Path
) -> None:
    timers(works)
    back_up(works.database, tmp_path / "copy")
    with nothing_yet(works, tmp_path) as url:
        assert restore(url, tmp_path / "copy") == 2
        again = Database(url)
        with again.reading() as connection:
            assert states(connection) == {
                "due": "parked", "begun": "parked", "tomorrow": "waiting", "done": "done",
            }  # fmt: skip
            assert {job.error for job in jobs.overview(connection).parked} == {SAID}
            assert audit.first_broken(connection) is None
            last = list(audit.in_order(connection))[-1]
            assert (last.action, last.detail) == ("job.park_overdue", '{"parked": 2}')
        again.close()
    with works.database.reading() as connection:
        assert states(connection)["due"] == "waiting"


def test_nothing_that_is_there_is_overwritten(works: Works, tmp_path: Path) -> None:
    back_up(works.database, tmp_path / "copy")
    with nothing_yet(works, tmp_path) as url:
        restore(url, tmp_path / "copy")
        with pytest.raises(BackupFailed, match="already"):
            restore(url, tmp_path / "copy")
    with pytest.raises(BackupFailed, match="there is no backup at"):
        restore(url, tmp_path / "absent")


def test_a_file_that_is_no_backup_makes_no_database(works: Works, tmp_path: Path) -> None:
    other = tmp_path / "notes"
    other.write_text("nothing of ours")
    with nothing_yet(works, tmp_path) as url:
        with pytest.raises(BackupFailed):
            restore(url, other)
        assert not (tmp_path / "restored.db").exists()
        back_up(works.database, tmp_path / "copy")
        restore(url, tmp_path / "copy")


def test_an_old_journal_beside_the_database_is_not_taken_for_its_own(
    works: Works, tmp_path: Path
) -> None:
    if not works.database.is_sqlite:
        return
    back_up(works.database, tmp_path / "copy")
    (tmp_path / "restored.db-wal").write_bytes(b"of another life")
    with pytest.raises(BackupFailed, match="put it aside first"):
        restore(f"sqlite:///{tmp_path / 'restored.db'}", tmp_path / "copy")


def test_the_commands_say_what_is_parked(
    works: Works, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    timers(works)
    back_up(works.database, tmp_path / "copy")
    with nothing_yet(works, tmp_path) as url:
        monkeypatch.setenv("KINTSUGI_DATABASE_URL", url)
        done = kintsugi("restore", tmp_path / "copy")
        assert (done.code, "2 jobs that should have been done by now are parked" in done.out) == (
            0,
            True,
        )
        assert kintsugi("restore", tmp_path / "copy").code == 2
        assert "letter due" in kintsugi("db", "check").err
        database = Database(url)
        with database.writing() as connection:
            overdue = outbox.jobs.c.key == "tomorrow"
            late = SystemClock().now() - timedelta(minutes=1)
            connection.execute(outbox.jobs.update().where(overdue).values(due_at=late))
        database.close()
        assert kintsugi("db", "park-overdue").out == "1 job parked\n"
