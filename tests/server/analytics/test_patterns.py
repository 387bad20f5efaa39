"""Classes of cause confirmed by people, and the patterns over the record, by the API and on pages."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from tests.server.cast import Cast, MovableClock
from tests.server.postmortems.desk import begun, incident, published, settled

pytestmark = pytest.mark.both_databases
FORM = {"Sec-Fetch-Site": "same-origin"}


def decided(browser: TestClient, name: str, key: str, decision: str = "confirmed") -> int:
    path = f"/api/incidents/{name}/classes/{key}"
    return browser.put(path, json={"decision": decision}).status_code


def told(client: Cast, name: str, **more: object) -> None:
    """An incident that is over, with a published postmortem."""
    incident(client.bob, name, **more)
    body = begun(client.bob, incidentId=name)
    published(client.bob, client.alice, body["reference"])


def verified(browser: TestClient, name: str) -> None:
    path = f"/api/actions/{name}"
    for status in ("DONE", "VERIFIED"):
        headers = {"If-Match": f'"{browser.get(path).json()["version"]}"'}
        answer = browser.patch(
            path, json={"status": status, "evidence": "a drill"}, headers=headers
        )
        assert answer.status_code == 200, answer.text


def row(browser: TestClient, key: str) -> dict[str, object]:
    listed = browser.get("/api/patterns").json()["classes"]
    found: dict[str, object] = next(one for one in listed if one["key"] == key)
    return found


def test_a_class_is_suggested_with_its_reason_confirmed_and_found_again(client: Cast) -> None:
    incident(client.bob, title="The feature flag was off", externalId="flag")
    [suggested] = client.bob.get("/api/incidents/flag/classes").json()["suggested"]
    assert suggested == {
        "key": "configuration_change", "title": "Configuration change", "named": False,
        "terms": [{"term": "feature flag", "field": "title"}],
    }  # fmt: skip
    assert (row(client.bob, "configuration_change")["incidents"],
            row(client.bob, "configuration_change")["waiting"]) == (0, 1)  # fmt: skip
    assert decided(client.bob, "flag", "configuration_change") == 200
    found = client.charlie.get("/api/incidents/flag/classes").json()
    assert found["suggested"] == []
    assert [(one["key"], one["decision"], one["byName"]) for one in found["decided"]] == [
        ("configuration_change", "confirmed", "Bob")
    ]
    assert row(client.charlie, "configuration_change")["incidents"] == 1
    shown = client.charlie.get("/api/patterns/configuration_change").json()
    assert [one["reference"] for one in shown["incidents"]] == ["INC-1"]
    behind = "/analytics/incidents?behind=class%3Aconfiguration_change"
    for page in ("/patterns", "/analytics/learning"):
        assert f'<a href="{behind}">1</a>' in client.charlie.get(page).text
    assert "INC-1" in client.charlie.get(behind).text


def test_what_is_refused_is_suggested_no_more_until_it_is_taken_back(client: Cast) -> None:
    incident(client.bob, title="The feature flag was off", externalId="flag")
    assert decided(client.bob, "flag", "configuration_change", "refused") == 200
    assert client.bob.get("/api/incidents/flag/classes").json()["suggested"] == []
    path = "/api/incidents/flag/classes/configuration_change"
    assert len(client.bob.delete(path).json()["suggested"]) == 1
    assert client.bob.delete(path).status_code == 404
    assert decided(client.bob, "flag", "configuration_change", "perhaps") == 422
    assert decided(client.bob, "flag", "none_of_ours") == 404


def test_a_class_of_ones_own_suggests_and_is_changed_by_its_version(client: Cast) -> None:
    body = {"title": "Connection pool exhausted", "terms": ["pool"], "description": "Too few."}
    assert client.bob.post("/api/patterns", json=body).status_code == 403
    made = client.alice.post("/api/patterns", json=body)
    assert (made.status_code, made.json()["key"]) == (201, "connection_pool_exhausted")
    assert client.alice.post("/api/patterns", json=body).status_code == 409
    path = made.headers["location"]
    incident(client.bob, "pool")
    [suggested] = client.bob.get("/api/incidents/pool/classes").json()["suggested"]
    assert suggested["key"] == "connection_pool_exhausted"
    assert client.alice.patch(path, json={"terms": ["disk"]}).status_code == 428
    tagged = {"If-Match": made.headers["etag"]}
    changed = client.alice.patch(path, json={"terms": ["disk"], "retired": True}, headers=tagged)
    assert (changed.json()["terms"], changed.json()["retired"]) == (["disk"], True)
    assert client.alice.patch(path, json={"title": "X"}, headers=tagged).status_code == 412
    assert client.bob.get("/api/incidents/pool/classes").json()["suggested"] == []
    assert decided(client.bob, "pool", "connection_pool_exhausted") == 409


def test_a_shipped_class_takes_terms_of_the_team(client: Cast) -> None:
    path = "/api/patterns/process_gap"
    first = client.alice.get(path)
    tagged = {"If-Match": first.headers["etag"]}
    changed = client.alice.patch(path, json={"terms": ["handover"]}, headers=tagged)
    assert (changed.json()["title"], changed.json()["terms"]) == ("Process gap", ["handover"])


def test_recurrence_names_the_actions_that_were_still_open(
    client: Cast, clock: MovableClock
) -> None:
    told(client, "one")
    clock.forward(days=10)
    told(client, "two")
    for name in ("one", "two"):
        decided(client.bob, name, "traffic_spike")
    found = client.charlie.get("/api/patterns").json()["recurrence"]
    assert (found["n"], found["count"], found["share"], found["withOpenActions"]) == (2, 1, 0.5, 1)
    [again] = found["recurred"]
    assert (again["incident"]["reference"], again["before"]["reference"]) == ("INC-2", "INC-1")
    assert len(again["openActions"]) == 2
    shown = client.charlie.get("/patterns").text
    assert "1 of 2 incidents of confirmed class came again within a year" in shown


@pytest.mark.long
def test_a_verified_action_says_whether_the_fix_held(client: Cast, clock: MovableClock) -> None:
    for number in range(4):
        told(client, f"n{number}")
        decided(client.bob, f"n{number}", "traffic_spike")
        clock.forward(days=10)
    verified(client.bob, "ACT-7")
    clock.forward(days=200)
    [fix] = client.charlie.get("/api/patterns/traffic_spike").json()["fixes"]
    assert (fix["verdict"], fix["before"]["count"], fix["after"]["count"]) == ("held", 3, 0)
    assert fix["quietChance"] == pytest.approx((1 - 200 / 240) ** 3)
    page = client.charlie.get("/patterns/traffic_spike").text
    assert "It held: none in the 200 days since it was verified." in page
    assert "<svg xmlns" in page
    assert "The numbers of the curve" in page
    told(client, "late")
    decided(client.bob, "late", "traffic_spike")
    clock.forward(hours=1)
    [fix] = client.charlie.get("/api/patterns/traffic_spike").json()["fixes"]
    assert (fix["verdict"], len(fix["cameAgain"])) == ("fewer", 1)


def test_late_detection_stands_among_the_gaps_with_what_was_proposed(client: Cast) -> None:
    incident(client.bob, "seen", detection="customer")
    made = begun(client.bob, incidentId="seen", actionItems=[
        {"description": "Alert on pool use", "owner": "ops@example.com", "type": "DETECT", "priority": "HIGH"}
    ], response={"halveDetection": "Alert on the pool."})  # fmt: skip
    published(client.bob, client.alice, made["reference"])
    found = client.bob.get("/api/patterns").json()
    [gap] = found["detectionGaps"]
    assert gap["reasons"] == ["customers noticed it first"]
    assert [one["reference"] for one in gap["proposed"]] == ["ACT-1"]
    [said] = found["responseImprovements"]
    assert (said["question"], said["text"]) == ("halve_detection", "Alert on the pool.")


def test_a_period_and_a_service_narrow_what_is_looked_at(client: Cast, clock: MovableClock) -> None:
    incident(client.bob, "a", services=["shop"])
    clock.forward(days=40)
    incident(client.bob, "b", services=["search"])

    def count(query: str) -> int:
        found: int = client.bob.get(f"/api/patterns?{query}").json()["n"]
        return found

    assert [count(one) for one in ("", "days=30", "service=SHOP", "until=2026-03-02", "severity=SEV-1")] == [
        2, 1, 1, 1, 0,
    ]  # fmt: skip
    assert client.bob.get("/api/patterns?severity=bad").status_code == 422
    assert client.bob.get("/patterns?since=&until=&service=shop&severity=&tag=").status_code == 200


def test_no_number_moves_by_a_private_incident_a_drill_or_a_draft(client: Cast) -> None:
    told(client, "open")
    before = client.charlie.get("/api/patterns").json()
    incident(
        client.bob, "secret", private=True, title="Feature flag canary-word", detection="customer"
    )
    decided(client.bob, "secret", "configuration_change")
    incident(client.bob, "drill", drill=True, title="Feature flag drill")
    begun(client.bob, incidentId="open", rootCause="canary-word of a draft")
    for browser in (client.charlie, client.bob):
        assert browser.get("/api/patterns").json() == before
    for path in ("/patterns", "/patterns/configuration_change"):
        assert "canary-word" not in client.charlie.get(path).text
    assert client.charlie.get("/api/incidents/secret/classes").status_code == 404
    assert decided(client.alice, "secret", "process_gap") == 404


def test_a_class_is_confirmed_by_a_form_on_the_incidents_page(client: Cast) -> None:
    incident(client.bob, title="The feature flag was off", externalId="flag")
    bob = client.bob
    for status in ("resolved",):
        tag = {"If-Match": bob.get("/api/incidents/flag").headers["etag"]}
        assert (
            bob.patch("/api/incidents/flag", json={"status": status}, headers=tag).status_code
            == 200
        )
    page = bob.get("/incidents/INC-1").text
    assert "“feature flag” in the title" in page
    [incident_id] = set(re.findall(r'name="incident" value="(inc_\w+)"', page))
    form = {
        "incident": incident_id,
        "key": "configuration_change",
        "decision": "confirmed",
        "back": "incident",
    }
    answer = bob.post("/patterns/decide", data=form, headers=FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents/INC-1#classes")
    assert "confirmed by Bob" in bob.get("/incidents/INC-1").text
    assert "The feature flag was off" in client.charlie.get("/patterns/configuration_change").text
    assert client.charlie.post("/patterns/decide", data=form, headers=FORM).status_code == 403


def test_a_refused_class_form_stands_as_it_was_typed(client: Cast) -> None:
    answer = client.alice.post(
        "/patterns", data={"title": "", "terms": "half\ntyped"}, headers=FORM
    )
    assert answer.status_code == 422
    assert "half\ntyped" in answer.text
    assert "What its incidents have in common" in answer.text
    made = client.alice.post("/patterns", data={"title": "Half", "terms": "a, b"}, headers=FORM)
    assert made.headers["location"] == "/patterns/half"
    form = {"title": "Half", "terms": "c", "version": "9"}
    assert client.alice.post("/patterns/half", data=form, headers=FORM).status_code == 412
    form = {"version": "1", "do": "retire"}
    assert client.alice.post("/patterns/half", data=form, headers=FORM).status_code == 303
    assert "Retired" in client.alice.get("/patterns/half").text


def test_settled_actions_are_not_open_any_more(client: Cast) -> None:
    told(client, "one")
    decided(client.bob, "one", "traffic_spike")
    path = "/api/patterns/traffic_spike"
    assert len(client.bob.get(path).json()["openActions"]) == 2
    settled(client.bob)
    assert client.bob.get(path).json()["openActions"] == []
