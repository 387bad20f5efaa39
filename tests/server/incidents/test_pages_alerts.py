"""What the pages of incidents show of alerts and changes, and how alerts come to an incident by hand."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from kintsugi.core.alerts.event import AlertLink, ChangeEvent
from tests.server.alerts.telling import Tool, event, tool
from tests.server.cast import Cast, MovableClock

BROWSER = {"accept": "text/html"}


@pytest.fixture
def prometheus(client: Cast, clock: MovableClock) -> Tool:
    return tool(client, clock)


@pytest.fixture
def waiting(prometheus: Tool) -> str:
    """An alert that waits for a person."""
    return prometheus.raised("w", severity_word="warning", title="Disk full", service="search")


def declared(client: Cast, **said: str) -> str:
    place: str = client.bob.post(
        "/incidents/declare", data={"title": "Checkout fails", **said}
    ).headers["location"]
    return place


def page_of(client: Cast, address: str) -> str:
    answer = client.bob.get(address, headers=BROWSER)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_an_incident_of_alerts_shows_them_with_verdict_taps(client: Cast, prometheus: Tool) -> None:
    alert = prometheus.raised(title="Error rate <b>high")
    place = re.search(r"/incidents/INC-\d+", page_of(client, f"/alerts/{alert}"))
    assert place
    page = page_of(client, place[0])
    for told in (
        "Error rate &lt;b&gt;high", "Firing, Prometheus", f'action="{place[0]}/alerts/{alert}/verdict"',
        f'<a href="/alerts/{alert}">Alert</a>',
    ):  # fmt: skip
        assert told in page, told
    door = f"{place[0]}/alerts/{alert}/verdict"
    for pressed in ("noise", None):
        assert client.bob.post(door, data={"verdict": "noise"}).status_code == 303
        assert client.bob.get(f"/api/alerts/{alert}").json()["verdict"] == pressed
    quiet = client.charlie.get(place[0], headers=BROWSER).text
    assert "Error rate" in quiet
    assert "/verdict" not in quiet
    assert client.charlie.post(door, data={"verdict": "noise"}).status_code == 403
    part = client.charlie.get(f"{place[0]}/parts/alerts")
    assert "Error rate" in part.text
    assert "<html" not in part.text


def test_alerts_are_given_to_an_incident_and_taken_out(client: Cast, waiting: str) -> None:
    place = declared(client)
    reference = place.rpartition("/")[2]
    for address in (f"/alerts/{waiting}", "/alerts"):
        assert f"{reference} Checkout fails" in page_of(client, address)
    given = client.bob.post(
        "/incidents/alerts/give", data={"alert": waiting, "incident": reference, "do": "give"}
    )
    assert given.headers["location"] == f"{place}#alerts"
    page = page_of(client, place)
    assert "added by hand" in page
    assert "Disk full" in page
    assert f'href="{place}"' in page_of(client, f"/alerts/{waiting}")
    assert "Disk full" not in page_of(client, "/alerts")
    out = client.bob.post(f"{place}/alerts/{waiting}/take-back")
    assert out.status_code == 303
    assert "taken away by hand" in page_of(client, place)
    assert "Disk full" in page_of(client, "/alerts")
    assert client.bob.post(f"{place}/alerts/{waiting}/take-back").status_code == 404


def test_an_incident_is_declared_because_of_alerts(
    client: Cast, clock: MovableClock, prometheus: Tool, waiting: str
) -> None:
    clock.forward(minutes=5)
    other = prometheus.raised("o", severity_word="info", service="pay", title="Slow")
    to = client.bob.post(
        "/incidents/alerts/give", data={"alert": [other, waiting], "do": "declare"}
    )
    form = page_of(client, to.headers["location"])
    for told in (
        "Because of",
        'value="Disk full"',
        '<option value="SEV-3" selected>',
        f'name="alert" value="{other}"',
    ):
        assert told in form, told
    services = re.search(r'name="services"[^>]*value="([^"]+)"', form)
    assert services
    assert sorted(services[1].split(", ")) == ["pay", "search"]
    refused = client.bob.post("/incidents/declare", data={"title": " ", "alert": [other, waiting]})
    assert refused.status_code == 422
    assert f'name="alert" value="{waiting}"' in refused.text
    place = declared(client, alert=[other, waiting], services="pay, search")  # type: ignore[arg-type] # sent twice
    page = page_of(client, place)
    for told in ("Disk full", "Slow", "added by hand"):
        assert told in page
    detected = client.bob.get(f"/api{place}").json()["milestones"]["detected"]
    assert detected.startswith("2026-03-02T09:00")


@pytest.mark.parametrize(
    ("said", "status", "told"),
    [
        ({"do": "give"}, 422, "No alert is chosen"),
        ({"do": "give", "alert": "one"}, 422, "Incident is not chosen"),
        ({"do": "give", "alert": "one", "incident": "INC-99"}, 404, "no such incident"),
        ({"do": "give", "alert": "alr_0", "incident": "INC-1"}, 404, "for you to see"),
        ({"do": "declare", "alert": "a\0"}, 404, "for you to see"),
    ],
)
def test_what_cannot_be_given_is_said_and_can_be_tried_again(
    client: Cast, waiting: str, said: dict[str, str], status: int, told: str
) -> None:
    declared(client)
    sent = {name: waiting if value == "one" else value for name, value in said.items()}
    answer = client.bob.post("/incidents/alerts/give", data=sent)
    assert answer.status_code == status, answer.text
    assert told in answer.text
    assert ("Disk full" in answer.text) is (said.get("alert") == "one")


def test_an_alert_of_another_incident_is_not_given_again(client: Cast, waiting: str) -> None:
    first, second = declared(client), declared(client)
    for place, status in ((first, 303), (second, 409)):
        sent = {"alert": waiting, "incident": place.rpartition("/")[2], "do": "give"}
        assert client.bob.post("/incidents/alerts/give", data=sent).status_code == status


def test_alerts_of_a_private_incident_are_nowhere_for_others(client: Cast, waiting: str) -> None:
    place = declared(client, private="on", alert=waiting)
    reference = place.rpartition("/")[2]
    assert "Disk full" in page_of(client, place)
    for person in (client.alice, client.charlie):
        for address in ("/alerts?view=all", "/alerts?view=incidents", "/", "/alerts/quality"):
            page = person.get(address, headers=BROWSER).text
            assert "Disk full" not in page
            assert reference not in page
        for address in (
            f"/alerts/{waiting}",
            f"/alerts/{waiting}/parts/now",
            f"/alerts/{waiting}/body",
            place,
        ):
            assert person.get(address, headers=BROWSER).status_code == 404
    doors = (
        f"{place}/alerts/{waiting}/verdict", f"{place}/alerts/{waiting}/take-back", f"/alerts/{waiting}/do",
    )  # fmt: skip
    for door in doors:
        assert client.alice.post(door, data={"verdict": "noise", "do": "noise"}).status_code == 404
    sent = {"alert": waiting, "incident": reference, "do": "give"}
    assert client.alice.post("/incidents/alerts/give", data=sent).status_code == 404
    assert (
        client.alice.post("/alerts/chosen/do", data={"alert": waiting, "do": "noise"}).status_code
        == 404
    )
    assert (
        client.alice.get(f"/incidents/declare?alert={waiting}", headers=BROWSER).status_code == 404
    )


def test_what_changed_stands_on_the_incident(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    services = [{"name": "checkout", "dependsOn": ["pay"]}, {"name": "pay"}, {"name": "other"}]
    for one in reversed(services):
        assert client.alice.post("/api/services", json=one).status_code == 201
    at = clock.now()
    prometheus.told(
        ChangeEvent("pay <b>4.18", at - timedelta(hours=2), services=("pay",), source="deploy bot",
                    links=(AlertLink("https://example.com/release"),)),
        ChangeEvent("flag of checkout", at - timedelta(minutes=5), services=("checkout",)),
        ChangeEvent("unrelated", at, services=("other",)),
        ChangeEvent("long ago", at - timedelta(days=2), services=("checkout",)),
    )  # fmt: skip
    page = page_of(client, declared(client, services="checkout"))
    for told in (
        "pay &lt;b&gt;4.18", "2 h before", "5 min before", "flag of checkout", "by deploy bot",
        "https://example.com/release",
    ):  # fmt: skip
        assert told in page, told
    for other in ("unrelated", "long ago"):
        assert other not in page
    assert "names no service" in page_of(client, declared(client))


def test_many_alerts_lead_to_all_of_them(client: Cast, prometheus: Tool) -> None:
    prometheus.tell(*[event(f"k{number}") for number in range(12)])
    prometheus.dispatch()
    place = re.search(r"/incidents/INC-\d+", page_of(client, "/alerts?view=incidents"))
    assert place
    page = page_of(client, place[0])
    every = re.search(r'<a href="(/alerts\?view=all&amp;incident=inc_[0-9a-f]+)">', page)
    assert every
    assert page_of(client, every[1].replace("&amp;", "&")).count('<tr id="alr_') == 12
