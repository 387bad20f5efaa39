"""Four processes that start at once on an empty database make one history, and none fails."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from kintsugi.kernel import database, migrate
from kintsugi.kernel.database import open_database
from tests.server.cluster import SUPERUSER, Cluster
from tests.slices import IS_SLICE, IS_SOAK

TIMES = 20 if IS_SOAK else 2 if IS_SLICE else 5
STARTING = """
import os
import sys
from kintsugi.app import open_works
from kintsugi.kernel import migrate
from kintsugi.kernel.config import Settings

def start(url):
    works = open_works(Settings(database_url=url))
    assert migrate.check(works.database) == []
    with works.database.reading() as connection:
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
    works.database.close()
    os.write(1, " ".join(found).encode() + b"\\n")

for url in sys.stdin:
    held, gate = os.pipe()
    started = []
    for _ in range(4):
        started.append(os.fork())
        if not started[-1]:
            os.close(gate)
            os.read(held, 1)  # until all are there
            try:
                start(url.strip())
            except BaseException:
                sys.excepthook(*sys.exc_info())
                os._exit(1)
            os._exit(0)
    os.close(held)
    os.close(gate)
    for process in started:
        assert os.waitpid(process, 0)[1] == 0
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
@pytest.mark.long
def test_processes_that_start_together_make_one_history(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    urls = [_empty(request, tmp_path, kind, turn) for turn in range(TIMES)]
    done = subprocess.run(
        [sys.executable, "-c", STARTING], input="\n".join(urls), capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    histories = done.stdout.split("\n")[:-1]
    assert len(histories) == 4 * TIMES
    assert len(set(histories)) == 1, histories
    assert " " not in histories[0], "one history"


@pytest.mark.long
def test_who_finds_another_process_at_the_schema_waits_until_it_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy machine all the migrations take longer than a writer's patience."""
    monkeypatch.setattr(database, "PATIENCE", 0.02)
    first, second = (open_database(f"sqlite:///{tmp_path / 'slow.db'}") for _ in range(2))
    with ThreadPoolExecutor(1) as pool:
        with first.writing():
            waiting = pool.submit(migrate.upgrade, second)
            with pytest.raises(TimeoutError):
                waiting.result(0.5)
        assert waiting.result() is True
    with first.writing():
        assert migrate.upgrade(second) is False, "nothing is missing, so nobody waits"
    for one in (first, second):
        one.close()


def _empty(request: pytest.FixtureRequest, folder: Path, kind: str, turn: int) -> str:
    """The address of an empty database that nobody opened yet."""
    if kind == "sqlite":
        return f"sqlite:///{folder / f'together-{turn}.db'}"
    cluster: Cluster = request.getfixturevalue("cluster")
    name = f"together_{turn}"
    engine = sa.create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} OWNER {SUPERUSER}")
    engine.dispose()
    return cluster.url(name)


def test_a_new_file_that_another_process_writes_to_is_waited_for(tmp_path: Path) -> None:
    """SQLite itself does not wait here, whatever its busy_timeout: it would hold a lock the writer needs."""
    file = tmp_path / "written.db"
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as writer:
        writer.execute("CREATE TABLE seen (it)")
        writer.execute("BEGIN IMMEDIATE")
        threading.Timer(0.1, writer.rollback).start()
        opened = open_database(f"sqlite:///{file}")
        with opened.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        opened.close()
