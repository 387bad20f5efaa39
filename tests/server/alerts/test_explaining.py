"""What would happen to a message, step by step; and nothing happens."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from tests.server.alerts.telling import Tool, tool
from tests.server.cast import Cast, MovableClock


def message(*alerts: dict[str, Any]) -> str:
    usual = {
        "annotations": {},
        "startsAt": "2026-03-02T08:59:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
    }
    return json.dumps(
        {"version": "4", "status": "firing", "alerts": [{"status": "firing", **usual, **one} for one in alerts]}
    )  # fmt: skip


DOWN = {
    "labels": {"alertname": "Down", "severity": "critical", "service": "pay"},
    "fingerprint": "f1",
}


def explained(client: Cast, **said: object) -> dict[str, Any]:
    answer = client.charlie.post("/api/alerts/explain", json=said)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_message_is_explained_step_by_step(client: Cast) -> None:
    body = explained(client, format="alertmanager", body=message(DOWN))
    (one,) = body["events"]
    assert (one["step"], one["severity"], one["service"]) == ("new", "SEV-1", "pay")
    assert (one["does"], one["rule"]) == ("open", "Critical and major alerts open an incident")
    assert (one["incidentTitle"], one["group"]) == ("Down", 'service="pay", rule="Down"')
    names = [step["name"] for step in one["steps"]]
    assert names == [
        "message",
        "severity",
        "silence",
        "flapping",
        "rule",
        "group",
        "outcome",
        "incident",
    ]
    assert one["quality"]["score"] == 35
    assert (body["problem"], body["left"]) == ("", 0)


def test_what_is_explained_is_what_happens(client: Cast, prometheus: Tool) -> None:
    sent = message(DOWN)
    (one,) = explained(client, source="Prometheus", body=sent)["events"]
    assert client.charlie.get("/api/alerts").json()["items"] == []
    prometheus.sent(sent.encode())
    prometheus.dispatch()
    (alert,) = client.charlie.get("/api/alerts").json()["items"]
    assert (alert["fingerprint"], alert["quality"]) == (one["fingerprint"], one["quality"]["score"])
    (incident,) = client.charlie.get("/api/incidents").json()["items"]
    assert incident["title"] == one["incidentTitle"]
    (again,) = explained(client, source="Prometheus", body=sent)["events"]
    assert (again["step"], again["does"]) == ("repeat", None)
    (over,) = explained(
        client, source="Prometheus", body=message({**DOWN, "status": "resolved", "endsAt": "2026-03-02T09:00:00Z"})
    )["events"]  # fmt: skip
    assert over["step"] == "resolved"


def test_the_second_event_of_a_message_knows_the_first(client: Cast) -> None:
    over = {**DOWN, "status": "resolved", "endsAt": "2026-03-02T09:00:00Z"}
    found = explained(client, format="alertmanager", body=message(DOWN, over))["events"]
    assert [one["step"] for one in found] == ["new", "resolved"]


def test_a_silence_and_flapping_are_told(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    ends = (clock.now() + timedelta(hours=9)).isoformat()
    client.bob.post("/api/silences", json={"matchers": ['service="pay"'], "endsAt": ends})
    (one,) = explained(client, source="Prometheus", body=message(DOWN))["events"]
    assert one["does"] == "silenced"
    other = {"labels": {"alertname": "Odd", "severity": "critical"}, "fingerprint": "f2"}
    for _ in range(3):
        prometheus.sent(message({**other, "startsAt": clock.now().isoformat()}).encode())
        clock.forward(minutes=1)
        prometheus.sent(
            message({**other, "status": "resolved", "endsAt": clock.now().isoformat()}).encode()
        )
        clock.forward(minutes=1)
    (one,) = explained(
        client, source="Prometheus", body=message({**other, "startsAt": clock.now().isoformat()})
    )["events"]
    assert (one["step"], one["does"]) == ("new", "join")
    assert "It began 4 times in 1 h" in one["steps"][3]["said"]


def test_a_mapping_is_tried_before_it_is_kept(client: Cast, clock: MovableClock) -> None:
    tool(client, clock, "Odd", format="generic")
    body = json.dumps({"wrong": {"name": "Disk full", "id": "d1"}})
    bare = explained(client, source="Odd", body=body)
    assert bare["problem"] or bare["notes"]
    mapping = {"title": "$.wrong.name", "key": "$.wrong.id"}
    tried = explained(client, source="Odd", body=body, mapping=mapping)
    assert [one["title"] for one in tried["events"]] == ["Disk full"]
    wrong = client.charlie.post(
        "/api/alerts/explain", json={"source": "Odd", "body": body, "mapping": {"colour": "$.x"}}
    )
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "mapping.colour")


def test_a_message_that_cannot_be_decoded_says_why(client: Cast) -> None:
    body = explained(client, format="alertmanager", body="{")
    assert body["events"] == []
    assert body["problem"]
    for said, status in (
        ({"body": "{}"}, 422), ({"body": "{}", "format": "smoke"}, 422),
        ({"body": "{}", "source": "nobody"}, 404), ({"body": "x" * 600_000, "format": "form"}, 422),
    ):  # fmt: skip
        assert client.charlie.post("/api/alerts/explain", json=said).status_code == status


def test_many_events_are_explained_up_to_a_number(client: Cast) -> None:
    many = [{**DOWN, "fingerprint": f"f{n}"} for n in range(60)]
    body = explained(client, format="alertmanager", body=message(*many))
    assert (len(body["events"]), body["left"]) == (50, 10)
