"""The settings page, and the setting for single keys."""

from __future__ import annotations

from tests.server.accounts.conftest import Browsers


def test_an_admin_sees_how_the_installation_is_set_without_secrets(browsers: Browsers) -> None:
    page = browsers.alice.get("/settings").text
    for said in ("KINTSUGI_ZONE", "KINTSUGI_SESSION_DAYS", "Version", "Schema", "Chain unbroken"):
        assert said in page
    assert "SQLite" in page or "PostgreSQL" in page
    assert "KINTSUGI_DATABASE_URL" in page
    for secret in ("sqlite:///", "postgresql+psycopg", "postgresql://"):
        assert secret not in page.split("<main", 1)[1].replace("such as", "")
    for link in ("/people", "/teams", "/audit", "/profile", "/profile#tokens", "/components"):
        assert f'href="{link}"' in page


def test_others_see_their_own_parts(browsers: Browsers) -> None:
    page = browsers.charlie.get("/settings").text
    assert 'href="/profile"' in page
    assert 'href="/teams"' in page
    assert "KINTSUGI_" not in page
    assert 'href="/audit"' not in page
    assert browsers.stranger.get("/settings").status_code == 303


def test_single_keys_can_be_turned_off(browsers: Browsers) -> None:
    mine = {"name": "Bob", "zone": "", "theme": "system"}
    assert 'data-keys="off"' not in browsers.bob.get("/profile").text
    assert browsers.bob.post("/profile", data=mine).status_code == 303
    assert 'data-keys="off"' in browsers.bob.get("/profile").text
    assert browsers.bob.post("/profile", data=mine | {"single_keys": "on"}).status_code == 303
    assert 'data-keys="off"' not in browsers.bob.get("/profile").text
