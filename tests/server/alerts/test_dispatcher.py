"""What becomes of alerts: an incident for a group, nothing for what is silenced, and everything once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kintsugi.core.alerts.event import Happening
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.unit_of_work import UnitOfWork, Works
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.events import AlertsRouted
from kintsugi.server.alerts.reactions import dispatcher
from tests.server.alerts.telling import Tool, event, works_of
from tests.server.cast import Cast, MovableClock


def incidents(client: Cast) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.bob.get("/api/incidents").json()["items"]
    return found


def alert(client: Cast, name: str) -> dict[str, Any]:
    answer = client.bob.get(f"/api/alerts/{name}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def texts(client: Cast, reference: str = "INC-1") -> list[str]:
    page = client.bob.get(f"/api/incidents/{reference}/timeline").json()
    return [one["text"] for one in page["items"]]


def silence(client: Cast, clock: MovableClock, *matchers: str, hours: float = 1) -> dict[str, Any]:
    ends = (clock.now() + timedelta(hours=hours)).isoformat()
    body = {"matchers": list(matchers), "endsAt": ends}
    answer = client.bob.post("/api/silences", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_alerts_of_a_group_open_one_incident(client: Cast, prometheus: Tool) -> None:
    ids = prometheus.tell(event("a"), event("b", title="More errors"), event("c", service="pay"))
    prometheus.dispatch()
    made = {one["reference"]: one for one in incidents(client)}
    assert [one["services"] for one in made.values()] == [["pay"], ["checkout"]]
    assert made["INC-1"]["title"] == "Error rate high"
    assert made["INC-1"]["severity"] == "SEV-2"
    assert made["INC-1"]["detection"] == "monitoring"
    shown = client.charlie.get("/api/incidents/INC-1/alerts").json()["items"]
    assert {one["id"] for one in shown} == set(ids[:2])
    assert texts(client)[1:] == [
        "Alert: Error rate high (SEV-2, checkout, from Prometheus)",
        "Alert: More errors (SEV-2, checkout, from Prometheus)",
    ]


def test_two_tools_that_name_neither_service_nor_rule_open_two_incidents(
    client: Cast, prometheus: Tool
) -> None:
    for title in ("Disk is full", "Card payments fail"):
        prometheus.raised(title, title=title, service="", rule="")
    titles = [one["title"] for one in client.bob.get("/api/incidents").json()["items"]]
    assert sorted(titles) == ["Card payments fail", "Disk is full"]


def test_a_later_alert_of_the_group_joins(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    prometheus.raised("a")
    clock.forward(hours=3)
    later = prometheus.raised("b")
    assert len(incidents(client)) == 1
    assert alert(client, later)["incidentId"] == incidents(client)[0]["id"]


def test_what_no_rule_is_for_waits_for_a_person(client: Cast, prometheus: Tool) -> None:
    made = prometheus.raised(severity_word="warning")
    assert incidents(client) == []
    waiting = client.charlie.get("/api/alerts?waiting=yes").json()["items"]
    assert [one["id"] for one in waiting] == [made]
    assert "No rule applies." in [step["said"] for step in alert(client, made)["steps"]]


def test_a_silenced_alert_opens_nothing_until_its_silence_ends(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    quiet = silence(client, clock, 'alert.service="checkout"')
    made = prometheus.raised()
    assert incidents(client) == []
    assert alert(client, made)["silenceId"] == quiet["id"]
    clock.forward(hours=1, seconds=1)
    prometheus.sweep()
    assert len(incidents(client)) == 1
    assert alert(client, made)["silenceId"] is None


def test_a_silence_that_is_ended_early_has_its_alerts_heard(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    quiet = silence(client, clock, 'alert.service="checkout"')
    prometheus.raised()
    assert client.bob.delete(f"/api/silences/{quiet['id']}").status_code == 200
    prometheus.dispatch()
    assert len(incidents(client)) == 1


def test_an_alert_that_flaps_opens_nothing_and_joins(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    for _ in range(3):
        prometheus.raised(severity_word="warning")
        clock.forward(minutes=1)
        prometheus.ended()
        clock.forward(minutes=1)
    made = prometheus.raised()
    assert alert(client, made)["flapping"]
    assert incidents(client) == []
    clock.forward(hours=1)
    prometheus.sweep()
    assert not alert(client, made)["flapping"]
    assert len(incidents(client)) == 1
    first = incidents(client)[0]["id"]
    for _ in range(4):
        prometheus.ended()
        clock.forward(minutes=1)
        made = prometheus.raised()
    assert alert(client, made)["flapping"]
    assert [one["id"] for one in incidents(client)] == [first]
    assert alert(client, made)["incidentId"] == first


def test_an_incident_resolves_itself_with_its_last_alert(client: Cast, prometheus: Tool) -> None:
    prometheus.tell(event("a"), event("b"))
    prometheus.dispatch()
    prometheus.ended("a")
    prometheus.dispatch()
    assert incidents(client)[0]["status"] == "investigating"
    prometheus.ended("b")
    prometheus.dispatch()
    assert incidents(client)[0]["status"] == "resolved"
    assert "Alert ended: Error rate high" in texts(client)


def test_whoever_took_command_says_when_it_is_over(client: Cast, prometheus: Tool) -> None:
    prometheus.raised()
    one = incidents(client)[0]
    changed = client.bob.patch(
        f"/api/incidents/{one['reference']}", json={"commander": "bob@example.com"},
        headers={"If-Match": f'"{one["version"]}"'},
    )  # fmt: skip
    assert changed.status_code == 200, changed.text
    prometheus.ended()
    prometheus.dispatch()
    assert incidents(client)[0]["status"] == "investigating"
    assert texts(client)[-1] == "All of its alerts have ended"


def test_alerts_do_not_answer_for_a_recovery_criterion(client: Cast, prometheus: Tool) -> None:
    prometheus.raised()
    place = f"/api/incidents/{incidents(client)[0]['reference']}/criteria"
    assert client.bob.post(place, json={"text": "Orders go through"}).status_code == 201
    prometheus.ended()
    prometheus.dispatch()
    assert incidents(client)[0]["status"] == "investigating"
    assert texts(client)[-1] == "All of its alerts have ended"


def test_what_fires_again_soon_opens_the_same_incident_again(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    first = prometheus.raised()
    prometheus.ended()
    prometheus.dispatch()
    clock.forward(minutes=2)
    second = prometheus.raised()
    assert [one["status"] for one in incidents(client)] == ["investigating"]
    assert alert(client, first)["incidentId"] == alert(client, second)["incidentId"]


def test_what_fires_after_its_incident_was_closed_opens_another(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    prometheus.raised()
    prometheus.ended()
    prometheus.dispatch()
    one = incidents(client)[0]
    closed = client.bob.patch(
        "/api/incidents/INC-1", json={"status": "closed"},
        headers={"If-Match": f'"{one["version"]}"'},
    )  # fmt: skip
    assert closed.status_code == 200, closed.text
    clock.forward(minutes=2)
    second = prometheus.raised()
    made = incidents(client)
    assert [one["reference"] for one in made] == ["INC-2", "INC-1"]
    assert alert(client, second)["incidentId"] == made[0]["id"]


def test_an_alert_whose_sender_falls_silent_ends(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    made = prometheus.raised(ends_at=clock.now() + timedelta(minutes=5))
    clock.forward(minutes=6)
    prometheus.sweep()
    found = alert(client, made)
    assert (found["state"], found["resolvedHow"]) == ("resolved", "timeout")
    assert incidents(client)[0]["status"] == "resolved"


def test_somebody_who_takes_an_alert_stands_in_the_timeline(client: Cast, prometheus: Tool) -> None:
    made = prometheus.raised()
    client.bob.post("/api/alerts/acknowledge", json={"alerts": [made]})
    prometheus.dispatch()
    assert texts(client)[-1] == "Alert acknowledged by Bob: Error rate high"


def broken_for(works: Works, title: str, calls: list[int]) -> Works:
    """The works, with a handler that cannot take alerts of one title."""

    def refuse(_work: UnitOfWork, news: Any) -> None:  # noqa: ANN401
        calls.append(len(news.alerts))
        if any(one.title == title for one in news.alerts):
            raise ValueError("poison")

    handlers = {**works.handlers, AlertsRouted: (refuse, *works.handlers[AlertsRouted])}
    return replace(works, handlers=handlers)


@pytest.mark.long
def test_one_alert_that_cannot_be_handled_takes_no_other_with_it(
    client: Cast, prometheus: Tool
) -> None:
    told = [event(f"k{number}", service=f"s{number}") for number in range(99)]
    told.insert(50, event("bad", title="Poison", service="bad"))
    prometheus.tell(*told)
    works = broken_for(prometheus.works, "Poison", [])
    while alerts.dispatch(works):
        pass
    found = client.bob.get("/api/alerts?limit=100&waiting=no").json()["items"]
    assert len(found) == 99
    bad = client.bob.get("/api/alerts?text=Poison").json()["items"][0]
    assert bad["incidentId"] is None
    history = alert(client, bad["id"])["history"]
    assert [(one["kind"], one["detail"]) for one in history] == [("failed", "poison")]
    assert prometheus.dispatch() == 0


class Killed(BaseException):
    """The process is gone."""


def test_a_dispatcher_that_is_killed_between_does_everything_once(
    client: Cast, prometheus: Tool
) -> None:
    prometheus.tell(event("a"), event("b", service="pay"))

    def die(_work: UnitOfWork, _news: object) -> None:
        raise Killed

    works = prometheus.works
    dying = replace(
        works, handlers={**works.handlers, AlertsRouted: (*works.handlers[AlertsRouted], die)}
    )
    for _ in range(3):
        with pytest.raises(Killed):
            alerts.dispatch(dying)
    assert incidents(client) == []
    prometheus.dispatch()
    assert len(incidents(client)) == 2
    assert len(texts(client)) == 2
    fatigue = client.bob.get("/api/alert-fatigue").json()["items"]
    assert [(one["service"], one["totalAlerts"]) for one in fatigue] == [
        ("checkout", 1),
        ("pay", 1),
    ]


def test_two_dispatchers_make_one_incident_of_each_group(client: Cast, prometheus: Tool) -> None:
    for place in range(6):
        prometheus.tell(*(event(f"k{place}-{n}", service=f"s{n}") for n in range(10)))
    failed: list[BaseException] = []

    def run() -> None:
        try:
            for _ in range(40):
                alerts.dispatch(prometheus.works, 7)
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    prometheus.dispatch()
    assert not failed
    assert len(incidents(client)) == 10
    assert len(client.bob.get("/api/incidents/INC-1/alerts").json()["items"]) == 6
    found = client.bob.get("/api/alert-fatigue").json()["items"]
    assert [one["totalAlerts"] for one in found] == [6] * 10


def test_the_thread_dispatches_when_it_is_nudged(client: Cast, prometheus: Tool) -> None:
    thread = dispatcher(works_of(client))
    thread.start()
    try:
        made = prometheus.one()
        thread.nudge()
        for _ in range(1200):
            if alert(client, made)["incidentId"]:
                break
            threading.Event().wait(0.05)
    finally:
        assert thread.stop()
    assert alert(client, made)["incidentId"] is not None


def test_a_late_resolve_of_what_never_fired_opens_nothing(client: Cast, prometheus: Tool) -> None:
    made = prometheus.raised(happening=Happening.RESOLVE)
    assert alert(client, made)["state"] == "resolved"
    assert incidents(client) == []
    assert client.bob.get("/api/alert-fatigue").json()["items"] == []


def test_an_alert_that_grows_worse_is_decided_on_again(client: Cast, prometheus: Tool) -> None:
    made = prometheus.raised(severity_word="warning")
    assert incidents(client) == []
    prometheus.raised(severity_word="critical")
    assert [one["severity"] for one in incidents(client)] == ["SEV-1"]
    assert alert(client, made)["incidentId"] is not None
    with prometheus.works.reading(SYSTEM) as work:
        assert alerts.fatigue(work) == alerts.fatigue_by_alerts(work)
        assert alerts.fatigue(work)["checkout"].total_alerts == 1
