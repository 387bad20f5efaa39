"""Fixtures of the server's tests: a migrated database of each kind, a clock that moves, and the cast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from kintsugi.app import build_app, move_in, open_works
from kintsugi.kernel.auth import SYSTEM, Role, Scope
from kintsugi.kernel.config import Settings
from kintsugi.kernel.database import Database
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import secret
from kintsugi.server.accounts import service as accounts
from tests.server.cluster import Cluster, binaries, needs
from tests.server.databases import PostgresGiver, SqliteGiver, create, given, once, opened


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
    create(cluster, "migrated")
    open_works(Settings(database_url=cluster.url("migrated"))).database.close()
    return "migrated"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that others are copied from."""
    file = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    works = open_works(Settings(database_url=f"sqlite:///{file}"))
    works.database.close()  # the last connection to go writes the log into the file
    return file


@pytest.fixture(scope="session")
def postgres_giver(cluster: Cluster, postgres_template: str) -> Iterator[PostgresGiver]:
    giver = PostgresGiver(cluster, postgres_template)
    yield giver
    giver.close()


@pytest.fixture(scope="session")
def sqlite_giver(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[SqliteGiver]:
    giver = SqliteGiver(tmp_path_factory.mktemp("given"), sqlite_template)
    yield giver
    giver.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated, empty database of each kind."""
    return a_database(request)


def a_database(request: pytest.FixtureRequest) -> str:
    """The address of a migrated, empty database of the fixture's kind.

    For files whose tests ask every route and take long: they run on one kind, and say why on which.
    """
    return given(request.getfixturevalue(f"{request.param}_giver"))


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def works(database_url: str, clock: MovableClock) -> Works:
    """Units of work on a migrated, empty database."""
    return Works(opened(database_url), clock)


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Hashes of passwords that cost next to nothing: hundreds are made here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secret, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def one_loop() -> Iterator[None]:
    """One event loop for all the clients of a process: each would start one, with threads of its own, per request."""
    with start_blocking_portal() as TestClient.portal:
        yield
    TestClient.portal = None


_assembled = cache(lambda: build_app(Settings(), Works(Database("sqlite://"), MovableClock())))
"""One application for all the tests of a process: its hundreds of routes take long to assemble."""


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
    for name, token in once(works, "cast", lambda: _tokens(works)).items():
        headers = {"Authorization": f"Bearer {token}"}
        made[name] = TestClient(app, headers=headers, follow_redirects=False)
    return Cast(**made)


def _tokens(works: Works) -> dict[str, str]:
    """An account for each of the cast, and a token's secret by name."""
    made = {}
    for name, role in PEOPLE:
        with works.writing(SYSTEM) as work:
            user = accounts.add_user(work, name.capitalize(), f"{name}@example.com", role)
            made[name] = accounts.create_token(work, user.id, "test", (Scope.ADMIN,)).secret
    return made
