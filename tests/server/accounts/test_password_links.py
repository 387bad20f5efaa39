"""Links that let somebody set a password: used once, for three days, and what they end."""

from __future__ import annotations

import re
import threading

import pytest
from fastapi.testclient import TestClient

from kintsugi.core.shared.errors import DomainError
from kintsugi.kernel.auth import SYSTEM, NotFound, Role
from kintsugi.kernel.http import NOBODY
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.server.accounts.conftest import PASSWORD, Browsers, sign_in
from tests.server.cast import MovableClock

FRESH = "a fresh start in gold"


def link_for(browsers: Browsers, name: str) -> str:
    """The path of a new link, as the page shows it."""
    answer = browsers.alice.post(f"/people/{browsers.ids[name]}/link")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    found = re.search(r'value="http://[^/"]+(/password/[^"]+)"', answer.text)
    assert found
    return found[1]


def test_a_link_sets_a_password_and_signs_in_and_ends_the_old_sessions(browsers: Browsers) -> None:
    path = link_for(browsers, "bob")
    anew = browsers.open()
    assert "bob@example.com" in anew.get(path).text
    assert anew.post(path, data={"password": FRESH}).headers["location"] == "/"
    assert anew.get("/api/me").json()["name"] == "Bob"
    assert browsers.bob.get("/api/me").status_code == 401
    assert sign_in(browsers.open(), "bob@example.com") == 401
    assert sign_in(browsers.open(), "bob@example.com", FRESH) == 303


def test_a_link_works_once(browsers: Browsers) -> None:
    path = link_for(browsers, "bob")
    assert browsers.open().post(path, data={"password": FRESH}).status_code == 303
    again = browsers.open()
    assert again.get(path).status_code == 404
    assert again.post(path, data={"password": "another one of these"}).status_code == 404
    assert sign_in(browsers.open(), "bob@example.com", FRESH) == 303


def test_a_refused_password_uses_no_link_up(browsers: Browsers) -> None:
    path, anew = link_for(browsers, "bob"), browsers.open()
    short = anew.post(path, data={"password": "short"})
    assert (short.status_code, "Password is too short" in short.text) == (422, True)
    assert anew.post(path, data={"password": FRESH}).status_code == 303


def test_a_newer_link_ends_an_older_one(browsers: Browsers) -> None:
    older, newer = link_for(browsers, "bob"), link_for(browsers, "bob")
    assert browsers.open().get(older).status_code == 404
    assert browsers.open().get(newer).status_code == 200


def test_a_link_works_for_three_days(browsers: Browsers, clock: MovableClock) -> None:
    path, anew = link_for(browsers, "bob"), browsers.open()
    clock.forward(hours=71, minutes=59)
    assert anew.get(path).status_code == 200
    clock.forward(minutes=1)
    assert anew.get(path).status_code == 404
    assert anew.post(path, data={"password": FRESH}).status_code == 404


def test_a_link_of_somebody_let_out_works_no_longer(browsers: Browsers) -> None:
    path, bob = link_for(browsers, "bob"), f"/api/users/{browsers.ids['bob']}"
    browsers.alice.patch(bob, json={"isActive": False})
    assert browsers.open().post(path, data={"password": FRESH}).status_code == 404
    assert browsers.alice.post(f"/people/{browsers.ids['bob']}/link").status_code == 404
    browsers.alice.patch(bob, json={"isActive": True})
    assert browsers.open().post(path, data={"password": FRESH}).status_code == 404


def test_a_guessed_link_is_not_found(browsers: Browsers) -> None:
    for guess in ("x", "%00", "%ed%a0%80", "a" * 43):
        assert browsers.stranger.get(f"/password/{guess}").status_code == 404


def test_a_link_is_set_from_our_own_page_only(browsers: Browsers) -> None:
    path = link_for(browsers, "bob")
    elsewhere = TestClient(browsers.app, headers={"Origin": "https://elsewhere.example"})
    assert elsewhere.post(path, data={"password": FRESH}).status_code == 403


def test_who_is_added_without_a_password_gets_a_link(browsers: Browsers) -> None:
    new = {"name": "Dana", "email": "dana@example.com", "role": "viewer", "password": ""}
    answer = browsers.alice.post("/people", data=new)
    assert answer.status_code == 200
    found = re.search(r"(/password/[\w-]{43})", answer.text)
    assert found
    assert browsers.open().post(found[1], data={"password": FRESH}).status_code == 303
    again = browsers.alice.post("/people", data=new)
    assert again.status_code == 409
    assert "/password/" not in again.text


def test_the_api_makes_a_link_too(browsers: Browsers) -> None:
    answer = browsers.alice.post(f"/api/users/{browsers.ids['bob']}/password-link")
    assert answer.status_code == 201
    assert answer.json()["expiresAt"] == "2026-03-05T09:00:00Z"
    path = answer.json()["address"].split("8000", 1)[1]
    assert browsers.open().get(path).status_code == 200


def test_no_secret_is_logged_or_audited(
    browsers: Browsers, capsys: pytest.CaptureFixture[str]
) -> None:
    path = link_for(browsers, "bob")
    secret = path.rsplit("/", 1)[1]
    browsers.open().get(path)
    browsers.open().post(path, data={"password": FRESH})
    assert secret not in capsys.readouterr().out
    logged = browsers.alice.get("/api/audit").text
    assert "password_link.use" in logged
    assert secret not in logged
    assert FRESH not in logged


@pytest.mark.both_databases
def test_of_two_who_use_a_link_at_once_one_gets_in(works: Works) -> None:
    with works.writing(SYSTEM) as work:
        user = accounts.add_user(work, "Dana", "dana@example.com", Role.VIEWER)
        link = accounts.password_links.make(work, user.id)
    got: list[str] = []

    def use(password: str) -> None:
        try:
            with works.writing(NOBODY) as work:
                accounts.password_links.use(work, link, password)
                got.append(password)
        except NotFound:
            got.append("")

    both = [threading.Thread(target=use, args=(f"{PASSWORD} {n}",)) for n in (1, 2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(map(bool, got)) == [False, True]


@pytest.mark.both_databases
def test_two_admins_who_demote_each_other_at_once_leave_one(works: Works) -> None:
    with works.writing(SYSTEM) as work:
        people = [
            accounts.add_user(work, name, f"{name}@example.com", Role.ADMIN) for name in ("a", "b")
        ]
    refused: list[DomainError] = []
    together = threading.Barrier(2)

    def demote(asks: accounts.User, whom: accounts.User) -> None:
        together.wait()
        try:
            with works.writing(asks.viewer("UTC")) as work:
                accounts.change_user(work, whom.id, role=Role.VIEWER)
        except DomainError as error:
            refused.append(error)

    both = [threading.Thread(target=demote, args=(people[one], people[1 - one])) for one in (0, 1)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert [type(error) for error in refused] == [accounts.LastAdmin]
    with works.reading(SYSTEM) as work:
        roles = sorted(user.role.value for user in accounts.list_users(work).items)
    assert roles == ["admin", "viewer"]
