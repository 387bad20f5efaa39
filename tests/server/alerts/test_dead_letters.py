"""What could not be decoded: read, replayed once its mapping is mended, dismissed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.server.alerts.telling import Tool, again, tool
from tests.server.cast import Cast, MovableClock

LETTERS = "/api/dead-letters"


@pytest.fixture
def odd(client: Cast, clock: MovableClock) -> Tool:
    """A tool of our own make, whose messages no format knows until there is a mapping."""
    return tool(client, clock, "Odd", format="generic")


def body(name: str = "Disk full", **said: Any) -> bytes:  # noqa: ANN401 - fields of an event
    return json.dumps({"wrong": {"name": name, "id": "d1", **said}}).encode()


def mend(client: Cast, odd: Tool) -> None:
    version = again(odd).source.version
    answer = client.alice.patch(
        f"/api/alert-sources/{odd.source.id}", headers={"If-Match": f'"{version}"'},
        json={"mapping": {"title": "$.wrong.name", "key": "$.wrong.id", "severity": "$.wrong.sev"}},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text


def test_a_dead_letter_is_read(client: Cast, clock: MovableClock, odd: Tool) -> None:
    first = odd.dead(b"\xff\xfe not text", "is no JSON")
    clock.forward(minutes=1)
    second = odd.dead(b"{" + b"x" * 70_000)
    page = client.alice.get(LETTERS, params={"limit": 1}).json()
    assert [one["id"] for one in page["items"]] == [second]
    rest = client.alice.get(LETTERS, params={"cursor": page["nextCursor"], "source": "Odd"}).json()
    assert [(one["id"], one["problem"], one["size"]) for one in rest["items"]] == [
        (first, "is no JSON", 11)
    ]
    shown = client.alice.get(f"{LETTERS}/{first}").json()
    assert shown["body"] == "\ufffd\ufffd not text"
    assert shown["headers"] == {"content-type": "application/json"}
    long = client.alice.get(f"{LETTERS}/{second}").json()
    assert (long["cut"], len(long["body"]), long["size"]) == (True, 65_536, 70_001)


def test_a_dead_letter_is_replayed_once_its_mapping_is_mended(
    client: Cast, clock: MovableClock, odd: Tool
) -> None:
    letter = odd.dead(body(sev="critical"))
    place = f"{LETTERS}/{letter}"
    refused = client.alice.post(f"{place}/replay")
    assert refused.status_code == 409
    assert client.alice.get(place).json()["state"] == "dead"
    mend(client, odd)
    clock.forward(minutes=1)
    answer = client.alice.post(f"{place}/replay")
    assert answer.json() == {"new": 1, "changed": 0, "repeated": 0, "late": 0, "changes": 0}
    odd.dispatch()
    found = client.charlie.get("/api/alerts").json()["items"][0]
    assert (found["title"], found["severity"], found["key"]) == ("Disk full", "SEV-1", "d1")
    assert found["incidentId"] is not None
    assert client.charlie.get(f"/api/alerts/{found['id']}/body").content == body(sev="critical")
    assert client.alice.get(place).json()["state"] == "replayed"
    assert client.alice.post(f"{place}/replay").status_code == 409
    done = client.alice.get("/api/audit?action=dead_letter").json()["items"]
    assert [one["action"] for one in done] == ["dead_letter.replay"]


def test_a_replayed_repeat_is_counted(client: Cast, clock: MovableClock, odd: Tool) -> None:
    mend(client, odd)
    known = again(odd).sent(body())["d1"]
    letter = odd.dead(body())
    clock.forward(minutes=1)
    answer = client.alice.post(f"{LETTERS}/{letter}/replay").json()
    assert (answer["new"], answer["repeated"]) == (0, 1)
    shown = client.charlie.get(f"/api/alerts/{known}").json()
    assert (shown["events"], shown["seenAt"]) == (2, "2026-03-02T09:01:00Z")


def test_a_dead_letter_is_dismissed(client: Cast, odd: Tool) -> None:
    letter = odd.dead(b"nonsense")
    assert client.alice.post(f"{LETTERS}/{letter}/dismiss").status_code == 204
    assert client.alice.get(LETTERS).json()["items"] == []
    gone = client.alice.get(LETTERS, params={"state": "dismissed"}).json()["items"]
    assert [one["id"] for one in gone] == [letter]
    assert client.alice.post(f"{LETTERS}/{letter}/dismiss").status_code == 409
    assert client.alice.post(f"{LETTERS}/{letter}/replay").status_code == 409


def test_what_was_read_is_no_dead_letter(client: Cast, odd: Tool) -> None:
    mend(client, odd)
    again(odd).sent(body())
    assert client.alice.get(LETTERS).json()["items"] == []
    assert client.alice.get(f"{LETTERS}/bod_none").status_code == 404


def test_dead_letters_are_for_admins(client: Cast, odd: Tool) -> None:
    letter = odd.dead(b"secret")
    for who in (client.bob, client.charlie):
        assert who.get(LETTERS).status_code == 403
        assert who.get(f"{LETTERS}/{letter}").status_code == 403
        assert who.post(f"{LETTERS}/{letter}/replay").status_code == 403
