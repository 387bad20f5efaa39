"""Several people at one postmortem in any order: nothing is published unread, no locked text changes."""

from __future__ import annotations

import itertools
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kintsugi.core.postmortems.revisions import SECTIONS
from kintsugi.formats.api_json import read_api
from kintsugi.formats.own_json import own_data
from kintsugi.kernel.auth import Role
from kintsugi.kernel.database import Database
from kintsugi.kernel.unit_of_work import Works
from tests.server.cast import MovableClock
from tests.server.postmortems.desk import Office, begun, incident

PEOPLE = ("ann", "ben", "cleo", "boss")
NEEDED = {"SEV-1": 2, "SEV-3": 1}
LOCKED = ("PUBLISHED", "ARCHIVED")
TEXTS = ("summary", "trigger", "rootCause", "lessons", "actionItems", "severity")
people, words = st.sampled_from(PEOPLE), st.sampled_from(("one", "two", "three", ""))


def text_of(data: dict[str, Any]) -> str:
    """The text that is locked: every section, of the actions their words alone."""
    kept = {key: data.get(key) for key in TEXTS if key != "actionItems"}
    kept["actions"] = [
        [one["description"], one.get("priority"), one.get("type")] for one in data["actionItems"]
    ]
    return json.dumps(kept, sort_keys=True)


def sections(data: dict[str, Any]) -> dict[str, Any]:
    """Every section but the actions, whose state has a history of its own, as the history spells them."""
    known = {key: value for key, value in data.items() if key != "id"}
    own = own_data(read_api(known).postmortem)
    return {name: own.get(name) for name in SECTIONS if name != "action_items"}


class Room(RuleBasedStateMachine):
    """One postmortem; `approvers` are those who approved the text that stands."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        file = Path(self.folder) / "room.db"
        shutil.copy(self.template, file)
        self.database = Database(f"sqlite:///{file}")
        office = Office(Works(self.database, MovableClock()), f"sqlite:///{file}")
        self.browsers: dict[str, TestClient] = {
            name: office.person(name, Role.ADMIN if name == "boss" else Role.RESPONDER)
            for name in PEOPLE
        }
        self.numbers = itertools.count()
        self.references: set[str] = set()
        self.approvals: dict[str, str] = {}
        self.deleted = False
        self.replayed = 0
        self.revisions: dict[int, Any] = {}
        self.states: dict[str, str] = {}
        self.last: dict[str, Any] = {}

    def teardown(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder)

    @initialize(severity=st.sampled_from(tuple(NEEDED)))
    def begin(self, severity: str) -> None:
        incident(self.browsers["ann"], severity=severity)
        made = begun(self.browsers["ann"], contributors=["ben@example.com", "boss@example.com"])
        self.name = str(made["id"])
        self.references.add(made["reference"])
        self.look()

    def look(self) -> dict[str, Any]:
        answer = self.browsers["ann"].get(f"/api/postmortems/{self.name}")
        assert answer.status_code == 200, answer.text
        now: dict[str, Any] = answer.json()
        if self.last and text_of(now) != text_of(self.last):
            self.approvals = {}
        self.last = now
        for one in now["actionItems"]:
            self.states.setdefault(one["id"], one["status"])
        return now

    def patch(self, who: str, body: dict[str, Any]) -> httpx2.Response:
        headers = {"If-Match": f'"{self.last["version"]}"'}
        path = f"/api/postmortems/{self.name}"
        answer: httpx2.Response = self.browsers[who].patch(path, json=body, headers=headers)
        assert answer.status_code in (200, 403, 404, 409, 422), answer.text
        return answer

    def edited(self, who: str, body: dict[str, Any]) -> None:
        before = self.last
        answer = self.patch(who, body)
        now = self.look()
        if before["status"] in LOCKED:
            assert text_of(now) == text_of(before), "a locked text changed"
        if answer.status_code != 200:
            assert now == before, "what was refused changed something"

    @precondition(lambda self: not self.deleted)
    @rule(who=people, key=st.sampled_from(("summary", "trigger", "rootCause")), word=words)
    def write(self, who: str, key: str, word: str) -> None:
        self.edited(who, {key: word})

    @precondition(lambda self: not self.deleted)
    @rule(who=people, word=words)
    def write_lessons(self, who: str, word: str) -> None:
        self.edited(who, {"lessons": [word, f"{word} more"]})

    @precondition(lambda self: not self.deleted)
    @rule(who=people, word=words)
    def reword_an_action(self, who: str, word: str) -> None:
        items = json.loads(json.dumps(self.last["actionItems"]))
        items[0]["description"] = f"Alert on pool use {word}".strip()
        self.edited(who, {"actionItems": items})

    @precondition(lambda self: not self.deleted)
    @rule(who=people, to=st.sampled_from(("IN_PROGRESS", "DONE", "TODO")), place=st.integers(0, 1))
    def follow_an_action(self, who: str, to: str, place: int) -> None:
        found = self.browsers["ann"].get("/api/actions").json()["items"]
        wanted = self.last["actionItems"][place]["id"]
        action = next(one for one in found if one["reference"] == wanted)
        answer = self.browsers[who].patch(
            f"/api/actions/{wanted}", json={"status": to, "evidence": "https://example.com/x"},
            headers={"If-Match": f'"{action["version"]}"'},
        )  # fmt: skip
        before = text_of(self.last)
        if answer.status_code == 200:
            self.states[wanted] = to
        assert text_of(self.look()) == before

    @precondition(lambda self: not self.deleted)
    @rule(who=people, approve=st.booleans(), stale=st.booleans())
    def review(self, who: str, approve: bool, stale: bool) -> None:
        version = self.last["textVersion"] - (1 if stale else 0)
        body = {"decision": "approve" if approve else "refuse", "textVersion": version, "note": "n"}
        answer = self.browsers[who].post(f"/api/postmortems/{self.name}/reviews", json=body)
        if answer.status_code == 201:
            assert not stale
            assert self.last["status"] == "IN_REVIEW"
            assert not (approve and who == "ann"), "her own"
            if approve:
                self.approvals[who] = text_of(self.last)
            else:
                self.approvals.pop(who, None)
        self.look()

    @precondition(lambda self: not self.deleted)
    @rule(who=people, to=st.sampled_from(("DRAFT", "IN_REVIEW", "PUBLISHED", "ARCHIVED")))
    def move(self, who: str, to: str) -> None:
        before, had = self.last, dict(self.approvals)
        answer = self.patch(who, {"status": to, "reason": "because"})
        now = self.look()
        if answer.status_code != 200:
            assert now == before
            return
        assert text_of(now) == text_of(before)
        if before["status"] == "IN_REVIEW" and to == "PUBLISHED":
            assert len(had) >= NEEDED[before["severity"]], "published without enough approvals"
        if before["status"] == "PUBLISHED" and to == "IN_REVIEW":
            self.approvals = {}
            assert now["approvals"] == 0

    @precondition(lambda self: not self.deleted)
    @rule(who=people, number=st.integers(1, 3), section=st.sampled_from(("", "summary", "lessons")))
    def restore_a_revision(self, who: str, number: int, section: str) -> None:
        before = self.last
        answer = self.browsers[who].post(
            f"/api/postmortems/{self.name}/revisions/{number}/restore", json={"section": section},
            headers={"If-Match": f'"{before["version"]}"'},
        )  # fmt: skip
        now = self.look()
        if before["status"] in LOCKED:
            assert text_of(now) == text_of(before)
        if answer.status_code != 200:
            assert now == before

    @precondition(lambda self: not self.deleted)
    @rule(who=people)
    def delete(self, who: str) -> None:
        answer = self.browsers[who].delete(
            f"/api/postmortems/{self.name}", params={"reason": "because"},
            headers={"If-Match": f'"{self.last["version"]}"'},
        )  # fmt: skip
        self.deleted = answer.status_code == 204
        if self.deleted:
            assert self.browsers["ann"].get(f"/api/postmortems/{self.name}").status_code == 404

    @precondition(lambda self: self.deleted)
    @rule()
    def undelete(self) -> None:
        answer = self.browsers["boss"].post(f"/api/postmortems/{self.name}/restore")
        assert answer.status_code in (200, 204), answer.text
        self.deleted = False
        before = text_of(self.last)
        assert text_of(self.look()) == before

    @precondition(lambda self: len(self.references) < 4)
    @rule(who=people)
    def begin_another(self, who: str) -> None:
        reference = begun(self.browsers[who])["reference"]
        assert reference not in self.references
        self.references.add(reference)

    @invariant()
    def what_counts_is_of_this_text_and_by_others(self) -> None:
        if self.last and not self.deleted:
            mine = {who for who, text in self.approvals.items() if text == text_of(self.last)}
            assert self.last["approvals"] <= len(mine)

    @invariant()
    def the_states_of_actions_survive(self) -> None:
        if self.last and not self.deleted:
            for one in self.last["actionItems"]:
                assert one["status"] == self.states[one["id"]]

    @invariant()
    def revisions_never_change_and_the_history_leads_back_to_each(self) -> None:
        if not self.last or self.deleted or self.last["version"] == self.replayed:
            return
        self.replayed = self.last["version"]
        ann, path = self.browsers["ann"], f"/api/postmortems/{self.name}"
        for one in ann.get(f"{path}/revisions").json()["items"]:
            number = one["revision"]
            kept = ann.get(f"{path}/revisions/{number}").json()
            assert self.revisions.setdefault(number, kept) == kept
        own, number = sections(self.last), self.last["revision"]
        for edit in [*ann.get(f"{path}/edits").json()["items"], {"before": {}}]:
            while number and own == sections(self.revisions[number]):
                number -= 1
            own |= {key: value for key, value in edit["before"].items() if key in own}
        assert number == 0, "no way back to a revision"


@pytest.mark.long
def test_the_workflow_holds_in_any_order(sqlite_template: Path) -> None:
    Room.template = sqlite_template
    run_state_machine_as_test(
        Room,
        settings=settings(
            max_examples=8, stateful_step_count=25, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


@pytest.mark.soak
def test_the_workflow_holds_for_long(sqlite_template: Path) -> None:
    Room.template = sqlite_template
    run_state_machine_as_test(
        Room,
        settings=settings(
            max_examples=150, stateful_step_count=50, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
