"""Analytics as a person works with them: a number to its incidents, a class confirmed and found again."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.barriers import assert_open_to_all
from tests.journeys.browsers import Browsers
from tests.journeys.server import Server
from tests.journeys.world import Program, program_of

ALICE = "alice@example.com"


def resolved(program: Program, title: str, service: str) -> None:
    made = program.post("/api/incidents", {"title": title, "severity": 3, "services": [service]})
    program.patch(f"/api/incidents/{made['id']}", {"status": "resolved"})


def test_a_number_leads_to_its_incidents_and_a_class_is_confirmed_and_found_again(
    server: Server, browsers: Browsers
) -> None:
    with program_of(server, ALICE) as program:
        for number in range(3):
            resolved(program, f"The feature flag was off, part {number}", "flags")
        resolved(program, "Search was slow", "search")
    bob = browsers.signed_in(server, "bob")
    bob.goto("/analytics/services")
    bob.get_by_role("region", name="Services").get_by_role("link", name="3", exact=True).click()
    expect(bob.locator("#incidents tbody tr")).to_have_count(3)
    assert "service=flags" in bob.url
    bob.get_by_role("link", name="The feature flag was off, part 2").click()
    classes = bob.get_by_role("region", name="Classes of cause")
    expect(classes.get_by_text("“feature flag” in the title")).to_be_visible()
    classes.get_by_role("button", name="Confirm Configuration change").click()
    expect(bob.get_by_text("confirmed by Bob")).to_be_visible()
    bob.goto("/patterns")
    row = bob.get_by_role("row").filter(has_text="Configuration change").first
    expect(row.get_by_role("cell").first).to_have_text("1")
    row.get_by_role("link", name="Configuration change").click()
    expect(bob.get_by_role("heading", name="Configuration change")).to_be_visible()
    expect(bob.locator("#incidents tbody tr")).to_have_count(1)
    assert_open_to_all(bob)
    bob.goto("/analytics?service=flags")
    assert_open_to_all(bob)
    bob.get_by_role("row", name="Duration of impact, median").get_by_role("link").first.click()
    expect(bob.get_by_text("Incidents with a known duration of impact.")).to_be_visible()
    expect(bob.locator("#incidents tbody tr")).to_have_count(3)
    bob.get_by_role("link", name="Response").click()
    assert "service=flags" in bob.url
    assert "behind" not in bob.url
    assert_open_to_all(bob)
