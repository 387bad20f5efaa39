"""Postmortems over HTTP: the Post-Mortems seed's own calls, the workflow, and who sees what."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from tests.server.cast import Cast

pytestmark = pytest.mark.both_databases

SEED: dict[str, Any] = {
    "incidentId": "inc_123",
    "title": "Database Connection Pool Exhaustion",
    "summary": "Service experienced 15 minutes of downtime due to connection pool exhaustion.",
    "impact": "All API endpoints returned 500 errors. Approximately 1,200 users affected.",
    "rootCause": "Connection pool size was insufficient for peak traffic.",
    "timeline": [
        {"time": "14:35", "description": "Traffic spike detected - 3x normal load"},
        {"time": "14:38", "description": "Database connections exhausted, errors begin"},
        {"time": "14:50", "description": "Service fully restored"},
    ],
    "actionItems": [
        {"description": "Add an alert on pool use", "owner": "engineering@example.com",
         "status": "TODO", "priority": "HIGH"},
        {"description": "Review how capacity is planned", "owner": "architecture@example.com",
         "status": "TODO", "priority": "MEDIUM"},
    ],
    "contributors": ["alice@example.com", "bob@example.com"],
    "status": "DRAFT",
}  # fmt: skip
"""The shape of the seed's example body."""


@pytest.fixture
def incident(client: Cast) -> str:
    body = {"title": "Pool exhausted", "severity": "SEV-3", "externalId": "inc_123"}
    return str(client.bob.post("/api/incidents", json=body).json()["id"])


@pytest.fixture
def begun(client: Cast, incident: str) -> dict[str, Any]:
    assert incident
    answer = client.bob.post("/api/postmortems", json=SEED)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def patched(
    browser: TestClient, name: str, body: dict[str, Any], version: int | None = None
) -> httpx2.Response:
    if version is None:
        version = browser.get(f"/api/postmortems/{name}").json()["version"]
    answer: httpx2.Response = browser.patch(
        f"/api/postmortems/{name}", json=body, headers={"If-Match": f'"{version}"'}
    )
    return answer


def approved(client: Cast, name: str) -> None:
    version = client.alice.get(f"/api/postmortems/{name}").json()["textVersion"]
    body = {"decision": "approve", "textVersion": version}
    assert client.alice.post(f"/api/postmortems/{name}/reviews", json=body).status_code == 201


def test_the_seeds_body_comes_back_as_it_was_posted(begun: dict[str, Any]) -> None:
    items = [{key: one[key] for key in SEED["actionItems"][0]} for one in begun["actionItems"]]
    assert {key: begun[key] for key in SEED} | {"actionItems": items} == SEED
    assert begun["id"].startswith("pm_")
    assert begun["createdAt"]
    assert begun["publishedAt"] is None
    assert begun["createdBy"].startswith("usr_")


def test_an_unknown_incident_is_refused_by_name(client: Cast) -> None:
    answer = client.bob.post("/api/postmortems", json=SEED)
    assert answer.status_code == 422
    assert "inc_123" in answer.json()["detail"]
    assert answer.json()["errors"][0]["field"] == "incidentId"


@pytest.mark.usefixtures("incident")
def test_only_a_draft_can_be_posted(client: Cast) -> None:
    answer = client.bob.post("/api/postmortems", json=SEED | {"status": "PUBLISHED"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "status")


def test_the_seeds_calls_list_show_change_delete_and_export(
    client: Cast, begun: dict[str, Any]
) -> None:
    listed = client.bob.get("/api/postmortems").json()
    assert [one["reference"] for one in listed["items"]] == ["PM-1"]
    assert listed["nextCursor"] is None
    shown = client.bob.get(f"/api/postmortems/{begun['id']}")
    assert shown.headers["ETag"] == '"1"'
    changed = patched(client.bob, "PM-1", {"rootCause": "The pool is smaller than peak traffic."})
    assert changed.json()["rootCause"] == "The pool is smaller than peak traffic."
    exported = client.bob.get("/api/postmortems/pm-1/export")
    assert exported.headers["content-type"].startswith("text/markdown")
    assert exported.text.startswith("# Database Connection Pool Exhaustion\n")
    assert "- 14:35 - Traffic spike detected - 3x normal load" in exported.text
    assert "- [ ] Add an alert on pool use (HIGH)" in exported.text
    gone = client.bob.delete("/api/postmortems/PM-1", headers={"If-Match": '"2"'})
    assert gone.status_code == 204
    assert client.bob.get("/api/postmortems/PM-1").status_code == 404


@pytest.mark.usefixtures("begun")
def test_a_change_needs_the_version_it_was_made_from(client: Cast) -> None:
    answer = client.bob.patch("/api/postmortems/PM-1", json={"summary": "x"})
    assert answer.status_code == 428


@pytest.mark.usefixtures("begun")
def test_sections_merge_and_of_two_in_one_the_first_gets_in(client: Cast) -> None:
    assert patched(client.bob, "PM-1", {"summary": "Bob's words"}, 1).status_code == 200
    assert patched(client.alice, "PM-1", {"trigger": "A campaign began"}, 1).status_code == 200
    late = patched(client.alice, "PM-1", {"summary": "Alice's words"}, 1)
    assert late.status_code == 412
    assert late.json()["current"]["summary"] == "Bob's words"
    now = client.bob.get("/api/postmortems/PM-1").json()
    assert (now["summary"], now["trigger"]) == ("Bob's words", "A campaign began")


@pytest.mark.usefixtures("begun")
def test_a_change_is_all_of_it_or_nothing(client: Cast) -> None:
    answer = patched(client.bob, "PM-1", {"summary": "new", "status": "PUBLISHED"})
    assert answer.status_code == 409
    assert client.bob.get("/api/postmortems/PM-1").json()["summary"] == SEED["summary"]


@pytest.mark.usefixtures("begun")
def test_a_draft_is_its_authors_and_contributors_alone(client: Cast) -> None:
    assert client.alice.get("/api/postmortems/PM-1").status_code == 200, "a contributor"
    for path in ("/api/postmortems/PM-1", "/api/postmortems/PM-1/export"):
        assert client.charlie.get(path).status_code == 404
    assert client.charlie.get("/api/postmortems").json()["items"] == []
    assert client.charlie.get("/api/actions").json()["items"] == []


@pytest.mark.usefixtures("begun")
def test_from_draft_to_archive(client: Cast) -> None:
    assert patched(client.bob, "PM-1", {"status": "PUBLISHED"}).status_code == 409
    assert patched(client.bob, "PM-1", {"status": "IN_REVIEW"}).json()["status"] == "IN_REVIEW"
    refused = patched(client.bob, "PM-1", {"status": "PUBLISHED"})
    assert "1 more approval" in refused.json()["detail"]
    own = {"decision": "approve", "textVersion": 1}
    assert client.bob.post("/api/postmortems/PM-1/reviews", json=own).status_code == 409
    approved(client, "PM-1")
    published = patched(client.bob, "PM-1", {"status": "PUBLISHED"}).json()
    assert published["publishedAt"]
    assert client.charlie.get("/api/postmortems/PM-1").status_code == 200
    assert patched(client.bob, "PM-1", {"summary": "late"}).status_code == 409
    assert patched(client.bob, "PM-1", {"status": "ARCHIVED"}).status_code == 409
    for one in client.bob.get("/api/actions").json()["items"]:
        done = {"status": "DONE", "evidence": "https://example.com/graph"}
        headers = {"If-Match": f'"{one["version"]}"'}
        answer = client.bob.patch(f"/api/actions/{one['reference']}", json=done, headers=headers)
        assert answer.json()["status"] == "DONE", answer.text
    assert patched(client.bob, "PM-1", {"status": "ARCHIVED"}).json()["status"] == "ARCHIVED"


@pytest.mark.usefixtures("begun")
def test_an_approval_falls_when_the_text_changes(client: Cast) -> None:
    patched(client.bob, "PM-1", {"status": "IN_REVIEW"})
    approved(client, "PM-1")
    patched(client.bob, "PM-1", {"summary": "Other words"})
    assert patched(client.bob, "PM-1", {"status": "PUBLISHED"}).status_code == 409
    reviews = client.bob.get("/api/postmortems/PM-1/reviews").json()
    assert (reviews["counted"], reviews["items"][0]["counts"]) == (0, False)


@pytest.mark.usefixtures("begun")
def test_the_state_of_an_action_changes_after_publication_and_its_words_do_not(
    client: Cast,
) -> None:
    patched(client.bob, "PM-1", {"status": "IN_REVIEW"})
    approved(client, "PM-1")
    patched(client.bob, "PM-1", {"status": "PUBLISHED"})
    items = client.bob.get("/api/postmortems/PM-1").json()["actionItems"]
    items[0]["status"] = "IN_PROGRESS"
    assert patched(client.bob, "PM-1", {"actionItems": items}).status_code in (200, 403)
    items[0]["description"] = "Something else"
    assert patched(client.bob, "PM-1", {"actionItems": items}).status_code == 409


@pytest.mark.usefixtures("begun")
def test_published_text_changes_only_as_a_new_revision_that_is_approved_again(client: Cast) -> None:
    patched(client.bob, "PM-1", {"status": "IN_REVIEW"})
    approved(client, "PM-1")
    patched(client.bob, "PM-1", {"status": "PUBLISHED"})
    assert patched(client.bob, "PM-1", {"status": "IN_REVIEW"}).status_code == 422
    again = patched(client.bob, "PM-1", {"status": "IN_REVIEW", "reason": "a cause was missing"})
    assert (again.status_code, again.json()["approvals"]) == (200, 0)
    patched(client.bob, "PM-1", {"trigger": "A campaign"})
    assert patched(client.bob, "PM-1", {"status": "PUBLISHED"}).status_code == 409
    diff = client.bob.get("/api/postmortems/PM-1/diff", params={"since": 2}).json()["items"]
    assert diff == [{"section": "trigger", "lines": [{"mark": "+", "text": "A campaign"}]}]


def test_a_draft_from_the_record_proposes_and_says_why(client: Cast, incident: str) -> None:
    note = {"text": "The pool is full", "important": True}
    client.bob.post(f"/api/incidents/{incident}/timeline", json=note)
    made = client.bob.post("/api/postmortems/draft", json={"incidentId": "inc_123"})
    assert made.status_code == 201, made.text
    proposals = client.bob.get("/api/postmortems/PM-1/proposals").json()["items"]
    record = client.bob.get("/api/postmortems/PM-1/proposals").json()["record"]
    assert (record["messages"], record["entriesByKind"]) == (0, {"note": 1, "status": 1})
    event = next(one for one in proposals if one["value"]["description"] == "The pool is full")
    assert event["because"] == "entry 2 of the incident's timeline, marked important"
    others = [one["key"] for one in proposals if one["key"] != event["key"]]
    body = {"keep": [event["key"]], "leave": others}
    kept = client.bob.post("/api/postmortems/PM-1/proposals", json=body).json()
    assert [one["description"] for one in kept["timeline"]] == ["The pool is full"]
    assert (kept["proposals"], kept["actionItems"]) == (0, [])


def test_a_private_incidents_postmortem_is_as_private(client: Cast) -> None:
    body = {"title": "Leak", "private": True, "externalId": "inc_123"}
    client.bob.post("/api/incidents", json=body)
    client.bob.post("/api/postmortems", json=SEED)
    patched(client.bob, "PM-1", {"status": "IN_REVIEW"})
    assert client.alice.get("/api/postmortems/PM-1").status_code == 404
    assert client.alice.get("/api/postmortems").json()["items"] == []
    assert client.alice.get("/api/actions").json()["items"] == []
    assert "PM-1" not in client.alice.get("/api/audit").text


@pytest.mark.usefixtures("begun")
def test_a_shared_link_opens_for_nobody_before_publication(client: Cast) -> None:
    answer = client.bob.post("/api/postmortems/PM-1/shares", json={"days": 7})
    assert answer.status_code == 409


@pytest.mark.usefixtures("begun")
def test_comments_stand_in_threads_on_a_section(client: Cast) -> None:
    patched(client.bob, "PM-1", {"status": "IN_REVIEW"})
    said = {"section": "summary", "text": "How many orders?"}
    first = client.alice.post("/api/postmortems/PM-1/comments", json=said).json()
    answer = {"thread": first["thread"], "text": "1,200"}
    assert client.bob.post("/api/postmortems/PM-1/comments", json=answer).status_code == 201
    path = f"/api/postmortems/PM-1/comments/{first['thread']}"
    closed = client.bob.patch(path, json={"resolved": True}).json()["items"]
    assert [one["text"] for one in closed] == ["How many orders?", "1,200"]
    assert closed[0]["resolvedAt"]
    assert client.charlie.post("/api/postmortems/PM-1/comments", json=said).status_code == 403
