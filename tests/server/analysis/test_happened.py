"""Which cut set happened: said on a tree about an incident, and told by its postmortem."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from tests.server.actions.begun import FIRST, begun, patched
from tests.server.cast import Cast

BROWSER = {"accept": "text/html"}
TREE = 'down = or(db, and(a, b)) "Nobody can pay"\ndb = 0.001\na = 0.2 "The pool is too small"\nb = 0.3\n'
SAID = "Nobody can pay: The pool is too small and b; these are enough together (FT-1, Pool)."


def added(client: Cast, incident: str, text: str = TREE) -> dict[str, Any]:
    body = {"title": "Pool", "text": text, "incidentId": incident}
    answer = client.bob.post("/api/fault-trees", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def said(browser: TestClient, version: int, *events: str, **more: str) -> httpx2.Response:
    answer: httpx2.Response = browser.patch(
        "/api/fault-trees/FT-1",
        json={"happened": events, **more},
        headers={"If-Match": f'"{version}"'},
    )
    return answer


def markdown(client: Cast, name: str) -> str:
    answer = client.bob.get(f"/api/postmortems/{name}/export", params={"format": "md"})
    assert answer.status_code == 200
    return str(answer.text)


def test_a_cut_set_that_happened_is_kept_in_any_order(client: Cast) -> None:
    added(client, begun(client)["incidentId"])
    answer = said(client.bob, 1, "b", "a")
    assert (answer.status_code, answer.json()["happened"]) == (200, ["a", "b"])
    assert said(client.bob, 2).json()["happened"] == []


@pytest.mark.parametrize("events", [["a"], ["a", "db"], ["a", "b", "db"], ["gone"]])
def test_what_is_no_minimal_cut_set_is_refused(client: Cast, events: list[str]) -> None:
    added(client, begun(client)["incidentId"])
    answer = said(client.bob, 1, *events)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "happened")


def test_a_tree_about_no_incident_says_nothing_of_what_happened(client: Cast) -> None:
    added(client, "")
    assert said(client.bob, 1, "db").status_code == 422


def test_another_text_without_the_cut_set_forgets_it(client: Cast) -> None:
    added(client, begun(client)["incidentId"])
    said(client.bob, 1, "a", "b")
    headers = {"If-Match": '"2"'}
    kept = client.bob.patch(
        "/api/fault-trees/FT-1", json={"text": TREE.replace("0.2", "0.4")}, headers=headers
    )
    assert kept.json()["happened"] == ["a", "b"]
    text = "down = or(db, a)\ndb = 0.1\na = 0.1"
    headers = {"If-Match": '"3"'}
    gone = client.bob.patch("/api/fault-trees/FT-1", json={"text": text}, headers=headers)
    assert gone.json()["happened"] == []


def test_a_draft_shows_it_on_its_page_and_in_its_export(client: Cast) -> None:
    draft = begun(client, FIRST)
    added(client, draft["incidentId"])
    assert "What failed together" not in markdown(client, draft["reference"])
    said(client.bob, 1, "a", "b")
    assert SAID in markdown(client, draft["reference"])
    page = client.bob.get(f"/postmortems/{draft['reference']}", headers=BROWSER).text
    assert "What failed together" in page
    assert "The pool is too small and b" in page


def test_a_published_text_keeps_what_was_said_when_it_was_reviewed(client: Cast) -> None:
    draft = begun(client, FIRST)
    name = draft["reference"]
    added(client, draft["incidentId"])
    said(client.bob, 1, "a", "b")
    assert patched(client.bob, name, {"status": "IN_REVIEW"}).status_code == 200
    version = client.alice.get(f"/api/postmortems/{name}").json()["textVersion"]
    review = {"decision": "approve", "textVersion": version}
    assert client.alice.post(f"/api/postmortems/{name}/reviews", json=review).status_code == 201
    said(client.bob, 2, "db")
    assert patched(client.bob, name, {"status": "PUBLISHED"}).status_code == 200
    assert SAID in markdown(client, name)
    shown = client.charlie.get(f"/postmortems/{name}", headers=BROWSER).text
    assert "The pool is too small and b" in shown
    assert "What failed together" not in client.bob.get(
        f"/api/postmortems/{name}/export", params={"format": "md", "profile": "external"}
    ).text  # fmt: skip


def test_it_is_said_and_taken_back_on_the_page(client: Cast) -> None:
    added(client, begun(client)["incidentId"])
    shown = client.bob.get("/analysis/FT-1", headers=BROWSER).text
    assert "It happened" in shown
    assert "It happened" not in client.charlie.get("/analysis/FT-1", headers=BROWSER).text
    data = {"version": "1", "event": ["a", "b"]}
    answer = client.bob.post("/analysis/FT-1/happened", data=data, headers=BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (303, "/analysis/FT-1#cut-sets")
    shown = client.charlie.get("/analysis/FT-1", headers=BROWSER).text
    assert "Happened" in shown
    assert "Take it back" in client.bob.get("/analysis/FT-1", headers=BROWSER).text
    late = client.bob.post("/analysis/FT-1/happened", data={"version": "1"}, headers=BROWSER)
    assert late.status_code == 412
    back = client.bob.post("/analysis/FT-1/happened", data={"version": "2"}, headers=BROWSER)
    assert back.status_code == 303
    assert client.bob.get("/api/fault-trees/FT-1").json()["happened"] == []
