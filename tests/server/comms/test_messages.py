"""Messages: filled without a gap nobody saw, to whom the lists name, kept, and in the incident's timeline."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from kintsugi.core.shared.severity import Severity
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.comms.tables.deliveries import message_deliveries
from tests.server.cast import Cast, MovableClock

INITIAL = {"template": "initial", "values": {"service": "checkout", "impact": "Orders fail"}}
LISTS: dict[str, Any] = {
    "groups": [
        {"name": "executives", "members": ["boss@example.com", "alice@example.com"]},
        {"name": "support", "members": ["team:Support"]},
        {"name": "customers", "audience": "customers", "members": ["news@customers.example"]},
        {"name": "sales"},
    ],
    "told": {"SEV-1": ["executives", "support", "customers", "sales"], "SEV-2": ["support"]},
}


def lists(client: Cast) -> None:
    team = client.alice.post("/api/teams", json={"name": "Support"}).json()["id"]
    charlie = client.charlie.get("/api/me").json()["id"]
    assert client.alice.put(f"/api/teams/{team}/members/{charlie}").status_code < 300
    answer = client.alice.put("/api/stakeholders", json=LISTS)
    assert answer.status_code == 200, answer.text
    values = {
        "organisation": "Acme",
        "statusUrl": "https://status.example.com",
        "channel": "#{incident_id}",
    }
    assert client.alice.put("/api/message-values", json=values).status_code == 200


def declared(client: Cast, severity: str = "SEV-1", **said: object) -> str:
    body = {"title": "Checkout is down", "severity": severity, **said}
    answer = client.bob.post("/api/incidents", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["reference"])


def sent(browser: TestClient, reference: str, **said: object) -> httpx2.Response:
    answer: httpx2.Response = browser.post(f"/api/incidents/{reference}/messages", json=said)
    return answer


def previewed(browser: TestClient, reference: str, **said: object) -> list[dict[str, Any]]:
    answer = browser.post(f"/api/incidents/{reference}/messages/preview", json=said)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_the_guides_lists_are_offered_as_a_start(client: Cast) -> None:
    kept = client.bob.get("/api/stakeholders").json()
    assert kept["version"] == 0
    assert kept["guide"] == {
        "SEV-1": ["executives", "all-engineering", "support", "sales", "customers"],
        "SEV-2": ["engineering-managers", "on-call", "support-leads"],
        "SEV-3": ["on-call", "team-channel"],
        "SEV-4": ["team-channel"],
        "SEV-5": [],
    }


def test_what_is_missing_is_refused_by_name_typed_in_or_marked_not_available(client: Cast) -> None:
    lists(client)
    reference = declared(client)
    refused = sent(client.bob, reference, template="initial")
    assert refused.status_code == 422
    assert "service, impact" in refused.json()["detail"]
    unknown = sent(client.bob, reference, template="initial", values={"weather": "fine"})
    assert "no variable of initial" in unknown.json()["detail"]
    assert client.bob.get(f"/api/incidents/{reference}/messages").json()["items"] == []
    made = sent(
        client.bob, reference, template="initial", values={"service": "checkout"},
        notAvailable=["impact", "commander"],
    ).json()  # fmt: skip
    assert made["text"].splitlines() == [
        "Incident declared: SEV-1, INC-1", "Service: checkout", "Impact: not available",
        "Status page: https://status.example.com", "Channel: #inc-1", "Commander: not available",
    ]  # fmt: skip
    assert made["notAvailable"] == ["impact", "commander"]


def test_a_message_goes_to_the_lists_of_its_severity_and_into_the_timeline(client: Cast) -> None:
    lists(client)
    reference = declared(client)
    client.bob.post(f"/api/incidents/{reference}/roles", json={"role": "commander"})
    made = sent(client.bob, reference, **INITIAL)
    assert made.status_code == 201, made.text
    to = {one["address"] for one in made.json()["deliveries"]}
    assert to == {"boss@example.com", "alice@example.com", "charlie@example.com"}
    entry = client.charlie.get(f"/api/incidents/{reference}/timeline").json()["items"][-1]
    assert entry["kind"] == "message"
    assert entry["text"].startswith("To stakeholders (3 recipients): Incident declared: SEV-1")
    (kept,) = client.charlie.get(f"/api/incidents/{reference}/messages").json()["items"]
    assert (kept["audience"], kept["recipients"], kept["sender"]) == ("stakeholders", 3, "Bob")
    assert sent(client.charlie, reference, **INITIAL).status_code == 403


def test_each_audience_is_previewed_and_nothing_is_sent(client: Cast) -> None:
    lists(client)
    reference = declared(client)
    client.bob.post(f"/api/incidents/{reference}/roles", json={"role": "scribe"})
    first, *others = previewed(client.bob, reference, template="customer_facing")
    assert (first["audience"], first["missing"]) == ("customers", ["eta"])
    assert "We see a problem: checkout is down." in first["text"]
    assert "Expected to be resolved: {eta}" in first["text"]
    by = {one["audience"]: one for one in others}
    assert [one["address"] for one in first["recipients"]] == ["news@customers.example"]
    assert [one["address"] for one in by["responders"]["recipients"]] == ["bob@example.com"]
    assert f"/incidents/{reference}" in by["responders"]["text"]
    assert f"/incidents/{reference}" not in first["text"] + by["stakeholders"]["text"]
    assert "These groups reach nobody: sales." in by["stakeholders"]["warnings"]
    assert client.bob.get(f"/api/incidents/{reference}/messages").json()["items"] == []


def test_an_empty_list_warns_and_the_message_is_still_written_down(client: Cast) -> None:
    reference = declared(client, "SEV-2", services=["checkout"])
    said = {"values": {"progress": "Rolling back"}}
    (warned, *_) = previewed(client.bob, reference, **said)
    assert warned["warnings"] == [
        "No stakeholders are listed for SEV-2.",
        "Nobody gets it: it is only written into the record.",
    ]
    made = sent(client.bob, reference, **said).json()
    assert (made["recipients"], made["deliveries"]) == (0, [])
    entry = client.bob.get(f"/api/incidents/{reference}/timeline").json()["items"][-1]
    assert entry["text"].startswith("To stakeholders (nobody):")


def test_addresses_are_added_and_left_out_for_one_message(client: Cast) -> None:
    lists(client)
    reference = declared(client)
    said = {**INITIAL, "notAvailable": ["commander"], "to": ["Press@example.com", "boss@example.com"],
            "leaveOut": ["alice@example.com", "Charlie"]}  # fmt: skip
    (first, *_) = previewed(client.bob, reference, **said)
    assert {one["address"] for one in first["leftOut"]} == {
        "alice@example.com",
        "charlie@example.com",
    }
    made = sent(client.bob, reference, **said).json()
    assert sorted(one["address"] for one in made["deliveries"]) == [
        "boss@example.com", "press@example.com",
    ]  # fmt: skip
    wrong = sent(client.bob, reference, **{**said, "to": ["nobody known"]})
    assert wrong.status_code == 422
    assert "'nobody known' is nobody known" in wrong.json()["detail"]


def test_a_private_incident_goes_outside_only_when_that_is_confirmed(client: Cast) -> None:
    lists(client)
    reference = declared(client, private=True)
    said = {**INITIAL, "notAvailable": ["commander"]}
    refused = sent(client.bob, reference, **said)
    assert refused.status_code == 409
    assert "INC-1 is private, and boss@example.com, Alice and Charlie cannot see it" in refused.text
    alice = client.alice.get("/api/me").json()["id"]
    client.bob.post(f"/api/incidents/{reference}/grants", json={"userId": alice})
    made = sent(client.bob, reference, **said, confirmed=True)
    assert made.status_code == 201
    assert made.json()["leftHouse"] is True
    entry = client.bob.get(f"/api/incidents/{reference}/timeline").json()["items"][-1]
    assert "(3 recipients, some outside this private incident)" in entry["text"]
    assert sent(client.charlie, reference, **said).status_code == 403
    for path in ("messages", f"messages/{made.json()['id']}"):
        assert client.charlie.get(f"/api/incidents/{reference}/{path}").status_code == 404
    kept = {**said, "leaveOut": ["boss@example.com", "charlie@example.com"]}
    assert sent(client.bob, reference, **kept).status_code == 201, "who is let in needs no word"


def test_a_drill_says_that_it_is_one_and_reaches_customers_only_when_confirmed(
    client: Cast,
) -> None:
    lists(client)
    reference = declared(client, drill=True)
    said = {"template": "customer_facing", "values": {"eta": "soon"}}
    assert "is a drill" in sent(client.bob, reference, **said).json()["detail"]
    made = sent(client.bob, reference, **said, confirmed=True).json()
    assert made["subject"].startswith("Drill: ")
    assert made["text"].startswith("This is a drill.\n")


def test_an_own_template_keeps_its_version_in_what_was_sent(client: Cast) -> None:
    body = {"name": "Short-note", "text": "{status}: {note}", "subject": "{incident_id} {note}"}
    assert client.bob.post("/api/message-templates", json=body).status_code == 403
    assert client.alice.post("/api/message-templates", json=body).json()["version"] == 1
    wrong = client.alice.post("/api/message-templates", json={**body, "text": "a { b"})
    assert "brace" in wrong.json()["detail"]
    assert (
        client.alice.post("/api/message-templates", json={**body, "name": "update"}).status_code
        == 422
    )
    reference = declared(client, "SEV-4")
    said = {"template": "short_note", "values": {"note": "all quiet"}}
    first = sent(client.bob, reference, **said).json()
    client.alice.post("/api/message-templates", json={**body, "text": "Now {note}"})
    second = sent(client.bob, reference, **said).json()
    assert [one["templateVersion"] for one in (first, second)] == [1, 2]
    assert (first["subject"], first["text"]) == ("INC-1 all quiet", "Investigating: all quiet\n")
    assert client.alice.delete("/api/message-templates/short_note").status_code == 204
    assert sent(client.bob, reference, **said).status_code == 422
    listed = client.bob.get("/api/message-templates").json()["items"]
    assert [one["name"] for one in listed] == ["initial", "update", "resolution", "customer_facing"]


def test_an_update_restarts_the_clock_and_a_promise_makes_it_shorter(
    client: Cast, clock: MovableClock
) -> None:
    reference = declared(client, "SEV-1")
    first = client.bob.get(f"/api/incidents/{reference}/messages").json()
    assert first["nextUpdateDueAt"] == "2026-03-02T09:05:00Z"
    clock.forward(minutes=4)
    (shown, *_) = previewed(client.bob, reference, values={"progress": "x"})
    assert "Next update: by 2026-03-02 09:09 UTC" in shown["text"]
    sent(client.bob, reference, values={"progress": "Looking"})
    clock.forward(minutes=4)
    sent(client.bob, reference, values={"progress": "Found", "next_update": "in 10 min"})
    now = client.bob.get(f"/api/incidents/{reference}/messages").json()
    assert now["nextUpdateDueAt"] == "2026-03-02T09:18:00Z", "ten minutes, not the usual twenty"
    assert "Next update: by 2026-03-02 09:18 UTC" in now["items"][0]["text"]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"groups": [{"name": " "}], "told": {}}, "missing"),
        ({"groups": [{"name": "a"}, {"name": "A"}], "told": {}}, "twice"),
        ({"groups": [], "told": {"SEV-1": ["a"]}}, "no group"),
        ({"groups": [{"name": "a", "members": ["team:None"]}], "told": {}}, "nobody known"),
        ({"groups": [], "told": {"SEV-9": []}}, "SEV-9"),
    ],
)
def test_lists_that_cannot_be_are_refused_with_where(
    client: Cast, told: dict[str, Any], says: str
) -> None:
    answer = client.alice.put("/api/stakeholders", json=told)
    assert answer.status_code == 422
    assert says in answer.json()["detail"]


def test_two_admins_at_once_do_not_overwrite_each_other(client: Cast) -> None:
    lists(client)
    assert client.alice.put("/api/stakeholders", json=LISTS).status_code == 412
    assert client.bob.put("/api/stakeholders", json=LISTS | {"version": 1}).status_code == 403


def test_who_was_let_out_gets_nothing(client: Cast) -> None:
    lists(client)
    reference = declared(client)
    charlie = client.charlie.get("/api/me").json()["id"]
    assert client.alice.patch(f"/api/users/{charlie}", json={"isActive": False}).status_code == 200
    (first, *_) = previewed(client.bob, reference, **INITIAL)
    assert "charlie@example.com" not in {one["address"] for one in first["recipients"]}
    assert "These groups reach nobody: support and sales." in first["warnings"]


def test_what_the_severity_lists_is_read_when_it_is_sent(client: Cast, works: Works) -> None:
    lists(client)
    reference = declared(client, str(Severity.SEV_2.label))
    made = sent(client.bob, reference, **INITIAL, notAvailable=["commander"]).json()
    assert [one["address"] for one in made["deliveries"]] == ["charlie@example.com"]
    with works.reading(SYSTEM) as work:
        rows = work.connection.execute(message_deliveries.select()).all()
    assert len(rows) == 1
    again = client.bob.post(
        f"/api/incidents/{reference}/messages/{made['id']}/deliveries/{made['deliveries'][0]['id']}/again"
    )
    assert (again.status_code, again.json()["state"]) == (200, "waiting")
