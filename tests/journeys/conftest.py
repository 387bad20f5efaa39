"""Fixtures of the journeys: the server that is started, and the browsers that visit it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser

from tests.journeys.browsers import Browsers, chromium_binary, launched
from tests.journeys.server import Clock, Server, add_cast, libfaketime, running
from tests.server.cast import cluster  # noqa: F401 - a fixture is found by name
from tests.server.cluster import Cluster, needs

_numbers = itertools.count()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, started once."""
    binary = chromium_binary()
    if binary is None:
        needs("chromium")
        return
    with launched(binary) as browser:
        yield browser


@pytest.fixture
def browsers(chromium: Browser) -> Iterator[Browsers]:
    """Browsers; the journey fails when one of them complained."""
    opened = Browsers(chromium)
    yield opened
    opened.close()
    opened.assert_content()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: a SQLite file, or PostgreSQL where a journey asks for it."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{tmp_path / 'kintsugi.db'}"
    postgres: Cluster = request.getfixturevalue("cluster")
    name = f"journey_{next(_numbers)}"
    engine = sa.create_engine(postgres.url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return postgres.url(name)


@pytest.fixture
def empty_server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """A server that nobody can sign in to yet."""
    with running(database_url, tmp_path) as server:
        yield server


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """A server with the cast."""
    add_cast(database_url)
    with running(database_url, tmp_path) as started:
        yield started


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    """The clock of `clocked_server`, which a journey moves."""
    library = libfaketime()
    if library is None:
        needs("faketime")
        raise AssertionError
    return Clock(library, tmp_path / "clock")


@pytest.fixture
def clocked_server(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Server]:
    """A server with the cast, whose clock can be moved, and whose sessions last two days."""
    add_cast(database_url)
    with running(database_url, tmp_path, clock, KINTSUGI_SESSION_DAYS="2") as started:
        yield started
