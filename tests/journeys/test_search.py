"""Searching in Chromium: by a key, as one types, without scripts, on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.browsers import Browsers, at_rest, declare, note
from tests.journeys.server import Server


def test_a_key_leads_to_what_somebody_wrote(server: Server, browsers: Browsers) -> None:
    bob = browsers.signed_in(server, "bob")
    address = declare(bob, "The gangway stands still")
    note(bob, "A walrus sleeps on the hydraulic pump")
    bob.goto("/profile")
    bob.keyboard.press("/")
    palette = bob.get_by_role("dialog")
    expect(palette).to_be_visible()
    bob.keyboard.type("walrus")
    expect(palette.get_by_role("link", name="The gangway stands still")).to_be_visible()
    palette.get_by_role("link", name="Everything with these words").click()
    expect(bob).to_have_url(f"{server.address}/search?q=walrus")
    expect(bob.locator("mark")).to_have_text("walrus")
    bob.get_by_role("link", name="Postmortems 0").click()
    expect(bob.get_by_text("Nothing that you can see matches")).to_be_visible()
    bob.get_by_role("link", name=re.compile("^Incidents 1$")).click()
    expect(bob.get_by_role("main").get_by_role("link", name="The gangway stands still")).to_be_visible()  # fmt: skip
    at_rest(bob)
    bob.keyboard.press("j")
    bob.keyboard.press("Enter")
    expect(bob).to_have_url(address)


def test_similar_incidents_appear_as_one_types(server: Server, browsers: Browsers) -> None:
    bob = browsers.signed_in(server, "bob")
    declare(bob, "The quorum of the turnstile cluster is lost")
    bob.goto("/incidents/declare")
    similar = bob.get_by_role("region", name="Similar incidents")
    expect(similar).to_contain_text("compared with earlier incidents")
    bob.get_by_label("What is wrong").press_sequentially("Turnstiles have no quorum")
    expect(similar.get_by_role("link", name="The quorum of the turnstile cluster is lost")).to_be_visible()  # fmt: skip
    expect(similar).to_contain_text("rare words")
    expect(bob.get_by_label("What is wrong")).to_be_focused()


def test_without_scripts_on_a_phone_a_search_still_finds(
    server: Server, browsers: Browsers
) -> None:
    bob = browsers.signed_in(server, "bob", java_script_enabled=False)
    declare(bob, "A narwhal blocks the slipway of the second berth, and nothing can be launched")
    bob.set_viewport_size({"width": 375, "height": 812})
    bob.goto("/search")
    bob.get_by_label("Words").fill("narwhal* status:open")
    bob.get_by_role("button", name="Search").click()
    expect(bob).to_have_url(re.compile(r"/search\?q=narwhal"))
    bob.get_by_role("link", name=re.compile("narwhal blocks")).click()
    expect(bob.get_by_role("heading", level=1)).to_contain_text("narwhal")
