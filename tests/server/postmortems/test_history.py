"""What a postmortem said before: revisions by section, what changed since an approval, typing as one change."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.cast import Cast, MovableClock
from tests.server.postmortems.browsing import forms_of
from tests.server.postmortems.desk import approved, begun, incident, moved, patched, shown

pytestmark = pytest.mark.both_databases
PM = "/api/postmortems/PM-1"


@pytest.fixture
def desk(client: Cast) -> Cast:
    incident(client.bob)
    begun(client.bob, contributors=["alice@example.com"])
    return client


def changed(client: Cast, **body: Any) -> None:  # noqa: ANN401 - of the body
    answer = patched(client.bob, "PM-1", body)
    assert answer.status_code == 200, answer.text


def differences(client: Cast, **query: int) -> dict[str, list[tuple[str, str]]]:
    answer = client.bob.get(f"{PM}/diff", params=query)
    assert answer.status_code == 200, answer.text
    return {
        one["section"]: [(line["mark"], line["text"]) for line in one["lines"]]
        for one in answer.json()["items"]
    }


def edits(client: Cast) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.bob.get(f"{PM}/edits").json()["items"]
    return found


# Between revisions


def test_two_revisions_are_compared_by_section_and_line(desk: Cast) -> None:
    moved(desk.bob, "PM-1", "IN_REVIEW", "DRAFT")
    changed(
        desk,
        summary="One hour of errors.",
        rootCause="The pool is smaller than peak traffic.\nNobody saw it.",
    )
    changed(desk, trigger="A campaign")
    moved(desk.bob, "PM-1", "IN_REVIEW", "DRAFT")
    changed(desk, trigger="A campaign of marketing")
    first_to_second = differences(desk, since=1, until=2)
    assert list(first_to_second) == ["summary", "trigger", "rootCause"]
    assert first_to_second["summary"] == [
        ("-", "Fifteen minutes of errors."), ("+", "One hour of errors."),
    ]  # fmt: skip
    assert first_to_second["rootCause"] == [
        (" ", "The pool is smaller than peak traffic."), ("+", "Nobody saw it."),
    ]  # fmt: skip
    assert first_to_second["trigger"] == [("+", "A campaign")]
    to_now = differences(desk, since=2)
    assert to_now == {"trigger": [("-", "A campaign"), ("+", "A campaign of marketing")]}
    back = differences(desk, since=2, until=1)
    assert back["summary"] == [("-", "One hour of errors."), ("+", "Fifteen minutes of errors.")]
    assert differences(desk, since=1, until=1) == {}
    assert desk.bob.get(f"{PM}/diff", params={"since": 9}).status_code == 404
    assert desk.bob.get(f"{PM}/diff", params={"since": 1, "until": 9}).status_code == 404
    assert desk.bob.get(f"{PM}/diff").status_code == 422


def test_lists_are_compared_entry_by_entry(desk: Cast) -> None:
    moved(desk.bob, "PM-1", "IN_REVIEW", "DRAFT")
    now = shown(desk.bob)["timeline"]
    changed(desk, timeline=[*now, {"time": "14:40", "description": "Connections run out"}])
    (lines,) = differences(desk, since=1).values()
    assert [mark for mark, _ in lines] == [" ", "+"]
    assert "Connections run out" in lines[1][1]


# Since an approval


def test_who_reviews_again_sees_what_changed_since_the_text_that_was_approved(desk: Cast) -> None:
    moved(desk.bob, "PM-1", "IN_REVIEW")
    changed(desk, summary="An hour of errors.")
    approved(desk.alice, "PM-1")  # of a text that was changed after it was sent to review
    revisions = desk.bob.get(f"{PM}/revisions").json()["items"]
    assert [one["reason"] for one in revisions] == ["approved", "because"]
    changed(desk, trigger="A campaign")
    page = desk.alice.get("/postmortems/PM-1/review", headers={"accept": "text/html"}).text
    since = page.partition("Changed since it was approved")[2].partition("</section>")[0]
    assert "A campaign" in since
    assert "An hour of errors" not in since
    found = differences(desk, since=revisions[0]["revision"])
    assert list(found) == ["trigger"]  # and not the summary, which the approver had read
    assert shown(desk.bob)["approvals"] == 0


def test_an_approval_of_a_text_that_is_a_revision_makes_no_other(desk: Cast) -> None:
    moved(desk.bob, "PM-1", "IN_REVIEW")
    version = shown(desk.bob)["version"]
    approved(desk.alice, "PM-1")
    assert len(desk.bob.get(f"{PM}/revisions").json()["items"]) == 1
    assert shown(desk.bob)["version"] == version  # who read it before may still move it
    moved(desk.bob, "PM-1", "PUBLISHED")
    assert [one["revision"] for one in desk.bob.get(f"{PM}/revisions").json()["items"]] == [2, 1]


# While somebody types


def typed(client: Cast, person: str, part: str, **said: str) -> None:
    browser = getattr(client, person)
    form = forms_of(browser, "/postmortems/PM-1/edit")[part]
    answer = browser.post(f"{form.action}/autosave", data={**form.fields, **said})
    assert answer.status_code == 200, answer.text


def test_what_one_types_in_one_go_is_one_change_of_the_history(
    desk: Cast, clock: MovableClock
) -> None:
    before, version = len(edits(desk)), shown(desk.bob)["version"]
    for words in ("A", "A ca", "A campa", "A campaign"):
        typed(desk, "bob", "trigger", trigger=words)
        clock.forward(seconds=2)
        assert shown(desk.bob)["trigger"] == words
    found = edits(desk)
    assert len(found) == before + 1
    assert (found[0]["sections"], found[0]["before"], found[0]["version"]) == (
        ["trigger"], {"trigger": None}, version + 4,
    )  # fmt: skip
    history = desk.bob.get("/postmortems/PM-1/history", headers={"accept": "text/html"}).text
    assert "A campaign" in history


def test_what_is_typed_for_long_or_by_two_or_elsewhere_is_several_changes(
    desk: Cast, clock: MovableClock
) -> None:
    start = len(edits(desk))
    typed(desk, "bob", "trigger", trigger="A")
    clock.forward(minutes=4)
    typed(desk, "bob", "trigger", trigger="A campaign")
    clock.forward(minutes=2)
    typed(desk, "bob", "trigger", trigger="A campaign of marketing")
    typed(desk, "alice", "lead_up", lead_up="Traffic grew.")
    typed(desk, "bob", "resolution", resolution="A restart")
    typed(desk, "bob", "trigger", trigger="Another campaign")
    found = list(reversed(edits(desk)[: len(edits(desk)) - start]))
    told = [(one["actor"], one["sections"][0], next(iter(one["before"].values()))) for one in found]
    assert told == [
        ("Bob", "trigger", None), ("Bob", "trigger", "A campaign"), ("Alice", "leadUp", None),
        ("Bob", "resolution", None), ("Bob", "trigger", "A campaign of marketing"),
    ]  # fmt: skip
    versions = [one["version"] for one in found]
    assert versions == sorted(set(versions))


def test_a_change_over_the_api_and_a_move_close_what_was_being_typed(desk: Cast) -> None:
    typed(desk, "bob", "trigger", trigger="A campaign")
    changed(desk, trigger="A sale")
    assert [one["before"] for one in edits(desk)[:2]] == [
        {"trigger": "A campaign"}, {"trigger": None},
    ]  # fmt: skip
    typed(desk, "bob", "trigger", trigger="A winter sale")
    moved(desk.bob, "PM-1", "IN_REVIEW")
    assert [one["what"] for one in edits(desk)[:2]] == ["submitted", "edit"]
    assert edits(desk)[1]["before"] == {"trigger": "A sale"}
    assert differences(desk, since=1) == {}


def test_who_else_types_is_told_while_they_do(desk: Cast, clock: MovableClock) -> None:
    typed(desk, "alice", "trigger", trigger="A")
    clock.forward(minutes=3)
    typed(desk, "alice", "trigger", trigger="A campaign")
    page = "/postmortems/PM-1/edit"
    assert "Alice is writing in Trigger" in desk.bob.get(page).text
    assert "is writing in" not in desk.alice.get(page).text
    clock.forward(minutes=3)
    assert "is writing in" not in desk.bob.get(page).text


@pytest.mark.parametrize("version", [-1, 2**63, 10**21])
def test_a_version_that_no_database_holds_is_refused(client: Cast, version: int) -> None:
    incident(client.bob)
    begun(client.bob)
    for path in ("approvals", "required"):
        address = f"/api/postmortem-rules/{path}"
        assert client.alice.put(address, json={"version": version}).status_code == 422
    said = {"decision": "approve", "textVersion": version}
    assert client.alice.post("/api/postmortems/PM-1/reviews", json=said).status_code == 422
