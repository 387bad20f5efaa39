"""The router of a room passes over what cannot be its own, and finds all that is."""

from __future__ import annotations

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient

from kintsugi.kernel.routing import RoomRouter, start_of


@pytest.mark.parametrize(
    ("path", "start"),
    [
        ("/incidents/INC-1", "incidents"), ("/incidents", "incidents"), ("/api/incidents/{id}", "api/incidents"),
        ("/api/incidents", "api/incidents"), ("/api", "api/"), ("/", ""), ("/{any}", ""), ("/api/{any}/x", ""),
        ("/alerts.csv", "alerts.csv"),
    ],
)  # fmt: skip
def test_an_address_begins_with_its_first_part_and_after_api_with_its_second(
    path: str, start: str
) -> None:
    assert start_of(path) == start


def test_every_route_of_a_room_is_found_and_no_other() -> None:
    part, other, own = APIRouter(), APIRouter(), RoomRouter()
    part.add_api_route("/api/tea", lambda: "tea")
    part.add_api_route("/{kind}/cups", lambda kind: f"cups of {kind}")
    other.add_api_route("/pots/{number}", lambda number: f"pot {number}")
    own.include_router(part)
    room = RoomRouter()
    room.include_router(other, prefix="/kitchen")
    room.add_api_route("/spoons", lambda: "spoons")
    app = FastAPI()
    for one in (own, room):
        app.include_router(one)
    asked = TestClient(app)
    found = {path: asked.get(path) for path in (
        "/api/tea", "/green/cups", "/kitchen/pots/3", "/spoons", "/api/coffee", "/kitchen", "/pots/3",
    )}  # fmt: skip
    assert [answer.status_code for answer in found.values()] == [200, 200, 200, 200, 404, 404, 404]
    assert found["/kitchen/pots/3"].json() == "pot 3"
    assert found["/green/cups"].json() == "cups of green"
    assert asked.post("/spoons").status_code == 405
