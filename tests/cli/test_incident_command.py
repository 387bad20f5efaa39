"""`kintsugi incident role` and `task`, against the real server."""

from __future__ import annotations

import pytest

from tests.cli.command import kintsugi
from tests.client.live import Live, live  # noqa: F401 - a fixture is found by name
from tests.server.cast import sqlite_template  # noqa: F401 - a fixture is found by name


@pytest.fixture
def incident(live: Live, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: F811
    """A severe incident that bob declared; he is signed in."""
    monkeypatch.setenv("KINTSUGI_URL", live.url)
    monkeypatch.setenv("KINTSUGI_TOKEN", live.tokens["bob"])
    return str(
        kintsugi("incident", "declare", "Checkout fails", "--severity", "1", "--json").data[
            "reference"
        ]
    )


@pytest.mark.long
def test_roles_are_shown_taken_given_and_handed_over(
    incident: str,
    live: Live,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert (
        "Scribe               nobody yet, asked for" in kintsugi("incident", "role", incident).out
    )
    assert "Scribe               Bob" in kintsugi("incident", "role", incident, "scribe").out
    given = kintsugi("incident", "role", incident, "ic", "--give", "alice@example.com", "--json")
    assert given.data["items"][0]["name"] == "Alice"
    offered = kintsugi("incident", "role", incident, "scribe", "--offer", "alice@example.com")
    assert "Bob (offered to Alice)" in offered.out
    monkeypatch.setenv("KINTSUGI_TOKEN", live.tokens["alice"])
    assert (
        "Scribe               Alice"
        in kintsugi("incident", "role", incident, "scribe", "--accept").out
    )
    assert kintsugi("incident", "role", incident, "scribe", "--accept").code == 1
    assert (
        "Alice"
        not in kintsugi("incident", "role", incident, "scribe", "--release").out.split("Scribe")[1]
    )


@pytest.mark.long
def test_tasks_are_added_listed_and_settled(incident: str) -> None:
    assert kintsugi("incident", "task", "list", incident).out == "No tasks.\n"
    words = (
        "incident",
        "task",
        "add",
        incident,
        "Roll back checkout",
        "--for",
        "me",
        "--due",
        "20 min",
    )
    added = kintsugi(*words)
    assert added.out.startswith("1  open  Bob  due ")
    assert kintsugi("incident", "task", "done", incident, "1", "--json").data["status"] == "done"
    kintsugi("incident", "task", "add", incident, "Tell support")
    assert "2  dropped  nobody" in kintsugi("incident", "task", "drop", incident, "2").out
    assert [one["status"] for one in kintsugi("incident", "task", "list", incident, "--json").data] == [
        "done", "dropped",
    ]  # fmt: skip


@pytest.mark.long
def test_what_it_does_not_understand_is_said(incident: str) -> None:
    for words, code, says in (
        (("role", incident, "--accept"), 2, "needs a ROLE"),
        (("role", incident, "scribe", "--accept", "--release"), 2, "keep one"),
        (("role", incident, "scribe", "--give", "nobody@example.com"), 2, "who"),
        (("task", "add", incident, "x", "--due", "yesterday-ish"), 2, "--due"),
        (("task", "done", incident, "7"), 2, "no such task"),
    ):
        answer = kintsugi("incident", *words)
        assert (answer.code, says in answer.err) == (code, True), (words, answer)


def test_a_message_is_filled_from_the_record_and_kept_in_the_timeline(incident: str) -> None:
    words = (
        "incident",
        "update",
        incident,
        "--set",
        "next_update=03:40",
        "--set",
        "progress=Rolling back {x}",
    )
    shown = kintsugi(*words, "--dry-run")
    assert shown.out.startswith(f"Incident update: {incident}, ")
    assert "Progress: Rolling back {x}\nNext update: by " in shown.out
    assert "03:40 UTC" in shown.out
    assert "due sooner than it says" in shown.err
    assert "Would go to nobody" in shown.err
    assert "Rolling back" not in kintsugi("incident", "show", incident).out
    assert kintsugi(*words).code == 0
    assert "Rolling back" in kintsugi("incident", "show", incident).out


@pytest.mark.long
def test_a_message_with_a_gap_is_refused_by_name_until_it_is_said_to_be_one(incident: str) -> None:
    words = ("incident", "update", incident, "--template", "customer_facing", "--preview")
    refused = kintsugi(*words, "--set", "eta=04:00")
    assert (refused.code, "still missing: status_page_url" in refused.err) == (2, True)
    sent = kintsugi(*words[:-1], "--set", "eta=04:00")
    assert (sent.code, "needs status_page_url" in sent.err) == (2, True)
    data = kintsugi(
        *words, "--set", "eta=04:00", "--not-available", "status_page_url", "--json"
    ).data
    assert (data["audience"], data["notAvailable"]) == ("customers", ["status_page_url"])
    assert "checkout fails" in data["text"]
    assert "Updates: not available" in data["text"]
    for wrong in (("--template", "loud"), ("--set", "eta"), ("--not-available", "rain")):
        assert kintsugi("incident", "update", incident, *wrong).code == 2


@pytest.mark.long
def test_a_message_goes_to_who_is_named_and_for_an_audience_of_ones_own_choice(
    incident: str,
) -> None:
    words = (
        "incident",
        "update",
        incident,
        "--set",
        "progress=x",
        "--not-available",
        "next_update",
    )
    sent = kintsugi(
        *words, "--to", "boss@example.com", "--audience", "customers", "--subject", "Hi"
    )
    assert (sent.code, "Sent to customers, 1 recipient: boss@example.com" in sent.err) == (0, True)
    data = kintsugi(
        *words, "--to", "boss@example.com", "--leave-out", "boss@example.com", "--json"
    ).data
    assert (data["recipients"], data["audience"]) == (0, "stakeholders")
    assert kintsugi(*words, "--to", "nobody-here").code == 2


@pytest.mark.long
def test_an_incident_is_resolved_once_its_recovery_criteria_are_met_or_overridden(
    incident: str,
) -> None:
    ours = ("incident", "criteria")
    assert "Offered:\n  The error rate" in kintsugi(*ours, "list", incident).out
    kintsugi(*ours, "add", incident, "--offered")
    added = kintsugi(*ours, "add", incident, "Orders go thru", "--expected", "> 90%", "--json").data
    assert (len(added["items"]), added["open"]) == (6, 6)
    kintsugi(*ours, "edit", incident, "6", "--text", "Orders go through")
    refused = kintsugi("incident", "resolve", incident)
    assert (refused.code, "6. Orders go through (> 90%)" in refused.err) == (1, True)
    kintsugi(*ours, "remove", incident, "5")
    for number in "1234":
        kintsugi(*ours, "met", incident, number)
    said = kintsugi(*ours, "override", incident, "6", "--note", "It is night").out
    assert said == "6  overridden  Orders go through (> 90%)  Bob: It is night\n"
    assert kintsugi(*ours, "reopen", incident, "6", "--json").data["status"] == "open"
    assert kintsugi(*ours, "met", incident, "6", "--note", "96%").code == 0
    assert kintsugi("incident", "resolve", incident).code == 0
    for words in (("add", incident), ("edit", incident, "1"), ("met", incident, "9")):
        assert kintsugi(*ours, *words).code == 2
