from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.browsers import Browsers, part, sign_in
from tests.journeys.server import PASSWORD, Server


def test_the_first_admin_is_made_by_a_link_that_works_once(
    empty_server: Server, browsers: Browsers
) -> None:
    page = browsers.open(empty_server)
    page.goto(empty_server.setup_address)
    page.get_by_label("Your name").fill("Alice")
    page.get_by_label("E-mail").fill("alice@example.com")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Make admin").click()
    expect(page.get_by_text("At least 12 characters").first).to_be_visible()
    expect(page.get_by_label("Your name")).to_have_value("Alice")

    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make admin").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    expect(page.get_by_role("link", name="Alice")).to_be_visible()

    stranger = browsers.open(empty_server)
    answer = stranger.goto(empty_server.setup_address)
    assert answer is not None
    assert answer.status == 404


def test_a_person_who_is_added_signs_in_and_one_who_is_let_out_is_gone(
    server: Server, browsers: Browsers
) -> None:
    alice = browsers.signed_in(server, "alice")
    alice.get_by_role("button", name="More").click()
    alice.get_by_role("link", name="People").first.click()
    adding = part(alice, "Add a person")
    adding.get_by_label("Name").fill("Dana Okafor")
    adding.get_by_label("E-mail").fill("dana@example.com")
    adding.get_by_label("Role").select_option("responder")
    adding.get_by_label("First password").fill(PASSWORD)
    adding.get_by_role("button", name="Add person").click()
    expect(alice.get_by_role("rowheader", name="Dana Okafor")).to_be_visible()

    dana = browsers.open(server)
    dana.goto("/incidents/declare")
    expect(dana).to_have_url(f"{server.address}/sign-in?next=/incidents/declare")
    dana.get_by_label("E-mail").fill("dana@example.com")
    dana.get_by_label("Password").fill("wrong horse battery staple")
    dana.get_by_role("button", name="Sign in").click()
    expect(dana.get_by_role("alert")).to_contain_text("do not go together")
    dana.get_by_label("Password").fill(PASSWORD)
    dana.get_by_role("button", name="Sign in").click()
    expect(dana).to_have_url(f"{server.address}/incidents/declare")

    alice.get_by_role("button", name="Deactivate Dana Okafor").click()
    expect(alice.get_by_role("button", name="Activate Dana Okafor")).to_be_visible()
    dana.goto("/incidents")
    expect(dana.get_by_role("heading", name="Sign in")).to_be_visible()


def test_somebody_signs_out_and_the_pages_are_shut(server: Server, browsers: Browsers) -> None:
    bob = browsers.open(server)
    sign_in(bob, "bob@example.com")
    bob.get_by_role("button", name="Sign out").click()
    expect(bob.get_by_role("heading", name="Sign in")).to_be_visible()
    bob.goto("/profile")
    expect(bob.get_by_role("heading", name="Sign in")).to_be_visible()
