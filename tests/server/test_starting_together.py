"""Four processes that start at once on an empty database make one history, and none fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.server.cluster import SUPERUSER, Cluster
from tests.slices import IS_SLICE, IS_SOAK

TIMES = 20 if IS_SOAK else 2 if IS_SLICE else 5
STARTING = """
import sys
from kintsugi.app import open_works
from kintsugi.kernel import migrate
from kintsugi.kernel.config import Settings

print("ready", flush=True)
for url in sys.stdin:
    works = open_works(Settings(database_url=url.strip()))
    assert migrate.check(works.database) == []
    with works.database.reading() as connection:
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
    works.database.close()
    print(*found, flush=True)
"""


def test_processes_that_start_together_make_one_history(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", STARTING],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    for process in started:
        assert _said(process) == "ready"
    for kind in ("sqlite", "postgres"):
        newest = set[str]()
        for turn in range(TIMES):
            url = _empty(request, tmp_path, kind, turn)
            for process in started:
                assert process.stdin is not None
                process.stdin.write(f"{url}\n")
                process.stdin.flush()
            newest |= {_said(process) for process in started}
        assert len(newest) == 1, (kind, newest)
        assert " " not in newest.pop(), f"one history on {kind}"
    ends = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0] * 4, ends


def _said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line, process.communicate()[1][-3000:]
    return line


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
