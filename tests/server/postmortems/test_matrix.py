"""Who may do what: role x part x state x privacy over every route of the room, by a table of the rules alone."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kintsugi.kernel.auth import SYSTEM, Role
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.server.postmortems.desk import Office, approved, begun, incident, moved, settled
from tests.server.test_doors import doors
from tests.slices import IS_SLICE, IS_SOAK

STATES = ("DRAFT", "IN_REVIEW", "PUBLISHED", "ARCHIVED", "DELETED")
PARTS = ("none", "creator", "author", "contributor", "owner", "approver")
"""Everybody before everything takes minutes; else a fixed few of them stand for all, fewer on PostgreSQL."""
RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True)
class Case:
    """One person before one postmortem. `knows` is whether they may see its incident."""

    role: Role
    part: str
    state: str
    private: bool
    knows: bool

    @property
    def has_part(self) -> bool:
        return self.part in ("creator", "author", "contributor", "owner")

    @property
    def responds(self) -> bool:
        return RANK[self.role] >= RANK[Role.RESPONDER]

    @property
    def edits(self) -> bool:
        return RANK[self.role] >= RANK[Role.EDITOR]

    @property
    def administers(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def sees(self) -> bool:
        """Drafts: who has a part. In review: responders. Published: all. Private: who sees the incident."""
        if self.state == "DELETED" or (self.private and not self.knows):
            return False
        if self.state == "DRAFT":
            return self.has_part
        return self.has_part or self.state != "IN_REVIEW" or self.responds

    @property
    def moves(self) -> bool:
        return (self.has_part and self.responds) or (self.edits and self.state != "DRAFT")


def reading(case: Case) -> int:
    return 200 if case.sees else 404


def responding(case: Case, allowed: bool, done: int, locked: int | None = None) -> int:
    """403 for who does not respond, 404 for what they do not see, then the rule."""
    if not case.responds:
        return 403
    if not case.sees:
        return 404
    if locked is not None and case.state in ("PUBLISHED", "ARCHIVED"):
        return locked
    return done if allowed else 403


def changing(case: Case) -> int:
    return responding(case, case.has_part, 200, locked=409)


def approving(case: Case) -> int:
    if case.responds and case.sees and case.state != "IN_REVIEW":
        return 409
    return responding(case, True, 409 if case.part == "creator" else 201)


def sharing(case: Case) -> int:
    if case.responds and case.sees and case.moves and case.state in ("DRAFT", "IN_REVIEW"):
        return 409
    return responding(case, case.moves, 201)


def deleting(case: Case) -> int:
    if not case.responds:
        return 403
    there = case.state != "DELETED" and (not case.private or case.knows)
    if not case.sees and not (case.administers and there):
        return 404
    own_draft = case.part == "creator" and case.state == "DRAFT"
    return 204 if own_draft or case.administers else 403


def restoring(case: Case) -> int:
    if not case.responds:
        return 403
    if case.state != "DELETED" or (case.private and not case.knows):
        return 404
    if case.part == "creator":
        return 200
    return (200 if case.has_part else 204) if case.administers else 404


ROUTES: dict[str, tuple[Any, dict[str, Any] | None]] = {
    "GET /api/postmortems/{id}": (reading, None),
    "GET /api/postmortems/{id}/export": (reading, None),
    "GET /api/postmortems/{id}/edits": (reading, None),
    "GET /api/postmortems/{id}/revisions": (reading, None),
    "GET /api/postmortems/{id}/revisions/{revision}": (
        lambda case: 404 if case.state == "DRAFT" else reading(case), None,
    ),
    "GET /api/postmortems/{id}/diff": (
        lambda case: 404 if case.state == "DRAFT" else reading(case), None,
    ),
    "GET /api/postmortems/{id}/proposals": (reading, None),
    "GET /api/postmortems/{id}/reviews": (reading, None),
    "GET /api/postmortems/{id}/comments": (reading, None),
    "GET /api/postmortems/{id}/shares": (lambda case: responding(case, True, 200), None),
    "PATCH /api/postmortems/{id}": (changing, {"summary": "Other words"}),
    "POST /api/postmortems/{id}/whys": (changing, {"tree": "WT-1"}),
    "DELETE /api/postmortems/{id}": (deleting, None),
    "POST /api/postmortems/{id}/restore": (restoring, None),
    "POST /api/postmortems/{id}/proposals": (changing, {"keep": ["event:1"]}),
    "POST /api/postmortems/{id}/reviews": (approving, {"decision": "approve", "textVersion": 1}),
    "POST /api/postmortems/{id}/comments": (
        lambda case: responding(case, True, 201), {"section": "summary", "text": "Why?"},
    ),
    "PATCH /api/postmortems/{id}/comments/{thread}": (
        lambda case: responding(case, True, 404), {"resolved": True},
    ),
    "POST /api/postmortems/{id}/shares": (sharing, {"days": 1}),
    "DELETE /api/postmortems/{id}/shares/{share}": (
        lambda case: responding(case, case.moves, 404), None,
    ),
    "POST /api/postmortems/{id}/revisions/{revision}/restore": (
        lambda case: 404 if case.responds and case.state == "DRAFT" else
        responding(case, True, 200), {},
    ),
}  # fmt: skip
"""Every route about one postmortem: what the rules answer, and the body that is sent."""
ABOUT_NONE = {
    "GET /api/postmortems", "POST /api/postmortems", "POST /api/postmortems/draft",
    "GET /api/postmortems/not-started", "GET /api/postmortems/deleted",
}  # fmt: skip


class Stage:
    """A postmortem in one state, of one incident, and somebody new before it."""

    def __init__(self, works: Works, database_url: str) -> None:
        self.office = Office(works, database_url)
        self.works = works
        self.boss = self.office.person("boss", Role.ADMIN)
        self.writer = self.office.person("writer", Role.RESPONDER)
        self.count = 0
        self.asked: dict[str, str] = {}

    def somebody(self, case: Case) -> tuple[TestClient, str]:
        """Somebody with this role and part, and the postmortem's id."""
        self.count += 1
        name = f"p{self.count}"
        browser = self.office.person(name, Role.RESPONDER)
        with self.works.reading(SYSTEM) as work:
            user = accounts.user_of_email(work, f"{name}@example.com")
        assert user is not None
        maker = browser if case.part == "creator" else self.writer
        made = incident(self.writer, f"inc_{name}", private=case.private)
        if case.private and case.knows:
            self._grant(made, user.id)
        more: dict[str, Any] = {"incidentId": f"inc_{name}"}
        more["contributors"] = ["writer@example.com"]
        if case.part in ("contributor", "author"):
            more["contributors"].append(f"{name}@example.com")
        if case.part == "owner":
            more["owner"] = f"{name}@example.com"
        made_id = str(begun(maker, **more)["id"])
        why = {
            "incidentId": made,
            "problem": "Pool exhausted",
            "whys": [{"question": "Why?", "answer": "A"}],
        }
        self.asked[made_id] = str(self.writer.post("/api/why-trees", json=why).json()["reference"])
        if case.part == "author":
            headers = {"If-Match": '"1"'}
            body = {"trigger": "A campaign", "contributors": ["writer@example.com"]}
            answer = browser.patch(f"/api/postmortems/{made_id}", json=body, headers=headers)
            assert answer.status_code == 200, answer.text
        self._brought(maker, made_id, case, browser)
        self._promoted(user.id, case.role)
        return browser, made_id

    def _grant(self, incident_id: str, user_id: str) -> None:
        answer = self.writer.post(f"/api/incidents/{incident_id}/grants", json={"userId": user_id})
        assert answer.status_code < 300, answer.text

    def _brought(self, maker: TestClient, name: str, case: Case, browser: TestClient) -> None:
        if case.part == "approver" or case.state in ("IN_REVIEW", "PUBLISHED", "ARCHIVED"):
            moved(maker, name, "IN_REVIEW")
        if case.part == "approver" and (case.knows or not case.private):
            approved(browser, name)
        if case.state in ("PUBLISHED", "ARCHIVED"):
            if maker is not self.writer:
                approved(self.writer, name)
            elif case.part != "approver" or (case.private and not case.knows):
                return self._published_by_another(maker, name, case)
            moved(maker, name, "PUBLISHED")
        return self._finished(maker, name, case)

    def _published_by_another(self, maker: TestClient, name: str, case: Case) -> None:
        self.count += 1
        other = self.office.person(f"q{self.count}", Role.RESPONDER)
        if case.private:
            with self.works.reading(SYSTEM) as work:
                user = accounts.user_of_email(work, f"q{self.count}@example.com")
            assert user is not None
            found = maker.get(f"/api/postmortems/{name}").json()["incident"]
            self._grant(found, user.id)
        approved(other, name)
        moved(maker, name, "PUBLISHED")
        self._finished(maker, name, case)

    def _finished(self, maker: TestClient, name: str, case: Case) -> None:
        if case.state == "ARCHIVED":
            settled(maker, name)
            moved(maker, name, "ARCHIVED")
        if case.state == "DRAFT" and case.part == "approver":
            moved(maker, name, "DRAFT")
        if case.state == "DELETED":
            if case.part == "approver":
                moved(maker, name, "DRAFT")
            version = maker.get(f"/api/postmortems/{name}").json()["version"]
            headers = {"If-Match": f'"{version}"'}
            assert maker.delete(f"/api/postmortems/{name}", headers=headers).status_code == 204

    def _promoted(self, user_id: str, role: Role) -> None:
        answer = self.boss.patch(f"/api/users/{user_id}", json={"role": role.value})
        assert answer.status_code == 200, answer.text


def cases(private: bool) -> list[Case]:
    """Who did not see a private incident could have no part in its postmortem but by name."""
    return [
        Case(role, part, state, private, knows)
        for role in Role
        for part in PARTS
        for state in STATES
        for knows in ((True, False) if private else (True,))
        if knows or part in ("none", "contributor", "owner")
    ]


def versions_of(stage: Stage, name: str) -> tuple[int, int]:
    """Of all of it, and of its text, as who wrote it reads them."""
    answer = stage.writer.get(f"/api/postmortems/{name}")
    found = answer.json()
    return (found["version"], found["textVersion"]) if answer.status_code == 200 else (1, 1)


def ask(
    browser: TestClient, name: str, route: str, versions: tuple[int, int], tree: str = ""
) -> int:
    method, path = route.split(" ")
    path = path.replace("{id}", name).replace("{revision}", "1")
    path = re.sub(r"\{[^}]+\}", "cmt_x", path)
    query = {"reason": "because"} if method == "DELETE" and path.count("/") == 3 else {}
    if path.endswith("/diff"):
        query = {"since": "1"}
    headers = {"If-Match": f'"{versions[0]}"'}
    body = ROUTES[route][1]
    if body and "textVersion" in body:
        body = body | {"textVersion": versions[1]}
    if body and "tree" in body:
        body = body | {"tree": tree}
    answer = browser.request(method, path, params=query, json=body, headers=headers)
    return int(answer.status_code)


def wrong_answers(stage: Stage, case: Case) -> list[str]:
    """Every route by one person; what changes something is asked of a postmortem of its own."""
    went_back = case.part == "approver" and case.state in ("DRAFT", "DELETED")
    asked = {
        route: rule(case)
        for route, (rule, _) in ROUTES.items()
        if not (went_back and "revision" in route) and not (went_back and route.endswith("/diff"))
    }
    found = []
    browser, name = stage.somebody(case)
    for route in sorted(asked, key=lambda one: changes(one, asked[one])):
        if changes(route, asked[route]):
            browser, name = stage.somebody(case)
        status = ask(browser, name, route, versions_of(stage, name), stage.asked[name])
        if status != asked[route]:
            found.append(f"{case}: {route} answers {status}, by the rules {asked[route]}")
    return found


def changes(route: str, status: int) -> bool:
    """Whether this answer means that something is not as it was."""
    return status < 300 and not route.startswith("GET")


def test_every_route_of_the_room_is_in_the_table(works: Works, database_url: str) -> None:
    office = Office(works, database_url)
    cast: Any = type("OnlyTheApplication", (), {"stranger": office.person("x", Role.VIEWER)})
    listed = {name for name in doors(cast) if name.split(" ")[1].startswith("/api/postmortems")}
    assert listed == set(ROUTES) | ABOUT_NONE


@pytest.mark.long
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("private", [False, True], ids=["open", "private"])
def test_each_person_may_do_what_the_rules_say(
    works: Works, database_url: str, state: str, private: bool
) -> None:
    stage = Stage(works, database_url)
    wanted = [case for case in cases(private) if case.state == state]
    if not IS_SOAK:
        share = 40 if IS_SLICE or not works.database.is_sqlite else 16
        chance = random.Random(f"{state}{private}")  # noqa: S311 - the same few each time
        wanted = chance.sample(wanted, len(wanted) // share + 1)
    found: list[str] = []
    for case in wanted:
        found += wrong_answers(stage, case)
    assert found == []
