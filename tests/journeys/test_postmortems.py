from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsers import Browsers, at_rest, part
from tests.journeys.server import Server
from tests.journeys.writing import (
    WIDE,
    assert_open_to_all,
    begun,
    ended_incident,
    field,
    kept,
    write,
)

CAUSE = "No check compares a certificate's last day with today"


def state(page: Page, word: str) -> None:
    """See in which state the postmortem is whose page is open."""
    expect(part(page, "Where it stands").locator("[aria-current=step]")).to_contain_text(word)


def test_an_incident_that_has_ended_becomes_a_draft_and_goes_to_review(
    server: Server, browsers: Browsers
) -> None:
    incident = ended_incident(server)
    bob = browsers.signed_in(server, "bob", **WIDE)
    bob.goto(f"/incidents/{incident}")
    part(bob, "Postmortem").get_by_role("link", name="Begin postmortem").click()
    bob.get_by_role("radio", name="Report").check()
    bob.get_by_role("radio", name="Third-party service failure").check()
    expect(bob.get_by_role("checkbox", name="Alice")).to_be_checked()
    assert_open_to_all(bob)
    bob.get_by_role("button", name="Draft from the record").click()
    expect(bob).to_have_url(re.compile(r"/postmortems/PM-1/edit$"))
    assert_open_to_all(bob)

    proposals = part(bob, "Proposed from the record")
    at_rest(bob)
    for key, does in (("k", "Renew the certificate by hand"), ("l", "the steps that restored")):
        first = proposals.get_by_role("listitem").first
        while does not in (told := first.inner_text()):
            other = "k" if key == "l" else "l"
            bob.keyboard.press(other)
            expect(first).not_to_have_text(told, use_inner_text=True)
        bob.keyboard.press(key)
        expect(proposals.get_by_role("listitem").filter(has_text=does)).to_have_count(0)
    expect(part(bob, "Timeline").get_by_role("row").filter(has_text="by hand")).to_be_visible()
    expect(part(bob, "Actions")).not_to_contain_text("the steps that restored")

    write(bob, "Summary", "One in three card payments failed for 40 minutes.")
    write(bob, "Impact", "1,200 customers could not pay.")
    write(bob, "Root cause", CAUSE)
    expect(part(bob, "Completeness")).not_to_contain_text("root cause")
    actions = part(bob, "Actions")
    what = actions.get_by_role("textbox", name="What will be done")
    if not what.is_visible():  # it lies open where there is no action yet
        actions.locator("summary", has_text="Add action").click()
    what.fill("Alert on certificates of 14 days")
    actions.get_by_label("Priority").select_option("HIGH")
    actions.get_by_role("button", name="Save actions").click()
    expect(actions.get_by_role("row").filter(has_text="14 days")).to_contain_text("P1")

    bob.get_by_role("link", name="Read it", exact=True).click()
    expect(bob.get_by_role("article")).to_contain_text(CAUSE)
    assert_open_to_all(bob)
    bob.get_by_role("button", name="Send to review").click()
    state(bob, "In review")


def comment_and_refuse(alice: Page, address: str) -> None:
    alice.goto(f"{address}/review")
    cause = part(alice, "Root cause")
    cause.get_by_text("Comment", exact=False).first.click()
    cause.get_by_role("textbox", name="Comment").fill("What would have told us?")
    cause.get_by_role("button", name="Add comment").click()
    expect(part(alice, "Root cause").locator(".comment")).to_contain_text("told us")
    decision = part(alice, "Approval")
    decision.get_by_role("button", name="Refuse").click()
    expect(part(alice, "Approval").get_by_label("Note")).to_have_attribute("aria-invalid", "true")
    part(alice, "Approval").get_by_label("Note").fill("The cause says who, not what")
    part(alice, "Approval").get_by_role("button", name="Refuse").click()
    expect(part(alice, "Approval").get_by_role("listitem").first).to_contain_text("Refused Alice")
    assert_open_to_all(alice)


def fix(bob: Page, address: str) -> None:
    bob.goto(address)
    stands = part(bob, "Where it stands")
    expect(stands).to_contain_text("The cause says who, not what")
    stands.locator("summary", has_text="Return to draft").click()
    stands.get_by_role("button", name="Return to draft").click()
    state(bob, "Draft")
    bob.goto(f"{address}/edit")
    write(bob, "Root cause", CAUSE)
    bob.goto(f"{address}/review")
    thread = part(bob, "Root cause").locator(".thread")
    thread.get_by_role("textbox", name="Answer").fill("A check each night; it is the action now")
    thread.get_by_role("button", name="Answer").click()
    expect(part(bob, "Root cause").locator(".comment")).to_have_count(2)
    bob.goto(address)
    bob.get_by_role("button", name="Send to review").click()
    state(bob, "In review")


def test_a_review_is_refused_then_approved_by_somebody_else_and_the_text_is_locked(
    server: Server, browsers: Browsers
) -> None:
    address = begun(server, "IN_REVIEW")
    alice = browsers.signed_in(server, "alice", **WIDE)
    comment_and_refuse(alice, address)
    bob = browsers.signed_in(server, "bob", **WIDE)
    fix(bob, address)
    bob.goto(f"{address}/review")
    expect(part(bob, "Approval")).to_contain_text("You wrote it, so somebody else approves it.")
    bob.goto(address)
    part(bob, "Where it stands").get_by_role("button", name="Publish").click()
    expect(bob.get_by_role("alert")).to_contain_text("1 more approval")

    alice.goto(f"{address}/review")
    part(alice, "Root cause").get_by_role("button", name="Resolve").click()
    expect(part(alice, "Root cause").locator(".thread--done")).to_be_visible()
    part(alice, "Approval").get_by_role("button", name="Approve this text").click()
    expect(part(alice, "Approval")).to_contain_text("1 of 1")

    bob.goto(address)
    part(bob, "Where it stands").get_by_role("button", name="Publish").click()
    state(bob, "Published")
    expect(bob.get_by_role("link", name="Edit")).to_have_count(0)
    bob.goto(f"{address}/edit")
    expect(bob).to_have_url(re.compile(f"{address}$"))
    bob.goto(f"{address}/history")
    expect(part(bob, "Revisions").get_by_role("listitem")).to_have_count(3)
    bob.goto(f"{address}/history?since=1&until=3")
    compared = bob.get_by_role("region", name=re.compile("Revision 1 and"))
    expect(compared.locator("ins")).to_contain_text(CAUSE)
    expect(compared.locator("del")).to_contain_text("Nobody watched")
    assert_open_to_all(bob)


@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
def test_two_who_write_in_different_sections_both_get_in_and_in_one_both_texts_are_shown(
    server: Server, browsers: Browsers
) -> None:
    address = begun(server)
    alice = browsers.signed_in(server, "alice", **WIDE)
    bob = browsers.signed_in(server, "bob", **WIDE)
    for page in (alice, bob):
        page.goto(f"{address}/edit")
    write(bob, "Trigger", "The certificate ran out at 14:05")
    write(alice, "Lead-up", "It was renewed by hand each year")
    expect(bob.get_by_text("Alice is writing in Lead-up.")).to_be_visible()
    there = kept(server, address)
    assert there["trigger"] == "The certificate ran out at 14:05"
    assert there["leadUp"] == "It was renewed by hand each year"

    write(bob, "Summary", "Payments failed until the certificate was renewed.")
    with alice.expect_response("**/autosave") as answer:
        field(alice, "Summary").fill("A third of all payments failed.")
    assert answer.value.status == 412
    summary = part(alice, "Summary")
    expect(summary).to_contain_text("Somebody changed this section while you wrote.")
    summary.get_by_role("button", name="Look at both texts").click()
    summary = part(alice, "Summary")
    expect(summary.locator("del")).to_contain_text("until the certificate was renewed")
    expect(summary.locator("ins")).to_contain_text("A third of all payments")
    expect(field(alice, "Summary")).to_have_value("A third of all payments failed.")
    assert kept(server, address)["summary"].startswith("Payments failed until")
    assert_open_to_all(alice)

    both = "A third of all payments failed until the certificate was renewed."
    field(alice, "Summary").fill(both)
    summary.get_by_role("button", name="Put mine over theirs").click()
    expect(alice.get_by_role("button", name="Put mine over theirs")).to_have_count(0)
    assert kept(server, address)["summary"] == both


def test_a_share_link_opens_for_a_stranger_until_it_is_taken_back(
    server: Server, browsers: Browsers
) -> None:
    address = begun(server, "PUBLISHED")
    bob = browsers.signed_in(server, "bob", **WIDE)
    bob.goto(address)
    sharing = part(bob, "Sharing")
    sharing.get_by_label("Days").fill("7")
    sharing.get_by_role("button", name="Make link").click()
    link = bob.get_by_label("The address to share").input_value()
    assert_open_to_all(bob)

    stranger = browsers.open(server, **WIDE)
    answer = stranger.goto(link)
    assert answer is not None
    assert answer.status == 200
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("Card payments fail")
    text = stranger.content()
    assert "bob@example.com" not in text
    assert "Nobody watched" not in text
    assert_open_to_all(stranger)

    bob.goto(address)
    part(bob, "Sharing").get_by_role("button", name="Take back").click()
    expect(part(bob, "Sharing").get_by_role("listitem")).to_contain_text("Taken back")
    answer = stranger.goto(link)
    assert answer is not None
    assert answer.status == 404
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Nothing at this address")
    assert_open_to_all(stranger)
