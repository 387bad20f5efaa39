"""The commander's console: two people at it, one at a desk, one with a phone; and what was said in their chat."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.barriers import SIDEWAYS, barriers
from tests.journeys.browsers import Browsers, at_rest, declare, entries, part
from tests.journeys.server import Server

DESK = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True}
CHAT = """08:41 Mina: the pool is full
08:43 Sam: restarting it
08:50 Mina: errors fall"""


def write(page: Page, text: str) -> None:
    """Into the one field of the console, as one types it."""
    field = page.get_by_label("Add to timeline")
    field.fill(text)
    field.press("Enter")
    expect(field).to_have_value("")


def cell(page: Page, question: str) -> Locator:
    """Where the console answers a question."""
    return page.locator(f"#state .glance > div:has(> dt:text-is('{question}'))")


def test_two_people_command_an_incident_from_the_keyboard_and_see_each_other_at_once(
    server: Server, browsers: Browsers
) -> None:
    alice = browsers.signed_in(server, "alice", **DESK)
    address = declare(alice, "Card payments fail at checkout")
    alice.keyboard.press("o")
    alice.wait_for_url(f"{address}/console")
    expect(cell(alice, "In command")).to_have_class("over")
    bob = browsers.signed_in(server, "bob", **PHONE)
    bob.goto(f"{address}/console")
    for page in (alice, bob):
        expect(page.get_by_text("Live, ")).to_be_visible()

    write(alice, "/sev 1 all of the EU")
    expect(cell(bob, "Next update")).to_contain_text("in ")
    expect(part(bob, "Roles").get_by_text("Technical Lead")).to_be_visible()
    write(alice, "/role commander")
    expect(cell(bob, "In command")).to_contain_text("Alice")
    write(alice, "/task Tell support")
    expect(part(bob, "Tasks")).to_contain_text("1. Tell support")
    half = bob.get_by_label("Add to timeline")
    half.fill("I am calling the")
    for text, shown in (
        ("The pool is full", "Note The pool is full"),
        ("/decide Stay on EU", "Decision Stay on EU"),
        ("/update Rolling back", "Message Rolling back"),
        ("/status mitigated fix is out", "Investigating to monitoring: fix is out"),
    ):
        write(alice, text)
        expect(entries(bob)).to_contain_text(shown)
    expect(bob.locator("[aria-current=step]")).to_contain_text("Monitoring")
    expect(half).to_have_value("I am calling the")

    part(bob, "Tasks").get_by_role("button", name="Take").tap()
    expect(alice.locator("#task-1")).to_contain_text("Bob")
    alice.get_by_label("Add to timeline").press("Escape")
    alice.keyboard.press("t")
    expect(alice.locator("#task-1")).to_be_focused()
    alice.keyboard.press("Enter")  # the row's first button: done
    for page in (alice, bob):
        expect(part(page, "Tasks")).to_contain_text("Tell support done")
    alice.keyboard.press("r")
    expect(part(alice, "Roles").locator(":focus")).to_have_count(1)
    alice.keyboard.press("Enter")  # the first role that nobody holds
    expect(part(alice, "Roles").get_by_text("(you)")).to_have_count(2)
    alice.keyboard.press("s")
    expect(alice.get_by_label("Add to timeline")).to_have_value("/status ")
    alice.get_by_label("Add to timeline").fill("")
    alice.get_by_label("Add to timeline").press("Escape")
    alice.keyboard.press("q")
    expect(part(alice, "Triage").get_by_text("completely down").first).to_be_visible()
    alice.keyboard.press("n")  # the service is not completely down
    expect(part(bob, "Triage")).to_contain_text("1 answered")
    part(bob, "Triage").get_by_role("button", name=re.compile("Yes ?: Are customers")).tap()
    expect(part(alice, "Triage")).to_contain_text("2 answered")

    half.fill("")
    for page in (alice, bob):
        assert page.evaluate(SIDEWAYS) == 0
    assert barriers(alice, (1280, 375)) == []


def test_a_message_that_is_late_and_a_form_that_is_refused_are_told_on_the_console(
    server: Server, browsers: Browsers
) -> None:
    alice = browsers.signed_in(server, "alice", **DESK)
    address = declare(alice, "Search answers slowly")
    alice.goto(f"{address}/console")
    tasks = part(alice, "Tasks")
    tasks.get_by_text("Add a task").click()
    tasks.get_by_label("What").fill("Look at the shards")
    tasks.get_by_label("Due").fill("soon")
    tasks.get_by_role("button", name="Add task").click()
    told = alice.get_by_role("alert").filter(has_text="Due")
    expect(told).to_contain_text("soon")
    expect(tasks.get_by_label("What")).to_have_value("Look at the shards")
    tasks.get_by_label("Due").fill("20 min")
    tasks.get_by_role("button", name="Add task").click()
    expect(part(alice, "Tasks")).to_contain_text("1. Look at the shards")
    expect(told).to_have_count(0)
    assert alice.url == f"{address}/console"


def test_the_console_works_without_a_script(server: Server, browsers: Browsers) -> None:
    bob = browsers.signed_in(server, "bob", **PHONE)
    address = declare(bob, "Parcels wait at the gate")
    plain = browsers.open(server, java_script_enabled=False, **PHONE)
    plain.context.add_cookies(bob.context.cookies())  # type: ignore[arg-type] # as they were given out
    plain.goto(f"{address}/console")
    plain.get_by_label("Add to timeline").fill("/task me Look at the reader")
    plain.get_by_role("button", name="Add", exact=True).click()
    expect(plain).to_have_url(f"{address}/console")
    part(plain, "Tasks").get_by_role("button", name="Done").click()
    expect(plain).to_have_url(f"{address}/console")
    expect(part(plain, "Tasks")).to_contain_text("Look at the reader done")


def test_what_was_said_in_a_chat_is_chosen_and_stands_in_the_timeline_of_both(
    server: Server, browsers: Browsers
) -> None:
    alice = browsers.signed_in(server, "alice", **DESK)
    address = declare(alice, "Card payments fail at checkout")
    bob = browsers.signed_in(server, "bob", **PHONE)
    bob.goto(f"{address}/console")
    expect(bob.get_by_text("Live, ")).to_be_visible()

    alice.goto(f"{address}/console")
    alice.get_by_role("link", name="Record from chat").click()
    alice.get_by_label("What was said").fill(CHAT)
    alice.get_by_label("Day of the first message").fill("2026-03-02")
    alice.get_by_role("button", name="Show messages").click()
    messages = part(alice, "Choose what enters the timeline")
    expect(messages.get_by_role("checkbox", checked=True)).to_have_count(3)
    at_rest(alice)
    alice.keyboard.press("j")
    alice.keyboard.press("Space")  # not the first
    messages.get_by_label("Kind of message 2").select_option("2:action")
    messages.get_by_label("Key moment, message 2").check()
    assert barriers(alice, (1280, 375)) == []
    messages.get_by_role("button", name="Add to timeline").click()
    expect(alice).to_have_url(f"{address}#timeline")
    for page in (alice, bob):
        row = entries(page).get_by_role("listitem").filter(has_text="restarting it")
        expect(row).to_contain_text("Action restarting it Sam")
        expect(row).to_contain_text("Important")
        expect(entries(page)).to_contain_text("errors fall Mina")
        expect(entries(page)).not_to_contain_text("the pool is full")

    alice.goto(f"{address}/chat")
    alice.get_by_label("What was said").fill(CHAT)
    alice.get_by_label("Day of the first message").fill("2026-03-02")
    alice.get_by_role("button", name="Show messages").click()
    again = part(alice, "Choose what enters the timeline")
    expect(again.locator(".tag", has_text="In the timeline")).to_have_count(2)
