"""Alertmanager's API v2 as amtool asks it: with the key of a source, and for that source alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kintsugi.kernel.auth import SYSTEM
from kintsugi.server.alerts import service as alerts
from tests.server.alerts.telling import Tool, event, works_of
from tests.server.cast import Cast, MovableClock


@pytest.fixture
def root(client: Cast, clock: MovableClock) -> tuple[str, Tool]:
    """The address of a source's API, and the tool that sends by it."""
    works = works_of(client)
    with works.writing(SYSTEM) as work:
        source, key = alerts.make_source(work, "Prometheus EU", "alertmanager-api")
    return f"/ingest/alertmanager-api/{key}/api/v2", Tool(works, clock, source)


def silence(clock: MovableClock, *matchers: tuple[str, str], **said: object) -> dict[str, Any]:
    """A silence as amtool posts it."""
    now = clock.now()
    body = {
        "matchers": [
            {"name": name, "value": value, "isRegex": False, "isEqual": True} for name, value in matchers
        ],
        "startsAt": now.isoformat(), "endsAt": (now + timedelta(hours=1)).isoformat(),
        "createdBy": "alice", "comment": "moving",
    }  # fmt: skip
    return body | said


def test_open_alerts_are_told_and_narrowed_as_alertmanager_does(
    client: Cast, root: tuple[str, Tool], prometheus: Tool
) -> None:
    address, tool = root
    tool.raised("a", labels={"alertname": "DiskFull", "env": "live"})
    tool.raised("b", labels={"alertname": "DiskFull", "env": "test"})
    tool.raised("c")
    tool.ended("c")
    prometheus.raised("of another source", labels={"env": "live"})
    ask = client.stranger.get
    found = ask(f"{address}/alerts").json()
    assert sorted(one["labels"]["env"] for one in found) == ["live", "test"]
    assert {one["status"]["state"] for one in found} == {"active"}
    narrowed = ask(f"{address}/alerts", params={"filter": ['env=~"l.*"', "alertname=DiskFull"]})
    assert [one["labels"]["env"] for one in narrowed.json()] == ["live"]
    assert ask(f"{address}/alerts", params={"active": "false"}).json() == []
    assert len(ask(f"{address}/alerts/groups").json()[0]["alerts"]) == 2
    wrong = ask(f"{address}/alerts", params={"filter": 'env=~"("'})
    assert (wrong.status_code, wrong.headers["content-type"]) == (400, "application/json")
    assert isinstance(wrong.json(), str)


def test_a_silence_is_made_changed_and_ended_for_the_alerts_of_its_source(
    client: Cast, root: tuple[str, Tool], prometheus: Tool, clock: MovableClock
) -> None:
    address, tool = root
    labels = {"alertname": "DiskFull"}
    tool.raised("a", labels=labels, severity_word="warning")
    prometheus.raised("other", labels=labels, severity_word="warning")
    post = client.stranger.post
    made = post(f"{address}/silences", json=silence(clock, ("alertname", "DiskFull"))).json()
    quiet = client.stranger.get(f"{address}/alerts").json()[0]["status"]
    assert (quiet["state"], quiet["silencedBy"]) == ("suppressed", [made["silenceID"]])
    assert len(client.bob.get("/api/alerts?silenced=yes").json()["items"]) == 1
    told = client.stranger.get(f"{address}/silence/{made['silenceID']}").json()
    assert (told["createdBy"], told["comment"]) == ("Prometheus EU", "moving (alice)")
    again = silence(clock, ("alertname", "Other"), id=made["silenceID"], comment=told["comment"])
    assert post(f"{address}/silences", json=again).json() == made
    listed = client.stranger.get(f"{address}/silences").json()
    assert [(one["matchers"][0]["value"], one["comment"]) for one in listed] == [
        ("Other", "moving (alice)")
    ]
    for place in ("/alerts/silences", f"/alerts/silences/{made['silenceID']}"):
        page = client.bob.get(place, headers={"Accept": "text/html"}).text
        assert "Prometheus EU" in page
        assert tool.source.id not in page
    ended = client.stranger.delete(f"{address}/silence/{made['silenceID']}")
    assert ended.status_code == 200
    state = client.stranger.get(f"{address}/silences").json()[0]["status"]["state"]
    assert state == "expired"


def test_silences_of_others_are_not_its_to_end(
    client: Cast, root: tuple[str, Tool], prometheus: Tool, clock: MovableClock
) -> None:
    address, _ = root
    until = (clock.now() + timedelta(hours=1)).isoformat()
    wanted = {"matchers": ['env="live"'], "endsAt": until}
    of_all = client.bob.post("/api/silences", json=wanted).json()["id"]
    of_other = client.bob.post("/api/silences", json=wanted | {"source": prometheus.source.id})
    listed = client.stranger.get(f"{address}/silences").json()
    assert [(one["id"], one["createdBy"]) for one in listed] == [(of_all, "Kintsugi")]
    assert client.stranger.delete(f"{address}/silence/{of_all}").status_code == 400
    assert client.stranger.delete(f"{address}/silence/{of_other.json()['id']}").status_code == 404


def test_alerts_of_private_incidents_are_not_told(client: Cast, root: tuple[str, Tool]) -> None:
    address, tool = root
    made = client.bob.post("/api/incidents", json={"title": "Secret", "private": True}).json()
    alert_id = tool.one("secret", labels={"alertname": "Secret"}, severity_word="")
    tool.dispatch()
    given = client.bob.post(f"/api/incidents/{made['id']}/alerts", json={"alerts": [alert_id]})
    assert given.status_code == 200, given.text
    assert client.stranger.get(f"{address}/alerts").json() == []


def test_refusals_are_texts_that_amtool_can_read(client: Cast, root: tuple[str, Tool]) -> None:
    address, _ = root
    nobody = "/ingest/alertmanager-api/00000000000000000000000000000000/api/v2/status"
    for answer, status in (
        (client.stranger.get(nobody), 404),
        (client.stranger.get(f"{address}/nothing"), 404),
        (client.stranger.get(f"{address}/silence/none"), 404),
        (client.stranger.put(f"{address}/silences"), 404),
        (client.stranger.post(f"{address}/silences", content=b"{"), 400),
        (client.stranger.post(f"{address}/silences", json={"matchers": []}), 400),
        (client.stranger.post(f"{address}/alerts", content=b"["), 400),
    ):
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
        assert isinstance(answer.json(), str)


def test_status_names_the_version_and_the_receiver(client: Cast, root: tuple[str, Tool]) -> None:
    address, tool = root
    tool.one(event("k").key)
    status = client.stranger.get(f"{address}/status").json()
    assert status["cluster"]["status"] == "disabled"
    assert "kintsugi" in status["config"]["original"]
    assert client.stranger.get(f"{address}/receivers").json() == [{"name": "kintsugi"}]
