"""The demo's fixtures: the whole year in a database of each kind, told once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from kintsugi.app import build_app, open_works
from kintsugi.demo.company.story import Company, company
from kintsugi.demo.company.telling import tell
from kintsugi.kernel.auth import SYSTEM, Viewer
from kintsugi.kernel.config import Settings
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import secret
from kintsugi.server.accounts import service as accounts
from tests.server.cast import MovableClock
from tests.server.cluster import Cluster
from tests.server.databases import create

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BROWSER = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
PASSWORD = "a demo's password"  # noqa: S105 - of people who are invented


@dataclass(frozen=True)
class Told:
    """The demo in a database: the settings it is opened with, its people as viewers by their key."""

    works: Works
    settings: Settings
    company: Company
    people: dict[str, Viewer]


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.long)]
)
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
        create(running, f"demo_told TEMPLATE {template}")
        url = running.url("demo_told")
    settings, clock = Settings(database_url=url), MovableClock()
    clock.now_is(NOW)
    works = open_works(settings, clock)
    invented = company()
    tell_quickly(works, invented)
    people = {}
    with works.reading(SYSTEM) as work:
        for key, person in invented.people.items():
            user = accounts.user_of_email(work, person.email)
            assert user is not None
            people[key] = user.viewer(settings.zone)
    yield Told(works, settings, invented, people)
    works.database.close()


def tell_quickly(works: Works, invented: Company) -> None:
    """Tell the year, with hashes that cost next to nothing: what is tested here is not how slow they are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secret, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        tell(works, invented, NOW, PASSWORD)


@pytest.fixture(scope="session")
def told_again(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    """The year in one more database, told from the same moment."""
    file = tmp_path_factory.mktemp("demo") / "again.db"
    works = open_works(Settings(database_url=f"sqlite:///{file}"))
    tell_quickly(works, company())
    yield works
    works.database.close()


@pytest.fixture(scope="session")
def browsers(told: Told) -> dict[str, TestClient]:
    """Each of the six, signed in with the one password."""
    app = build_app(told.settings, told.works)
    made = {}
    for key, person in told.company.people.items():
        made[key] = TestClient(app, headers=BROWSER, follow_redirects=False)
        said = {"email": person.email, "password": PASSWORD}
        assert made[key].post("/sign-in", data=said).status_code == 303
    return made
