"""The doors of the API."""

from typing import Any, Protocol

import pytest

from kintsugi.kernel.pages import cursor_of
from tests.server.cast import Cast

pytestmark = pytest.mark.both_databases

ADDRESS = "/api/incidents"


def declared(client: Cast, **said: object) -> dict[str, Any]:
    answer = client.bob.post(ADDRESS, json={"title": "Checkout fails", **said})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


class Answer(Protocol):
    @property
    def status_code(self) -> int: ...

    @property
    def text(self) -> str: ...

    def json(self) -> Any: ...  # noqa: ANN401 - JSON


def field(answer: Answer) -> str:
    assert answer.status_code == 422, answer.text
    told: str = answer.json()["errors"][0]["field"]
    return told


def test_declaring_answers_with_id_reference_etag_and_place(client: Cast) -> None:
    said = {
        "title": "Checkout  fails", "severity": "sev2", "summary": "Cards are refused",
        "services": ["api"], "externalId": "inc_123", "detection": "monitoring",
    }  # fmt: skip
    answer = client.bob.post(ADDRESS, json=said)
    assert answer.status_code == 201
    body = answer.json()
    assert (body["reference"], body["severity"], body["status"]) == (
        "INC-1",
        "SEV-2",
        "investigating",
    )
    assert (body["title"], body["detection"], body["services"]) == (
        "Checkout fails",
        "monitoring",
        ["api"],
    )
    assert body["milestones"]["declared"] == "2026-03-02T09:00:00Z"
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"{ADDRESS}/{body['id']}"
    for name in (body["id"], "INC-1", "inc-1", "inc_123"):
        found = client.charlie.get(f"{ADDRESS}/{name}")
        assert (found.json(), found.headers["etag"]) == (body, '"1"')


def test_a_severity_may_be_worked_out_from_answers(client: Cast) -> None:
    assert declared(client, impacts={"user_impact": "majority"})["severity"] == "SEV-2"
    assert declared(client)["severity"] is None


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({}, "title"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "x", "severity": "SEV-9"}, "severity"),
        ({"title": "x", "severity": True}, "severity"),
        ({"title": "x", "detection": "luck"}, "detection"),
        ({"title": "x", "services": ["a" * 101]}, "services[0]"),
        ({"title": "x", "externalId": "y" * 201}, "externalId"),
        ({"title": "x", "color": "red"}, "color"),
    ],
)
def test_bad_input_is_refused_with_its_field(
    client: Cast, said: dict[str, Any], wrong: str
) -> None:
    assert field(client.bob.post(ADDRESS, json=said)).startswith(wrong)


def test_what_no_database_can_hold_is_made_visible(client: Cast) -> None:
    assert declared(client, title="nul \x00 here")["title"] == "nul \ufffd here"


def test_a_change_needs_the_etag_and_only_the_first_wins(client: Cast) -> None:
    declared(client)
    place = f"{ADDRESS}/INC-1"
    assert client.bob.patch(place, json={"status": "identified"}).status_code == 428
    match = {"If-Match": '"1"'}
    said = {
        "status": "resolved",
        "severity": 1,
        "title": "Cards fail",
        "tags": ["db"],
        "reason": "rolled back",
    }
    won = client.bob.patch(place, json=said, headers=match)
    assert won.status_code == 200, won.text
    body = won.json()
    assert (body["status"], body["severity"], body["title"], body["tags"]) == (
        "resolved", "SEV-1", "Cards fail", ["db"],
    )  # fmt: skip
    assert won.headers["etag"] == f'"{body["version"]}"'
    lost = client.alice.patch(place, json={"title": "Mine"}, headers=match)
    assert lost.status_code == 412
    assert lost.json()["current"]["title"] == "Cards fail"


def test_a_change_is_all_or_nothing(client: Cast) -> None:
    before = declared(client)
    place, match = f"{ADDRESS}/INC-1", {"If-Match": '"1"'}
    refused = client.bob.patch(place, json={"title": "New", "status": "closed"}, headers=match)
    assert refused.status_code == 409
    assert "it can go to" in refused.json()["detail"]
    assert client.bob.get(place).json() == before
    assert field(client.bob.patch(place, json={"status": "done"}, headers=match)) == "status"
    assert field(client.bob.patch(place, json={"severity": None}, headers=match)).startswith(
        "severity"
    )
    assert (
        field(client.bob.patch(place, json={"title": "x"}, headers={"If-Match": "new"}))
        == "If-Match"
    )


def test_the_timeline_over_http(client: Cast) -> None:
    declared(client)
    place = f"{ADDRESS}/INC-1/timeline"
    said = {
        "text": "Deployed",
        "happenedAt": "2026-03-02T09:30:00+01:00",
        "important": True,
        "kind": "deploy",
    }
    added = client.bob.post(place, json=said)
    assert added.status_code == 201
    assert (added.json()["happenedAt"], added.json()["recordedAt"]) == (
        "2026-03-02T08:30:00Z", "2026-03-02T09:00:00Z",
    )  # fmt: skip
    first = client.charlie.get(place, params={"limit": 1}).json()
    assert [entry["text"] for entry in first["items"]] == ["Deployed"]
    rest = client.charlie.get(place, params={"limit": 1, "cursor": first["nextCursor"]}).json()
    assert ([entry["text"] for entry in rest["items"]], rest["nextCursor"]) == (["Declared"], None)
    lines = client.charlie.get(place, params={"format": "text"})
    assert lines.text == "08:30:00 ● Deployed\n09:00:00 ● Declared\n"
    assert field(client.bob.post(place, json={"text": "x", "happenedAt": "soon"})) == "happenedAt"
    assert (
        field(client.bob.post(place, json={"text": "x", "happenedAt": "2030-01-01T00:00Z"}))
        == "happenedAt"
    )
    assert field(client.bob.post(place, json={"text": " "})) == "text"
    assert field(client.bob.post(place, json={"text": "x", "kind": "rumour"})) == "kind"
    assert field(client.bob.post(place, json={"text": "x", "kind": "severity"})) == "kind"
    for key in (
        ["a", "b"],
        ["2026-01-01", "1"],
        ["0001-01-01T00:00:00+14:00", "1"],
        ["2026-01-01T00:00Z", "x"],
    ):
        assert client.bob.get(place, params={"cursor": cursor_of(key)}).status_code == 422
    for cursor in ("x", "\u00e9", cursor_of(["1"])):
        assert client.bob.get(place, params={"cursor": cursor}).status_code == 422


def test_a_milestone_is_corrected_with_a_reason(client: Cast) -> None:
    declared(client)
    place = f"{ADDRESS}/INC-1/milestones"
    said = {"name": "impactStart", "at": "2026-03-02T08:45:00Z", "reason": "seen in the graph"}
    body = client.bob.post(place, json=said).json()
    assert body["milestones"]["impactStart"] == "2026-03-02T08:45:00Z"
    detected = {"name": "detected", "at": "2026-03-02T08:50:00Z", "reason": "first alert"}
    body = client.bob.post(place, json=detected, headers={"If-Match": '"2"'}).json()
    assert body["durations"] == [
        {"name": "Time to detect", "start": "impactStart", "end": "detected", "seconds": 300.0}
    ]
    assert client.bob.post(place, json=said, headers={"If-Match": '"2"'}).status_code == 412
    assert field(client.bob.post(place, json={**said, "reason": ""})) == "reason"
    assert field(client.bob.post(place, json={**said, "name": "birth"})) == "name"


def test_a_private_incident_is_not_found_at_any_door(client: Cast) -> None:
    secret = declared(client, private=True, externalId="sec-1")
    match = {"If-Match": '"1"'}
    for name in (secret["id"], "INC-1", "sec-1"):
        place = f"{ADDRESS}/{name}"
        assert client.charlie.get(place).status_code == 404
        assert client.alice.get(place).status_code == 404
        assert client.alice.get(f"{place}/timeline").status_code == 404
        assert client.alice.patch(place, json={"title": "x"}, headers=match).status_code == 404
        assert client.alice.post(f"{place}/timeline", json={"text": "x"}).status_code == 404
        assert client.alice.post(f"{place}/grants", json={"userId": "usr_x"}).status_code == 404
    assert client.alice.get(ADDRESS).json() == {"items": [], "nextCursor": None}
    assert client.alice.get(ADDRESS, params={"externalId": "sec-1"}).json()["items"] == []
    assert len(client.bob.get(ADDRESS).json()["items"]) == 1
    conflict = client.alice.post(ADDRESS, json={"title": "x", "externalId": "sec-1"})
    assert (conflict.status_code, "INC-1" in conflict.text) == (409, False)


def test_a_grant_lets_somebody_in(client: Cast) -> None:
    declared(client, private=True)
    alice = client.alice.post(ADDRESS, json={"title": "hers"}).json()["createdBy"]
    answer = client.bob.post(f"{ADDRESS}/INC-1/grants", json={"userId": alice})
    assert answer.json()["userIds"] == [alice]
    assert client.alice.get(f"{ADDRESS}/INC-1").status_code == 200
    assert client.charlie.get(f"{ADDRESS}/INC-1").status_code == 404


def test_charlie_reads_and_a_stranger_does_not(client: Cast) -> None:
    declared(client)
    place = f"{ADDRESS}/INC-1"
    match = {"If-Match": '"1"'}
    assert client.charlie.get(ADDRESS).status_code == 200
    for who, refused in ((client.charlie, 403), (client.stranger, 401)):
        assert who.post(ADDRESS, json={"title": "x"}).status_code == refused
        assert who.patch(place, json={"title": "x"}, headers=match).status_code == refused
        for door in ("timeline", "milestones", "grants"):
            body = {
                "timeline": {"text": "x"},
                "milestones": {"name": "a", "at": None, "reason": "b"},
            }
            answer = who.post(f"{place}/{door}", json=body.get(door, {"userId": "x"}))
            assert answer.status_code == refused
    assert client.stranger.get(ADDRESS).status_code == 401
    assert client.stranger.get(place).status_code == 401


@pytest.mark.parametrize("name", ["%00", "INC-0", "%ED%A0%80", "INC-1%27--", "x" * 3000])
def test_a_name_that_is_nobodys_is_not_found(client: Cast, name: str) -> None:
    assert client.bob.get(f"{ADDRESS}/{name}").status_code == 404
    assert client.bob.get(f"/incidents/{name}").status_code == 404


def test_the_list_is_narrowed_by_what_is_asked(client: Cast) -> None:
    declared(client, title="Cards fail", severity=1, services=["api"], externalId="x-1")
    declared(client, title="Mail is late", severity=3, services=["mail"], tags=["queue"])
    client.bob.patch(f"{ADDRESS}/INC-2", json={"status": "resolved"}, headers={"If-Match": '"1"'})

    def found(**asked: str | int) -> list[str]:
        answer = client.charlie.get(ADDRESS, params=asked)
        assert answer.status_code == 200, answer.text
        return [one["reference"] for one in answer.json()["items"]]

    assert found() == ["INC-2", "INC-1"]
    assert found(status="open") == ["INC-1"]
    assert found(status="resolved") == ["INC-2"]
    assert found(severity="SEV-1") == ["INC-1"]
    assert found(service="mail") == ["INC-2"]
    assert found(tag="queue") == ["INC-2"]
    assert found(text="CARDS") == ["INC-1"]
    assert found(externalId="x-1") == ["INC-1"]
    assert field(client.bob.get(ADDRESS, params={"severity": "bad"})) == "severity"
    assert field(client.bob.get(ADDRESS, params={"status": "bad"})) == "status"
    for wrong in ({"limit": 0}, {"limit": 101}, {"cursor": "x"}, {"colour": "red"}):
        assert client.bob.get(ADDRESS, params=wrong).status_code == 422
