"""Sources over the API: made with a key, changed, their keys changed over, retired."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kintsugi.server.alerts.service import sources
from tests.server.alerts.telling import tool, works_of
from tests.server.cast import Cast, MovableClock

SOURCES = "/api/alert-sources"
MATCH = {"If-Match": '"1"'}


def made(client: Cast, **said: object) -> dict[str, Any]:
    body = {"name": "Grafana", "format": "grafana", **said}
    answer = client.alice.post(SOURCES, json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def live(client: Cast, clock: MovableClock) -> set[str]:
    """The hashes of the keys that intake takes now."""
    found = sources.keys_since(works_of(client), -1)
    assert found is not None
    return {name for name, (_, ends) in found[1].items() if ends is None or ends > clock.now()}


def test_a_source_is_made_with_its_key_this_one_time(client: Cast, clock: MovableClock) -> None:
    answer = client.alice.post(
        SOURCES,
        json={"name": "Grafana", "format": "grafana", "service": "checkout",
              "secret": "hush", "severities": {"page": "SEV-1"}, "maxPerMinute": 0},
        headers={"Idempotency-Key": "once"},
    )  # fmt: skip
    body = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert re.fullmatch("[0-9a-f]{32}", body["key"])
    assert body["address"].endswith(f"/ingest/grafana/{body['key']}")
    assert body["key"] in body["snippet"]
    assert (body["hasSecret"], body["severities"]) == (True, {"page": "SEV-1"})
    assert live(client, clock) == {sources.hash_of(body["key"])}
    shown = client.charlie.get(f"{SOURCES}/Grafana").json()
    assert shown["lastEventAt"] is None
    assert shown["keys"][0]["hint"] == body["key"][-4:]
    for who in (client.alice, client.charlie):
        for address in (SOURCES, f"{SOURCES}/{body['id']}", "/api/audit"):
            text = who.get(address).text
            assert body["key"] not in text
            assert "hush" not in text
    again = client.alice.post(
        SOURCES,
        json={"name": "Grafana", "format": "grafana", "service": "checkout",
              "secret": "hush", "severities": {"page": "SEV-1"}, "maxPerMinute": 0},
        headers={"Idempotency-Key": "once"},
    )  # fmt: skip
    assert again.status_code == 409


def test_a_source_is_changed(client: Cast) -> None:
    place = f"{SOURCES}/{made(client, format='generic')['id']}"
    changed = client.alice.patch(
        place, headers=MATCH,
        json={"name": "Board", "kind": "synthetic", "service": "pay", "maxPerMinute": 5,
              "mapping": {"title": "$.name"}, "severities": {"Bad": 2}},
    )  # fmt: skip
    body = changed.json()
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"'), changed.text
    assert (body["name"], body["kind"], body["service"]) == ("Board", "synthetic", "pay")
    assert (body["maxPerMinute"], body["mapping"]) == (5, {"title": "$.name"})
    assert body["severities"] == {"bad": "SEV-2"}
    plain = client.alice.patch(place, json={"mapping": None}, headers={"If-Match": '"2"'}).json()
    assert (plain["mapping"], plain["name"]) == (None, "Board")
    assert client.alice.patch(place, json={"name": "x"}, headers=MATCH).status_code == 412
    assert client.alice.patch(place, json={"name": "x"}).status_code == 428
    made(client, name="Other")
    taken = client.alice.patch(place, json={"name": "Other"}, headers={"If-Match": '"3"'})
    assert taken.status_code == 409


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": ""}, "name"),
        ({"format": "smoke"}, "format"),
        ({"kind": "psychic"}, "kind"),
        ({"service": "x" * 65}, "service"),
        ({"mapping": {"title": "$.x"}}, "mapping"),
        ({"format": "generic", "mapping": {"colour": "$.x"}}, "mapping.colour"),
        ({"severities": {"bad": "SEV-9"}}, "severities.bad"),
        ({"format": "alertmanager", "secret": "x"}, "secret"),
        ({"maxPerMinute": -1}, "maxPerMinute"),
    ],
)
def test_a_source_that_cannot_be_is_refused_by_its_field(
    client: Cast, said: dict[str, object], field: str
) -> None:
    answer = client.alice.post(SOURCES, json={"name": "X", "format": "grafana", **said})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field


def test_a_key_is_changed_over_with_an_overlap(client: Cast, clock: MovableClock) -> None:
    first = made(client)
    place = f"{SOURCES}/{first['id']}"
    clock.forward(seconds=1)
    second = client.alice.post(f"{place}/rotate", json={}).json()
    old, new = sources.hash_of(first["key"]), sources.hash_of(second["key"])
    assert live(client, clock) == {old, new}
    assert [one["expiresAt"] for one in second["keys"]] == [None, "2026-03-03T09:00:01Z"]
    clock.forward(hours=24, seconds=1)
    assert live(client, clock) == {new}
    assert len(client.charlie.get(place).json()["keys"]) == 1
    third = client.alice.post(f"{place}/rotate", json={"overlapHours": 0}).json()
    assert live(client, clock) == {sources.hash_of(third["key"])}
    wrong = client.alice.post(f"{place}/rotate", json={"overlapHours": -1})
    assert wrong.status_code == 422


def test_an_old_key_does_not_live_longer_by_a_second_rotation(
    client: Cast, clock: MovableClock
) -> None:
    first = made(client)
    place = f"{SOURCES}/{first['id']}"
    client.alice.post(f"{place}/rotate", json={"overlapHours": 1})
    client.alice.post(f"{place}/rotate", json={"overlapHours": 48})
    clock.forward(hours=2)
    assert sources.hash_of(first["key"]) not in live(client, clock)


def test_a_key_is_withdrawn(client: Cast, clock: MovableClock) -> None:
    source = made(client)
    place = f"{SOURCES}/{source['id']}/keys/{source['keys'][0]['id']}"
    assert client.alice.delete(place).status_code == 204
    assert live(client, clock) == set()
    assert client.alice.delete(place).status_code == 404
    done = [one["action"] for one in client.alice.get("/api/audit").json()["items"]]
    assert done[:2] == ["source.withdraw_key", "source.create"]


def test_a_source_is_retired_and_its_alerts_stay(client: Cast, clock: MovableClock) -> None:
    old = tool(client, clock, "Old")
    one = old.raised(severity_word="info")
    place = f"{SOURCES}/{old.source.id}"
    retired = client.alice.delete(place, headers=MATCH)
    assert (retired.status_code, retired.json()["retiredAt"]) == (200, "2026-03-02T09:00:00Z")
    assert live(client, clock) == set()
    assert client.alice.delete(place, headers={"If-Match": '"2"'}).status_code == 409
    assert client.alice.post(f"{place}/rotate", json={}).status_code == 409
    assert client.charlie.get(f"/api/alerts/{one}").json()["source"] == "Old"


def test_every_format_is_offered_with_what_to_paste(client: Cast) -> None:
    found = client.charlie.get("/api/alert-formats").json()["items"]
    assert {"alertmanager", "pagerduty", "generic", "datadog"} <= {one["name"] for one in found}
    for one in found:
        source = made(client, name=one["title"], format=one["name"])
        assert source["key"] in source["snippet"], one["name"]


def test_sources_are_for_admins(client: Cast) -> None:
    place = f"{SOURCES}/{made(client)['id']}"
    for who in (client.bob, client.charlie):
        assert who.post(SOURCES, json={"name": "x", "format": "generic"}).status_code == 403
        assert who.post(f"{place}/rotate", json={}).status_code == 403
        assert who.patch(place, json={"name": "x"}, headers=MATCH).status_code == 403
        assert who.delete(place, headers=MATCH).status_code == 403
    assert client.charlie.get(f"{SOURCES}/nobody").status_code == 404
