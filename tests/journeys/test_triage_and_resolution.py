"""Triage, roles that change hands live, and an end by recorded criteria, as people see it; on a phone too."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsers import Browsers, at_rest, declare, entries, part
from tests.journeys.pictures import PHONE
from tests.journeys.server import Server

WIDE: dict[str, Any] = {}


def no_wider_than_it_is(page: Page) -> None:
    wide, shown = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= shown, (page.url, wide)


def triage(page: Page) -> None:
    """Answer the checklist with the keyboard; it says what it comes to before anything is set."""
    page.get_by_role("link", name="Triage now").click()
    panel = part(page, "Triage")
    expect(panel.get_by_label("Is the service completely down?")).to_be_visible()
    at_rest(page)
    panel.get_by_label("Is the service completely down?").focus()
    page.keyboard.type("n")
    page.keyboard.press("Tab")
    page.keyboard.type("y")
    panel.get_by_label("Error rate").fill("12%")
    panel.get_by_label("User impact").select_option("significant_subset")
    outcome = panel.get_by_role("status")
    expect(outcome).to_contain_text("SEV-2")
    expect(outcome).to_contain_text("Error rate > 10%")
    expect(outcome).to_contain_text("Check scope of impact")
    no_wider_than_it_is(page)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders cannot be placed")
    expect(part(page, "Triage")).to_contain_text("Are customers actively impacted? Yes")
    expect(page.locator("#head")).to_contain_text("SEV-2")
    expect(page.get_by_role("link", name="Triage now")).to_have_count(0)


def hand_over(bob: Page, alice: Page) -> None:
    """Bob takes command and hands it over; both see it without a reload."""
    panel, hers = part(bob, "Roles and tasks"), part(alice, "Roles and tasks")
    asked = panel.get_by_role("listitem").filter(has_text="Incident Commander")
    expect(asked).to_contain_text("nobody yet")
    asked.get_by_role("button", name="Take it").click()
    expect(hers).to_contain_text("Incident Commander: Bob")
    hers.get_by_role("listitem").filter(has_text="Technical Lead").get_by_role("button").click()
    expect(panel).to_contain_text("Technical Lead: Alice")
    panel.get_by_text("Give or hand over a role").click()
    panel.get_by_label("Role").fill("Incident Commander")
    panel.get_by_label("Who").first.select_option(label="Alice")
    panel.get_by_role("button", name="Offer to hand over").click()
    expect(panel).to_contain_text("offered to Alice")
    expect(hers).to_contain_text("Bob offers you the role Incident Commander.")
    hers.get_by_role("button", name="Accept").click()
    expect(panel).to_contain_text("Incident Commander: Alice")
    expect(bob.locator("#glance")).to_contain_text("Nobody yet: Communications Lead")
    bob.reload()
    expect(entries(bob)).to_contain_text("Alice takes command, after Bob")


def resolve(page: Page, note: str) -> None:
    form = part(page, "Change status")
    form.get_by_label("Status").select_option("resolved")
    form.get_by_label("Why").fill(note)
    form.get_by_role("button", name="Change status").click()


@pytest.mark.parametrize("screen", [WIDE, PHONE], ids=["wide", "phone"])
def test_two_people_triage_hand_over_and_end_an_incident_by_its_criteria(
    server: Server, browsers: Browsers, screen: dict[str, Any]
) -> None:
    bob = browsers.signed_in(server, "bob", **screen)
    address = declare(bob, "Orders cannot be placed")
    alice = browsers.signed_in(server, "alice", **screen)
    alice.goto(address)
    triage(bob)
    expect(part(alice, "Triage")).to_contain_text("Error rate 12%")
    expect(alice.locator("#head")).to_contain_text("SEV-2")
    hand_over(bob, alice)

    recovery = part(bob, "Recovery")
    expect(recovery).to_contain_text("SEV-2 asks for recovery criteria")
    recovery.get_by_role("button", name="Add these").click()
    expect(part(alice, "Recovery")).to_contain_text("4 of 4 criteria open")
    resolve(bob, "No failed order for 20 minutes")
    refused = part(bob, "Change status").get_by_role("alert")
    expect(refused).to_contain_text("1. The error rate is back to normal")
    expect(part(bob, "Change status").get_by_label("Why")).to_have_value(
        "No failed order for 20 minutes"
    )
    for number in (1, 2, 3):
        one = part(bob, "Recovery").locator(f"#criterion-{number}")
        one.locator("summary").first.click()
        one.get_by_label("What shows it").fill("Seen on the graph")
        one.get_by_role("button", name="Met", exact=True).click()
        expect(part(bob, "Recovery").locator(f"#criterion-{number}")).to_contain_text("Met by Bob")
    hers = part(alice, "Recovery").locator("#criterion-4")
    expect(part(alice, "Recovery")).to_contain_text("1 of 4 criteria open")
    hers.locator("summary").first.click()
    hers.get_by_label("What shows it").fill("Orders are written twice, compared by the night job")
    hers.get_by_role("button", name="Override").click()
    expect(part(bob, "Recovery")).to_contain_text("Overridden by Alice")
    no_wider_than_it_is(alice)
    resolve(bob, "No failed order for 20 minutes")
    expect(alice.locator("[aria-current=step]")).to_contain_text("Resolved")
    expect(bob.locator("[aria-current=step]")).to_contain_text("Resolved")
