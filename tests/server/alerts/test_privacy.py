"""Alerts of private incidents, and of rules for such, leave no trace for who may not see them."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kintsugi.kernel.auth import SYSTEM
from kintsugi.server.alerts import service as alerts
from tests.server.alerts.telling import GOOD, Tool, event
from tests.server.cast import Cast, MovableClock

WORD = "qcanaryq"
PRIVATE: dict[str, Any] = {
    "name": "Security is nobody else's business",
    "condition": {"matchers": ['team="security"']},
    "outcome": {"kind": "open", "isPrivate": True},
}


@pytest.fixture
def rule(client: Cast) -> dict[str, Any]:
    """A rule for private incidents, asked before all others; alice made it."""
    made = client.alice.post("/api/routing-rules", json=PRIVATE)
    assert made.status_code == 201, made.text
    order = client.alice.get("/api/routing-rules").json()["items"]
    ids = [made.json()["id"], *(one["id"] for one in order if one["id"] != made.json()["id"])]
    assert client.alice.put("/api/routing-rules/order", json={"rules": ids}).status_code == 200
    return dict(made.json())


def secret(key: str = "secret", **said: Any) -> Any:  # noqa: ANN401 - fields of an event
    return event(
        key, title=f"Breach {WORD}", description=f"{WORD} {GOOD}", rule=f"Breach{WORD}",
        service=WORD, labels={"team": "security", "host": WORD}, **said,
    )  # fmt: skip


ADDRESSES = (
    "/api/alerts", "/api/alerts?state=open", f"/api/alerts?text={WORD}", f"/api/alerts?service={WORD}",
    f"/api/alerts?label=host:{WORD}", "/api/alerts?waiting=yes", "/api/alerts?silenced=yes",
    "/api/alert-quality", "/api/alert-fatigue", "/api/incidents", "/api/changes", "/api/silences",
    "/api/dead-letters", "/api/audit",
)  # fmt: skip


def said(browser: TestClient) -> str:
    """All that the lists tell somebody, but how often they were asked."""
    return "\n".join(browser.get(address).text for address in ADDRESSES)


def test_alerts_of_a_private_rule_are_nowhere_for_others(
    client: Cast, prometheus: Tool, rule: dict[str, Any]
) -> None:
    assert rule["outcome"]["isPrivate"]
    prometheus.raised("plain")
    before = {name: said(getattr(client, name)) for name in ("bob", "charlie")}
    made = prometheus.tell(secret())[0]
    assert {
        name: said(getattr(client, name)) for name in before
    } == before  # nobody looked at it yet
    prometheus.dispatch()
    assert {name: said(getattr(client, name)) for name in before} == before
    for browser in (client.bob, client.charlie):
        for path in (f"/api/alerts/{made}", f"/api/alerts/{made}/body"):
            assert browser.get(path).status_code == 404
        told = browser.get("/api/silences/proposal", params={"alert": made})
        assert told.status_code in (403, 404)
    for action in ("acknowledge", "resolve"):
        asked = client.bob.post(f"/api/alerts/{action}", json={"alerts": [made]})
        assert asked.status_code == 404
    judged = client.bob.post("/api/alerts/verdict", json={"alerts": [made], "verdict": "noise"})
    assert judged.status_code == 404
    explained = client.bob.post(
        "/api/alerts/explain",
        json={"source": "Prometheus", "body": alertmanager(secret().key, prometheus)},
    )
    assert made not in explained.text


def alertmanager(key: str, _prometheus: Tool) -> str:
    labels = {"alertname": "X", "team": "security"}
    one = {"status": "firing", "labels": labels, "annotations": {}, "fingerprint": key,
           "startsAt": "2026-03-02T09:00:00Z", "endsAt": "0001-01-01T00:00:00Z"}  # fmt: skip
    return json.dumps({"version": "4", "status": "firing", "alerts": [one]})


def test_who_made_the_rule_sees_what_came_of_it(
    client: Cast, prometheus: Tool, rule: dict[str, Any]
) -> None:
    made = prometheus.raised("plain")
    prometheus.tell(secret())
    prometheus.dispatch()
    assert rule["createdBy"] == client.alice.get("/api/me").json()["id"]
    seen = client.alice.get("/api/incidents").json()["items"]
    assert [one["title"] for one in seen] == [f"Breach {WORD}", "Error rate high"]
    assert len(client.alice.get("/api/alerts").json()["items"]) == 2
    assert [one["id"] for one in client.bob.get("/api/alerts").json()["items"]] == [made]


def test_no_private_alert_is_in_a_statistic_even_for_who_sees_it(
    client: Cast, prometheus: Tool, rule: dict[str, Any]
) -> None:
    assert rule
    made = prometheus.tell(secret())[0]
    prometheus.dispatch()
    client.alice.post("/api/alerts/verdict", json={"alerts": [made], "verdict": "noise"})
    for address in ("/api/alert-quality", "/api/alert-fatigue"):
        assert WORD not in client.alice.get(address).text
    with prometheus.works.reading(SYSTEM) as work:
        assert alerts.fatigue(work) == alerts.fatigue_by_alerts(work) == {}


def test_a_silenced_alert_of_a_private_rule_is_seen_by_admins_alone(
    client: Cast, clock: MovableClock, prometheus: Tool, rule: dict[str, Any]
) -> None:
    assert rule
    before = said(client.bob)
    ends = (clock.now() + timedelta(hours=1)).isoformat()
    quiet = {"matchers": ['team="security"'], "endsAt": ends}
    made = client.alice.post("/api/silences", json=quiet).json()
    between = said(client.bob)
    one = prometheus.tell(secret())[0]
    prometheus.dispatch()
    assert said(client.bob) == between != before
    assert client.bob.get(f"/api/alerts/{one}").status_code == 404
    assert client.alice.get(f"/api/alerts/{one}").json()["silenceId"] == made["id"]
    asked = client.bob.post("/api/silences", json={**quiet, "comment": "how many?"})
    assert asked.json()["alerts"] == 0


def test_an_incident_that_is_made_private_takes_its_alerts_out_of_the_numbers(
    client: Cast, prometheus: Tool
) -> None:
    made = prometheus.raised()
    judged = client.bob.post("/api/alerts/verdict", json={"alerts": [made], "verdict": "noise"})
    assert judged.status_code == 200
    counted = client.charlie.get("/api/alert-fatigue").json()["items"]
    assert [one["totalAlerts"] for one in counted] == [1]

    def change(is_private: bool) -> None:
        version = client.bob.get("/api/incidents/INC-1").json()["version"]
        answer = client.bob.patch(
            "/api/incidents/INC-1", json={"private": is_private, "reason": "personal data"},
            headers={"If-Match": f'"{version}"'},
        )  # fmt: skip
        assert answer.status_code == 200, answer.text

    change(True)
    for browser in (client.charlie, client.bob):
        assert browser.get("/api/alert-fatigue").json()["items"] == []
        assert browser.get("/api/alert-quality").json()["sources"] == []
    assert client.charlie.get("/api/alerts").json()["items"] == []
    assert len(client.bob.get("/api/alerts").json()["items"]) == 1
    prometheus.raised(severity_word="critical")
    assert client.charlie.get("/api/alert-fatigue").json()["items"] == []
    change(False)
    assert client.charlie.get("/api/alert-fatigue").json()["items"] == counted
    with prometheus.works.reading(SYSTEM) as work:
        assert alerts.fatigue(work) == alerts.fatigue_by_alerts(work)


def test_what_joins_a_private_incident_is_hidden_with_it(client: Cast, prometheus: Tool) -> None:
    prometheus.raised("a")
    version = client.bob.get("/api/incidents/INC-1").json()["version"]
    client.bob.patch(
        "/api/incidents/INC-1", json={"private": True, "reason": "personal data"},
        headers={"If-Match": f'"{version}"'},
    )  # fmt: skip
    later = prometheus.raised("b")
    assert client.charlie.get(f"/api/alerts/{later}").status_code == 404
    assert client.charlie.get("/api/alert-fatigue").json()["items"] == []
    assert client.bob.get(f"/api/alerts/{later}").status_code == 200


def test_a_private_alert_joins_no_incident_that_others_see(
    client: Cast, prometheus: Tool, rule: dict[str, Any]
) -> None:
    joins = {"outcome": {"kind": "join", "isPrivate": True}}
    changed = client.alice.patch(
        f"/api/routing-rules/{rule['id']}", json=joins, headers={"If-Match": '"1"'}
    )
    assert changed.status_code == 200, changed.text
    client.bob.post("/api/incidents", json={"title": "Odd", "services": [WORD]})
    made = prometheus.tell(secret())[0]
    prometheus.dispatch()
    assert client.bob.get("/api/incidents/INC-1/alerts").json()["items"] == []
    assert WORD not in client.bob.get("/api/incidents/INC-1/timeline").text
    assert client.bob.get(f"/api/alerts/{made}").status_code == 404


def test_a_body_that_tells_of_a_hidden_alert_too_is_not_shown(
    client: Cast, prometheus: Tool
) -> None:
    labels = [{"alertname": "A", "service": "checkout"}, {"alertname": "B", "service": "pay"}]
    body = {
        "version": "4", "status": "firing",
        "alerts": [
            {"status": "firing", "labels": one, "annotations": {}, "startsAt": "2026-03-02T09:00:00Z",
             "endsAt": "0001-01-01T00:00:00Z", "fingerprint": one["alertname"]}
            for one in labels
        ],
    }  # fmt: skip
    made = [prometheus.sent(json.dumps(body).encode())[key] for key in ("A", "B")]
    prometheus.dispatch()
    assert client.bob.get(f"/api/alerts/{made[0]}/body").json() == body
    declared = client.bob.post("/api/incidents", json={"title": "X", "private": True}).json()
    given = client.bob.post(f"/api/incidents/{declared['id']}/alerts", json={"alerts": [made[1]]})
    assert given.status_code == 200, given.text
    assert client.charlie.get(f"/api/alerts/{made[0]}").status_code == 200
    assert client.charlie.get(f"/api/alerts/{made[0]}/body").status_code == 404
    assert client.bob.get(f"/api/alerts/{made[0]}/body").status_code == 200


def test_only_the_inboxes_of_those_who_see_a_private_incident_move(
    client: Cast, prometheus: Tool, rule: dict[str, Any]
) -> None:
    assert rule["outcome"]["isPrivate"]
    browsers = client.alice, client.bob, client.charlie
    before = [followed_from(browser) for browser in browsers]
    prometheus.tell(secret())
    prometheus.dispatch()
    incident = client.alice.get("/api/incidents").json()["items"][0]["id"]
    after = [followed_from(browser) for browser in browsers]
    assert [one != two for one, two in zip(before, after, strict=True)] == [True, False, False]
    assert client.bob.get(f"/api/incidents/{incident}").status_code == 404


def followed_from(browser: TestClient) -> str:
    """Where the news stood when the inbox was made for somebody."""
    found = re.search(r'hx-sse:connect="[^"]*since=([^"]*)"', browser.get("/alerts").text)
    assert found is not None
    return found[1]
