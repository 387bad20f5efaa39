"""Browsers of the cast: signed in with a password, as people are."""

from __future__ import annotations

from dataclasses import dataclass

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.config import Settings
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.server.cast import PEOPLE, app_for
from tests.server.databases import once

PASSWORD = "mended with gold"  # noqa: S105 - of people who do not exist
SAME_SITE = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


@dataclass
class Browsers:
    """Everybody in their own browser; `app` to open more, `ids` by name."""

    app: FastAPI
    alice: TestClient
    bob: TestClient
    charlie: TestClient
    stranger: TestClient
    ids: dict[str, str]

    def open(self, address: str = "testclient") -> TestClient:
        """Another browser, at some address of the network."""
        return TestClient(
            self.app, headers=SAME_SITE, follow_redirects=False, client=(address, 50000)
        )


def sign_in(browser: TestClient, email: str, password: str = PASSWORD) -> int:
    """The status of a try to sign in."""
    return browser.post("/sign-in", data={"email": email, "password": password}).status_code


@pytest.fixture
def browsers(works: Works, database_url: str) -> Browsers:
    """The whole application, and the cast signed in to it."""
    app = app_for(Settings(database_url=database_url), works)
    ids, cookies = once(works, "browsers", lambda: _signed_in(works, app))
    made = {}
    for name in (*cookies, "stranger"):
        made[name] = TestClient(app, headers=SAME_SITE, follow_redirects=False)
        made[name].cookies.update(cookies.get(name))
    return Browsers(app, **made, ids=dict(ids))


def _signed_in(works: Works, app: FastAPI) -> tuple[dict[str, str], dict[str, httpx2.Cookies]]:
    """An account for each of the cast and a session of theirs: ids and cookies by name."""
    ids, cookies = {}, {}
    for name, role in PEOPLE:
        email = f"{name}@example.com"
        with works.writing(SYSTEM) as work:
            ids[name] = accounts.add_user(work, name.capitalize(), email, role, PASSWORD).id
        browser = TestClient(app, headers=SAME_SITE, follow_redirects=False)
        assert sign_in(browser, email) == 303
        cookies[name] = browser.cookies
    return ids, cookies
