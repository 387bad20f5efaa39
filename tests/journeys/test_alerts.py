"""Alerts as a person works with them: the inbox by keyboard and live, what could not be read, a report."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.browsers import Browsers, at_rest
from tests.journeys.server import Server
from tests.journeys.world import Program, program_of

ALICE = "alice@example.com"


def tool(program: Program, name: str = "Checks", format_name: str = "generic") -> dict[str, Any]:
    return program.post("/api/alert-sources", {"name": name, "format": format_name})


def tell(program: Program, source: dict[str, Any], *titles: str) -> None:
    for title in titles:
        sent = program.http.post(source["address"], json={"title": title, "severity": "warning"})
        assert sent.status_code == 202, sent.text


def titles(page: Page) -> list[str]:
    return page.locator("#inbox tbody th a").all_text_contents()


def test_the_inbox_is_worked_through_by_keyboard_and_follows_what_comes(
    server: Server, browsers: Browsers
) -> None:
    with program_of(server, ALICE) as program:
        checks = tool(program)
        bob = browsers.signed_in(server, "bob")
        bob.goto("/alerts")
        expect(bob.get_by_text("Nothing waits for a person.")).to_be_visible()
        tell(program, checks, "Disk is full")
        expect(bob.get_by_role("link", name="Disk is full")).to_be_visible()
        tell(program, checks, "Queue grows", "Replica is behind")
        expect(bob.locator("#inbox tbody tr")).to_have_count(3)
        newest, middle, oldest = titles(bob)
        for key in ("j", "x", "j", "x"):
            bob.keyboard.press(key)
        expect(bob.get_by_text("2 chosen")).to_be_visible()
        tell(program, checks, "Certificate expires")
        bob.get_by_role("button", name="Show 1 new").wait_for()  # nothing moves under one's hands
        assert titles(bob) == [newest, middle, oldest]
        bob.keyboard.press("t")
        expect(bob.get_by_text("2 alerts judged.")).to_be_visible()
        for judged in (newest, middle):
            row = bob.get_by_role("row").filter(has_text=judged)
            expect(row.get_by_text("Nothing to do", exact=True)).to_be_visible()
        bob.get_by_role("link", name="Certificate expires").focus()
        bob.keyboard.press("a")
        expect(bob.get_by_text("1 alert acknowledged.")).to_be_visible()
        bob.get_by_role("link", name=oldest).click()
        expect(bob.get_by_role("heading", level=1)).to_contain_text(oldest)
        at_rest(bob)
        bob.keyboard.press("n")
        expect(bob.get_by_text("Noise, says Bob")).to_be_visible()


def test_a_source_waits_for_its_first_event_and_what_it_cannot_read_is_mended_and_replayed(
    server: Server, browsers: Browsers
) -> None:
    with program_of(server, ALICE) as program:
        alice = browsers.signed_in(server, "alice")
        alice.goto("/alerts/sources/new")
        alice.get_by_role("textbox", name="Name").fill("Backups")
        alice.get_by_role("radio", name="Any other tool").check()
        alice.get_by_role("button", name="Add source").click()
        address = alice.locator("#source-address").text_content()
        assert address
        first = alice.get_by_role("region", name="First event")
        expect(first.get_by_text("Waiting for the first event")).to_be_visible()
        refused = program.http.post(address, json={"what": "Backup of db1 failed"})
        assert refused.status_code == 400, refused.text
        alice.goto("/alerts/dead-letters")
        alice.locator("main tbody a").first.click()
        expect(alice.get_by_text("Backup of db1 failed")).to_be_visible()
        alice.get_by_role("link", name="Mend the mapping").click()
        alice.get_by_label("Mapping").fill("title: what")
        alice.get_by_role("button", name="Save mapping").click()
        alice.goto("/alerts/dead-letters")
        alice.locator("main tbody a").first.click()
        alice.get_by_role("button", name="Replay").click()
        expect(alice.get_by_text("1 new alert")).to_be_visible()
        alice.goto("/alerts")
        expect(alice.get_by_role("link", name="Backup of db1 failed")).to_be_visible()


def test_a_customer_without_an_account_reports_what_they_see(
    server: Server, browsers: Browsers
) -> None:
    with program_of(server, ALICE) as program:
        made = tool(program, "Support desk", "form")
        customer = browsers.open(server, java_script_enabled=False)
        customer.goto(made["address"].replace("/ingest/form/", "/report/"))
        customer.get_by_role("textbox").first.fill("The shop does not take my card")
        customer.get_by_role("button").first.click()
        expect(customer.get_by_role("heading", name="Your report has come in")).to_be_visible()
        bob = browsers.signed_in(server, "bob")
        bob.goto("/alerts")
        expect(bob.get_by_role("link", name="The shop does not take my card")).to_be_visible()
