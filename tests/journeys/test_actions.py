from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.browsers import Browsers, part
from tests.journeys.server import Server
from tests.journeys.writing import WIDE, assert_open_to_all, begun

ACTION = "Alert 14 days before a certificate runs out"


def move_on(page: Page, to: str, evidence: str = "") -> None:
    form = part(page, "Move it on")
    form.get_by_label("To").select_option(label=to)
    if evidence:
        form.get_by_label("Evidence").fill(evidence)
    form.get_by_role("button", name="Change status").click()


def test_an_action_is_followed_until_it_is_verified_and_its_postmortem_goes_to_the_archive(
    server: Server, browsers: Browsers
) -> None:
    address = begun(server, "PUBLISHED")
    bob = browsers.signed_in(server, "bob", **WIDE)
    bob.goto(address)
    part(bob, "Where it stands").get_by_role("button", name="Archive").click()
    expect(bob.get_by_role("alert")).to_contain_text("settled")

    bob.goto("/actions")
    assert_open_to_all(bob)
    bob.get_by_role("link", name="Mine").click()
    bob.get_by_role("link", name=ACTION).click()
    about = part(bob, "What it is")
    for status in ("In progress", "Done"):
        move_on(bob, status)
        expect(about).to_contain_text(f"Status{status}", use_inner_text=False)
    move_on(bob, "Verified")
    evidence = part(bob, "Move it on").get_by_label("Evidence")
    expect(evidence).to_have_attribute("aria-invalid", "true")
    assert_open_to_all(bob)
    move_on(bob, "Verified", "https://example.com/drills/12 paged after a minute")
    expect(about).to_contain_text("drills/12")
    expect(part(bob, "What changed").get_by_role("listitem")).to_have_count(3)
    assert_open_to_all(bob)

    bob.goto("/actions")
    expect(bob.get_by_role("link", name=ACTION)).to_have_count(0)
    bob.get_by_role("link", name="All 1").click()
    expect(bob.get_by_role("row").filter(has_text=ACTION)).to_contain_text("Verified")

    bob.goto(address)
    expect(bob.get_by_role("article").get_by_role("row").filter(has_text=ACTION)).to_contain_text(
        "Verified"
    )
    part(bob, "Where it stands").get_by_role("button", name="Archive").click()
    stands = part(bob, "Where it stands").locator("[aria-current=step]")
    expect(stands).to_contain_text("Archived")
    bob.goto("/postmortems?status=ARCHIVED")
    expect(bob.get_by_role("rowheader", name="Card payments fail")).to_be_visible()
