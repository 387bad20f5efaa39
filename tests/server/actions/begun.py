"""Postmortems with actions to follow, made through the API."""

from __future__ import annotations

from typing import Any

import httpx2
from fastapi.testclient import TestClient

from tests.server.cast import Cast

FIRST: dict[str, Any] = {
    "description": "Add an alert on pool use", "owner": "bob@example.com", "priority": "HIGH",
    "type": "DETECT", "due": "2026-03-12", "doneWhen": "A drill pages within five minutes.",
}  # fmt: skip
SECOND: dict[str, Any] = {
    "description": "Set a limit on connections", "owner": "charlie@example.com", "priority": "CRITICAL",
    "type": "PREVENT", "horizon": "SHORT",
}  # fmt: skip
THIRD: dict[str, Any] = {
    "description": "Improve monitoring",
    "owner": "dora@elsewhere.example",
    "due": "2026-03-05",
}


def begun(
    client: Cast,
    *items: dict[str, Any],
    private: bool = False,
    **said: Any,  # noqa: ANN401 - of the body
) -> dict[str, Any]:
    """A draft of bob's with these actions, about an incident of its own."""
    body = {"title": "Pool exhausted", "severity": "SEV-3", "private": private}
    incident = client.bob.post("/api/incidents", json=body).json()["id"]
    document = {
        "incidentId": incident, "title": "Pool exhausted", "actionItems": list(items), **said,
        "summary": "The pool was smaller than peak traffic.", "impact": "All requests failed.",
        "rootCause": "The pool is smaller than peak traffic.",
        "timeline": [{"time": f"14:3{n}", "description": f"Event {n}"} for n in range(5)],
    }  # fmt: skip
    answer = client.bob.post("/api/postmortems", json=document)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def published(client: Cast, *items: dict[str, Any], **said: Any) -> dict[str, Any]:  # noqa: ANN401 - of the body
    """The same, sent to review, approved by alice and published: everybody sees it."""
    made = begun(client, *items, **said)
    assert patched(client.bob, made["reference"], {"status": "IN_REVIEW"}).status_code == 200
    body = {"decision": "approve", "textVersion": 1}
    where = f"/api/postmortems/{made['reference']}"
    assert client.alice.post(f"{where}/reviews", json=body).status_code == 201
    answer = patched(client.bob, made["reference"], {"status": "PUBLISHED"})
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json()
    return done


def patched(
    browser: TestClient, name: str, body: dict[str, Any], version: int | None = None
) -> httpx2.Response:
    address = f"/api/postmortems/{name}"
    return _patched(browser, address, body, version)


def moved(
    browser: TestClient, name: str, body: dict[str, Any], version: int | None = None
) -> httpx2.Response:
    """An action changed over the API, from the version it stands at when none is said."""
    return _patched(browser, f"/api/actions/{name}", body, version)


def _patched(
    browser: TestClient, address: str, body: dict[str, Any], version: int | None
) -> httpx2.Response:
    if version is None:
        version = browser.get(address).json()["version"]
    answer: httpx2.Response = browser.patch(
        address, json=body, headers={"If-Match": f'"{version}"'}
    )
    return answer
