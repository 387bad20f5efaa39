"""Drafted from the record, and nothing else: no word is invented, nothing hidden gets out."""

from __future__ import annotations

import time

import pytest

from kintsugi.kernel.auth import SYSTEM
from tests.server.cast import Cast
from tests.server.postmortems.desk import begun, incident

pytestmark = pytest.mark.both_databases


def test_every_text_of_a_draft_stands_in_the_record(client: Cast) -> None:
    name = incident(client.bob, summary="Cards are refused", impact="Some cannot pay")
    note = {"text": "Pool is at its limit", "important": True}
    client.bob.post(f"/api/incidents/{name}/timeline", json=note)
    record = (
        client.bob.get(f"/api/incidents/{name}").text
        + client.bob.get(f"/api/incidents/{name}/timeline").text
    )
    made = client.bob.post("/api/postmortems/draft", json={"incidentId": name}).json()
    for key in ("summary", "impact", "rootCause", "trigger", "leadUp", "resolution"):
        assert made.get(key, "") in record, key
    assert (made["rootCause"], made.get("lessons", []), made["actionItems"]) == ("", [], [])
    path = f"/api/postmortems/{made['reference']}/proposals"
    for one in client.bob.get(path).json()["items"]:
        if one["kind"] == "event":
            assert one["value"]["description"] in record
        assert one["because"]


def test_a_proposal_is_decided_once(client: Cast) -> None:
    incident(client.bob)
    client.bob.post("/api/postmortems/draft", json={"incidentId": "inc_123"})
    path = "/api/postmortems/PM-1/proposals"
    keys = [one["key"] for one in client.bob.get(path).json()["items"]]
    once = client.bob.post(path, json={"keep": keys}).json()
    twice = client.bob.post(path, json={"keep": keys, "leave": ["event:999"]}).json()
    assert once == twice
    assert twice["proposals"] == 0


def test_a_merged_duplicate_and_a_drill_ask_for_no_postmortem(client: Cast) -> None:
    for name, more in (("a", {}), ("b", {}), ("c", {"drill": True})):
        incident(client.bob, name, severity="SEV-1", **more)
    client.bob.post("/api/incidents/INC-2/merge", json={"into": "INC-1", "reason": "the same"})
    with client.alice.app.state.kernel.works.writing(SYSTEM) as work:  # type: ignore[attr-defined] # the application
        work.connection.exec_driver_sql("UPDATE incidents SET status = 'resolved'")
        work.connection.exec_driver_sql("UPDATE incidents SET resolved = created_at")
    waiting = client.bob.get("/api/postmortems/not-started").json()["items"]
    assert [one["reference"] for one in waiting] == ["INC-1"]
    begun(client.bob, incidentId="INC-1")
    assert client.bob.get("/api/postmortems/not-started").json()["items"] == []


def test_what_waits_of_a_private_incident_is_told_to_nobody_else(client: Cast) -> None:
    incident(client.bob, private=True)
    answer = client.alice.post("/api/postmortems/draft", json={"incidentId": "inc_123"})
    unknown = client.alice.post("/api/postmortems/draft", json={"incidentId": "inc_124"})
    assert answer.status_code == unknown.status_code == 422
    assert answer.text.replace("inc_123", "inc_124") == unknown.text


@pytest.mark.long
def test_a_long_record_is_drafted_quickly(client: Cast) -> None:
    name = incident(client.bob)
    for number in range(200):
        note = {"text": f"Region {number} is slow", "important": True}
        client.bob.post(f"/api/incidents/{name}/timeline", json=note)
    began = time.process_time()
    made = client.bob.post("/api/postmortems/draft", json={"incidentId": name}).json()
    assert made["proposals"] >= 200
    assert time.process_time() - began < 5


def test_a_list_of_whole_ones_says_what_each_says_by_itself_to_who_sees_it(client: Cast) -> None:
    for number in range(27):
        incident(client.bob, f"inc_{number}", private=number == 26)
        begun(client.bob, incidentId=f"inc_{number}")
    first = client.bob.get("/api/postmortems?whole=true&limit=100").json()
    rest = client.bob.get(
        f"/api/postmortems?whole=true&cursor={first['nextCursor']}&limit=100"
    ).json()
    found = first["items"] + rest["items"]
    assert (len(first["items"]), len(found), rest["nextCursor"]) == (25, 27, None)
    assert [one["private"] for one in found] == [True] + [False] * 26
    for one in (found[0], found[26]):
        by_itself = client.bob.get(f"/api/postmortems/{one['id']}").json()
        assert one["postmortem"] == by_itself
    assert client.charlie.get("/api/postmortems?whole=true").json()["items"] == []
