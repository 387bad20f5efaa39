"""What one types is not lost: neither when the server is killed, nor, but for the last seconds, when the browser is."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, Request, expect

from tests.journeys.browsers import PATIENCE, Browsers, own_process, part, sign_in
from tests.journeys.server import Server, add_cast, running
from tests.journeys.writing import BOB, WIDE, assert_open_to_all, begun, field, kept

LOST_AT_MOST = 2_000
"""Milliseconds of typing that go with a browser."""
STEP = 100
"""Milliseconds from word to word by the browser's own clock: this machine may be slower than anybody types."""
KEY = 25
"""Milliseconds from key to key: faster than anybody, and never a pause."""
GONE = ("net::err_", "network error", "failed to fetch")
"""What a browser says of a server that is gone."""


def type_on(page: Page, first: int, count: int) -> None:
    """Type numbered words where the cursor stands."""
    for number in range(first, first + count):
        page.keyboard.type(f" w{number:03}", delay=KEY)


def typed_by_its_clock(page: Page, count: int) -> list[str]:
    """Type words, a step of the browser's clock apart; the server answers between two of them."""
    in_flight: set[Request] = set()

    def asked(request: Request) -> None:
        if request.url.endswith("/autosave"):
            in_flight.add(request)

    def ended(request: Request) -> None:
        in_flight.discard(request)

    page.on("request", asked)
    page.on("requestfinished", ended)
    page.on("requestfailed", ended)
    words = [f" w{number:03}" for number in range(count)]
    for word in words:
        page.keyboard.type(word)
        page.clock.run_for(STEP)
        gives_up = time.monotonic() + PATIENCE / 1000
        while in_flight:
            assert time.monotonic() < gives_up
            page.wait_for_timeout(5)
    return words


def stand_at_the_end(page: Page) -> None:
    field(page, "Summary").focus()
    page.keyboard.press("Control+End")


def wait_until_kept(server: Server, address: str, text: str) -> None:
    """The page says Saved of an earlier key as well, so the server is asked."""
    gives_up = time.monotonic() + PATIENCE / 1000
    while (there := kept(server, address)["summary"]) != text:
        assert time.monotonic() < gives_up, there


def test_a_server_that_is_killed_while_somebody_types_loses_nothing(
    database_url: str, tmp_path: Path, browsers: Browsers
) -> None:
    add_cast(database_url)
    with running(database_url, tmp_path) as server:
        address = begun(server)
        bob = browsers.signed_in(server, "bob", **WIDE)
        bob.goto(f"{address}/edit")
        stand_at_the_end(bob)
        with bob.expect_response("**/autosave"):
            type_on(bob, 0, 20)
        type_on(bob, 20, 5)
        server.kill()
        type_on(bob, 25, 20)
    summary = part(bob, "Summary")
    expect(summary).to_contain_text("The server does not answer. It is kept in this browser.")
    with running(database_url, tmp_path, port=server.port) as again:
        stand_at_the_end(bob)
        type_on(bob, 45, 5)
        expect(summary.locator("[data-saved]")).to_contain_text("Saved")
        typed = field(bob, "Summary").input_value()
        assert typed.endswith("".join(f" w{number:03}" for number in range(50)))
        wait_until_kept(again, address, typed)
        expect(summary).not_to_contain_text("The server does not answer")
        bob.reload()
        expect(field(bob, "Summary")).to_have_value(typed)
        expect(bob.get_by_text("Unsaved text of yours")).to_be_hidden()
        bob.close()
        browsers.forgive(*GONE)


def test_what_a_lost_server_did_not_save_is_offered_to_whoever_comes_back(
    database_url: str, tmp_path: Path, browsers: Browsers
) -> None:
    add_cast(database_url)
    with running(database_url, tmp_path) as server:
        address = begun(server)
        bob = browsers.signed_in(server, "bob", **WIDE)
        bob.goto(f"{address}/edit")
        server.kill()
    field(bob, "Summary").fill("Typed while nobody listened.")
    expect(part(bob, "Summary")).to_contain_text("The server does not answer.")
    later = bob.context.new_page()
    bob.close()
    with running(database_url, tmp_path, port=server.port) as again:
        later.goto(f"{address}/edit")
        expect(field(later, "Summary")).not_to_have_value("Typed while nobody listened.")
        later.get_by_role("link", name="Unsaved text of yours: Summary").click()
        assert_open_to_all(later)
        part(later, "Summary").get_by_role("button", name="Put it back").click()
        expect(field(later, "Summary")).to_have_value("Typed while nobody listened.")
        wait_until_kept(again, address, "Typed while nobody listened.")
        later.close()
        browsers.forgive(*GONE)


def test_a_browser_that_is_killed_takes_two_seconds_of_typing_with_it_at_most(
    server: Server, chromium: Browser, tmp_path: Path
) -> None:
    address = begun(server)
    with own_process(chromium, server, tmp_path / "profile", **WIDE) as (bob, kill):
        sign_in(bob, BOB)
        bob.clock.install()
        bob.goto(f"{address}/edit")
        bob.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
        stand_at_the_end(bob)
        words = typed_by_its_clock(bob, 60)
        kill()
    safe = words[: -LOST_AT_MOST // STEP]
    assert "".join(safe) in kept(server, address)["summary"]


def test_what_was_refused_and_is_put_right_is_saved_and_says_so(
    server: Server, browsers: Browsers
) -> None:
    address = begun(server)
    bob = browsers.signed_in(server, "bob", **WIDE)
    bob.goto(f"{address}/edit")
    impact = part(bob, "Impact")
    share = impact.get_by_label("Share of users, %")
    if not share.is_visible():
        impact.locator("summary", has_text="Numbers and details").click()
    share.fill("250")
    impact.get_by_role("button", name="Save impact").click()
    impact = part(bob, "Impact")
    expect(impact.locator(".field .wrong")).to_be_visible()
    impact.get_by_label("Share of users, %").fill("25")
    expect(impact.locator("[data-saved]")).to_contain_text("Saved")
    expect(impact.locator(".field .wrong")).to_have_count(0)
    expect(bob.locator("#unsaved + .banner--bad")).to_have_count(0)
    bob.goto("/postmortems")
    bob.goto(f"{address}/edit/impact")  # the address of a refused form leads back to where it is
    expect(part(bob, "Impact").get_by_label("Share of users, %")).to_have_value("25")
