"""The first run: a link that works once, for a day, while nobody is there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from kintsugi.app import build_app
from kintsugi.kernel import audit
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.config import Settings
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from kintsugi.server.accounts.tables import users
from tests.server.accounts.conftest import PASSWORD, SAME_SITE
from tests.server.cast import MovableClock

FIRST = {"name": "Alice", "email": "alice@example.com", "password": PASSWORD}


@pytest.fixture
def browser(works: Works) -> TestClient:
    app = build_app(Settings(), works)
    return TestClient(app, headers=SAME_SITE, follow_redirects=False)


def new_link(works: Works) -> str:
    with works.writing(SYSTEM) as work:
        made = accounts.make_setup_link(work)
    assert made is not None
    return f"/setup/{made}"


def test_the_link_makes_an_admin_and_signs_them_in(browser: TestClient, works: Works) -> None:
    link = new_link(works)
    assert "Make the first admin" in browser.get(link).text
    assert browser.post(link, data=FIRST).headers["location"] == "/"
    assert browser.get("/api/me").json()["role"] == "admin"
    with works.writing(SYSTEM) as work:
        assert accounts.make_setup_link(work) is None
        assert audit.first_broken(work.connection) is None


def test_the_link_works_once_and_no_other_works_after_it(browser: TestClient, works: Works) -> None:
    link, other = new_link(works), new_link(works)
    browser.post(link, data=FIRST)
    for used in (link, other):
        assert browser.get(used).status_code == 404
        assert browser.post(used, data=FIRST | {"email": "mallory@example.com"}).status_code == 404


def test_the_link_works_for_a_day(browser: TestClient, works: Works, clock: MovableClock) -> None:
    link = new_link(works)
    clock.forward(hours=24)
    assert browser.get(link).status_code == 404
    assert browser.post(link, data=FIRST).status_code == 404


@pytest.mark.parametrize("link", ["/setup/guess", "/setup/%00", "/setup/" + "x" * 5000])
def test_a_guessed_link_is_none(browser: TestClient, works: Works, link: str) -> None:
    new_link(works)
    assert browser.get(link).status_code == 404
    assert browser.post(link, data=FIRST).status_code == 404


def test_a_slip_of_the_keyboard_does_not_use_the_link_up(browser: TestClient, works: Works) -> None:
    link = new_link(works)
    wrong = browser.post(link, data=FIRST | {"password": "short"})
    assert (wrong.status_code, "Password is too short" in wrong.text) == (422, True)
    assert 'value="alice@example.com"' in wrong.text
    assert browser.post(link, data=FIRST).status_code == 303


@pytest.mark.both_databases
def test_of_two_who_use_links_at_once_one_is_admin(browser: TestClient, works: Works) -> None:
    links = [new_link(works) for _ in range(4)]

    def use(number: int) -> int:
        data = FIRST | {"email": f"admin{number}@example.com"}
        return browser.post(links[number], data=data).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [303, 404, 404, 404]
    with works.reading(SYSTEM) as work:
        assert len(work.connection.execute(sa.select(users)).all()) == 1
