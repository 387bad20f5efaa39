"""Erasing somebody: what goes, what stays, and that nobody can bring it back."""

from __future__ import annotations

import pytest

from kintsugi.kernel import audit
from kintsugi.kernel.auth import SYSTEM, Role
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.server.accounts.conftest import Browsers, sign_in


def test_an_erased_person_is_gone_by_name_and_stays_by_id(browsers: Browsers) -> None:
    bob = browsers.ids["bob"]
    token = browsers.bob.post("/api/tokens", json={"name": "ci"}).json()["secret"]
    assert "Bob" in browsers.alice.get(f"/people/{bob}/erase").text
    erased = browsers.alice.post(f"/people/{bob}/erase")
    assert erased.headers["location"] == "/people?done=erased"
    assert browsers.bob.get("/api/me").status_code == 401
    bearer = {"Authorization": f"Bearer {token}"}
    assert browsers.open().get("/api/me", headers=bearer).status_code == 401
    assert sign_in(browsers.open(), "bob@example.com") == 401
    for path in ("/people", "/api/users", "/api/audit", "/audit", "/audit/export", "/teams"):
        text = browsers.alice.get(path).text
        assert "bob@example.com" not in text, path
        assert "Bob" not in text, path
    assert bob in browsers.alice.get("/api/audit?action=user.erase").text
    assert "Erased person" in browsers.alice.get("/audit").text


def test_an_erased_person_comes_back_by_no_door(browsers: Browsers) -> None:
    bob = browsers.ids["bob"]
    assert browsers.alice.delete(f"/api/users/{bob}").status_code == 204
    assert browsers.alice.delete(f"/api/users/{bob}").status_code == 204
    assert browsers.alice.patch(f"/api/users/{bob}", json={"isActive": True}).status_code == 404
    assert browsers.alice.post(f"/api/users/{bob}/password-link").status_code == 404
    assert browsers.alice.get(f"/people/{bob}/erase").status_code == 404
    new = {"name": "Bob", "email": "bob@example.com", "role": "viewer"}
    assert browsers.alice.post("/api/users", json=new).status_code == 201


def test_the_last_admin_is_not_erased(browsers: Browsers) -> None:
    answer = browsers.alice.post(f"/people/{browsers.ids['alice']}/erase")
    assert (answer.status_code, "last active admin" in answer.text) == (409, True)
    assert browsers.alice.delete(f"/api/users/{browsers.ids['alice']}").status_code == 409


@pytest.mark.both_databases
def test_nothing_of_theirs_is_left_in_the_database_and_the_chain_holds(works: Works) -> None:
    with works.writing(SYSTEM) as work:
        user = accounts.add_user(work, "Zebulon", "zebulon@example.com", Role.EDITOR)
    with works.writing(user.viewer("UTC")) as work:
        team = accounts.teams.create(work, "Ops")
        accounts.teams.add_member(work, team.id, user.id)
    with works.writing(SYSTEM) as work:
        accounts.erase(work, user.id)
        assert accounts.teams.members(work, team.id).items == ()
    with works.reading(SYSTEM) as work:
        for table in ("users", "sessions", "audit_entries", "teams"):
            rows = work.connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608 - our own names
            assert "zebulon" not in str(rows).casefold(), table
        assert audit.first_broken(work.connection) is None


def test_an_erased_person_is_in_no_timeline_by_name(browsers: Browsers) -> None:
    alice, bob = browsers.alice, browsers.bob
    made = bob.post("/api/incidents", json={"title": "Search is down", "private": True}).json()
    place = f"/api/incidents/{made['reference']}"
    assert bob.post(f"{place}/timeline", json={"text": "Restarted the index"}).status_code == 201
    command = {"commander": browsers.ids["bob"]}
    version = {"If-Match": bob.get(place).headers["etag"]}
    assert bob.patch(place, json=command, headers=version).status_code == 200
    seen = bob.get(f"{place}/timeline").text
    assert "Bob takes command" in seen
    let_in = {"userId": browsers.ids["alice"]}
    assert bob.post(f"{place}/grants", json=let_in).status_code == 200
    alice.post(f"/people/{browsers.ids['bob']}/erase")
    for path in (
        place, f"{place}/timeline", f"{place}/timeline?format=text",
        f"/incidents/{made['reference']}", "/incidents", "/",
    ):  # fmt: skip
        answer = alice.get(path, headers={"Accept": "text/html" if "/api" not in path else "*/*"})
        assert answer.status_code == 200, path
        assert "Bob" not in answer.text, path
    seen = alice.get(f"{place}/timeline").text
    assert "Erased person takes command" in seen
    assert "Restarted the index" in seen
