"""Roles taken, handed over and laid down; tasks given, moved and settled; all of it in the timeline."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.server.cast import Cast, MovableClock

pytestmark = pytest.mark.both_databases
PLACE = "/api/incidents/INC-1"


@pytest.fixture
def declared(client: Cast) -> Cast:
    answer = client.bob.post(
        "/api/incidents", json={"title": "Checkout fails", "severity": "SEV-1"}
    )
    assert answer.status_code == 201, answer.text
    return client


def role(browser: TestClient, name: str, do: str = "give", who: str = "") -> Any:  # noqa: ANN401 - an answer
    return browser.post(f"{PLACE}/roles", json={"role": name, "do": do, "who": who})


def held(browser: TestClient) -> dict[str, str]:
    return {one["role"]: one["name"] for one in browser.get(f"{PLACE}/roles").json()["items"]}


def texts(client: Cast) -> list[tuple[str, bool]]:
    items = client.bob.get(f"{PLACE}/timeline").json()["items"]
    return [(one["text"], one["important"]) for one in items][1:]


def test_a_severe_incident_asks_for_its_roles_until_they_are_taken(declared: Cast) -> None:
    asked = declared.charlie.get(f"{PLACE}/roles").json()
    assert asked["items"] == []
    assert asked["askedFor"] == [
        "Incident Commander",
        "Communications Lead",
        "Technical Lead",
        "Scribe",
    ]
    assert role(declared.bob, "scribe").json()["askedFor"] == [
        "Incident Commander", "Communications Lead", "Technical Lead",
    ]  # fmt: skip
    role(declared.bob, "commander", "give", "alice@example.com")
    assert held(declared.bob) == {"Incident Commander": "Alice", "Scribe": "Bob"}
    assert declared.bob.get(PLACE).json()["commander"] == "Alice"
    match = {"If-Match": declared.bob.get(PLACE).headers["etag"]}
    body = {"status": "resolved", "reason": "back"}
    assert declared.bob.patch(PLACE, json=body, headers=match).status_code == 200
    assert declared.bob.get(f"{PLACE}/roles").json()["askedFor"] == []


@pytest.mark.parametrize("name", ["Incident Commander", "Communications Lead"])
def test_a_role_changes_hands_once_the_other_accepts(declared: Cast, name: str) -> None:
    role(declared.bob, name)
    assert role(declared.bob, name, "offer", "alice@example.com").status_code == 200
    told = declared.bob.get(f"{PLACE}/roles").json()["items"][0]
    assert (told["name"], told["offeredName"]) == ("Bob", "Alice")
    assert role(declared.bob, name, "accept").status_code == 409
    assert role(declared.alice, name, "accept").status_code == 200
    assert held(declared.bob) == {name: "Alice"}
    assert role(declared.alice, name, "accept").status_code == 409


@pytest.mark.parametrize("name", ["Incident Commander", "Scribe"])
def test_an_offer_that_is_declined_changes_nothing(declared: Cast, name: str) -> None:
    role(declared.bob, name)
    role(declared.bob, name, "offer", "alice@example.com")
    assert role(declared.alice, name, "decline").status_code == 200
    told = declared.bob.get(f"{PLACE}/roles").json()["items"][0]
    assert (told["name"], told["offeredTo"]) == ("Bob", None)


def test_who_does_not_hold_a_role_cannot_hand_it_over_nor_take_it_from_an_old_offer(
    declared: Cast,
) -> None:
    role(declared.bob, "scribe")
    assert role(declared.alice, "scribe", "offer", "bob@example.com").status_code == 409
    assert role(declared.bob, "scribe", "offer", "bob@example.com").status_code == 422
    role(declared.bob, "commander")
    role(declared.bob, "commander", "offer", "alice@example.com")
    role(declared.bob, "commander", "release")
    assert role(declared.alice, "commander", "accept").status_code == 409
    assert held(declared.bob) == {"Scribe": "Bob"}


def test_experts_are_several_and_a_role_of_ones_own_has_a_name(declared: Cast) -> None:
    role(declared.bob, "sme")
    role(declared.bob, "sme", "give", "alice@example.com")
    role(declared.bob, "Data wrangler", "give", "alice@example.com")
    items = declared.bob.get(f"{PLACE}/roles").json()["items"]
    assert sorted((one["role"], one["name"]) for one in items) == [
        ("Data wrangler", "Alice"), ("Subject Matter Expert", "Alice"), ("Subject Matter Expert", "Bob"),
    ]  # fmt: skip
    assert role(declared.bob, "sme", "release").status_code == 200
    assert role(declared.bob, "sme", "release").status_code == 409
    assert role(declared.bob, "sme", "release", "alice@example.com").status_code == 200
    assert held(declared.bob) == {"Data wrangler": "Alice"}


def test_every_change_of_a_role_is_in_the_timeline_and_the_same_again_is_none(
    declared: Cast,
) -> None:
    role(declared.bob, "scribe")
    role(declared.bob, "scribe")
    role(declared.bob, "scribe", "offer", "alice@example.com")
    role(declared.alice, "scribe", "accept")
    role(declared.bob, "scribe", "give", "me")
    role(declared.bob, "scribe", "release")
    assert texts(declared) == [
        ("Bob is Scribe", True),
        ("Bob offers Alice the role Scribe", False),
        ("Alice is Scribe, after Bob", True),
        ("Bob is Scribe, after Alice", True),
        ("Bob is no longer Scribe", True),
    ]


def test_an_erased_person_is_nobody_in_the_record_of_roles_and_tasks(
    declared: Cast, works: Works
) -> None:
    alice = declared.alice
    role(alice, "scribe", "give", "bob@example.com")
    alice.post(f"{PLACE}/tasks", json={"text": "Look at the pool", "assignee": "bob@example.com"})
    bob = declared.bob.get("/api/me").json()["id"]
    with works.writing(SYSTEM) as work:
        accounts.erase(work, bob)
    said = alice.get(f"{PLACE}/timeline").text + alice.get("/incidents/INC-1").text
    assert "Bob" not in said + str(held(alice))
    assert "Look at the pool" in said


def test_no_role_goes_to_who_does_not_see_a_private_incident(client: Cast) -> None:
    client.bob.post("/api/incidents", json={"title": "Leak", "private": True})
    answer = role(client.bob, "scribe", "give", "charlie@example.com")
    assert (answer.status_code, "does not see" in answer.text) == (422, True)
    for path in ("roles", "tasks"):
        assert client.charlie.get(f"{PLACE}/{path}").status_code == 404
    task = client.bob.post(f"{PLACE}/tasks", json={"text": "x", "assignee": "charlie@example.com"})
    assert task.status_code == 422


def test_a_viewer_reads_and_changes_nothing(declared: Cast) -> None:
    made = declared.bob.post(f"{PLACE}/tasks", json={"text": "x"}).json()
    assert role(declared.charlie, "scribe").status_code == 403
    assert declared.charlie.post(f"{PLACE}/tasks", json={"text": "x"}).status_code == 403
    path = f"{PLACE}/tasks/{made['id']}"
    assert declared.charlie.patch(path, json={"status": "done"}).status_code == 403
    assert len(declared.charlie.get(f"{PLACE}/tasks").json()["items"]) == 1


def test_a_task_is_given_moved_and_settled(declared: Cast, clock: MovableClock) -> None:
    due = {"text": "Roll back checkout", "assignee": "me", "dueAt": "2099-01-01T00:00:00Z"}
    first = declared.bob.post(f"{PLACE}/tasks", json=due)
    assert first.status_code == 201
    said = first.json()
    assert (said["number"], said["assignee"], said["overdue"]) == (1, "Bob", False)
    clock.now_is(clock.now())
    path = f"{PLACE}/tasks/1"
    assert (
        declared.alice.patch(path, json={"assignee": "me", "dueAt": None}).json()["assignee"]
        == "Alice"
    )
    stale = declared.bob.patch(
        path, json={"status": "done"}, headers={"If-Match": first.headers["etag"]}
    )
    assert stale.status_code == 412
    done = declared.bob.patch(path, json={"status": "done"}).json()
    assert (done["status"], done["dueAt"], done["settledAt"] is None) == ("done", None, False)
    assert declared.bob.patch(path, json={"status": "done"}).json()["version"] == done["version"]
    assert declared.bob.patch(path, json={"status": "open"}).json()["settledAt"] is None
    assert [text for text, _ in texts(declared)] == [
        "Task 1: Roll back checkout, due 2099-01-01 00:00 UTC, for Bob",
        "Task 1 (Roll back checkout) is given on, has no time any more, for Alice",
        "Task 1 (Roll back checkout) is done",
        "Task 1 (Roll back checkout) is open again",
    ]


def test_a_task_that_is_past_its_time_is_overdue_until_it_is_settled(
    declared: Cast, clock: MovableClock
) -> None:
    at = clock.now().replace(microsecond=0).isoformat()
    declared.bob.post(f"{PLACE}/tasks", json={"text": "Check the queue", "dueAt": at})
    clock.forward(minutes=5)
    assert declared.bob.get(f"{PLACE}/tasks").json()["items"][0]["overdue"] is True
    assert "late" in declared.bob.get("/incidents/INC-1").text
    declared.bob.patch(f"{PLACE}/tasks/1", json={"status": "dropped"})
    assert declared.bob.get(f"{PLACE}/tasks").json()["items"][0]["overdue"] is False


@pytest.mark.parametrize(
    "body",
    [
        {"text": ""}, {"text": "  "}, {"text": "x", "assignee": "nobody@example.com"},
        {"text": "x", "dueAt": "soon"}, {"text": "x", "dueAt": "14:30"}, {"text": "x" * 501},
    ],
)  # fmt: skip
def test_a_task_that_cannot_be_is_refused(declared: Cast, body: dict[str, str]) -> None:
    assert declared.bob.post(f"{PLACE}/tasks", json=body).status_code == 422
    assert declared.bob.get(f"{PLACE}/tasks").json()["items"] == []


def test_another_incidents_task_and_an_unknown_status_are_refused(declared: Cast) -> None:
    declared.bob.post("/api/incidents", json={"title": "Other"})
    made = declared.bob.post("/api/incidents/INC-2/tasks", json={"text": "x"}).json()
    assert (
        declared.bob.patch(f"{PLACE}/tasks/{made['id']}", json={"status": "done"}).status_code
        == 404
    )
    wrong = declared.bob.patch(f"/api/incidents/INC-2/tasks/{made['id']}", json={"status": "gone"})
    assert (wrong.status_code, "open, done, dropped" in wrong.text) == (422, True)


def test_what_nobody_holds_yet_is_loud_in_the_list_at_home_and_at_a_glance(declared: Cast) -> None:
    for address in ("/incidents", "/"):
        assert "3 roles open" in declared.charlie.get(address).text
    glance = declared.charlie.get("/incidents/INC-1/parts/glance").text
    assert 'class="over"' in glance
    assert (
        "Nobody yet: Incident Commander, Communications Lead, Technical Lead and Scribe" in glance
    )
    for name in ("commander", "communications_lead", "technical_lead"):
        role(declared.bob, name)
    assert "No Scribe" in declared.charlie.get("/incidents").text
    role(declared.bob, "scribe")
    for address in ("/incidents", "/"):
        assert "roles open" not in declared.charlie.get(address).text
        assert "No Scribe" not in declared.charlie.get(address).text
    assert "Nobody yet" not in declared.charlie.get("/incidents/INC-1/parts/glance").text


def test_who_is_offered_a_role_reads_it_at_home_until_they_answer(declared: Cast) -> None:
    for name in ("scribe", "commander"):
        role(declared.bob, name)
        role(declared.bob, name, "offer", "alice@example.com")
    home = declared.alice.get("/").text
    assert "Scribe of Checkout fails" in home
    assert "Incident Commander of Checkout fails" in home
    assert "Offered to you" not in declared.bob.get("/").text
    role(declared.bob, "commander", "release")
    role(declared.alice, "scribe", "decline")
    assert "Offered to you" not in declared.alice.get("/").text


# --- the page ---------------------------------------------------------------------------------


def test_the_page_asks_for_roles_and_takes_them_without_scripts(declared: Cast) -> None:
    page = declared.bob.get("/incidents/INC-1").text
    assert page.count("nobody yet</span>") >= 4
    taken = declared.bob.post(
        "/incidents/INC-1/roles", data={"role": "Scribe", "do": "take"}, follow_redirects=False
    )
    assert (taken.status_code, taken.headers["location"]) == (303, "/incidents/INC-1#command")
    offer = {"role": "scribe", "do": "offer", "who": declared.alice.get("/api/me").json()["id"]}
    declared.bob.post("/incidents/INC-1/roles", data=offer)
    assert "Bob offers you the role Scribe." in declared.alice.get("/incidents/INC-1").text
    assert "offers you" not in declared.bob.get("/incidents/INC-1").text
    declared.alice.post("/incidents/INC-1/roles", data={"role": "Scribe", "do": "accept"})
    assert held(declared.bob) == {"Scribe": "Alice"}


def test_a_refused_form_of_the_page_stands_as_it_was_typed(declared: Cast) -> None:
    typed = {"text": "Look at the pool", "due": "yesterday-ish", "assignee": ""}
    refused = declared.bob.post("/incidents/INC-1/tasks", data=typed)
    assert refused.status_code == 422
    assert 'value="Look at the pool"' in refused.text
    assert 'value="yesterday-ish"' in refused.text
    added = declared.bob.post("/incidents/INC-1/tasks", data={**typed, "due": "in 20 min"})
    assert added.status_code in (200, 303)
    assert declared.bob.get(f"{PLACE}/tasks").json()["items"][0]["dueAt"] is not None
    assert declared.bob.post("/incidents/INC-1/roles", data={"do": "juggle"}).status_code == 422
    for do in ("take", "done", "open"):
        declared.bob.post("/incidents/INC-1/tasks/1", data={"do": do})
    assert declared.bob.get(f"{PLACE}/tasks").json()["items"][0]["assignee"] == "Bob"


def test_a_task_may_be_nobodys_in_the_form_too(declared: Cast) -> None:
    part = declared.bob.get("/incidents/INC-1/parts/command").text
    select = part[part.index('id="k-who"') :].partition("</select>")[0]
    assert "required" not in select.partition(">")[0]
    assert "Nobody yet" in select


def test_a_viewer_sees_command_and_no_forms_of_it(declared: Cast) -> None:
    role(declared.bob, "scribe")
    part = declared.charlie.get("/incidents/INC-1/parts/command").text
    assert "<strong>Bob</strong>" in part
    assert "<form" not in part


# --- the next update --------------------------------------------------------------------------


def glance(client: Cast) -> str:
    part = client.bob.get("/incidents/INC-1/parts/glance").text
    return " ".join(re.sub(r"<[^>]+>", " ", part[part.index("Next update") :]).split())


def test_the_next_update_is_a_clock_that_turns_loud(declared: Cast, clock: MovableClock) -> None:
    assert "in 5 min" in glance(declared)
    clock.forward(minutes=4)
    assert "write it now" in glance(declared)
    clock.forward(minutes=2)
    assert "Overdue since" in glance(declared)
    assert 'class="over"' in declared.bob.get("/incidents/INC-1").text
    declared.bob.post(f"{PLACE}/timeline", json={"text": "Orders fail", "kind": "message"})
    assert "in 5 min" in glance(declared)


def test_a_milder_incident_and_one_that_is_over_plan_no_update(client: Cast) -> None:
    client.bob.post("/api/incidents", json={"title": "Slow", "severity": "SEV-3"})
    assert glance(client) == "Next update None planned"
    match = {"If-Match": client.bob.get(PLACE).headers["etag"]}
    said = {"severity": "SEV-1", "reason": "all of it"}
    match = {"If-Match": client.bob.patch(PLACE, json=said, headers=match).headers["etag"]}
    assert "None planned" not in glance(client)
    client.bob.patch(PLACE, json={"status": "resolved", "reason": "back"}, headers=match)
    assert glance(client) == "Next update None planned"
