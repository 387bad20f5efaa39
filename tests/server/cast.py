"""Fixtures of the server's tests: a migrated database of each kind, a clock that moves, and the cast."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from kintsugi.app import build_app, move_in, open_works
from kintsugi.kernel.auth import SYSTEM, Role, Scope
from kintsugi.kernel.config import Settings
from kintsugi.kernel.database import Database
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.server.cluster import Cluster, binaries, needs


class MovableClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def now_is(self, moment: datetime) -> None:
        self._now = moment

    def forward(self, **length: float) -> None:
        self._now += timedelta(**length)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL cluster of our own."""
    folder = binaries()
    if folder is None:
        needs("postgres")
        return
    running = Cluster(folder)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def postgres_template(cluster: Cluster) -> str:
    """A migrated database that others are copied from."""
    _create(cluster, "migrated")
    open_works(Settings(database_url=cluster.url("migrated"))).database.close()
    return "migrated"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that others are copied from."""
    file = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    works = open_works(Settings(database_url=f"sqlite:///{file}"))
    works.database.close()  # the last connection to go writes the log into the file
    return file


_numbers = itertools.count()


def _create(cluster: Cluster, what: str) -> None:
    engine = sa.create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {what}")
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated, empty database of each kind."""
    return a_database(request, tmp_path)


def a_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated, empty database of the fixture's kind.

    For files whose tests ask every route and take long: they run on one kind, and say why on which.
    """
    if request.param == "sqlite":
        file = tmp_path / "kintsugi.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        return f"sqlite:///{file}"
    template = request.getfixturevalue("postgres_template")
    cluster: Cluster = request.getfixturevalue("cluster")
    name = f"test_{next(_numbers)}"
    _create(cluster, f"{name} TEMPLATE {template}")
    return cluster.url(name)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def works(database_url: str, clock: MovableClock) -> Iterator[Works]:
    """Units of work on a migrated, empty database."""
    database = Database(database_url)
    hurry(database)
    yield Works(database, clock)
    database.close()


def hurry(database: Database) -> None:
    """Wait for no disk: the data of a test does not outlive it. What lasts is tested by killing the real server."""
    if database.is_sqlite:

        @sa.event.listens_for(database.engine, "connect")
        def _careless(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
            connection.execute("PRAGMA synchronous=OFF")


@cache
def _assembled() -> FastAPI:
    """One application for all the tests of a process: its hundreds of routes take long to assemble."""
    return build_app(Settings(), Works(Database("sqlite://"), MovableClock()))


def app_for(settings: Settings, works: Works) -> FastAPI:
    """The whole application on a test's own database."""
    app = _assembled()
    move_in(app, settings, works)
    return app


@dataclass
class Cast:
    """Browsers and programs of the people of every test: alice administers, bob responds, charlie only looks."""

    alice: TestClient
    bob: TestClient
    charlie: TestClient
    stranger: TestClient


PEOPLE = (("alice", Role.ADMIN), ("bob", Role.RESPONDER), ("charlie", Role.VIEWER))


@pytest.fixture
def client(works: Works, database_url: str) -> Cast:
    """The whole application, as each of the cast uses it with a token that may do all their role may."""
    app = app_for(Settings(database_url=database_url), works)
    made: dict[str, TestClient] = {"stranger": TestClient(app, follow_redirects=False)}
    for name, role in PEOPLE:
        with works.writing(SYSTEM) as work:
            user = accounts.add_user(work, name.capitalize(), f"{name}@example.com", role)
            secret = accounts.create_token(work, user.id, "test", (Scope.ADMIN,)).secret
        headers = {"Authorization": f"Bearer {secret}"}
        made[name] = TestClient(app, headers=headers, follow_redirects=False)
    return Cast(**made)
