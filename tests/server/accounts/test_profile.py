"""One's own account: profile, password, sessions, tokens."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from kintsugi.kernel.auth import SYSTEM, Forbidden, Role, Scope
from kintsugi.kernel.http import SESSION_COOKIE
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from kintsugi.server.accounts.tables import sessions, tokens, users
from tests.server.accounts.conftest import PASSWORD, Browsers, sign_in
from tests.server.cast import MovableClock

BETTER = "an even better one"


def bearer(browsers: Browsers, secret: str) -> TestClient:
    """A program with a token."""
    return TestClient(
        browsers.app, headers={"Authorization": f"Bearer {secret}"}, follow_redirects=False
    )


def new_token(browsers: Browsers, **more: object) -> dict[str, str]:
    answer = browsers.bob.post("/api/tokens", json={"name": "ci", "scopes": ["read"], **more})
    assert answer.status_code == 201
    made: dict[str, str] = answer.json()
    return made


def test_a_profile_is_saved_and_shown(browsers: Browsers) -> None:
    data = {"name": "Bob B.", "zone": "Europe/Berlin", "theme": "dark"}
    assert browsers.bob.post("/profile", data=data).headers["location"] == "/profile?done=profile"
    page = browsers.bob.get("/profile?done=profile")
    assert "Your profile is saved." in page.text
    assert 'data-theme="dark"' in page.text
    assert browsers.bob.get("/api/me").json()["zone"] == "Europe/Berlin"


def test_a_zone_that_is_none_is_refused_and_what_was_typed_stays(browsers: Browsers) -> None:
    answer = browsers.bob.post(
        "/profile", data={"name": "Bobby", "zone": "../etc/passwd", "theme": "dark"}
    )
    assert answer.status_code == 422
    assert "is not a time zone" in answer.text
    assert 'value="Bobby"' in answer.text


def test_a_new_password_ends_the_other_sessions(browsers: Browsers) -> None:
    other = browsers.open()
    assert sign_in(other, "bob@example.com") == 303
    data = {"current": PASSWORD, "password": BETTER}
    assert (
        browsers.bob.post("/profile/password", data=data).headers["location"]
        == "/profile?done=password"
    )
    assert browsers.bob.get("/api/me").status_code == 200
    assert other.get("/api/me").status_code == 401
    assert sign_in(browsers.open(), "bob@example.com") == 401
    assert sign_in(browsers.open(), "bob@example.com", BETTER) == 303


def test_a_password_is_changed_only_by_who_knows_it_and_guesses_are_slowed(
    browsers: Browsers,
) -> None:
    data = {"current": "not his password", "password": BETTER}
    statuses = [browsers.bob.post("/profile/password", data=data).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    weak = browsers.charlie.post(
        "/profile/password", data={"current": PASSWORD, "password": "short"}
    )
    assert weak.status_code == 422
    assert sign_in(browsers.open("198.51.100.4"), "bob@example.com") == 303


def test_a_session_can_be_revoked_by_its_owner_alone(
    browsers: Browsers, clock: MovableClock
) -> None:
    other = browsers.open()
    clock.forward(seconds=1)
    assert sign_in(other, "bob@example.com") == 303
    listed = other.get("/api/sessions").json()["items"]
    assert [one["isThis"] for one in listed] == [True, False]
    assert browsers.charlie.delete(f"/api/sessions/{listed[0]['id']}").status_code == 404
    assert browsers.bob.delete(f"/api/sessions/{listed[0]['id']}").status_code == 204
    assert other.get("/api/me").status_code == 401
    assert browsers.bob.delete(f"/api/sessions/{listed[0]['id']}").status_code == 404
    this = f"/profile/sessions/{listed[1]['id']}/revoke"
    assert browsers.bob.post(this).headers["location"] == "/profile?done=session"
    assert browsers.bob.get("/api/me").status_code == 401


def test_a_token_is_shown_once_and_works_until_revoked(browsers: Browsers) -> None:
    answer = browsers.bob.post(
        "/profile/tokens", data={"name": "ci", "scope": "write", "days": "30"}
    )
    found = re.search(r"kin_[\w-]{43}", answer.text)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert found is not None
    program = bearer(browsers, found[0])
    assert program.get("/api/me").json()["scopes"] == ["write"]
    assert found[0] not in browsers.bob.get("/profile").text
    token_id = browsers.bob.get("/api/tokens").json()["items"][0]["id"]
    assert browsers.charlie.delete(f"/api/tokens/{token_id}").status_code == 404
    assert (
        browsers.bob.post(f"/profile/tokens/{token_id}/revoke").headers["location"]
        == "/profile?done=token"
    )
    assert program.get("/api/me").status_code == 401


def test_a_token_expires(browsers: Browsers, clock: MovableClock) -> None:
    until = (clock.now() + timedelta(days=1)).isoformat()
    program = bearer(browsers, new_token(browsers, expiresAt=until)["secret"])
    assert program.get("/api/me").status_code == 200
    clock.forward(days=1)
    assert program.get("/api/me").status_code == 401
    assert browsers.bob.get("/api/tokens").json()["items"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"expiresAt": "2020-01-01T00:00:00Z"},
        {"expiresAt": "2030-01-01T00:00:00"},
        {"scopes": []},
        {"name": ""},
    ],
)
def test_a_token_that_cannot_be_is_refused(browsers: Browsers, wrong: dict[str, object]) -> None:
    body = {"name": "ci", "scopes": ["read"]} | wrong
    assert browsers.bob.post("/api/tokens", json=body).status_code == 422


def test_scopes_cut_the_role_and_never_widen_it(browsers: Browsers) -> None:
    made = browsers.alice.post(
        "/api/tokens", json={"name": "ci", "scopes": ["read", "write"]}
    ).json()
    assert bearer(browsers, made["secret"]).get("/api/audit").status_code == 403
    made = browsers.alice.post("/api/tokens", json={"name": "ci", "scopes": ["admin"]}).json()
    assert bearer(browsers, made["secret"]).get("/api/users").status_code == 200
    made = browsers.bob.post("/api/tokens", json={"name": "ci", "scopes": ["admin"]}).json()
    assert bearer(browsers, made["secret"]).get("/api/audit").status_code == 403


def test_a_token_cannot_reach_the_account_or_make_tokens(browsers: Browsers) -> None:
    made = browsers.alice.post("/api/tokens", json={"name": "ci", "scopes": ["admin"]}).json()
    program = bearer(browsers, made["secret"])
    assert program.post("/api/tokens", json={"name": "more"}).status_code == 403
    assert program.get("/api/sessions").status_code == 403


def test_nobody_makes_tokens_for_others(works: Works) -> None:
    with works.writing(SYSTEM) as work:
        admin = accounts.add_user(work, "Alice", "alice@example.com", Role.ADMIN)
        bob = accounts.add_user(work, "Bob", "bob@example.com", Role.VIEWER)
    with pytest.raises(Forbidden), works.writing(admin.viewer("UTC")) as work:
        accounts.create_token(work, bob.id, "mine now", [Scope.READ])


def test_last_use_is_written_at_most_once_a_minute(
    browsers: Browsers, works: Works, clock: MovableClock
) -> None:
    program = bearer(browsers, new_token(browsers)["secret"])
    mine = users.c.email == "bob@example.com"
    began, seen = clock.now(), []
    for seconds in (0, 59, 1, 30):
        clock.forward(seconds=seconds)
        program.get("/api/me")
        browsers.bob.get("/api/me")
        with works.reading(SYSTEM) as work:
            used = work.connection.scalar(sa.select(tokens.c.last_used_at))
            last = work.connection.scalar(
                sa.select(sessions.c.last_seen_at).join(users).where(mine)
            )
        assert used is not None
        assert last is not None
        seen.append(((used - began).seconds, (last - began).seconds))
    assert seen == [(0, 0), (0, 0), (60, 60), (60, 60)]


def test_no_secret_is_stored_audited_logged_or_printed(
    browsers: Browsers, works: Works, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = new_token(browsers)["secret"]
    sign_in(browsers.open(), "bob@example.com", "a wrong guess 77")
    data = {"current": PASSWORD, "password": BETTER}
    browsers.bob.post("/profile/password", data=data)
    cookie = browsers.bob.cookies[SESSION_COOKIE]
    with works.reading(SYSTEM) as work:
        bob = accounts.user_of_email(work, "bob@example.com")
        names = sa.inspect(work.connection).get_table_names()
        queries = [sa.select(sa.text("*")).select_from(sa.table(name)) for name in names]
        stored = "".join(str(work.connection.execute(query).all()) for query in queries)
    assert bob is not None
    with works.writing(SYSTEM) as work:
        printed = repr(accounts.create_token(work, bob.id, "other", [Scope.READ]))
    said = "".join(capfd.readouterr())
    for hidden in (secret, cookie, PASSWORD, BETTER, "a wrong guess 77"):
        assert hidden not in stored
        assert hidden not in said
    assert "kin_" not in printed
