from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.barriers import assert_open_to_all, barriers, overflow
from tests.journeys.browsers import Browsers, part, sign_in
from tests.journeys.pages import found_by_links, routes_of_pages
from tests.journeys.server import Server, running
from tests.journeys.world import ADMIN, PASSWORD, demo_database, furnish, program_of

FOR_STRANGERS = {
    "/sign-in",
    "/setup/{link}",
    "/password/{link}",
    "/share/{secret}",
    "/report/{key}",
}
"""Pages for who is not signed in; no link of a page leads to them, so they are opened below."""


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the demo's company to look at."""
    folder = tmp_path_factory.mktemp("furnished")
    with running(demo_database(folder), folder) as server:
        with program_of(server) as program:
            furnish(program)
        yield server


@pytest.fixture(scope="module")
def amara(chromium: Browser, furnished: Server) -> Iterator[Page]:
    """The admin's browser; it may complain of nothing."""
    browsers = Browsers(chromium)
    page = browsers.open(furnished)
    sign_in(page, ADMIN, PASSWORD)
    yield page
    browsers.close()
    browsers.assert_content()


@pytest.fixture(scope="module")
def places(furnished: Server, amara: Page) -> dict[str, str]:
    """An address for each page; fails for a route that no link leads to."""
    listed = routes_of_pages(furnished)
    cookies = {one["name"]: one["value"] for one in amara.context.cookies()}
    with httpx2.Client(base_url=furnished.address, cookies=cookies, timeout=120) as reader:
        found = found_by_links(reader, listed)
    assert {route.path for route in listed} - FOR_STRANGERS - set(found) == set()
    return {route: address for route, address in found.items() if address}


def test_no_page_has_a_barrier_or_scrolls_sideways(amara: Page, places: dict[str, str]) -> None:
    wrong = []
    for address in sorted(set(places.values())):
        answer = amara.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        wrong += [f"{address} {one}" for one in barriers(amara) + overflow(amara)]
    assert not wrong, "\n".join(wrong)


def test_neither_has_a_page_that_finds_nothing_or_is_not_there(amara: Page) -> None:
    for address, status in (("/incidents?q=nothing+at+all", 200), ("/nowhere", 404)):
        answer = amara.goto(address)
        assert answer is not None
        assert answer.status == status
        assert_open_to_all(amara)


@pytest.mark.parametrize("key", ["Control+k", "?"])
def test_neither_has_a_dialog(amara: Page, key: str) -> None:
    amara.goto("/")
    amara.keyboard.press(key)
    expect(amara.get_by_role("dialog")).to_be_visible()
    assert_open_to_all(amara)


def test_neither_has_a_form_that_is_refused(amara: Page) -> None:
    amara.goto("/incidents/declare")
    amara.get_by_label("What is wrong").fill("   ")
    amara.get_by_role("button", name="Declare incident").click()
    expect(amara.get_by_label("What is wrong")).to_have_attribute("aria-invalid", "true")
    assert_open_to_all(amara)


def test_neither_has_a_lost_race(amara: Page, furnished: Server) -> None:
    with program_of(furnished) as program:
        made = program.post("/api/incidents", {"title": "The office door does not open"})
    amara.goto(f"/incidents/{made['reference']}")
    form = part(amara, "What it is")
    form.get_by_text("Edit", exact=True).click()
    form.get_by_label("Summary").fill("The lock has no power")
    with program_of(furnished) as program:
        program.patch(f"/api/incidents/{made['reference']}", {"summary": "The key is lost"})
    form.get_by_role("button", name="Save changes").click()
    expect(amara.get_by_text("Somebody changed this incident")).to_be_visible()
    assert_open_to_all(amara)


def test_neither_has_what_a_stranger_sees(
    furnished: Server, empty_server: Server, browsers: Browsers
) -> None:
    password_link = furnished.password_link_of(ADMIN)
    opened = (
        (furnished, "/sign-in"),
        (furnished, password_link),
        (empty_server, empty_server.setup_address),
    )
    for server, address in opened:
        page = browsers.open(server)
        page.goto(address)
        page.get_by_role("button").last.click()  # the browser itself asks for what is missing
        assert_open_to_all(page)


def test_a_barrier_and_a_page_too_wide_are_found(browsers: Browsers, furnished: Server) -> None:
    page = browsers.open(furnished)
    page.goto("/sign-in")
    page.evaluate("document.querySelector('h1').outerHTML = '<h1>Sign in</h1><input id=bad>'")
    page.evaluate("document.querySelector('#bad').style.width = '2000px'")
    assert any("label" in one for one in barriers(page))
    assert overflow(page)
