"""People: adding them, what they may do, and the last admin."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.auth import SYSTEM, Role
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.server.accounts.conftest import PASSWORD, Browsers, sign_in

NEW = {
    "name": "Dana",
    "email": "Dana@Example.com",
    "role": "editor",
    "password": "a new start here",
}
CLOSED = [("POST", "/api/users"), ("PATCH", "/api/users/usr_1"), ("DELETE", "/api/users/usr_1"),
          ("POST", "/api/users/usr_1/password-link"), ("POST", "/people"), ("POST", "/people/usr_1"),
          ("POST", "/people/usr_1/link"), ("GET", "/people/usr_1/erase"), ("POST", "/people/usr_1/erase"),
          ("GET", "/api/audit"), ("GET", "/audit"), ("GET", "/audit/export")]  # fmt: skip
OWN = [("GET", "/api/tokens"), ("POST", "/api/tokens"), ("DELETE", "/api/tokens/tok_1"), ("GET", "/api/sessions"),
       ("DELETE", "/api/sessions/ses_1"), ("GET", "/profile"), ("POST", "/profile"), ("POST", "/profile/password"),
       ("POST", "/profile/tokens"), ("POST", "/profile/tokens/tok_1/revoke"),
       ("POST", "/profile/sessions/ses_1/revoke"), ("GET", "/api/me")]  # fmt: skip
BODIES = {"/api/users": NEW, "/api/users/usr_1": {"role": "admin"}, "/api/tokens": {"name": "mine"}}


def ask(browser: TestClient, method: str, path: str) -> int:
    """The status, as a program sees it."""
    headers = {"Accept": "application/json"}
    return browser.request(method, path, json=BODIES.get(path), headers=headers).status_code


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_only_an_admin_changes_people_and_reads_the_log(
    browsers: Browsers, method: str, path: str
) -> None:
    assert ask(browsers.stranger, method, path) == 401
    assert ask(browsers.charlie, method, path) == 403
    assert ask(browsers.bob, method, path) == 403


@pytest.mark.parametrize(("method", "path"), OWN)
def test_a_stranger_has_no_account(browsers: Browsers, method: str, path: str) -> None:
    assert ask(browsers.stranger, method, path) == 401


def test_charlie_has_his_own_account(browsers: Browsers) -> None:
    statuses = {f"{method} {path}": ask(browsers.charlie, method, path) for method, path in OWN}
    assert 403 not in statuses.values()
    assert 401 not in statuses.values()
    assert statuses["DELETE /api/tokens/tok_1"] == statuses["DELETE /api/sessions/ses_1"] == 404


def test_who_am_i(browsers: Browsers) -> None:
    found = browsers.bob.get("/api/me").json()
    assert (found["email"], found["role"], found["zone"], found["scopes"]) == (
        "bob@example.com",
        "responder",
        "UTC",
        None,
    )
    assert "declare" in found["may"]
    assert "administer" not in found["may"]


def test_an_admin_adds_somebody_who_then_signs_in(browsers: Browsers) -> None:
    answer = browsers.alice.post("/api/users", json=NEW)
    assert answer.status_code == 201
    assert answer.json()["email"] == "dana@example.com"
    assert answer.json()["isActive"] is True
    assert "password" not in answer.text.casefold()
    assert sign_in(browsers.open(), "dana@example.com", NEW["password"]) == 303


@pytest.mark.both_databases
def test_an_email_is_used_once_however_it_is_written(browsers: Browsers) -> None:
    again = browsers.alice.post("/api/users", json=NEW | {"email": "BOB@example.com"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"password": "too short"}, "password"),
        ({"password": "x" * 257}, "password"),
        ({"password": "DANA@example.com"}, "password"),
        ({"email": "dana"}, "email"),
        ({"email": "da na@example.com"}, "email"),
        ({"email": "dana\u0000@example.com"}, "email"),
        ({"email": "d" * 300 + "@example.com"}, "email"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"role": "owner"}, "role"),
        ({"isAdmin": True}, "isAdmin"),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    browsers: Browsers, change: dict[str, str], field: str
) -> None:
    answer = browsers.alice.post("/api/users", json=NEW | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert NEW["password"] not in answer.text


@pytest.mark.both_databases
def test_people_are_listed_by_name_page_by_page(browsers: Browsers) -> None:
    names: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = browsers.alice.get("/api/users", params={"limit": 2, "cursor": cursor}).json()
        names += [one["name"] for one in page["items"]]
        cursor = page["nextCursor"]
    assert names == ["Alice", "Bob", "Charlie"]
    assert browsers.alice.get("/api/users", params={"cursor": "x"}).status_code == 422


def test_everybody_sees_names_and_an_admin_also_emails(browsers: Browsers) -> None:
    for listed in (browsers.charlie.get("/people").text, browsers.charlie.get("/api/users").text):
        assert "Alice" in listed
        assert "alice@example.com" not in listed
    assert 'action="/people"' not in browsers.charlie.get("/people").text
    assert "alice@example.com" in browsers.alice.get("/people").text
    assert "alice@example.com" in browsers.alice.get("/api/users").text


def test_a_new_role_counts_at_once(browsers: Browsers) -> None:
    path = f"/api/users/{browsers.ids['bob']}"
    assert browsers.alice.patch(path, json={"role": "admin"}).json()["role"] == "admin"
    assert browsers.bob.get("/api/audit").status_code == 200


def test_somebody_let_out_is_out_at_once_and_comes_back_signed_out(browsers: Browsers) -> None:
    path = f"/api/users/{browsers.ids['bob']}"
    assert browsers.alice.patch(path, json={"isActive": False}).json()["isActive"] is False
    assert browsers.bob.get("/api/me").status_code == 401
    assert sign_in(browsers.open(), "bob@example.com") == 401
    browsers.alice.patch(path, json={"isActive": True})
    assert browsers.bob.get("/api/me").status_code == 401
    assert sign_in(browsers.open(), "bob@example.com") == 303


@pytest.mark.parametrize("change", [{"role": "editor"}, {"isActive": False}])
def test_the_last_active_admin_stays(browsers: Browsers, change: dict[str, object]) -> None:
    alice, bob = (f"/api/users/{browsers.ids[name]}" for name in ("alice", "bob"))
    assert browsers.alice.patch(alice, json=change).status_code == 409
    browsers.alice.patch(bob, json={"role": "admin"})
    browsers.alice.patch(bob, json={"isActive": False})
    assert browsers.alice.patch(alice, json=change).status_code == 409, (
        "an admin who is out counts for nothing"
    )
    browsers.alice.patch(bob, json={"isActive": True})
    assert browsers.alice.patch(alice, json=change).status_code == 200


def test_nobody_by_that_id_is_not_found(browsers: Browsers) -> None:
    for user_id in ("usr_nobody", "%00", "%ed%a0%80"):
        assert (
            browsers.alice.patch(f"/api/users/{user_id}", json={"role": "admin"}).status_code == 404
        )


def test_the_page_of_people_adds_and_changes(browsers: Browsers) -> None:
    assert "bob@example.com" in browsers.alice.get("/people").text
    assert browsers.alice.post("/people", data=NEW).headers["location"] == "/people?done=added"
    again = browsers.alice.post("/people", data=NEW | {"name": "<script>"})
    assert again.status_code == 409
    assert "&lt;script&gt;" in again.text
    assert NEW["password"] not in again.text
    short = browsers.alice.post(
        "/people", data=NEW | {"email": "e@example.com", "password": "short"}
    )
    assert (short.status_code, "Password is too short" in short.text) == (422, True)
    changed = browsers.alice.post(f"/people/{browsers.ids['bob']}", data={"role": "editor"})
    assert changed.headers["location"] == "/people?done=changed"
    last = browsers.alice.post(f"/people/{browsers.ids['alice']}", data={"active": "no"})
    assert (last.status_code, "last active admin" in last.text) == (409, True)


def test_a_refused_service_call_leaves_nothing(works: Works) -> None:
    with pytest.raises(InvalidValue), works.writing(SYSTEM) as work:
        accounts.add_user(work, "Eve", "eve@example.com", Role.ADMIN, "short")
    with works.reading(SYSTEM) as work:
        assert accounts.list_users(work).items == ()
        assert accounts.user_of_email(work, "eve@example.com") is None


def test_a_user_says_nothing_of_their_password_when_printed(works: Works) -> None:
    with works.writing(SYSTEM) as work:
        user = accounts.add_user(work, "Eve", "eve@example.com", Role.VIEWER, PASSWORD)
    assert user.password_hash is not None
    assert user.password_hash not in repr(user)
