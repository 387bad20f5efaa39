"""What changed: told by tools and by people, and shown on an incident with its services' dependencies."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kintsugi.core.alerts.event import AlertLink, ChangeEvent
from tests.server.alerts.telling import Tool
from tests.server.cast import Cast, MovableClock

CHANGES = "/api/changes"


def test_a_change_is_told_and_listed(client: Cast, clock: MovableClock, prometheus: Tool) -> None:
    prometheus.told(
        ChangeEvent(
            "Deploy checkout 1.2", clock.now() - timedelta(minutes=5), "Argo", ("checkout", "pa\"y"),
            (AlertLink("https://ci.example/7", "Build"),), {"version": "1.2"},
        )
    )  # fmt: skip
    body = {
        "summary": "Flag new-cart on", "services": ["cart"], "origin": "flags",
        "links": [{"url": "https://flags.example/1"}], "details": {"by": "mina"},
    }  # fmt: skip
    made = client.bob.post(CHANGES, json=body)
    assert made.status_code == 201, made.text
    listed = client.charlie.get(CHANGES).json()["items"]
    assert listed[0] == made.json()
    assert (listed[0]["source"], listed[0]["at"]) == ("", "2026-03-02T09:00:00Z")
    assert listed[1]["source"] == "Prometheus"
    assert listed[1]["services"] == ["checkout", 'pa"y']
    assert listed[1]["links"] == [{"url": "https://ci.example/7", "text": "Build"}]
    for query, count in (
        ("service=cart", 1), ("service=cart&service=checkout", 2), ("service=car", 0),
        ("text=flag", 1), ("since=2026-03-02T08:58:00Z", 1), ("until=2026-03-02T08:58:00Z", 1),
        ("service=pa%22y", 1),
    ):  # fmt: skip
        assert len(client.charlie.get(f"{CHANGES}?{query}").json()["items"]) == count, query
    page = client.charlie.get(f"{CHANGES}?limit=1").json()
    rest = client.charlie.get(CHANGES, params={"cursor": page["nextCursor"]}).json()
    assert [one["summary"] for one in rest["items"]] == ["Deploy checkout 1.2"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"summary": " "}, "summary"),
        ({"summary": "x" * 1025}, "summary"),
        ({"at": "2026-03-02T10:00:00Z"}, "at"),
        ({"at": "lately"}, "at"),
        ({"services": ["x" * 65]}, "services[0]"),
        ({"links": [{"url": "javascript:alert(1)"}]}, "links[0].url"),
        ({"details": {"a": "x" * 1001}}, "details.a"),
    ],
)
def test_a_change_that_cannot_be_is_refused_by_its_field(
    client: Cast, said: dict[str, object], field: str
) -> None:
    answer = client.bob.post(CHANGES, json={"summary": "x", **said})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field
    assert client.charlie.post(CHANGES, json={"summary": "x"}).status_code == 403


def test_an_incident_shows_what_changed_in_its_services_and_what_they_depend_on(
    client: Cast, clock: MovableClock
) -> None:
    services = [
        {"name": "checkout", "dependsOn": ["payments"]}, {"name": "payments", "dependsOn": ["db"]},
        {"name": "db"}, {"name": "search"},
    ]  # fmt: skip
    assert client.alice.post("/api/services/apply", json={"services": services}).status_code == 200
    now = clock.now()

    def told(summary: str, service: str, **ago: float) -> None:
        at = (now - timedelta(**ago)).isoformat()
        body = {"summary": summary, "services": [service], "at": at}
        assert client.bob.post(CHANGES, json=body).status_code == 201

    told("too long ago", "checkout", hours=13)
    told("schema of db", "db", hours=3)
    told("nothing to do with it", "search", hours=1)
    told("deploy", "checkout", minutes=10)
    client.bob.post("/api/incidents", json={"title": "X", "services": ["checkout"]})
    clock.forward(minutes=30)
    client.bob.post(CHANGES, json={"summary": "rollback", "services": ["checkout"]})
    body = client.charlie.get("/api/incidents/INC-1/changes").json()
    assert [(one["summary"], one["before"]) for one in body["items"]] == [
        ("rollback", False), ("deploy", True), ("schema of db", True),
    ]  # fmt: skip
    assert (body["since"], body["beganAt"]) == ("2026-03-01T21:00:00Z", "2026-03-02T09:00:00Z")
    longer = client.charlie.get("/api/incidents/INC-1/changes?hours=24").json()["items"]
    assert longer[-1]["summary"] == "too long ago"
    assert client.charlie.get("/api/incidents/INC-1/changes?hours=0").status_code == 422
    private = client.bob.post("/api/incidents", json={"title": "Y", "private": True}).json()
    assert client.charlie.get(f"/api/incidents/{private['id']}/changes").status_code == 404
