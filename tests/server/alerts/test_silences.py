"""Silences and maintenance windows over the API: the inbox calms at once, and hears again what still fires."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.server.alerts.telling import Tool, event, tool
from tests.server.cast import Cast, MovableClock

SILENCES = "/api/silences"


def at(clock: MovableClock, **later: float) -> str:
    return (clock.now() + timedelta(**later)).isoformat()


def made(client: Cast, clock: MovableClock, *matchers: object, **said: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    body = {"matchers": list(matchers), "endsAt": at(clock, hours=2), **said}
    answer = client.bob.post(SILENCES, json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def quiet(client: Cast) -> set[str]:
    return {one["id"] for one in client.charlie.get("/api/alerts?silenced=yes").json()["items"]}


@pytest.fixture
def waiting(prometheus: Tool) -> list[str]:
    """Three alerts that wait for a person."""
    ids = prometheus.tell(
        event("a", severity_word="info", labels={"env": "prod", 'na"me': "va\\lue ü"}),
        event("b", severity_word="info", labels={"env": "test"}),
        event("c", severity_word="info", service="pay"),
    )
    prometheus.dispatch()
    return ids


@pytest.mark.parametrize(
    ("matchers", "expected"),
    [
        (['env="prod"'], "a"),
        (['env=~"prod|test"'], "ab"),
        (['env!="prod"', 'alert.service="checkout"'], "b"),
        (['alert.service="pay"'], "c"),
        (['alert.severity="SEV-5"', 'env=""'], "c"),
        ([{"name": 'na"me', "value": "va\\lue ü"}], "a"),
        (['source="Prometheus"', 'env!~"p.*"'], "bc"),
        (['env="dev"'], ""),
    ],
)
def test_open_alerts_grow_quiet_at_once(
    client: Cast, clock: MovableClock, waiting: list[str], matchers: list[object], expected: str
) -> None:
    silence = made(client, clock, *matchers)
    names = dict(zip("abc", waiting, strict=True))
    assert quiet(client) == {names[one] for one in expected}
    assert silence["alerts"] == len(expected)
    left = client.charlie.get("/api/alerts?waiting=yes").json()["items"]
    assert len(left) == 3 - len(expected)


def test_one_source_alone_is_silenced(
    client: Cast, clock: MovableClock, waiting: list[str]
) -> None:
    other = tool(client, clock, "Other")
    one = other.raised("z", severity_word="info", labels={"env": "prod"})
    silence = made(client, clock, 'env="prod"', source="Other")
    assert quiet(client) == {one}
    assert silence["sourceId"] == other.source.id
    assert waiting[0] not in quiet(client)


def test_a_silence_is_changed_and_what_it_is_for_no_longer_is_heard(
    client: Cast, clock: MovableClock, prometheus: Tool, waiting: list[str]
) -> None:
    silence = made(client, clock, 'env=~"prod|test"', comment="new disks")
    place = f"{SILENCES}/{silence['id']}"
    changed = client.bob.patch(
        place, json={"matchers": ['env="test"']}, headers={"If-Match": '"1"'}
    )
    assert (changed.status_code, changed.json()["matchersText"]) == (200, 'env="test"')
    assert changed.json()["comment"] == "new disks"
    assert quiet(client) == {waiting[1]}
    prometheus.dispatch()
    assert quiet(client) == {waiting[1]}
    lost = client.bob.patch(place, json={"comment": "x"}, headers={"If-Match": '"1"'})
    assert lost.status_code == 412
    assert client.bob.patch(place, json={"comment": "x"}).status_code == 428
    wrong = client.bob.patch(
        place, json={"endsAt": at(clock, hours=-1)}, headers={"If-Match": '"2"'}
    )
    assert wrong.status_code == 422


def test_a_silence_is_ended_now_and_stays_to_be_read(
    client: Cast, clock: MovableClock, prometheus: Tool, waiting: list[str]
) -> None:
    silence = made(client, clock, 'env="prod"')
    clock.forward(minutes=1)
    ended = client.bob.delete(f"{SILENCES}/{silence['id']}")
    assert (ended.json()["state"], ended.json()["version"]) == ("expired", 2)
    assert quiet(client) == set()
    prometheus.dispatch()
    history = client.bob.get(f"/api/alerts/{waiting[0]}").json()["history"]
    assert [(one["kind"], one["actor"]) for one in history] == [
        ("heard", "Bob"), ("triggered", "Prometheus"),
    ]  # fmt: skip
    assert client.bob.delete(f"{SILENCES}/{silence['id']}").status_code == 409
    late = client.bob.patch(
        f"{SILENCES}/{silence['id']}", json={"comment": "x"}, headers={"If-Match": '"2"'}
    )
    assert late.status_code == 409
    assert client.charlie.get(f"{SILENCES}/{silence['id']}").json()["state"] == "expired"
    done = [one["action"] for one in client.alice.get("/api/audit").json()["items"]]
    assert done[:2] == ["silence.expire", "silence.create"]


def test_a_silence_that_begins_later_quietens_then(
    client: Cast, clock: MovableClock, prometheus: Tool, waiting: list[str]
) -> None:
    made(client, clock, 'env="prod"', startsAt=at(clock, hours=1))
    assert quiet(client) == set()
    prometheus.sweep()
    assert quiet(client) == set()
    clock.forward(hours=1, seconds=5)
    prometheus.sweep()
    assert quiet(client) == {waiting[0]}
    clock.forward(hours=1)
    prometheus.sweep()
    assert quiet(client) == set()


def test_a_maintenance_window_is_for_services(
    client: Cast, clock: MovableClock, prometheus: Tool, waiting: list[str]
) -> None:
    body = {"services": ["pay", "search"], "endsAt": at(clock, hours=1), "comment": "move"}
    answer = client.bob.post(SILENCES, json=body)
    assert (answer.status_code, answer.json()["kind"]) == (201, "maintenance")
    assert quiet(client) == {waiting[2]}
    prometheus.raised("d", service="search", severity_word="critical")
    assert client.bob.get("/api/incidents").json()["items"] == []


def test_silences_are_listed_by_state(client: Cast, clock: MovableClock) -> None:
    over = made(client, clock, "a=1", endsAt=at(clock, minutes=5))["id"]
    clock.forward(minutes=10)
    now = made(client, clock, "a=2")["id"]
    later = made(client, clock, "a=3", startsAt=at(clock, hours=1))["id"]

    def listed(state: str) -> list[str]:
        answer = client.charlie.get(SILENCES, params={"state": state})
        return [one["id"] for one in answer.json()["items"]]

    assert (listed("expired"), listed("active"), listed("pending")) == ([over], [now], [later])
    assert sorted(listed("")) == sorted([over, now, later])
    first = client.charlie.get(SILENCES, params={"limit": 1}).json()
    second = client.charlie.get(SILENCES, params={"limit": 5, "cursor": first["nextCursor"]})
    assert len(second.json()["items"]) == 2
    assert client.charlie.get(SILENCES, params={"state": "loud"}).status_code == 422


def test_an_alerts_labels_are_proposed(client: Cast, waiting: list[str]) -> None:
    asked = client.bob.get(f"{SILENCES}/proposal", params={"alert": waiting[1]}).json()
    assert asked["matchersText"] == 'env="test"'
    bare = client.bob.get(f"{SILENCES}/proposal", params={"alert": waiting[2]}).json()
    assert bare["matchersText"] == 'alert.title="Error rate high", alert.source="Prometheus"'
    assert client.bob.get(f"{SILENCES}/proposal", params={"alert": "alr_x"}).status_code == 404


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"matchers": []}, "matchers"),
        ({"matchers": ['a!="b"']}, "matchers"),
        ({"matchers": ['a=~".*"']}, "matchers"),
        ({"matchers": ['a=~"("']}, "matchers[0]"),
        ({"matchers": [7]}, "matchers[0]"),
        ({"endsAt": "2026-03-02T08:00:00Z"}, "endsAt"),
        ({"endsAt": "soon"}, "endsAt"),
        ({"startsAt": "2036-03-02T08:00:00Z"}, "endsAt"),
        ({"comment": "x" * 2001}, "comment"),
        ({"services": ["x"]}, "services"),
    ],
)
def test_a_silence_that_cannot_be_is_refused_by_its_field(
    client: Cast, clock: MovableClock, said: dict[str, object], field: str
) -> None:
    body = {"matchers": ['a="b"'], "endsAt": at(clock, hours=1), **said}
    answer = client.bob.post(SILENCES, json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field


def test_a_silence_needs_a_responder(client: Cast, clock: MovableClock) -> None:
    body = {"matchers": ['a="b"'], "endsAt": at(clock, hours=1)}
    assert client.charlie.post(SILENCES, json=body).status_code == 403
    missing = client.bob.post(SILENCES, json={**body, "source": "nobody"})
    assert missing.status_code == 404
