"""Share links over the API: made, listed, taken back, run out; and an address that is altered opens nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.cast import Cast, MovableClock
from tests.server.postmortems.desk import begun, incident, moved, published

pytestmark = pytest.mark.both_databases
SHARES = "/api/postmortems/PM-1/shares"


@pytest.fixture
def open_one(client: Cast) -> Cast:
    """A published postmortem of bob's, with a text for customers."""
    incident(client.bob)
    begun(
        client.bob,
        external={"summary": "Payments failed for 15 minutes.", "whatHappened": "A pool ran dry."},
    )
    published(client.bob, client.alice, "PM-1")
    return client


def made(client: Cast, days: int = 7) -> dict[str, Any]:
    answer = client.bob.post(SHARES, json={"days": days})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def path_of(share: dict[str, Any]) -> str:
    return "/share/" + str(share["address"]).rpartition("/share/")[2]


def opened(client: Cast, path: str) -> int:
    return int(client.stranger.get(path).status_code)


def test_a_link_shows_the_external_view_and_its_address_is_told_once(open_one: Cast) -> None:
    share = made(open_one)
    answer = open_one.stranger.get(path_of(share))
    assert answer.status_code == 200
    assert "Payments failed for 15 minutes." in answer.text
    for hidden in ("The pool is smaller than peak traffic", "ops@example.com", "inc_123", "INC-1"):
        assert hidden not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    listed = open_one.bob.get(SHARES)
    assert [one["id"] for one in listed.json()["items"]] == [share["id"]]
    secret = path_of(share).removeprefix("/share/")
    assert secret not in listed.text
    assert secret not in open_one.alice.get("/api/audit").text
    assert "address" not in listed.json()["items"][0]


def test_a_link_runs_out_to_the_second(open_one: Cast, clock: MovableClock) -> None:
    share = made(open_one, days=1)
    assert share["expiresAt"].startswith("2026-03-03T09:00:00")
    clock.forward(days=1, seconds=-1)
    assert opened(open_one, path_of(share)) == 200
    clock.forward(seconds=1)
    assert opened(open_one, path_of(share)) == 404
    assert open_one.bob.delete(f"{SHARES}/{share['id']}").status_code == 204


def test_a_link_that_was_taken_back_opens_nothing_and_the_others_stay(open_one: Cast) -> None:
    first, second = made(open_one), made(open_one)
    assert path_of(first) != path_of(second)
    assert open_one.bob.delete(f"{SHARES}/{first['id']}").status_code == 204
    assert (opened(open_one, path_of(first)), opened(open_one, path_of(second))) == (404, 200)
    assert open_one.bob.delete(f"{SHARES}/{first['id']}").status_code == 404
    items = {one["id"]: one["revokedAt"] for one in open_one.bob.get(SHARES).json()["items"]}
    assert items[first["id"]] is not None
    assert items[second["id"]] is None


def test_an_address_that_is_altered_opens_nothing_and_tells_nothing(open_one: Cast) -> None:
    path = path_of(made(open_one))
    gone = open_one.stranger.get("/share/nothing").text
    secret = path.removeprefix("/share/")
    assert len(secret) >= 32
    swapped = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    for altered in (
        swapped,
        secret[:-1],
        secret + "A",
        secret.swapcase(),
        secret[1:],
        "%00",
        "x" * 5_000,
    ):
        answer = open_one.stranger.get(f"/share/{altered}")
        assert answer.status_code == 404, altered
        assert altered == "%00" or answer.text == gone
    assert opened(open_one, path) == 200


def test_a_link_shows_nothing_once_its_postmortem_is_reopened_or_deleted(open_one: Cast) -> None:
    path = path_of(made(open_one))
    moved(open_one.bob, "PM-1", "IN_REVIEW")
    assert opened(open_one, path) == 404
    published_again = {"decision": "approve", "textVersion": 2}
    answer = open_one.alice.post("/api/postmortems/PM-1/reviews", json=published_again)
    assert answer.status_code == 201, answer.text
    moved(open_one.bob, "PM-1", "PUBLISHED")
    assert opened(open_one, path) == 200
    version = open_one.alice.get("/api/postmortems/PM-1").json()["version"]
    gone = open_one.alice.delete(
        "/api/postmortems/PM-1", params={"reason": "a copy"}, headers={"If-Match": f'"{version}"'}
    )
    assert gone.status_code == 204
    assert opened(open_one, path) == 404


@pytest.mark.parametrize("days", [0, -1, 366, 10**12])
def test_a_link_is_for_one_to_365_days(open_one: Cast, days: int) -> None:
    answer = open_one.bob.post(SHARES, json={"days": days})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "days")
    assert open_one.bob.get(SHARES).json()["items"] == []
