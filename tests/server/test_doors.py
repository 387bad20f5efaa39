"""Every route is a door with a row in the table of roles, and opens for no one else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from kintsugi.kernel.auth import LEAST_ROLE, Action
from kintsugi.kernel.http import Door
from tests.server.cast import Cast

TABLE = Path(__file__).parents[2] / "docs" / "reference" / "roles.md"
OPEN = {"/healthz", "/readyz", "/metrics"}
"""What answers anybody, with nothing of anybody's in it."""


def routes(listed: list[BaseRoute]) -> Iterator[APIRoute]:
    for route in listed:
        if isinstance(route, APIRoute):
            yield route
        else:
            yield from routes(
                getattr(getattr(route, "original_router", route), "routes", None) or []
            )


def doors(client: Cast) -> dict[str, Door]:
    found: dict[str, Door] = {}
    for route in routes(client.stranger.app.routes):  # type: ignore[attr-defined] # the client's application
        if route.path in OPEN:
            continue
        for method in sorted(route.methods or ()):
            found[f"{method} {route.path}"] = getattr(route.endpoint, "__door__")  # noqa: B009 - set by the decorator
    return found


def test_every_route_is_a_door_with_a_row_in_the_table(client: Cast) -> None:
    told = {
        found[1]: found[2]
        for found in re.finditer(
            r"^\| `([A-Z]+ [^`]+)` \| ([a-z ]+) \|$", TABLE.read_text(), re.MULTILINE
        )
    }
    assert told == {
        name: LEAST_ROLE[door.action].value if door.action else "anybody"
        for name, door in doors(client).items()
    }


def filled(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "inc_00000000000000000000000000000000", path)


BODIES: dict[str, dict[str, object]] = {
    "PUT /api/analytics/targets/{figure}": {"value": 5},
    "POST /api/patterns": {"title": "X"},
    "PUT /api/incidents/{id}/classes/{key}": {"decision": "confirmed"},
    "POST /api/users": {"name": "X", "email": "x@example.com", "role": "admin"},
    "PATCH /api/users/{user_id}": {"role": "admin"},
    "POST /api/teams": {"name": "X"},
    "PATCH /api/teams/{team_id}": {"name": "X"},
    "POST /api/tokens": {"name": "x", "scopes": ["read"]},
    "POST /api/services": {"name": "x"},
    "POST /api/services/apply": {"services": []},
    "PATCH /api/services/{name}": {"title": "X"},
    "POST /api/fault-trees": {"title": "X", "text": "down = or(db)\ndb = 0.1"},
    "POST /api/fault-trees/solve": {"text": "down = or(db)\ndb = 0.1"},
    "PATCH /api/fault-trees/{id}": {"title": "X"},
    "POST /api/why-trees": {"incidentId": "INC-1", "problem": "X"},
    "PATCH /api/why-trees/{id}": {"problem": "X"},
    "POST /api/incidents": {"title": "X"},
    "PATCH /api/incidents/{id}": {"title": "X"},
    "POST /api/incidents/{id}/timeline": {"text": "X"},
    "POST /api/incidents/{id}/roles": {"role": "scribe"},
    "POST /api/incidents/{id}/tasks": {"text": "X"},
    "PATCH /api/incidents/{id}/tasks/{task_id}": {"status": "done"},
    "POST /api/incidents/{id}/messages": {"values": {"progress": "X"}},
    "POST /api/incidents/{id}/messages/preview": {},
    "POST /api/message-templates": {"name": "x", "text": "x"},
    "PUT /api/stakeholders": {"groups": [], "told": {}},
    "PUT /api/message-values": {},
    "PUT /api/triage": {"text": ""},
    "PUT /api/recovery-checks": {"text": ""},
    "POST /api/incidents/{id}/criteria": {"text": "X"},
    "PATCH /api/incidents/{id}/criteria/{criterion_id}": {"status": "met"},
    "PUT /api/incidents/{id}/triage": {},
    "POST /api/incidents/{id}/chat/preview": {"text": "X"},
    "POST /api/incidents/{id}/chat": {"text": "X"},
    "POST /api/incidents/{id}/milestones": {
        "name": "detected",
        "at": "2026-01-01T00:00:00Z",
        "reason": "X",
    },
    "POST /api/incidents/{id}/grants": {"userId": "usr_x"},
    "POST /api/incidents/{id}/merge": {"into": "INC-1", "reason": "X"},
    "POST /api/incidents/{id}/unmerge": {"reason": "X"},
    "POST /api/incidents/{id}/links": {"incident": "INC-1"},
    "POST /api/incidents/break-glass": {"reference": "INC-1", "reason": "X"},
    "POST /api/incidents/{id}/alerts": {"alerts": ["alr_1"]},
    "POST /api/incidents/{id}/alerts/take-back": {"alerts": ["alr_1"]},
    "POST /api/alerts/acknowledge": {"alerts": ["alr_1"]},
    "POST /api/alerts/resolve": {"alerts": ["alr_1"]},
    "POST /api/alerts/verdict": {"alerts": ["alr_1"], "verdict": "noise"},
    "POST /api/alerts/explain": {"format": "generic", "body": "{}"},
    "POST /api/alert-sources": {"name": "x", "format": "generic"},
    "PATCH /api/alert-sources/{id}": {"name": "x"},
    "POST /api/alert-sources/{id}/rotate": {},
    "POST /api/routing-rules": {"name": "x", "outcome": {"kind": "wait"}},
    "PUT /api/routing-rules/order": {"rules": []},
    "PATCH /api/routing-rules/{id}": {"name": "x"},
    "POST /api/silences": {"matchers": ["a=b"], "endsAt": "2030-01-01T00:00:00Z"},
    "PATCH /api/silences/{id}": {"comment": "x"},
    "POST /api/changes": {"summary": "x"},
    "POST /api/webhook-endpoints": {"name": "x", "url": "https://hooks.example.com/"},
    "PATCH /api/webhook-endpoints/{id}": {"name": "x"},
    "POST /api/webhook-endpoints/{id}/rotate": {},
    "PATCH /api/actions/{id}": {"status": "DONE"},
    "POST /api/postmortems": {"incidentId": "INC-1", "title": "X"},
    "POST /api/postmortems/draft": {"incidentId": "INC-1"},
    "PATCH /api/postmortems/{id}": {"title": "X"},
    "POST /api/postmortems/{id}/whys": {"tree": "WT-1"},
    "POST /api/postmortems/{id}/revisions/{revision}/restore": {},
    "POST /api/postmortems/{id}/proposals": {"keep": []},
    "POST /api/postmortems/{id}/reviews": {"decision": "approve", "textVersion": 1},
    "POST /api/postmortems/{id}/comments": {"text": "X"},
    "PATCH /api/postmortems/{id}/comments/{thread}": {"resolved": True},
    "POST /api/postmortems/{id}/shares": {"days": 1},
    "POST /api/postmortem-templates": {"name": "x", "text": "x"},
    "PUT /api/postmortem-rules/approvals": {},
    "PUT /api/postmortem-rules/required": {},
}
"""Bodies that the API's doors take, so that it is the door that refuses and not the body."""


def test_a_stranger_gets_nothing_through_any_door(client: Cast) -> None:
    for name, door in doors(client).items():
        if door.action is None:
            continue
        method, path = name.split(" ")
        answer = client.stranger.request(
            method, filled(path), json=BODIES.get(name), headers={"If-Match": '"1"'}
        )
        assert answer.status_code in (401, 303, 403, 422), name
        if path.startswith("/api"):
            assert answer.status_code == 401, (name, answer.text)
            assert "inc_" not in answer.text


GARBAGE = [b"{", b"\xff\xfe", b'{"unknown": 1}', b"[]", b'{"title": ' + b"[" * 20_000]


@pytest.mark.parametrize("body", GARBAGE, ids=lambda body: repr(body[:16]))
def test_a_stranger_learns_nothing_from_a_body_that_cannot_be_read(
    client: Cast, body: bytes
) -> None:
    for name, door in doors(client).items():
        method, path = name.split(" ")
        if door.action is None or not path.startswith("/api"):
            continue
        answer = client.stranger.request(
            method, filled(path), content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 401, (name, answer.text)
        assert answer.json().keys() == {"type", "title", "status", "detail"}, name


def test_a_method_that_is_not_there_is_told_as_such(client: Cast) -> None:
    assert client.charlie.put("/api/incidents").status_code == 405


def test_a_stranger_learns_nothing_from_a_query_that_cannot_be_read(client: Cast) -> None:
    for address in ("/api/incidents?limit=x", "/api/incidents?nonsense=1"):
        assert client.stranger.get(address).status_code == 401
        assert client.charlie.get(address).status_code == 422


@pytest.mark.parametrize("body", GARBAGE, ids=lambda body: repr(body[:16]))
def test_a_body_that_cannot_be_read_is_told_to_who_may_send_one(client: Cast, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    refused = client.charlie.post("/api/incidents", content=body, headers=headers)
    told = client.bob.post("/api/incidents", content=body, headers=headers)
    assert refused.status_code == 403
    assert told.status_code in (400, 422)
    assert told.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("person", ["charlie", "bob"])
def test_a_door_refuses_a_role_below_its_own(client: Cast, person: str) -> None:
    may = {"charlie": {Action.READ}, "bob": {Action.READ, Action.DECLARE, Action.RESPOND}}[person]
    browser = getattr(client, person)
    for name, door in doors(client).items():
        method, path = name.split(" ")
        if door.action is None or door.action in may or not path.startswith("/api"):
            continue
        answer = browser.request(
            method, filled(path), json=BODIES.get(name), headers={"If-Match": '"1"'}
        )
        assert answer.status_code == 403, (name, answer.status_code, answer.text)
