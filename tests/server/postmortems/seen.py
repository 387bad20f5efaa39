"""What the tests of the reading pages share: written, moved and published postmortems, and their words."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx2
from fastapi.testclient import TestClient

from tests.server.cast import Cast

BROWSER = {"accept": "text/html"}
WRITTEN: dict[str, Any] = {
    "title": "Checkout fails",
    "summary": "Card payments failed for **15 minutes**.",
    "impact": "1,200 people could not pay.",
    "rootCause": "The pool is smaller than peak traffic.",
    "timeline": [
        {"time": "14:35", "description": "Traffic rises to three times the normal load"},
        {"time": "14:38", "description": "Connections run out"},
        {"time": "14:50", "description": "Service is whole again"},
    ],
    "actionItems": [
        {
            "description": "Alert when the pool is 80% full",
            "owner": "bob@example.com",
            "priority": "HIGH",
        }
    ],
    "owner": "bob@example.com",
}


def resolved(client: Cast, severity: str = "SEV-2", **said: str | bool) -> str:
    """An incident that has ended; its reference."""
    body = {"title": "Checkout is down", "severity": severity, **said}
    made = client.bob.post("/api/incidents", json=body).json()
    answer = client.bob.patch(
        f"/api/incidents/{made['reference']}",
        json={"status": "resolved", "reason": "rolled back"},
        headers={"If-Match": f'"{made["version"]}"'},
    )
    assert answer.status_code == 200, answer.text
    return str(made["reference"])


def written(client: Cast, severity: str = "SEV-3") -> dict[str, Any]:
    """A postmortem by bob with all that a review asks for."""
    body = WRITTEN | {"incidentId": resolved(client, severity)}
    answer = client.bob.post("/api/postmortems", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def seen(browser: TestClient, place: str, status: int = 200) -> str:
    answer = browser.get(place, headers=BROWSER)
    assert answer.status_code == status, answer.text[:300]
    return unescape(answer.text)


def version(browser: TestClient, name: str) -> int:
    return int(browser.get(f"/api/postmortems/{name}").json()["version"])


def moved(
    browser: TestClient, name: str, to: str, reason: str = "", at: int | None = None
) -> httpx2.Response:
    said = {"to": to, "version": at if at is not None else version(browser, name), "reason": reason}
    answer: httpx2.Response = browser.post(f"/postmortems/{name}/move", data=said, headers=BROWSER)
    return answer


def published(client: Cast) -> str:
    name = str(written(client)["reference"])
    assert moved(client.bob, name, "IN_REVIEW").status_code == 303
    text = client.alice.get(f"/api/postmortems/{name}").json()["textVersion"]
    said = {"decision": "approve", "textVersion": text}
    assert client.alice.post(f"/api/postmortems/{name}/reviews", json=said).status_code == 201
    assert moved(client.bob, name, "PUBLISHED").status_code == 303
    return name


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
