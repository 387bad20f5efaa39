"""What the tests of postmortems share: people of every role, an incident, a postmortem in every state."""

from __future__ import annotations

from typing import Any

import httpx2
from fastapi.testclient import TestClient

from kintsugi.kernel.auth import SYSTEM, Role, Scope
from kintsugi.kernel.config import Settings
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.server.cast import app_for

BODY: dict[str, Any] = {
    "incidentId": "inc_123",
    "title": "Pool exhausted",
    "summary": "Fifteen minutes of errors.",
    "impact": "1,200 users saw errors.",
    "rootCause": "The pool is smaller than peak traffic.",
    "timeline": [{"time": "14:35", "description": "Traffic is three times as usual"}],
    "actionItems": [
        {"description": "Alert on pool use", "owner": "ops@example.com", "priority": "HIGH"},
        {"description": "Plan capacity", "owner": "ops@example.com", "priority": "LOW"},
    ],
}


class Office:
    """One application, and a program for each person who works with it."""

    def __init__(self, works: Works, database_url: str) -> None:
        self.works = works
        self.app = app_for(Settings(database_url=database_url), works)

    def person(self, name: str, role: Role, scope: Scope = Scope.ADMIN) -> TestClient:
        """A new account, and its token's program."""
        with self.works.writing(SYSTEM) as work:
            user = accounts.add_user(work, name.capitalize(), f"{name}@example.com", role)
            secret = accounts.create_token(work, user.id, "test", (scope,)).secret
        headers = {"Authorization": f"Bearer {secret}"}
        return TestClient(self.app, headers=headers, follow_redirects=False)


def incident(browser: TestClient, name: str = "inc_123", **more: object) -> str:
    body = {"title": "Pool exhausted", "severity": "SEV-3", "externalId": name, **more}
    answer = browser.post("/api/incidents", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def begun(browser: TestClient, **more: object) -> dict[str, Any]:
    answer = browser.post("/api/postmortems", json=BODY | more)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def shown(browser: TestClient, name: str = "PM-1") -> dict[str, Any]:
    answer = browser.get(f"/api/postmortems/{name}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def patched(
    browser: TestClient, name: str, body: dict[str, Any], version: int | None = None
) -> httpx2.Response:
    """A change of what stands there now, or of a version."""
    if version is None:
        version = shown(browser, name)["version"]
    answer: httpx2.Response = browser.patch(
        f"/api/postmortems/{name}", json=body, headers={"If-Match": f'"{version}"'}
    )
    return answer


def moved(browser: TestClient, name: str, *states: str) -> None:
    for state in states:
        answer = patched(browser, name, {"status": state, "reason": "because"})
        assert answer.status_code == 200, answer.text


def approved(browser: TestClient, name: str) -> None:
    body = {"decision": "approve", "textVersion": shown(browser, name)["textVersion"]}
    answer = browser.post(f"/api/postmortems/{name}/reviews", json=body)
    assert answer.status_code == 201, answer.text


def published(author: TestClient, reviewer: TestClient, name: str) -> None:
    moved(author, name, "IN_REVIEW")
    approved(reviewer, name)
    moved(author, name, "PUBLISHED")


def settled(browser: TestClient, name: str = "PM-1") -> None:
    """Every action of a postmortem done, where actions are followed."""
    for item in shown(browser, name)["actionItems"]:
        path = f"/api/actions/{item['id']}"
        headers = {"If-Match": f'"{browser.get(path).json()["version"]}"'}
        body = {"status": "DONE", "evidence": "https://example.com/graph"}
        answer = browser.patch(path, json=body, headers=headers)
        assert answer.status_code == 200, answer.text
