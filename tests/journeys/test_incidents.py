from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsers import Browsers, declare, entries, note, part
from tests.journeys.server import Server


def move_on(page: Page, status: str, why: str) -> None:
    form = part(page, "Change status")
    form.get_by_label("Status").select_option(status)
    form.get_by_label("Why").fill(why)
    form.get_by_role("button", name="Change status").click()
    current = page.locator("[aria-current=step]")
    expect(current).to_contain_text(status.capitalize())


@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
def test_two_people_take_an_incident_from_declared_to_closed(
    server: Server, browsers: Browsers
) -> None:
    alice = browsers.signed_in(server, "alice")
    alice.get_by_role("link", name="Declare incident").first.click()
    alice.get_by_label("What is wrong").fill("Card payments fail at checkout")
    alice.get_by_label("User impact").select_option(index=1)
    alice.get_by_role("button", name="Work out severity").click()
    worked_out = alice.get_by_role("status").filter(has_text="The answers give")
    expect(worked_out).to_contain_text("SEV-")
    expect(alice.get_by_label("What is wrong")).to_have_value("Card payments fail at checkout")
    alice.get_by_role("button", name="Declare incident").click()
    expect(alice.get_by_role("heading", level=1)).to_have_text("Card payments fail at checkout")

    bob = browsers.signed_in(server, "bob")
    bob.goto("/incidents")
    bob.get_by_role("link", name="Card payments fail at checkout").click()
    severity = part(bob, "Severity")
    severity.locator("summary").click()
    severity.get_by_label("Severity").select_option("SEV-3")
    severity.get_by_label("Why").fill("Only one bank is affected")
    severity.get_by_role("button", name="Change severity").click()
    expect(part(bob, "Severity")).to_contain_text("Only one bank is affected")

    for text in ("Restarted the payment gateway", "Error rate falls"):
        note(bob, text)

    move_on(bob, "identified", "The gateway's certificate ran out")
    move_on(bob, "monitoring", "The certificate is renewed")
    move_on(bob, "resolved", "No failed payment for 20 minutes")
    move_on(bob, "closed", "The review is written")

    alice.reload()
    for text in ("Restarted the payment gateway", "Error rate falls", "The certificate is renewed"):
        expect(entries(alice)).to_contain_text(text)
    alice.goto("/incidents?status=open")
    expect(alice.get_by_text("No incident fits these filters.")).to_be_visible()
    alice.goto("/incidents?status=closed")
    expect(alice.get_by_role("link", name="Card payments fail at checkout")).to_be_visible()


def test_who_loses_a_race_reads_both_texts_and_keeps_their_own(
    server: Server, browsers: Browsers
) -> None:
    bob = browsers.signed_in(server, "bob")
    address = declare(bob, "Search answers slowly")
    alice = browsers.signed_in(server, "alice")
    alice.goto(address)
    writing = part(alice, "What it is")
    writing.get_by_text("Edit", exact=True).click()
    writing.get_by_label("Summary").fill("The index is being rebuilt")

    hers = part(bob, "What it is")
    hers.get_by_text("Edit", exact=True).click()
    hers.get_by_label("Summary").fill("One shard is on a slow disk")
    hers.get_by_role("button", name="Save changes").click()
    expect(part(bob, "What it is").locator(".prose")).to_contain_text("One shard is on a slow disk")

    writing.get_by_role("button", name="Save changes").click()
    expect(alice.get_by_text("Somebody changed this incident")).to_be_visible()
    both = alice.get_by_role("row").filter(has_text="The index is being rebuilt")
    expect(both).to_contain_text("One shard is on a slow disk")
    writing = part(alice, "What it is")
    expect(writing.get_by_label("Summary")).to_have_value("The index is being rebuilt")
    bob.reload()
    expect(part(bob, "What it is").locator(".prose")).to_contain_text("One shard is on a slow disk")

    writing.get_by_role("button", name="Save changes").click()
    saved = part(alice, "What it is").locator(".prose")
    expect(saved).to_contain_text("The index is being rebuilt")


def test_what_one_does_the_other_sees_at_once_and_nothing_half_written_is_lost(
    server: Server, browsers: Browsers
) -> None:
    bob = browsers.signed_in(server, "bob")
    address = declare(bob, "Parcels wait at the gate")
    alice = browsers.signed_in(server, "alice")
    alice.goto(address)
    expect(alice.get_by_text("Live, ")).to_be_visible()
    half = part(alice, "Timeline").get_by_label("Add to timeline")
    half.fill("I am calling the")
    note(bob, "The gate's reader is offline")
    expect(entries(alice)).to_contain_text("The gate's reader is offline")
    move_on(bob, "identified", "Its cable is cut")
    expect(alice.locator("[aria-current=step]")).to_contain_text("Identified")
    expect(half).to_have_value("I am calling the")
    expect(half).to_be_focused()


def test_a_private_incident_leaves_no_trace_for_others(server: Server, browsers: Browsers) -> None:
    alice = browsers.signed_in(server, "alice")
    declare(alice, "Printers are out of paper")
    address = declare(alice, "A laptop with customer data is lost", private=True)
    alice.goto("/incidents")
    expect(alice.get_by_role("link", name="All 2")).to_be_visible()

    for name in ("bob", "charlie"):
        other = browsers.signed_in(server, name)
        answer = other.goto(address)
        assert answer is not None
        assert answer.status == 404, name
        never = other.goto("/incidents/INC-999999")
        assert never is not None
        assert never.status == 404
        for listed in ("/", "/incidents", "/incidents?q=laptop", "/incidents?status=open"):
            other.goto(listed)
            expect(other.get_by_role("heading", level=1)).to_be_visible()
            assert "laptop with customer" not in other.content(), (name, listed)
        other.goto("/incidents")
        expect(other.get_by_role("link", name="All 1")).to_be_visible()

    stranger = browsers.open(server)
    stranger.goto(address)
    expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "laptop with customer" not in stranger.content()
