"""Fault trees over HTTP: kept, solved within a budget, changed by versions, and as hidden as their incident."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from kintsugi.server.analysis.service import solving
from tests.server.cast import Cast

TREE = (
    "down = and(left, right)\nleft = or(db, a)\nright = or(db, b)\ndb = 0.1\na = 0.05\nb = 0.05\n"
)
"""An event that is shared: .10225, not the .0210 of multiplying up the tree."""


def added(browser: TestClient, text: str = TREE, **said: str) -> dict[str, Any]:
    answer = browser.post("/api/fault-trees", json={"title": "Shop down", "text": text, **said})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def incident(client: Cast, *, private: bool = False) -> str:
    body = {"title": "Pool exhausted", "severity": "SEV-3", "private": private}
    return str(client.bob.post("/api/incidents", json=body).json()["id"])


def patched(browser: TestClient, name: str, version: int, **said: str) -> httpx2.Response:
    headers = {"If-Match": f'"{version}"'}
    answer: httpx2.Response = browser.patch(f"/api/fault-trees/{name}", json=said, headers=headers)
    return answer


def audited(client: Cast) -> list[tuple[str, str]]:
    rows = client.alice.get("/api/audit", params={"action": "fault-tree"}).json()["items"]
    return [(row["action"], row["target"]) for row in rows]


def test_a_tree_is_kept_and_solved(client: Cast) -> None:
    made = added(client.bob)
    shown = client.charlie.get(f"/api/fault-trees/{made['reference']}")
    assert shown.headers["ETag"] == '"1"'
    tree = shown.json()
    found = tree["solution"]
    assert (tree["reference"], tree["form"], tree["text"]) == ("FT-1", "text", TREE)
    assert found["probability"] == pytest.approx(0.10225)
    assert found["topEvent"] == "down"
    assert found["singlePointsOfFailure"] == ["db"]
    assert [one["events"] for one in found["cutSets"]["items"]] == [["db"], ["a", "b"]]
    assert (found["cutSets"]["count"], found["cutSets"]["maxOrder"]) == (2, 2)
    assert found["method"]["probability"] == "exact"
    assert found["importance"][0]["event"] == "db"
    assert any("db" in one for one in found["recommendations"])
    assert (found["pathCount"], found["notes"]) == (4, [])


def test_a_tree_may_be_written_in_any_form_of_its_files(client: Cast) -> None:
    made = added(client.bob)
    for form in ("yaml", "json", "mef"):
        file = client.bob.get(f"/api/fault-trees/{made['id']}/export", params={"form": form})
        assert file.headers["Content-Disposition"].startswith("attachment")
        again = added(client.bob, file.text)
        assert again["form"] == form
        assert again["solution"]["probability"] == pytest.approx(0.10225)


def test_a_tree_is_exported_for_wikis_and_as_a_picture(client: Cast) -> None:
    added(client.bob)
    mermaid = client.charlie.get("/api/fault-trees/FT-1/export", params={"form": "mermaid"})
    picture = client.charlie.get("/api/fault-trees/FT-1/export", params={"form": "svg"})
    assert mermaid.text.startswith("flowchart")
    assert picture.text.startswith("<svg")
    wrong = client.charlie.get("/api/fault-trees/FT-1/export", params={"form": "png"})
    assert wrong.status_code == 422
    assert "mermaid" in wrong.text


def test_a_tree_that_cannot_be_solved_is_refused_with_its_line(client: Cast) -> None:
    for text, told in (
        ("down = or(a, b)\na = 0.1\nb = 7", "line 3"),
        ("a = or(b)\nb = or(a)", "line"),
        ("down = or(a, b)\na = 0.1", "b"),
        ("", "empty"),
    ):
        answer = client.bob.post("/api/fault-trees", json={"title": "X", "text": text})
        assert answer.status_code == 422, text
        error = answer.json()["errors"][0]
        assert error["field"] == "text"
        assert told in answer.json()["detail"]
    assert client.bob.get("/api/fault-trees").json()["items"] == []


def test_a_title_is_asked_for(client: Cast) -> None:
    for title in (" ", "x" * 201):
        answer = client.bob.post("/api/fault-trees", json={"title": title, "text": TREE})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "title")


def test_no_document_type_of_xml_is_read(client: Cast) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><opsa-mef><define-fault-tree name="x"/></opsa-mef>'
    answer = client.bob.post("/api/fault-trees", json={"title": "X", "text": bomb})
    assert answer.status_code == 422


def test_lists_go_from_the_newest_on_in_pages(client: Cast) -> None:
    for number in range(3):
        added(client.bob, title=f"Tree {number}")
    first = client.charlie.get("/api/fault-trees", params={"limit": 2}).json()
    assert [one["reference"] for one in first["items"]] == ["FT-3", "FT-2"]
    rest = client.charlie.get("/api/fault-trees", params={"cursor": first["nextCursor"]}).json()
    assert [one["reference"] for one in rest["items"]] == ["FT-1"]
    found = client.charlie.get("/api/fault-trees", params={"text": "tree 1"}).json()["items"]
    assert [one["title"] for one in found] == ["Tree 1"]


def test_a_change_needs_the_version_it_was_made_from(client: Cast) -> None:
    made = added(client.bob)
    assert client.bob.patch("/api/fault-trees/FT-1", json={"title": "Y"}).status_code == 428
    changed = patched(
        client.bob, made["id"], 1, title="Shop is down", text="down = or(db)\ndb = 0.2"
    )
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert changed.json()["solution"]["probability"] == pytest.approx(0.2)
    late = patched(client.alice, made["id"], 1, title="Mine")
    assert late.status_code == 412
    assert late.json()["current"]["title"] == "Shop is down"
    same = patched(client.bob, made["id"], 2, title="Shop is down")
    assert same.json()["version"] == 2
    assert audited(client) == [("fault-tree.change", made["id"]), ("fault-tree.add", made["id"])]


def test_a_tree_is_deleted_at_its_version(client: Cast) -> None:
    made = added(client.bob)
    patched(client.bob, made["id"], 1, title="Y")
    for version, status in ((1, 412), (2, 200), (2, 404)):
        headers = {"If-Match": f'"{version}"'}
        answer = client.bob.delete(f"/api/fault-trees/{made['id']}", headers=headers)
        assert answer.status_code == status
    assert audited(client)[0][0] == "fault-tree.delete"


def test_only_responders_write(client: Cast) -> None:
    made = added(client.bob)
    body = {"title": "X", "text": TREE}
    assert client.charlie.post("/api/fault-trees", json=body).status_code == 403
    assert patched(client.charlie, made["id"], 1, title="X").status_code == 403
    solved = client.charlie.post("/api/fault-trees/solve", json={"text": TREE})
    assert solved.json()["probability"] == pytest.approx(0.10225)


def test_a_tree_about_a_private_incident_is_as_hidden_as_that(client: Cast) -> None:
    about = incident(client, private=True)
    made = added(client.bob, incidentId=about)
    for browser in (client.alice, client.charlie):
        for name in (made["id"], made["reference"]):
            assert browser.get(f"/api/fault-trees/{name}").status_code == 404
            assert browser.get(f"/api/fault-trees/{name}/export").status_code == 404
        assert patched(client.alice, made["id"], 1, title="X").status_code == 404
        assert browser.get("/api/fault-trees").json()["items"] == []
        asked = browser.get("/api/fault-trees", params={"incidentId": about})
        assert asked.json()["items"] == []
    assert audited(client) == []
    answer = client.alice.post(
        "/api/fault-trees", json={"title": "X", "text": TREE, "incidentId": about}
    )
    assert answer.status_code == 404
    asked = client.bob.get("/api/fault-trees", params={"incidentId": about})
    assert [one["reference"] for one in asked.json()["items"]] == ["FT-1"]


def test_deleting_leaves_no_trace_for_who_may_not_see_the_incident(client: Cast) -> None:
    made = added(client.bob, incidentId=incident(client, private=True))
    client.bob.delete(f"/api/fault-trees/{made['id']}", headers={"If-Match": '"1"'})
    assert audited(client) == []


def test_a_tree_shows_itself_with_its_incident(client: Cast, works: Works) -> None:
    about = incident(client, private=True)
    made = added(client.bob, incidentId=about)
    with works.reading(SYSTEM) as work:
        charlie = accounts.active_user(work, "charlie@example.com")
    assert charlie is not None
    client.bob.post(f"/api/incidents/{about}/grants", json={"userId": charlie.id})
    assert client.charlie.get(f"/api/fault-trees/{made['id']}").status_code == 200


def test_an_answer_that_the_budget_does_not_reach_says_so(
    client: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solving, "MOST_NODES", 4)
    rows = [f"g{n} = 3 of (a{n}, b{n}, c{n}, d{n}, a{n - 1})" for n in range(1, 9)]
    events = [f"{letter}{n} = 0.01" for letter in "abcd" for n in range(9)]
    text = "\n".join(["down = 4 of (g1, g2, g3, g4, g5, g6, g7, g8)", *rows, *events])
    found = added(client.bob, text)["solution"]
    assert found["probability"] is None
    assert found["probabilityLow"] <= found["probabilityHigh"] <= 1
    assert found["method"]["probability"] == "bounds"
    assert found["notes"]


def test_a_tree_too_large_for_a_page_is_refused(client: Cast) -> None:
    names = [f"e{n}" for n in range(6_000)]
    text = f"down = or({', '.join(names)})\n" + "\n".join(f"{name} = 1e-6" for name in names)
    answer = client.bob.post("/api/fault-trees", json={"title": "X", "text": text})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "text")
    long = "# " + "x" * 200_001
    assert client.bob.post("/api/fault-trees/solve", json={"text": long}).status_code == 422


def test_what_is_too_large_for_a_number_is_said_in_words(client: Cast) -> None:
    gates = 500
    parts = "\n".join(
        f"g{one} = or(a{one}, b{one}, c{one}, d{one}, e{one})" for one in range(gates)
    )
    events = "\n".join(f"{each}{one} = 1" for one in range(gates) for each in "abcde")
    text = f"down = and({', '.join(f'g{one}' for one in range(gates))})\n{parts}\n{events}\n"
    found = client.bob.post("/api/fault-trees/solve", json={"text": text}).json()
    assert found["cutSets"]["count"] == "about 10^349"
    assert found["cutSets"]["sumOfProbabilities"] is None
    never = client.bob.post(
        "/api/fault-trees/solve", json={"text": "down = and(a, b)\na = 0\nb = 0.1"}
    ).json()
    assert {one["event"]: one["raw"] for one in never["importance"]} == {"a": "infinite", "b": None}
