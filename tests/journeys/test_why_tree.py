"""A why-tree is built by keyboard, asks for what is missing while one types, and is taken into the postmortem."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys import barriers
from tests.journeys.browsers import Browsers, at_rest, part
from tests.journeys.server import Server
from tests.journeys.writing import WIDE, begun

CHAIN = (
    ("Why did payments fail?", "The gateway's certificate had run out"),
    ("Why had it run out?", "Its renewal waits for a person"),
)


def built(page: Page) -> None:
    """Two answers and one beside the second, by keyboard alone."""
    first = page.get_by_role("textbox", name="Question, level 1")
    expect(first).to_be_visible()
    at_rest(page)
    first.focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(CHAIN[0][0])
    page.keyboard.press("Enter")
    page.keyboard.type(CHAIN[0][1])
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(CHAIN[1][0])
    page.keyboard.press("Enter")
    page.keyboard.type(CHAIN[1][1])
    page.keyboard.press("Enter")
    page.keyboard.type("Why did the engineer forget it?")
    page.keyboard.press("Enter")
    page.keyboard.type("Lack of an alert on its last day")


def filled(bob: Page) -> str:
    """What shows each answer, its kind, and what people say of it; the entry that is the evidence of the first."""
    first = bob.get_by_role("list", name="Whys").get_by_role("listitem").first
    first.get_by_label("What shows it").select_option(label="A link or words")
    first.get_by_label("Link or words").fill("https://graphs.example/1")
    evidence = first.get_by_label("What shows it")
    value = evidence.locator("option", has_text="handshake error").get_attribute("value")
    evidence.select_option(value)
    first.get_by_label("Kind").select_option(label="Infrastructure issue")
    second = bob.get_by_role("list", name="Whys").get_by_role("listitem").nth(1)
    second.get_by_label("Actionable, within our control").check()
    second.get_by_label("Kind").select_option(label="Process gap")
    third = bob.get_by_role("list", name="Whys").get_by_role("listitem").nth(2)
    third.get_by_role("textbox", name="Question, level 2").fill("What made the date easy to miss?")
    third.get_by_label("Kind").select_option(label="Inadequate monitoring")
    expect(part(bob, "Words about people")).to_have_count(0)
    bob.get_by_label("How would we halve the time to detect?").fill("An alert on the first refusal")
    bob.keyboard.press("Control+Enter")
    expect(bob.get_by_role("heading", level=1)).to_have_text("Card payments fail at checkout")
    assert bob.url.endswith("/analysis/WT-1")
    answers = part(bob, "Answers")
    expect(answers.get_by_role("listitem")).to_have_count(3)
    expect(answers.get_by_role("link", name="handshake error")).to_be_visible()
    expect(answers).to_contain_text("Actionable")
    assert value
    return value


def edited(bob: Page, value: str) -> None:
    """Lifted and deepened by keys, as text and back, and left by keyboard."""
    third = bob.get_by_role("list", name="Whys").get_by_role("listitem").nth(2)
    bob.get_by_role("textbox", name="Answer, level 2").last.focus()
    bob.keyboard.press("Shift+Tab")
    expect(bob.get_by_role("textbox", name="Question, level 1")).to_have_count(2)
    bob.keyboard.press("Tab")
    bob.get_by_role("button", name="Edit as text").click()
    expect(bob.locator("textarea[name=whys]")).to_have_value(
        "? Why did payments fail?\n= The gateway's certificate had run out\n"
        f"@ {value}\n# infrastructure\n"
        "  ? Why had it run out?\n  = Its renewal waits for a person\n  # process_gap\n  !\n"
        "  ? What made the date easy to miss?\n  = Lack of an alert on its last day\n"
        "  # inadequate_monitoring"
    )
    bob.get_by_role("button", name="Edit line by line").click()
    bob.get_by_role("textbox", name="Answer, level 2").last.focus()
    bob.keyboard.press("Escape")
    bob.keyboard.press("Tab")
    expect(third.get_by_label("What shows it")).to_be_focused()


def taken(bob: Page) -> None:
    """Taken into the postmortem: whole, and an answer with one key each."""
    into = part(bob, "Into PM-1")
    into.get_by_role("button", name="Take the tree over").click()
    expect(into).to_contain_text("Its whys are this tree.")
    at_rest(bob)
    into.get_by_role("link", name=CHAIN[1][1]).focus()
    bob.keyboard.press("f")
    row = into.get_by_role("listitem").filter(has_text=CHAIN[1][1])
    expect(row).to_contain_text("Factor")
    expect(row.get_by_role("link")).to_be_focused()
    bob.keyboard.press("a")
    expect(row).to_contain_text("Action")
    expect(row.get_by_role("button")).to_have_count(0)
    barriers.assert_open_to_all(bob, (1280, 375))
    bob.goto("/postmortems/PM-1")
    expect(bob.get_by_role("article")).to_contain_text(f"Because: {CHAIN[1][1]}")
    bob.goto("/postmortems/PM-1/edit")
    expect(part(bob, "Why-trees")).to_contain_text("These are the whys above.")


def test_a_why_tree_is_built_by_keyboard_and_asks_on(server: Server, browsers: Browsers) -> None:
    begun(server)
    bob = browsers.signed_in(server, "bob", **WIDE)
    bob.goto("/incidents/INC-1")
    bob.get_by_role("link", name="Ask why").click()
    built(bob)
    wording = part(bob, "Words about people")
    expect(wording).to_contain_text("Try: What made it easy to miss?")
    expect(part(bob, "What it still asks for")).to_contain_text("'lack of'")
    expect(bob.get_by_role("img", name="Why: Card payments fail at checkout")).to_be_visible()
    barriers.assert_open_to_all(bob, (1280, 375))
    entry = filled(bob)
    edited(bob, entry)
    taken(bob)
