from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.browsers import Browsers, at_rest, declare, entries, note, part
from tests.journeys.server import Server


def focused(page: Page, key: str = "Tab") -> str:
    """What the focus is on, after a step of the Tab key."""
    page.keyboard.press(key)
    said: str = page.evaluate(
        "document.activeElement.textContent.trim() || document.activeElement.name"
    )
    return said


def tab_to(page: Page, name: str, *, back: bool = False) -> None:
    """Step with the Tab key until the focus is on what has this name."""
    for _ in range(60):
        if focused(page, "Shift+Tab" if back else "Tab") == name:
            return
    raise AssertionError(f"the Tab key does not come to {name}")


def test_an_incident_is_declared_and_noted_with_the_keyboard_alone(
    server: Server, browsers: Browsers
) -> None:
    bob = browsers.signed_in(server, "bob")
    bob.goto("/incidents")
    assert focused(bob) == "Skip to content"
    bob.keyboard.press("c")
    expect(bob).to_have_url(f"{server.address}/incidents/declare")
    at_rest(bob)
    tab_to(bob, "title")
    bob.keyboard.type("c is for coffee, and the machine is broken")
    expect(bob.get_by_label("What is wrong")).to_have_value(
        "c is for coffee, and the machine is broken"
    )
    tab_to(bob, "Declare incident")
    bob.keyboard.press("Enter")
    expect(bob.get_by_role("heading", level=1)).to_have_text(
        "c is for coffee, and the machine is broken"
    )
    at_rest(bob)
    bob.keyboard.press("n")
    expect(part(bob, "Timeline").get_by_label("Add to timeline")).to_be_focused()
    bob.keyboard.type("The boiler is cold")
    bob.keyboard.press("Enter")
    expect(entries(bob)).to_contain_text("The boiler is cold")
    at_rest(bob)

    tab_to(bob, "Sign out", back=True)
    bob.keyboard.press("g")
    bob.keyboard.press("i")
    expect(bob).to_have_url(f"{server.address}/incidents")
    at_rest(bob)
    bob.keyboard.press("/")
    expect(bob.get_by_label("Words")).to_be_focused()
    bob.keyboard.type("coffee")
    bob.keyboard.press("Enter")
    expect(bob).to_have_url(re.compile("q=coffee"))
    expect(bob.get_by_role("heading", name="Incidents")).to_be_visible()
    at_rest(bob)
    bob.keyboard.press("j")
    bob.keyboard.press("Enter")
    expect(bob.get_by_role("heading", level=1)).to_contain_text("coffee")


def test_the_palette_finds_an_incident_and_the_list_of_keys_can_be_shut(
    server: Server, browsers: Browsers
) -> None:
    bob = browsers.signed_in(server, "bob")
    address = declare(bob, "The coffee machine is broken")
    bob.goto("/profile")
    bob.keyboard.press("?")
    keys = bob.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    bob.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    bob.keyboard.press("Control+k")
    palette = bob.get_by_role("dialog")
    expect(palette).to_be_visible()
    bob.keyboard.type("coffee")
    expect(palette.get_by_role("link", name="The coffee machine is broken")).to_be_visible()
    bob.keyboard.press("Enter")
    expect(bob).to_have_url(address)


def test_without_scripts_an_incident_is_declared_noted_and_resolved(
    server: Server, browsers: Browsers
) -> None:
    bob = browsers.signed_in(server, "bob", java_script_enabled=False)
    declare(bob, "The lift stands still")
    note(bob, "Nobody is in it")
    form = part(bob, "Change status")
    form.get_by_label("Status").select_option("resolved")
    form.get_by_role("button", name="Change status").click()
    expect(bob.locator("[aria-current=step]")).to_contain_text("Resolved")
