"""The demo's fixtures: the whole year in a database of each kind, told once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher

from kintsugi.app import open_works
from kintsugi.demo.company.story import Company, company
from kintsugi.demo.company.telling import tell
from kintsugi.kernel.auth import SYSTEM, Viewer
from kintsugi.kernel.config import Settings
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import secret
from kintsugi.server.accounts import service as accounts
from tests.server.cast import MovableClock, _create
from tests.server.cluster import Cluster

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PASSWORD = "a demo's password"  # noqa: S105 - of people who are invented


@dataclass(frozen=True)
class Told:
    """The demo in a database: the settings it is opened with, its people as viewers by their key."""

    works: Works
    settings: Settings
    company: Company
    people: dict[str, Viewer]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("demo") / "demo.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        url = f"sqlite:///{file}"
    else:
        template = request.getfixturevalue("postgres_template")
        running: Cluster = request.getfixturevalue("cluster")
        name = f"demo_{request.module.__name__.rsplit('.', 1)[-1]}"
        _create(running, f"{name} TEMPLATE {template}")
        url = running.url(name)
    # Hashes that cost next to nothing: what is tested here is not how slow they are.
    patch = pytest.MonkeyPatch()
    patch.setattr(secret, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    settings, clock = Settings(database_url=url), MovableClock()
    clock.now_is(NOW)
    works = open_works(settings, clock)
    invented = company()
    tell(works, invented, NOW, PASSWORD)
    people = {}
    with works.reading(SYSTEM) as work:
        for key, person in invented.people.items():
            user = accounts.user_of_email(work, person.email)
            assert user is not None
            people[key] = user.viewer(settings.zone)
    yield Told(works, settings, invented, people)
    works.database.close()
    patch.undo()
