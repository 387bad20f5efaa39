"""What was deleted: listed for who may bring it back, page after page, and no trace of it for anybody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.server.cast import Cast
from tests.server.postmortems.desk import begun, incident, published, shown

pytestmark = pytest.mark.both_databases
LIST, PAGE = "/api/postmortems/deleted", "/postmortems/deleted"
BROWSER = {"accept": "text/html"}


def deleted(by: TestClient, name: str, reason: str = "", version: int = 1) -> None:
    headers = {"If-Match": f'"{version}"'}
    answer = by.delete(f"/api/postmortems/{name}", params={"reason": reason}, headers=headers)
    assert answer.status_code == 204, answer.text


def listed(by: TestClient, query: str = "") -> dict[str, Any]:
    answer = by.get(f"{LIST}{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def references(by: TestClient, query: str = "") -> list[str]:
    return [one["reference"] for one in listed(by, query)["items"]]


def test_an_admin_sees_everything_that_was_deleted_and_by_whom(client: Cast) -> None:
    incident(client.bob)
    begun(client.bob, title="A draft of Bob's")
    begun(client.bob, title="The other")
    published(client.bob, client.alice, "PM-2")
    deleted(client.bob, "PM-1")
    deleted(client.alice, "PM-2", "written twice", shown(client.bob, "PM-2")["version"])
    second, first = listed(client.alice)["items"]
    assert (second["reference"], second["title"], second["status"]) == (
        "PM-2",
        "The other",
        "PUBLISHED",
    )
    assert (second["deletedBy"], second["reason"]) == ("Alice", "written twice")
    assert second["deletedAt"].startswith("2026-03-02T09:00:00")
    assert (first["reference"], first["title"], first["deletedBy"]) == ("PM-1", "", "Bob")
    page = client.alice.get(PAGE, headers=BROWSER).text
    assert "written twice" in page
    assert "A draft of somebody else" in page
    assert "A draft of Bob" not in page
    assert references(client.bob) == ["PM-1"]
    assert listed(client.bob)["items"][0]["title"] == "A draft of Bob's"
    assert "A draft of Bob" in client.bob.get(PAGE, headers=BROWSER).text
    for browser in (client.charlie, client.stranger):
        assert browser.get(LIST).status_code in (401, 403)
        assert "PM-1" not in browser.get(PAGE, headers=BROWSER).text


@pytest.mark.long
def test_the_list_has_pages(client: Cast) -> None:
    incident(client.bob)
    for number in range(1, 31):
        begun(client.bob, title=f"Draft {number}")
        deleted(client.bob, f"PM-{number}")
    first = listed(client.alice, "?limit=20")
    assert [one["reference"] for one in first["items"]] == [f"PM-{n}" for n in range(30, 10, -1)]
    rest = listed(client.alice, f"?limit=20&cursor={first['nextCursor']}")
    assert [one["reference"] for one in rest["items"]] == [f"PM-{n}" for n in range(10, 0, -1)]
    assert rest["nextCursor"] is None
    page = client.alice.get(PAGE, headers=BROWSER).text
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    assert (
        client.alice.get(following[1].replace("&amp;", "&"), headers=BROWSER).text.count(
            "Bring back"
        )
        == 5
    )
    for query in ("?limit=0", "?limit=1000", "?cursor=x"):
        assert client.alice.get(f"{LIST}{query}").status_code == 422


def test_the_page_brings_back_and_leads_to_what_one_may_read(client: Cast) -> None:
    incident(client.bob)
    begun(client.bob)
    deleted(client.bob, "PM-1")
    answer = client.alice.post("/postmortems/restore", data={"reference": "PM-1"})
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)  # it is bob's to read
    assert shown(client.bob)["title"] == "Pool exhausted"
    assert references(client.alice) == []
    deleted(client.bob, "PM-1", version=shown(client.bob)["version"])
    answer = client.bob.post("/postmortems/restore", data={"reference": "PM-1"})
    assert answer.headers["location"] == "/postmortems/PM-1"
    wrong = client.bob.post("/postmortems/restore", data={"reference": "PM-9"}, headers=BROWSER)
    assert wrong.status_code == 404
    assert 'value="PM-9"' in wrong.text


def test_what_follows_from_a_private_incident_is_not_there_for_an_admin_either(
    client: Cast,
) -> None:
    incident(client.bob, private=True)
    begun(client.bob)
    deleted(client.bob, "PM-1")
    assert references(client.alice) == []
    assert "PM-1" not in client.alice.get(PAGE, headers=BROWSER).text
    assert client.alice.post("/api/postmortems/PM-1/restore").status_code == 404
    refused = client.alice.post("/postmortems/restore", data={"reference": "PM-1"}, headers=BROWSER)
    assert refused.status_code == 404
    assert references(client.bob) == ["PM-1"]
    assert client.bob.post("/api/postmortems/PM-1/restore").status_code == 200
