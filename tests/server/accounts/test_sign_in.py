"""Signing in and out: cookies, guesses, other sites, addresses that lead away."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from kintsugi.app import build_app
from kintsugi.kernel.auth import SYSTEM, Role
from kintsugi.kernel.config import Settings
from kintsugi.kernel.http import SESSION_COOKIE
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from kintsugi.server.accounts.tables import users
from tests.server.accounts.conftest import PASSWORD, SAME_SITE, Browsers, sign_in
from tests.server.cast import MovableClock


def test_a_right_password_opens_a_session(browsers: Browsers) -> None:
    answer = browsers.open().post(
        "/sign-in", data={"email": " Bob@Example.COM ", "password": PASSWORD}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{SESSION_COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie


@pytest.mark.usefixtures("browsers")
def test_the_cookie_is_kept_to_encrypted_connections_where_there_are_some(works: Works) -> None:
    app = build_app(Settings(base_url="https://kintsugi.example.com"), works)
    browser = TestClient(app, headers=SAME_SITE, follow_redirects=False)
    answer = browser.post("/sign-in", data={"email": "bob@example.com", "password": PASSWORD})
    assert "; Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("email", ["bob@example.com", "nobody@example.com", "", "a\0b@example.com"])
def test_a_wrong_guess_says_the_same_of_everybody(browsers: Browsers, email: str) -> None:
    answer = browsers.open().post("/sign-in", data={"email": email, "password": "wrong guess!!"})
    assert answer.status_code == 401
    assert "do not go together" in answer.text
    assert "set-cookie" not in answer.headers
    assert "wrong guess!!" not in answer.text


def test_somebody_without_a_password_cannot_sign_in(browsers: Browsers, works: Works) -> None:
    with works.writing(SYSTEM) as work:
        accounts.add_user(work, "Dana", "dana@example.com", Role.VIEWER)
    assert sign_in(browsers.open(), "dana@example.com", "") == 401


@pytest.mark.parametrize(
    "way",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "\\\\evil", "evil", "",
     "/\n/evil.example", "javascript:alert(1)", " //evil.example", "/ /evil"],
)  # fmt: skip
def test_sign_in_goes_on_to_our_own_pages_only(browsers: Browsers, way: str) -> None:
    data = {"email": "bob@example.com", "password": PASSWORD, "next": way}
    assert browsers.open().post("/sign-in", data=data).headers["location"] == "/"
    assert browsers.bob.get("/sign-in", params={"next": way}).headers["location"] == "/"


def test_sign_in_goes_on_to_where_one_wanted(browsers: Browsers) -> None:
    data = {"email": "bob@example.com", "password": PASSWORD, "next": "/profile?done=token"}
    assert browsers.open().post("/sign-in", data=data).headers["location"] == "/profile?done=token"


def test_guessing_is_slowed_and_told_how_long(browsers: Browsers, clock: MovableClock) -> None:
    thief = browsers.open("203.0.113.9")
    assert [sign_in(thief, "bob@example.com", f"guess {n} guess") for n in range(7)] == [
        401
    ] * 5 + [429] * 2
    answer = thief.post("/sign-in", data={"email": "bob@example.com", "password": PASSWORD})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    clock.forward(seconds=1)
    assert sign_in(thief, "bob@example.com", "another guess") == 401
    assert thief.post("/sign-in", data={"email": "bob@example.com"}).headers["retry-after"] == "2"
    clock.forward(hours=24)
    assert sign_in(thief, "bob@example.com", PASSWORD) == 303


def test_a_stranger_who_guesses_locks_nobody_out(browsers: Browsers) -> None:
    thief = browsers.open("203.0.113.9")
    for number in range(30):
        sign_in(thief, "bob@example.com", f"guess {number} guess")
    assert sign_in(thief, "bob@example.com", PASSWORD) == 429
    assert sign_in(browsers.open("198.51.100.4"), "bob@example.com") == 303


@pytest.mark.both_databases
def test_guessing_at_many_people_from_one_address_is_slowed(
    browsers: Browsers, clock: MovableClock
) -> None:
    thief = browsers.open("2001:db8:0:1::5")
    statuses = [
        sign_in(thief, f"somebody{number}@example.com", "a guess of mine") for number in range(52)
    ]
    assert statuses.count(429) == 2
    assert sign_in(browsers.open("2001:db8:0:1:ffff::1"), "bob@example.com") == 429, "the same /64"
    assert sign_in(browsers.open("2001:db8:0:2::1"), "bob@example.com") == 303
    clock.forward(seconds=31)
    assert sign_in(thief, "bob@example.com") == 303, "an office is never kept waiting long"


def test_ones_own_password_buys_no_more_guesses_at_others(browsers: Browsers) -> None:
    thief = browsers.open("203.0.113.9")
    for number in range(50):
        sign_in(thief, f"somebody{number}@example.com", "a guess of mine")
        if number % 10 == 9:
            assert sign_in(thief, "charlie@example.com") in (303, 429)
    assert sign_in(thief, "bob@example.com", "a guess of mine") == 429


def test_a_hidden_page_sends_to_sign_in_and_back(browsers: Browsers) -> None:
    answer = browsers.stranger.get("/profile")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/profile")


def test_signing_out_ends_the_session_and_not_only_the_cookie(browsers: Browsers) -> None:
    stolen = dict(browsers.bob.cookies)
    assert browsers.bob.post("/sign-out").headers["location"] == "/sign-in"
    assert SESSION_COOKIE not in browsers.bob.cookies
    thief = browsers.open()
    thief.cookies.update(stolen)
    assert thief.get("/api/me").status_code == 401
    assert browsers.stranger.post("/sign-out").status_code == 303


@pytest.mark.parametrize(
    "path", ["/sign-in", "/sign-out", "/profile", "/profile/password", "/profile/tokens", "/people"]
)
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
        {"Sec-Fetch-Site": ""},
    ],
)
def test_a_change_from_another_site_is_refused(
    browsers: Browsers, path: str, headers: dict[str, str]
) -> None:
    assert browsers.alice.post(path, data={}, headers=headers).status_code == 403


def test_a_change_from_our_own_origin_is_taken(browsers: Browsers) -> None:
    headers = {"Sec-Fetch-Site": "", "Origin": "http://testserver"}
    answer = browsers.bob.post("/profile", data={"name": "Bobby"}, headers=headers)
    assert answer.headers["location"] == "/profile?done=profile"


def test_a_session_ends_after_a_fortnight_away(browsers: Browsers, clock: MovableClock) -> None:
    for _ in range(3):
        clock.forward(days=13)
        assert browsers.bob.get("/api/me").status_code == 200
    clock.forward(days=14, seconds=1)
    assert browsers.bob.get("/api/me").status_code == 401


def test_a_password_hash_of_old_parameters_is_made_anew(browsers: Browsers, works: Works) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    with works.writing(SYSTEM) as work:
        work.connection.execute(
            users.update().where(users.c.email == "bob@example.com").values(password_hash=old)
        )
    assert sign_in(browsers.open(), "bob@example.com") == 303
    with works.reading(SYSTEM) as work:
        query = sa.select(users.c.password_hash).where(users.c.email == "bob@example.com")
        made = work.connection.scalar(query)
    assert made != old
    assert sign_in(browsers.open(), "bob@example.com") == 303
