"""The inbox over the API: narrowed, paged, one alert with all that is known of it; taken, ended, judged."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from kintsugi.core.alerts.event import AlertLink
from tests.server.alerts.telling import GOOD, Tool, event
from tests.server.cast import Cast, MovableClock


def ids(client: Cast, query: str = "") -> list[str]:
    answer = client.charlie.get(f"/api/alerts?{query}")
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


@pytest.fixture
def told(client: Cast, clock: MovableClock, prometheus: Tool) -> dict[str, str]:
    """Four alerts that differ in all that a list can be narrowed by, by name."""
    made = {}
    made["pay"] = prometheus.raised("pay", service="pay", rule="Slow", severity_word="warning",
                                    labels={"env": "prod", "na\"me": "va\\lue"})  # fmt: skip
    clock.forward(minutes=1)
    ends = (clock.now() + timedelta(hours=1)).isoformat()
    client.bob.post("/api/silences", json={"matchers": ['env="test"'], "endsAt": ends})
    made["quiet"] = prometheus.raised("quiet", labels={"env": "test"}, title="Disk 100%_full")
    clock.forward(minutes=1)
    made["opened"] = prometheus.raised("opened", labels={"env": "prod"})
    clock.forward(minutes=1)
    made["over"] = prometheus.raised("over", severity_word="", rule="Other", service="search")
    prometheus.ended("over")
    prometheus.dispatch()
    return made


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["over", "opened", "quiet", "pay"]),
        ("state=open", ["opened", "quiet", "pay"]),
        ("state=resolved", ["over"]),
        ("severity=SEV-2&severity=sev3", ["opened", "quiet", "pay"]),
        ("severity=SEV-3", ["pay"]),
        ("service=search", ["over"]),
        ("source=Prometheus", ["over", "opened", "quiet", "pay"]),
        ("source=nobody", []),
        ("rule=Slow", ["pay"]),
        ("silenced=yes", ["quiet"]),
        ("silenced=no&state=open", ["opened", "pay"]),
        ("flapping=yes", []),
        ("waiting=yes", ["pay"]),
        ("label=env:prod", ["opened", "pay"]),
        ("label=env:prod&label=na%22me:va%5Clue", ["pay"]),
        ("label=env:pro", []),
        ("text=100%25_f", ["quiet"]),
        ("text=0_", []),
        ("since=2026-03-02T09:02:00Z", ["over", "opened"]),
        ("until=2026-03-02T09:01:00Z", ["pay"]),
        ("verdict=none", ["over", "opened", "quiet", "pay"]),
        ("verdict=any", []),
    ],
)
def test_a_list_is_narrowed(
    client: Cast, told: dict[str, str], query: str, expected: list[str]
) -> None:
    assert ids(client, query) == [told[name] for name in expected]


@pytest.mark.parametrize(
    "query",
    ["state=gone", "severity=9", "label=env", "since=soon", "verdict=great", "cursor=x",
     "limit=0", "silenced=maybe", "nonsense=1"],
)  # fmt: skip
def test_what_no_list_can_be_narrowed_by_is_refused(client: Cast, query: str) -> None:
    answer = client.charlie.get(f"/api/alerts?{query}")
    assert answer.status_code == 422, answer.text


def test_a_list_comes_in_pages(client: Cast, told: dict[str, str]) -> None:
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.charlie.get("/api/alerts", params={"limit": 2, "cursor": cursor or None})
        found += [one["id"] for one in page.json()["items"]]
        cursor = page.json()["nextCursor"]
    assert found == list(reversed(told.values()))


def test_an_alert_tells_all_that_is_known_of_it(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    said: dict[str, Any] = {
        "description": GOOD, "labels": {"env": "prod"}, "annotations": {"summary": "x"},
        "values": {"rate": "7.3"}, "links": (AlertLink("https://grafana.example/d/1", "Board"),),
        "runbook_url": "https://wiki.example/errors", "starts_at": clock.now() - timedelta(minutes=4),
    }  # fmt: skip
    first = prometheus.raised(**said)
    prometheus.ended()
    prometheus.dispatch()
    clock.forward(hours=2)
    second = prometheus.raised(**{**said, "starts_at": clock.now()})
    prometheus.one(**{**said, "starts_at": clock.now()})
    answer = client.charlie.get(f"/api/alerts/{second}")
    body = answer.json()
    assert answer.headers["etag"] == f'"{body["version"]}"'
    assert (body["state"], body["severity"], body["events"]) == ("firing", "SEV-2", 2)
    assert body["links"] == [{"url": "https://grafana.example/d/1", "text": "Board"}]
    assert (body["labels"], body["values"]) == ({"env": "prod"}, {"rate": "7.3"})
    assert (body["source"], body["sourceKind"]) == ("Prometheus", "monitoring")
    assert body["startsAt"] == "2026-03-02T11:00:00Z"
    assert body["quality"] == body["qualityOf"]["score"] == 80
    assert body["qualityOf"]["issues"] == ["Insufficient metrics context"]
    assert [one["kind"] for one in body["history"]] == ["triggered"]
    assert [one["id"] for one in body["episodes"]] == [second, first]
    assert body["steps"][-1]["name"] == "incident"


def test_what_was_sent_is_read_back_byte_for_byte(client: Cast, prometheus: Tool) -> None:
    body = (
        b'{"version":"4","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"A"},'
        b'"annotations":{},"startsAt":"2026-03-02T09:00:00Z","endsAt":"0001-01-01T00:00:00Z",'
        b'"fingerprint":"f"}]}\n'
    )
    made = prometheus.sent(body)["f"]
    answer = client.charlie.get(f"/api/alerts/{made}/body")
    assert answer.content == body
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "attachment" in answer.headers["content-disposition"]
    assert client.charlie.get(f"/api/alerts/{prometheus.one('other')}/body").status_code == 404


def test_many_are_taken_and_ended_at_once(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    made = prometheus.tell(*(event(f"k{n}", severity_word="warning") for n in range(3)))
    prometheus.dispatch()
    clock.forward(seconds=1)
    taken = client.bob.post("/api/alerts/acknowledge", json={"alerts": made[:2]})
    assert taken.json() == {"alerts": 2, "changed": 2}
    again = client.bob.post("/api/alerts/acknowledge", json={"alerts": made})
    assert again.json() == {"alerts": 3, "changed": 1}
    clock.forward(seconds=1)
    ended = client.bob.post("/api/alerts/resolve", json={"alerts": made, "reason": "a test"})
    assert ended.json()["changed"] == 3
    body = client.bob.get(f"/api/alerts/{made[0]}").json()
    assert (body["state"], body["resolvedHow"]) == ("resolved", "person")
    assert [(one["kind"], one["actor"], one["detail"]) for one in body["history"]][:2] == [
        ("resolved", "Bob", "a test"), ("acknowledged", "Bob", "")
    ]  # fmt: skip
    done = [one["action"] for one in client.alice.get("/api/audit").json()["items"]]
    assert done.count("alert.resolve") == 3


def test_what_a_person_ended_stays_shut_until_it_begins_anew(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    began = clock.now()
    made = prometheus.raised(severity_word="warning", starts_at=began)
    client.bob.post("/api/alerts/resolve", json={"alerts": [made]})
    clock.forward(minutes=5)
    assert prometheus.raised(severity_word="warning", starts_at=began) == made
    assert client.bob.get(f"/api/alerts/{made}").json()["state"] == "resolved"
    assert prometheus.raised(severity_word="warning", starts_at=clock.now()) != made


def test_a_verdict_is_given_and_taken_back(client: Cast, prometheus: Tool) -> None:
    made = prometheus.raised()
    body = {"alerts": [made], "verdict": "nothing-to-do"}
    assert client.bob.post("/api/alerts/verdict", json=body).json()["changed"] == 1
    shown = client.charlie.get(f"/api/alerts/{made}").json()
    assert shown["verdict"] == "nothing_to_do"
    assert shown["verdictBy"] == client.bob.get("/api/me").json()["id"]
    assert ids(client, "verdict=nothing_to_do") == [made]
    client.bob.post("/api/alerts/verdict", json={"alerts": [made], "verdict": None})
    assert client.charlie.get(f"/api/alerts/{made}").json()["verdict"] is None
    wrong = client.bob.post("/api/alerts/verdict", json={"alerts": [made], "verdict": "great"})
    assert wrong.status_code == 422
    missing = client.bob.post("/api/alerts/verdict", json={"alerts": [made]})
    assert missing.status_code == 422


def test_all_of_the_chosen_are_changed_or_none(client: Cast, prometheus: Tool) -> None:
    made = prometheus.raised(severity_word="warning")
    for chosen, status in (([made, "alr_none"], 404), ([], 422), (["x"] * 1 + [made], 404)):
        answer = client.bob.post("/api/alerts/acknowledge", json={"alerts": chosen})
        assert answer.status_code == status
    many = client.bob.post("/api/alerts/resolve", json={"alerts": [f"a{n}" for n in range(201)]})
    assert many.status_code == 422
    assert client.bob.get(f"/api/alerts/{made}").json()["state"] == "firing"


NOWHERE = ("\0", "a\0b", "\ud800", "x" * 5000)


@pytest.mark.parametrize("text", NOWHERE, ids=ascii)
def test_text_that_no_database_holds_breaks_nothing(
    client: Cast, prometheus: Tool, text: str
) -> None:
    made = prometheus.raised(severity_word="info")
    pair = [{"name": text, "value": text}]
    ends = "2026-03-03T00:00:00Z"
    for path, said in (
        ("/api/alerts/verdict", {"alerts": [text], "verdict": "noise"}),
        ("/api/alerts/verdict", {"alerts": [made], "verdict": text}),
        ("/api/alerts/resolve", {"alerts": [made], "reason": text}),
        ("/api/alerts/explain", {"format": "generic", "body": json.dumps({"title": text})}),
        ("/api/alerts/explain", {"format": text, "source": text, "body": text}),
        ("/api/alerts/explain", {"format": "generic", "body": "{}", "headers": {text: text}}),
        ("/api/alert-sources", {"name": text, "format": "generic", "service": text}),
        ("/api/alert-sources", {"name": "a", "format": "generic", "mapping": {"title": text}}),
        ("/api/alert-sources", {"name": "b", "format": "generic", "mapping": {text: "$.x"}}),
        ("/api/alert-sources", {"name": "c", "format": "generic", "severities": {text: 1}}),
        ("/api/alert-sources", {"name": "d", "format": "generic", "secret": text}),
        ("/api/routing-rules", {"name": text, "outcome": {"kind": text}}),
        ("/api/routing-rules", {"name": "x", "outcome": {"kind": "open", "title": text}}),
        ("/api/routing-rules", {"name": "x", "outcome": {"kind": "wait"}, "condition": {text: 1}}),
        ("/api/silences", {"matchers": pair, "endsAt": ends, "comment": text}),
        ("/api/silences", {"services": [text], "endsAt": ends}),
        ("/api/silences", {"matchers": [text], "endsAt": text}),
        ("/api/changes", {"summary": text, "services": [text], "origin": text}),
        ("/api/changes", {"summary": "x", "details": {text: text}}),
    ):
        sent = json.dumps(said).encode()
        answer = client.alice.post(path, content=sent, headers={"Content-Type": "application/json"})
        assert answer.status_code < 500, (path, said, answer.text)


def test_an_incident_is_given_alerts_and_loses_them(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    began = clock.now() - timedelta(minutes=30)
    made = prometheus.raised(severity_word="warning", starts_at=began)
    client.bob.post("/api/incidents", json={"title": "Checkout fails"})
    place = "/api/incidents/INC-1/alerts"
    assert client.bob.post(place, json={"alerts": [made]}).json() == {"changed": 1}
    assert client.bob.post(place, json={"alerts": [made]}).json() == {"changed": 0}
    assert [one["id"] for one in client.charlie.get(place).json()["items"]] == [made]
    timeline = client.charlie.get("/api/incidents/INC-1/timeline").json()["items"]
    told = next(one for one in timeline if one["text"].startswith("Alert:"))
    assert (
        told["text"] == "Alert: Error rate high (SEV-3, checkout, from Prometheus), added by hand"
    )
    assert (told["happenedAt"], told["evidence"]) == (
        began.isoformat().replace("+00:00", "Z"),
        f"/alerts/{made}",
    )
    client.bob.post("/api/incidents", json={"title": "Another"})
    taken = client.bob.post("/api/incidents/INC-2/alerts", json={"alerts": [made]})
    assert taken.status_code == 409
    wrong = client.bob.post("/api/incidents/INC-2/alerts/take-back", json={"alerts": [made]})
    assert wrong.status_code == 409
    assert client.bob.post(f"{place}/take-back", json={"alerts": [made]}).json() == {"changed": 1}
    assert client.charlie.get(place).json()["items"] == []
    assert ids(client, "waiting=yes") == [made]


def test_what_was_taken_back_does_not_come_again_with_its_group(
    client: Cast, prometheus: Tool
) -> None:
    first, second = prometheus.tell(event("a"), event("b"))
    prometheus.dispatch()
    back = client.bob.post("/api/incidents/INC-1/alerts/take-back", json={"alerts": [first]})
    assert back.json() == {"changed": 1}
    third = prometheus.raised("c")
    shown = client.bob.get("/api/incidents/INC-1/alerts").json()["items"]
    assert {one["id"] for one in shown} == {second, third}
