"""Routing rules over the API: the one that is shipped, made, changed, put in order, taken away."""

from __future__ import annotations

from typing import Any

import pytest

from kintsugi.core.alerts.routing import DEFAULT_RULES
from kintsugi.core.alerts.rule_values import written_condition, written_outcome
from kintsugi.kernel.auth import SYSTEM
from kintsugi.server.alerts import service as alerts
from tests.server.alerts.telling import Tool, works_of
from tests.server.cast import Cast

RULES = "/api/routing-rules"
WAIT = {"kind": "wait"}
MATCH = {"If-Match": '"1"'}


def listed(client: Cast) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.charlie.get(RULES).json()["items"]
    return found


def made(client: Cast, name: str = "Tests wait", **said: object) -> dict[str, Any]:
    answer = client.alice.post(RULES, json={"name": name, "outcome": WAIT, **said})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{RULES}/{answer.json()['id']}"
    return dict(answer.json())


def test_a_new_installation_has_the_rule_that_is_shipped(client: Cast) -> None:
    (shipped,) = DEFAULT_RULES
    (found,) = listed(client)
    assert (found["name"], found["enabled"]) == (shipped.name, shipped.is_enabled)
    assert found["condition"] == written_condition(shipped.condition)
    assert found["outcome"] == written_outcome(shipped.outcome)
    assert found["conditionText"] == "severity is SEV-1 or SEV-2"
    with works_of(client).reading(SYSTEM) as work:
        (kept,) = alerts.list_rules(work)
    assert (kept.rule.condition, kept.rule.outcome) == (shipped.condition, shipped.outcome)


def test_the_shipped_rule_stays_away_once_it_is_removed(client: Cast, prometheus: Tool) -> None:
    gone = client.alice.delete(f"{RULES}/{listed(client)[0]['id']}", headers=MATCH)
    assert gone.status_code == 204
    assert listed(client) == []
    prometheus.raised(severity_word="critical")
    assert client.charlie.get("/api/incidents").json()["items"] == []


def test_a_rule_is_made_behind_all_others_and_changed(client: Cast) -> None:
    condition = {
        "matchers": ['env=~"test|dev"', {"name": "team", "value": "", "isEqual": False}],
        "services": ["checkout"],
        "during": {"zone": "Europe/Berlin", "hours": [{"days": ["mon"], "from": "09:00", "to": "17:00"}]},
    }  # fmt: skip
    rule = made(client, condition=condition)
    assert [one["name"] for one in listed(client)][1:] == ["Tests wait"]
    assert rule["condition"]["matchers"][0] == {
        "name": "env", "value": "test|dev", "isRegex": True, "isEqual": True,
    }  # fmt: skip
    place = f"{RULES}/{rule['id']}"
    changed = client.alice.patch(place, json={"enabled": False, "name": "Off"}, headers=MATCH)
    assert (changed.json()["enabled"], changed.json()["name"]) == (False, "Off")
    assert changed.json()["condition"] == rule["condition"]
    assert changed.headers["etag"] == '"2"'
    same = client.alice.patch(place, json={"enabled": False}, headers={"If-Match": '"2"'})
    assert same.headers["etag"] == '"2"'
    lost = client.alice.patch(place, json={"name": "Late"}, headers=MATCH)
    assert (lost.status_code, lost.json()["current"]["version"]) == (412, 2)
    assert client.alice.patch(place, json={"name": "Late"}).status_code == 428
    assert client.alice.delete(place, headers=MATCH).status_code == 412
    told = [one["action"] for one in client.alice.get("/api/audit").json()["items"]]
    assert told[:2] == ["rule.change", "rule.create"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"outcome": {}}, "outcome.kind"),
        ({"outcome": {"kind": "drop"}}, "outcome.kind"),
        ({"outcome": {"kind": "open", "color": 1}}, "outcome.color"),
        ({"condition": {"matchers": ['a=~"("']}}, "condition.matchers[0]"),
        ({"condition": {"matchers": [{"name": "a", "value": "(?=x)", "isRegex": True}]}},
         "condition.matchers[0].value"),
        ({"condition": {"severities": ["SEV-9"]}}, "condition.severities[0]"),
        ({"condition": {"during": {"zone": "Mars", "hours": [{}]}}}, "condition.during.zone"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused_by_its_field(
    client: Cast, said: dict[str, object], field: str
) -> None:
    answer = client.alice.post(RULES, json={"name": "x", "outcome": WAIT, **said})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field
    place = f"{RULES}/{listed(client)[0]['id']}"
    changed = client.alice.patch(place, json=said, headers=MATCH)
    assert (changed.status_code, changed.json()["errors"][0]["field"]) == (422, field)


def test_the_first_rule_that_applies_decides(client: Cast, prometheus: Tool) -> None:
    shipped = listed(client)[0]["id"]
    first, second = made(client, "A")["id"], made(client, "B")["id"]
    order = {"rules": [second, shipped, first]}
    ordered = client.alice.put(f"{RULES}/order", json=order).json()["items"]
    assert [one["id"] for one in ordered] == [second, shipped, first] == [
        one["id"] for one in listed(client)
    ]  # fmt: skip
    prometheus.raised(severity_word="critical")
    assert client.charlie.get("/api/incidents").json()["items"] == []
    for rules in ([second, shipped], [second, shipped, first, first], [second, shipped, "rul_x"]):
        assert client.alice.put(f"{RULES}/order", json={"rules": rules}).status_code == 409
    with works_of(client).writing(SYSTEM) as work:
        moved = alerts.move_rule(work, alerts.get_rule(work, first), -1)
        assert [one.rule.id for one in moved] == [second, first, shipped]
        moved = alerts.move_rule(work, alerts.get_rule(work, first), 9)
        assert [one.rule.id for one in moved] == [second, shipped, first]


def test_rules_are_for_editors(client: Cast) -> None:
    place = f"{RULES}/{listed(client)[0]['id']}"
    assert client.bob.post(RULES, json={"name": "x", "outcome": WAIT}).status_code == 403
    assert client.bob.patch(place, json={"name": "x"}, headers=MATCH).status_code == 403
    assert client.bob.delete(place, headers=MATCH).status_code == 403
    assert client.alice.get(f"{RULES}/rul_none").status_code == 404
