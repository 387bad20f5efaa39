"""The API of 001, made exact: line by line of what was promised."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from kintsugi.kernel import idempotency
from kintsugi.kernel.auth import Role, Scope
from kintsugi.kernel.unit_of_work import Works
from tests.server.cast import Cast
from tests.server.postmortems.desk import (
    BODY,
    Office,
    approved,
    begun,
    incident,
    moved,
    patched,
    published,
    settled,
    shown,
)


@pytest.fixture
def desk(client: Cast) -> Cast:
    """An incident, and bob's draft of it with nobody else in it."""
    incident(client.bob)
    begun(client.bob)
    return client


def deleted(browser: TestClient, version: int, name: str = "PM-1", reason: str = "") -> int:
    answer = browser.delete(
        f"/api/postmortems/{name}", params={"reason": reason} if reason else {},
        headers={"If-Match": f'"{version}"'},
    )  # fmt: skip
    return int(answer.status_code)


def test_an_answer_goes_back_as_it_came_and_changes_nothing(desk: Cast) -> None:
    before = shown(desk.bob)
    answer = patched(desk.bob, "PM-1", before)
    assert (answer.status_code, answer.json()) == (200, before)


def test_nobody_sets_what_the_service_keeps(desk: Cast) -> None:
    before = shown(desk.bob)
    forged = {
        "id": "pm_x", "version": 77, "textVersion": 99, "revision": 5, "approvals": 9,
        "createdBy": "usr_x", "createdAt": "2001-01-01T00:00:00Z", "publishedAt": "2001-01-01T00:00:00Z",
        "created_by": "usr_x", "published_at": "2001-01-01T00:00:00Z", "reference": "PM-99",
    }  # fmt: skip
    assert patched(desk.bob, "PM-1", forged).status_code == 200
    assert shown(desk.bob) == before
    made = begun(desk.bob, **forged)
    kept = ("version", "approvals", "revision", "publishedAt", "createdBy", "reference")
    assert [made[key] for key in kept] == [1, 0, 0, None, before["createdBy"], "PM-2"]


def test_keys_that_are_none_of_ours_stay_until_they_are_taken_away(desk: Cast) -> None:
    patched(desk.bob, "PM-1", {"region": "eu", "vendor": {"name": "X"}})
    patched(desk.bob, "PM-1", {"ring": [1, 2]})
    now = shown(desk.bob)
    assert (now["region"], now["vendor"], now["ring"]) == ("eu", {"name": "X"}, [1, 2])
    patched(desk.bob, "PM-1", {"region": None})
    assert "region" not in shown(desk.bob)
    assert shown(desk.bob)["ring"] == [1, 2]


def test_null_empties_a_section_and_a_title_cannot_be_empty(desk: Cast) -> None:
    assert patched(desk.bob, "PM-1", {"summary": None}).json()["summary"] == ""
    assert patched(desk.bob, "PM-1", {"title": None}).status_code == 422
    assert patched(desk.bob, "PM-1", {"title": " \r\n "}).status_code == 422


def test_the_text_of_the_impact_and_its_numbers_are_changed_apart(desk: Cast) -> None:
    patched(desk.bob, "PM-1", {"impactDetails": {"affectedUsers": 1200}})
    patched(desk.bob, "PM-1", {"impact": "Some users"})
    now = shown(desk.bob)
    assert (now["impact"], now["impactDetails"]) == ("Some users", {"affectedUsers": 1200})
    patched(desk.bob, "PM-1", {"impact": None})
    now = shown(desk.bob)
    assert (now["impact"], now["impactDetails"]) == ("", {"affectedUsers": 1200})


def test_who_loses_a_race_for_the_impact_is_shown_its_numbers_too(desk: Cast) -> None:
    patched(desk.bob, "PM-1", {"impactDetails": {"affectedUsers": 1200}}, 1)
    late = patched(desk.bob, "PM-1", {"impact": "Mine"}, 1)
    assert late.status_code == 412
    assert late.json()["current"]["impactDetails"] == {"affectedUsers": 1200}


@pytest.mark.parametrize(
    "body",
    [
        {"status": 3}, {"status": ["DRAFT"]}, {"status": "GONE"}, {"reason": {}, "status": "IN_REVIEW"},
        {"timeline": "x" * 5, "actionItems": 3}, {"contributors": {"a": 1}}, {"title": "x" * 301},
        {"scenario": "nonsense"}, {"zone": "Mars/Olympus"}, {"incidentId": "inc_other"},
        {"severity": "SEV-9"}, {"impactDetails": [1]}, {"timeline": [{"time": "25:99"}]},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_understood_is_refused_and_changes_nothing(
    desk: Cast, body: dict[str, Any]
) -> None:
    before = shown(desk.bob)
    answer = patched(desk.bob, "PM-1", {"summary": "new"} | body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert shown(desk.bob) == before


def test_a_scenario_or_template_that_is_none_begins_nothing(desk: Cast) -> None:
    for query in ({"scenario": "nonsense"}, {"template": "nonsense"}):
        assert desk.bob.post("/api/postmortems", json=BODY, params=query).status_code == 422
        drafted = {"incidentId": "inc_123"} | query
        assert desk.bob.post("/api/postmortems/draft", json=drafted).status_code == 422
    assert len(desk.bob.get("/api/postmortems").json()["items"]) == 1


def test_what_is_longer_than_anybody_reads_is_refused(desk: Cast) -> None:
    long = {"summary": "x" * 2_000_001}
    assert patched(desk.bob, "PM-1", long).status_code == 422
    assert desk.bob.post("/api/postmortems", json=BODY | long).status_code == 422
    assert patched(desk.bob, "PM-1", {"summary": "x" * 10_500_000}).status_code == 413


def test_a_move_is_of_the_version_that_was_read(desk: Cast) -> None:
    patched(desk.bob, "PM-1", {"trigger": "A campaign"}, 1)
    late = patched(desk.bob, "PM-1", {"leadUp": "A launch", "status": "IN_REVIEW"}, 1)
    assert late.status_code == 412
    assert "leadUp" not in shown(desk.bob)


@pytest.mark.both_databases
def test_a_draft_is_deleted_by_its_author_and_comes_back_with_its_number(desk: Cast) -> None:
    assert deleted(desk.charlie, 1) == 403
    assert deleted(desk.bob, 9) == 412
    assert desk.bob.delete("/api/postmortems/PM-1").status_code == 428
    assert deleted(desk.bob, 1) == 204
    assert deleted(desk.bob, 2) == 404
    assert desk.bob.get("/api/actions").json()["items"] == []
    assert begun(desk.bob)["reference"] == "PM-2"
    assert desk.charlie.post("/api/postmortems/PM-1/restore").status_code == 403
    back = desk.bob.post("/api/postmortems/PM-1/restore")
    assert (back.status_code, back.json()["title"]) == (200, "Pool exhausted")
    assert back.json()["actionItems"][0]["description"] == "Alert on pool use"
    assert len(desk.bob.get("/api/actions").json()["items"]) == 4
    assert desk.bob.post("/api/postmortems/PM-1/restore").status_code == 404


def test_an_admin_deletes_and_restores_a_draft_with_a_reason_and_never_reads_it(desk: Cast) -> None:
    assert desk.alice.get("/api/postmortems/PM-1").status_code == 404
    assert deleted(desk.alice, 1) == 422, "no reason"
    assert deleted(desk.alice, 1, reason="a duplicate") == 204
    assert desk.bob.get("/api/postmortems/PM-1").status_code == 404
    back = desk.alice.post("/api/postmortems/PM-1/restore")
    assert (back.status_code, back.content) == (204, b"")
    assert shown(desk.bob)["title"] == "Pool exhausted"
    assert desk.alice.get("/api/postmortems/PM-1").status_code == 404


def test_others_are_deleted_by_an_admin_with_a_reason(desk: Cast) -> None:
    moved(desk.bob, "PM-1", "IN_REVIEW")
    version = shown(desk.bob)["version"]
    assert deleted(desk.bob, version, reason="mine") == 403
    assert deleted(desk.alice, version) == 422
    assert deleted(desk.alice, version, reason="wrong incident") == 204
    assert desk.bob.post("/api/postmortems/PM-1/restore").status_code == 404
    assert desk.alice.post("/api/postmortems/PM-1/restore").status_code == 200


def test_a_deletion_stays_in_the_audit_log_with_its_reason(desk: Cast) -> None:
    deleted(desk.alice, 1, reason="a duplicate")
    found = desk.alice.get("/api/audit", params={"action": "postmortem.delete"}).json()["items"]
    assert len(found) == 1
    assert "PM-1" in json.dumps(found[0])
    assert "a duplicate" in json.dumps(found[0])


def test_whoever_is_named_by_an_address_gets_in_once_they_have_an_account(
    client: Cast, works: Works, database_url: str
) -> None:
    incident(client.bob)
    begun(client.bob, contributors=["Dana@Example.com"], owner="erin@example.com")
    office = Office(works, database_url)
    dana, erin = office.person("dana", Role.RESPONDER), office.person("erin", Role.RESPONDER)
    fred = office.person("fred", Role.RESPONDER)
    assert shown(dana)["contributors"] == ["Dana@Example.com"]
    assert shown(erin)["owner"] == "erin@example.com"
    assert fred.get("/api/postmortems/PM-1").status_code == 404
    assert patched(dana, "PM-1", {"trigger": "A campaign"}).status_code == 200
    patched(client.bob, "PM-1", {"contributors": []})
    assert shown(dana)["contributors"] == [], "who wrote in it keeps their part"
    patched(client.bob, "PM-1", {"owner": ""})
    assert erin.get("/api/postmortems/PM-1").status_code == 404


@pytest.mark.both_databases
@pytest.mark.usefixtures("desk")
def test_lists_filter_by_every_word_of_the_promise(client: Cast) -> None:
    incident(client.bob, "inc_9", severity="SEV-1")
    begun(
        client.bob, incidentId="inc_9", title="[Pay] Cards refused", date="2026-01-15",
        impactDetails={"affectedServices": ["payments"]}, owner="Erin@example.com",
        lessons=['He said "stop"'],
    )  # fmt: skip
    assert patched(client.bob, "PM-1", {"owner": "bob@example.com"}).status_code == 200
    moved(client.bob, "PM-2", "IN_REVIEW")
    for query, found in (
        ({"status": "draft"}, ["PM-1"]),
        ({"status": "in-review"}, ["PM-2"]),
        ({"service": "payments"}, ["PM-2"]),
        ({"service": "pay"}, []),
        ({"severity": "1"}, ["PM-2"]),
        ({"severity": "SEV-3"}, ["PM-1"]),
        ({"text": "cards REFUSED"}, ["PM-2"]),
        ({"text": 'said "stop'}, ["PM-2"]),
        ({"text": "rootCause"}, []),
        ({"text": "root_cause"}, []),
        ({"text": "pm-1"}, ["PM-1"]),
        ({"since": "2026-01-15", "until": "2026-01-15"}, ["PM-2"]),
        ({"until": "2026-01-14"}, []),
        ({"owner": "erin@example.com"}, ["PM-2"]),
        ({"owner": "erin"}, []),
        ({"owner": "bob"}, ["PM-1"]),
        ({"owner": "me"}, ["PM-1"]),
        ({"incidentId": "inc_9"}, ["PM-2"]),
        ({"incidentId": "inc-2"}, ["PM-2"]),
        ({"incidentId": "INC-99"}, []),
        ({"limit": "1"}, ["PM-2"]),
    ):
        items = client.bob.get("/api/postmortems", params=query).json()["items"]
        assert [one["reference"] for one in items] == found, query
    assert client.bob.get("/api/postmortems?status=GONE").status_code == 422
    assert client.bob.get("/api/postmortems?severity=SEV-9").status_code == 422
    first = client.bob.get("/api/postmortems?limit=1").json()
    rest = client.bob.get("/api/postmortems", params={"cursor": first["nextCursor"]}).json()
    assert [one["reference"] for one in rest["items"]] == ["PM-1"]
    assert rest["nextCursor"] is None


def test_exports_come_in_each_format_and_for_customers(desk: Cast) -> None:
    path = "/api/postmortems/PM-1/export"
    for form, kind in (
        ("md", "text/markdown"), ("html", "text/html"), ("json", "application/json"),
        ("yaml", "application/yaml"),
    ):  # fmt: skip
        answer = desk.bob.get(path, params={"format": form})
        assert answer.headers["content-type"].partition(";")[0] == kind
        assert answer.headers["content-disposition"].startswith("attachment;")
    assert desk.bob.get(path).text.startswith("# Pool exhausted")
    assert desk.bob.get(path, params={"frontMatter": 1}).text.startswith("---\n")
    seed = desk.bob.get(path, params={"format": "json", "keys": "seed"}).json()
    assert "action_items" in seed
    assert "rootCause" not in seed
    external = desk.bob.get(path, params={"profile": "external"}).text
    assert "ops@example.com" not in external
    assert "The pool is smaller" not in external
    told = desk.bob.get(path, params={"profile": "external", "template": "sre"})
    assert told.status_code == 422
    assert desk.bob.get(path, params={"template": "nonsense"}).status_code == 422
    assert desk.bob.get(path, params={"format": "docx"}).status_code == 422
    assert desk.bob.get(path, params={"template": "executive"}).status_code == 200


def test_a_name_of_a_file_holds_no_line_and_no_quote(desk: Cast) -> None:
    patched(desk.bob, "PM-1", {"title": 'a"\r\nSet-Cookie: x=1; <script>alert(1)</script>'})
    answer = desk.bob.get("/api/postmortems/PM-1/export")
    assert "set-cookie" not in answer.headers
    name = answer.headers["content-disposition"].partition("''")[2]
    assert name.startswith("PM-1-")
    assert not set(name) & set('"\r\n;<>')


def test_the_order_of_refusals_is_404_403_409_412(desk: Cast) -> None:
    change = {"summary": "x"}
    assert patched(desk.alice, "PM-1", change, 1).status_code == 404
    assert patched(desk.charlie, "PM-1", change, 1).status_code == 403
    moved(desk.bob, "PM-1", "IN_REVIEW")
    assert patched(desk.charlie, "PM-1", change, 1).status_code == 403
    assert patched(desk.alice, "PM-1", change, 1).status_code == 403
    approved(desk.alice, "PM-1")
    moved(desk.bob, "PM-1", "PUBLISHED")
    assert patched(desk.bob, "PM-1", change, 1).status_code == 409
    assert patched(desk.bob, "PM-1", {"status": "ARCHIVED"}, 1).status_code == 412


def test_who_follows_an_action_of_a_published_one_gets_no_part_in_it(
    desk: Cast, works: Works, database_url: str
) -> None:
    published(desk.bob, desk.alice, "PM-1")
    fred = Office(works, database_url).person("fred", Role.RESPONDER)
    items = shown(fred)["actionItems"]
    items[0]["status"] = "IN_PROGRESS"
    assert patched(fred, "PM-1", {"actionItems": items}).status_code == 200
    again = patched(fred, "PM-1", {"status": "IN_REVIEW", "reason": "mine now"})
    assert again.status_code == 403


def test_a_restored_text_keeps_the_state_of_its_actions(desk: Cast) -> None:
    published(desk.bob, desk.alice, "PM-1")
    settled(desk.bob)
    moved(desk.bob, "PM-1", "IN_REVIEW")
    items = shown(desk.bob)["actionItems"]
    items[0]["description"] = "Alert on pool use over 80%"
    patched(desk.bob, "PM-1", {"actionItems": items, "summary": "Other words"})
    headers = {"If-Match": f'"{shown(desk.bob)["version"]}"'}
    path = "/api/postmortems/PM-1/revisions/1/restore"
    assert desk.bob.post(path, json={"section": "nonsense"}, headers=headers).status_code == 422
    one = desk.bob.post(path, json={"section": "actionItems"}, headers=headers).json()
    assert one["summary"] == "Other words"
    assert [item["description"] for item in one["actionItems"]] == [
        "Alert on pool use",
        "Plan capacity",
    ]
    assert {item["status"] for item in one["actionItems"]} == {"DONE"}


def test_sections_are_spelled_as_the_api_spells_them(desk: Cast) -> None:
    said = desk.bob.post(
        "/api/postmortems/PM-1/comments", json={"section": "rootCause", "text": "Why?"}
    )
    assert (said.status_code, said.json()["section"]) == (201, "rootCause")
    rules = {"requiredToSubmit": ["rootCause"], "version": 0}
    told = desk.alice.put("/api/postmortem-rules/approvals", json=rules).json()
    assert told["approvals"]["requiredToSubmit"] == ["rootCause"]


def test_a_token_that_only_reads_writes_nothing(
    desk: Cast, works: Works, database_url: str
) -> None:
    moved(desk.bob, "PM-1", "IN_REVIEW")
    reader = Office(works, database_url).person("reader", Role.ADMIN, Scope.READ)
    body = {"decision": "approve", "textVersion": 1}
    assert reader.post("/api/postmortems/PM-1/reviews", json=body).status_code == 403
    assert patched(reader, "PM-1", {"status": "PUBLISHED"}).status_code == 403
    assert deleted(reader, 2, reason="x") == 403


def test_an_answer_with_a_secret_is_not_kept(desk: Cast, works: Works) -> None:
    published(desk.bob, desk.alice, "PM-1")
    headers = {"Idempotency-Key": "once"}
    path = "/api/postmortems/PM-1/shares"
    made = desk.bob.post(path, json={"days": 7}, headers=headers)
    secret = made.json()["address"].rpartition("/")[2]
    assert desk.bob.post(path, json={"days": 7}, headers=headers).status_code == 409
    with works.database.reading() as connection:
        for table in idempotency.answers.metadata.sorted_tables:
            for row in connection.execute(sa.select(table)).mappings():
                assert secret not in str(dict(row)), table.name


def test_what_a_body_leaves_out_of_its_incident_is_taken_from_it(client: Cast) -> None:
    incident(client.bob, services=["checkout", "cart"])
    begun(client.bob)
    assert len(client.bob.get("/api/postmortems?service=cart").json()["items"]) == 1
