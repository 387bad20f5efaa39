"""The pages of routing rules and silences, as a browser without scripts uses them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.server.alerts.telling import Tool, event
from tests.server.cast import Cast, MovableClock

BROWSER = {"accept": "text/html"}
RULE: dict[str, Any] = {
    "name": "Nights of payments", "is_on": "on", "severities": ["SEV-1", "SEV-3"],
    "services": "pay, pay-eu", "matchers": 'env="prod"\nhost=~"db-.*"', "during": "Mon-Fri 22:00-06:00\nSat, Sun",
    "zone": "Europe/Berlin", "kind": "open", "by": "service", "window": "10", "severity": "SEV-2",
    "title": "{service}: {title}", "also": "bank", "tags": "night", "when_resolved": "resolve",
}  # fmt: skip


def rules(client: Cast) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.charlie.get("/api/routing-rules").json()["items"]
    return found


@pytest.fixture
def made(client: Cast) -> dict[str, Any]:
    """A rule that was written on the page, as the API has it."""
    answer = client.alice.post("/alerts/rules/new", data=RULE)
    assert answer.status_code == 303, answer.text
    return next(one for one in rules(client) if one["name"] == RULE["name"])


def test_a_rule_is_written_read_and_changed(client: Cast, made: dict[str, Any]) -> None:
    assert made["condition"]["during"] == {
        "zone": "Europe/Berlin",
        "hours": [
            {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "22:00", "to": "06:00"},
            {"days": ["sat", "sun"], "from": "00:00", "to": "00:00"},
        ],
    }
    assert made["outcome"]["grouping"] == {"by": ["service"], "windowSeconds": 600}
    listed = client.charlie.get("/alerts/rules", headers=BROWSER).text
    for told in (
        "Critical and major alerts open an incident", "Nights of payments", "severity is SEV-1 or SEV-3",
        "service is pay or pay-eu", "Opens an incident of SEV-2, one for the same service within 10 min",
        "They wait in the",
    ):  # fmt: skip
        assert told in listed, told
    assert "Move up" not in listed, "who only looks moves nothing"
    form = client.alice.get(f"/alerts/rules/{made['id']}", headers=BROWSER).text
    for told in (
        "Mon-Fri 22:00-06:00\nSat, Sun",
        "env=&#34;prod&#34;",
        'value="10"',
        "{service}: {title}",
        "Europe/Berlin",
    ):
        assert told in form, told
    changed = {**RULE, "name": "Nights", "is_on": "", "during": "", "version": "1"}
    assert client.alice.post(f"/alerts/rules/{made['id']}", data=changed).status_code == 303
    assert [(one["name"], one["enabled"]) for one in rules(client)][-1] == ("Nights", False)


def test_rules_are_moved_switched_and_taken_away(client: Cast, made: dict[str, Any]) -> None:
    place = f"/alerts/rules/{made['id']}"
    assert client.alice.post(f"{place}/move", data={"places": "-1"}).status_code == 303
    assert rules(client)[0]["id"] == made["id"]
    assert (
        client.alice.post(f"{place}/switch", data={"version": "1", "on": "no"}).status_code == 303
    )
    assert "Off" in client.alice.get("/alerts/rules", headers=BROWSER).text
    late = client.alice.post(f"{place}/switch", data={"version": "1", "on": "yes"})
    assert late.status_code == 412
    assert "choose again" in late.text
    assert client.alice.post(f"{place}/remove", data={"version": "2"}).status_code == 303
    assert made["id"] not in [one["id"] for one in rules(client)]
    for door in ("", "/move", "/switch", "/remove"):
        assert client.alice.post(f"{place}{door}", data={**RULE, "version": "1"}).status_code == 404


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": " "}, "Name is empty"),
        ({"matchers": 'env="prod"\nhost=~"("'}, "line 2"),
        ({"matchers": "nothing"}, "Labels"),
        ({"during": "Mon-Fri 22:00-06:00\nnever"}, "&#39;never&#39; is not understood"),
        ({"not_during": "Mon 25:00-26:00"}, "Not during"),
        ({"zone": "Nowhere"}, "Zone"),
        ({"window": "x"}, "Within is no window"),
        ({"window": "1441"}, "Within is no window"),
        ({"kind": "drop"}, "What is made of them"),
        ({"severities": ["SEV-9"]}, "is not a severity"),
        ({"title": "x" * 501}, "Title has more than"),
    ],
)
def test_a_refused_rule_stands_in_its_form_as_typed(
    client: Cast, said: dict[str, Any], told: str
) -> None:
    before = rules(client)
    answer = client.alice.post("/alerts/rules/new", data={**RULE, "tags": "kept-text", **said})
    assert answer.status_code == 422
    assert told in answer.text
    assert "kept-text" in answer.text
    assert rules(client) == before


def test_the_loser_of_a_race_sees_theirs_and_yours(client: Cast, made: dict[str, Any]) -> None:
    place = f"/alerts/rules/{made['id']}"
    assert (
        client.alice.post(place, data={**RULE, "name": "Theirs", "version": "1"}).status_code == 303
    )
    lost = client.alice.post(place, data={**RULE, "name": "Yours", "version": "1"})
    assert lost.status_code == 412
    for told in ("Theirs", 'value="Yours"', 'name="version" value="2"', "Somebody changed this"):
        assert told in lost.text
    assert (
        client.alice.post(place, data={**RULE, "name": "Yours", "version": "2"}).status_code == 303
    )


def test_a_rule_is_tried_while_it_is_written(client: Cast, prometheus: Tool) -> None:
    prometheus.raised("a", service="pay", title="Slow")
    prometheus.raised("b", service="search")
    tried = client.alice.post(
        "/alerts/rules/new/try",
        data={"services": "pay", "title": "{service}: {title}", "kind": "wait"},
    )
    assert tried.status_code == 200
    for told in (
        "service is pay",
        "Waits for a person",
        "<strong>1</strong> of the latest 2",
        "pay: Slow",
    ):
        assert told in tried.text, told
    wrong = client.alice.post("/alerts/rules/new/try", data={"matchers": "x"})
    assert wrong.status_code == 200
    assert "Not clear yet" in wrong.text


def test_rules_are_for_editors(client: Cast, made: dict[str, Any]) -> None:
    assert client.bob.get("/alerts/rules/new", headers=BROWSER).status_code == 403
    assert client.bob.post(f"/alerts/rules/{made['id']}", data=RULE).status_code == 403


@pytest.mark.usefixtures("prometheus")
def test_a_message_is_explained_and_nothing_is_written(client: Cast) -> None:
    body = {
        "version": "4", "status": "firing", "alerts": [
            {"status": "firing", "labels": {"alertname": "Down", "severity": "critical", "service": "pay"},
             "annotations": {}, "startsAt": "2026-03-02T08:00:00Z", "endsAt": "0001-01-01T00:00:00Z"}
        ],
    }  # fmt: skip
    for how in ("source:Prometheus", "format:alertmanager"):
        answer = client.charlie.post(
            "/alerts/rules/explain", data={"how": how, "body": json.dumps(body)}
        )
        assert answer.status_code == 200, answer.text
        for told in (
            "A new alert, and it opens an incident", "which is SEV-1", "Critical and major alerts open an incident",
            "Quality F 35",
        ):  # fmt: skip
            assert told in answer.text, told
    assert client.charlie.get("/api/alerts").json()["items"] == []


@pytest.mark.parametrize(
    ("said", "status", "told"),
    [
        ({"how": "format:alertmanager", "body": "kept-text"}, 200, "It cannot be read"),
        ({"how": "format:nothing", "body": "kept-text"}, 422, "Source or format"),
        ({"how": "source:nothing", "body": "kept-text"}, 404, "There is no such source"),
        ({"how": "format:generic", "body": " "}, 422, "Message is empty"),
    ],
)
def test_what_cannot_be_explained_is_said_so(
    client: Cast, said: dict[str, str], status: int, told: str
) -> None:
    answer = client.charlie.post("/alerts/rules/explain", data=said)
    assert answer.status_code == status
    assert told in answer.text
    assert said["body"].strip() in answer.text


def silences(client: Cast) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.charlie.get("/api/silences").json()["items"]
    return found


def test_a_silence_is_made_from_an_alert_and_ended(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    alert = prometheus.raised(severity_word="info", labels={"env": "prod", "host": "1"})
    form = client.bob.get(f"/alerts/silences/new?alert={alert}", headers=BROWSER).text
    assert "env=&#34;prod&#34;\nhost=&#34;1&#34;" in form
    sent = {"matchers": 'env="prod"', "length": "8 h", "comment": "moved"}
    answer = client.bob.post("/alerts/silences/new", data=sent)
    assert answer.status_code == 303, answer.text
    page = client.charlie.get(answer.headers["location"], headers=BROWSER).text
    for told in ("1 open alert went quiet", "env=&#34;prod&#34;", "moved", "Bob", "in 8 h"):
        assert told in page, told
    assert "End now" not in page
    assert "Silenced" in client.charlie.get("/alerts?view=silenced", headers=BROWSER).text
    made = silences(client)[0]
    assert (
        f"/alerts/silences/{made['id']}" in client.bob.get(f"/alerts/{alert}", headers=BROWSER).text
    )
    clock.forward(hours=1)
    place = f"/alerts/silences/{made['id']}"
    later = {"version": "1", "until": "2026-03-03T09:00", "comment": "longer"}
    assert client.bob.post(place, data=later).status_code == 303
    assert "longer" in client.bob.get(place, headers=BROWSER).text
    ended = client.bob.post(f"{place}/expire")
    assert "decided on again" in client.bob.get(ended.headers["location"], headers=BROWSER).text
    again = client.bob.post(f"{place}/expire")
    assert again.status_code == 409
    assert "over already" in again.text
    assert made["id"] in client.bob.get("/alerts/silences?show=expired", headers=BROWSER).text


def test_maintenance_is_planned_for_services(client: Cast, prometheus: Tool) -> None:
    sent = {"services": "search, pay", "starts": "2026-03-02T22:00", "until": "2026-03-03T02:00"}
    answer = client.bob.post("/alerts/silences/maintenance", data=sent)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].endswith("show=pending")
    page = client.bob.get("/alerts/silences?show=pending", headers=BROWSER).text
    for told in ("Maintenance", "pay|search", "22:00"):
        assert told in page
    assert silences(client)[0]["startsAt"].startswith("2026-03-02T22:00")
    assert prometheus.raised("a", severity_word="info")


@pytest.mark.parametrize(
    ("door", "said", "told"),
    [
        ("new", {"matchers": ""}, "1 to 50 matchers"),
        ("new", {"matchers": 'a="1"\nb'}, "line 2"),
        ("new", {"matchers": 'a=~".*"'}, "every alert would be quiet"),
        ("new", {"matchers": 'a="1"', "until": "2020-01-01T00:00"}, "Until"),
        ("new", {"matchers": 'a="1"', "until": "soon"}, "is not a time"),
        ("new", {"matchers": 'a="1"', "length": "long"}, "is not a duration"),
        ("new", {"matchers": 'a="1"', "starts": "x"}, "From"),
        ("maintenance", {"services": " , "}, "names 0 services"),
    ],
)
def test_a_refused_silence_stands_in_its_form_as_typed(
    client: Cast, door: str, said: dict[str, str], told: str
) -> None:
    answer = client.bob.post(f"/alerts/silences/{door}", data={"comment": "kept-text", **said})
    assert answer.status_code == 422
    assert told in answer.text
    assert "kept-text" in answer.text
    assert silences(client) == []


def test_a_silence_that_somebody_else_changed_is_not_written_over(client: Cast) -> None:
    client.bob.post("/alerts/silences/new", data={"matchers": 'a="1"'})
    place = f"/alerts/silences/{silences(client)[0]['id']}"
    first = {"version": "1", "until": "2026-03-04T09:00", "comment": "Theirs"}
    assert client.alice.post(place, data=first).status_code == 303
    lost = client.bob.post(place, data={**first, "comment": "Yours"})
    assert lost.status_code == 412
    for told in ("Theirs", "Yours", 'name="version" value="2"'):
        assert told in lost.text


def test_silences_are_for_responders(client: Cast) -> None:
    for door in ("new", "maintenance"):
        assert client.charlie.get(f"/alerts/silences/{door}", headers=BROWSER).status_code == 403
        assert (
            client.charlie.post(f"/alerts/silences/{door}", data={"matchers": 'a="1"'}).status_code
            == 403
        )
    assert client.bob.get("/alerts/silences/x", headers=BROWSER).status_code == 404


def test_the_alerts_of_a_rule_are_grouped_as_it_says(
    client: Cast, made: dict[str, Any], prometheus: Tool
) -> None:
    client.alice.post(f"/alerts/rules/{made['id']}/move", data={"places": "-9"})
    alert = prometheus.tell(
        event("x", service="pay", severity_word="critical", labels={"env": "prod", "host": "db-1"})
    )
    prometheus.dispatch()
    page = client.bob.get(f"/alerts/{alert[0]}", headers=BROWSER).text
    assert re.search(r"Rule &#34;Nights of payments&#34; does not apply: it is not", page)
