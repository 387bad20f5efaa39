"""What is kept of incidents for statistics is what the incidents say, whatever happens to them in whatever order."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient

from kintsugi.core.knowledge.classes import SHIPPED
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.database import open_database
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.actions import service as actions
from kintsugi.server.analytics import service as analytics
from tests.server.cast import Cast, MovableClock
from tests.server.postmortems.desk import begun, incident, published, settled

pytestmark = pytest.mark.both_databases
NAMES = ("a", "b", "c", "d")
CLASS = SHIPPED[0].key


def agreed(works: Works) -> tuple[analytics.Item, ...]:
    """What is kept, which is what a recount gives."""
    with works.reading(SYSTEM) as work:
        kept = analytics.record(work)
        assert kept.items == analytics.recounted_facts(work)
        assert kept.actions == tuple(actions.times(work))
    return kept.items


@contextmanager
def another_process(url: str, clock: MovableClock) -> Iterator[Works]:
    """One that remembers nothing."""
    database = open_database(url)
    yield Works(database, clock)
    database.close()


def written_down(works: Works) -> int:
    with works.writing(SYSTEM) as work:
        return analytics.write_facts(work)


def tag(browser: TestClient, name: str) -> dict[str, str]:
    return {"If-Match": browser.get(f"/api/incidents/{name}").headers["etag"]}


def patch(browser: TestClient, name: str, **body: object) -> None:
    browser.patch(f"/api/incidents/{name}", json=body, headers=tag(browser, name))


def post(browser: TestClient, path: str, incident_name: str, **body: object) -> None:
    answer = browser.post(
        f"/api/incidents/{incident_name}/{path}", json=body, headers=tag(browser, incident_name)
    )
    assert answer.status_code < 500, answer.text


def said(browser: TestClient, name: str, decision: str) -> None:
    path = f"/api/incidents/{name}/classes/{CLASS}"
    if decision:
        browser.put(path, json={"decision": decision})
    else:
        browser.delete(path)


def changes(bob: TestClient, chance: random.Random) -> dict[str, Callable[[str], None]]:
    """What can happen to an incident; some of it is refused."""
    day, hour = chance.randrange(1, 27), chance.randrange(24)
    other = chance.choice(NAMES)
    return {
        "resolve": lambda name: patch(bob, name, status="resolved"),
        "reopen": lambda name: patch(bob, name, status="investigating", reason="again"),
        "severity": lambda name: patch(bob, name, severity="SEV-1", reason="worse"),
        "edit": lambda name: patch(bob, name, title=f"T {hour}", services=["shop"], tags=["x"]),
        "began": lambda name: post(
            bob, "milestones", name, name="impactStart", reason="logs",
            at=f"2026-02-{day:02d}T{hour:02d}:30:00Z",
        ),
        "unknown": lambda name: post(bob, "milestones", name, name="impactStart", reason="x", at=None),
        "private": lambda name: patch(bob, name, private=True, reason="x"),
        "public": lambda name: patch(bob, name, private=False, reason="x"),
        "drill": lambda name: patch(bob, name, drill=True, reason="x"),
        "no drill": lambda name: patch(bob, name, drill=False, reason="x"),
        "merge": lambda name: post(bob, "merge", name, into=other, reason="same"),
        "unmerge": lambda name: post(bob, "unmerge", name, reason="not the same"),
        "rollback": lambda name: post(bob, "timeline", name, text="Rolled back", kind="rollback"),
        "class": lambda name: said(bob, name, "confirmed"),
        "refused": lambda name: said(bob, name, "refused"),
        "forget": lambda name: said(bob, name, ""),
    }  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.long
def test_facts_agree_with_a_recount_whatever_happens(
    client: Cast, works: Works, database_url: str, clock: MovableClock, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - it chooses what happens
    for name in NAMES:
        incident(client.bob, name, services=["shop", "search"])
        clock.forward(days=3)
    assert len(agreed(works)) == len(NAMES)
    for step in range(24):
        does = changes(client.bob, chance)
        does[chance.choice(list(does))](chance.choice(NAMES))
        clock.forward(minutes=7)
        agreed(works)
        if step % 6 == 5:
            written_down(works)
    written_down(works)
    assert written_down(works) == 0
    with another_process(database_url, clock) as fresh:
        assert agreed(fresh) == agreed(works)


def test_facts_follow_postmortems_actions_owners_and_rules(
    client: Cast, works: Works, clock: MovableClock
) -> None:
    incident(client.bob, "a", services=["shop"], severity="SEV-4")
    begun(client.bob, incidentId="a")
    assert agreed(works)[0].sources == ()
    published(client.bob, client.alice, "PM-1")
    clock.forward(days=1)
    found = agreed(works)[0]
    assert (found.fact.root_cause != "", found.fact.postmortem_at is not None) == (True, True)
    settled(client.bob)
    with works.reading(SYSTEM) as work:
        assert [one.status.is_closed for one in analytics.record(work).shared] == [True, True]
    body = {"name": "shop", "ownerTeam": "payments"}
    assert client.alice.post("/api/services", json=body).status_code == 201
    assert agreed(works)[0].fact.teams == ("payments",)
    headers = {"If-Match": client.alice.get("/api/postmortems/PM-1").headers["etag"]}
    path = "/api/postmortems/PM-1?reason=because"
    assert client.alice.delete(path, headers=headers).status_code == 204
    assert agreed(works)[0].sources == ()
    with works.reading(SYSTEM) as work:
        assert analytics.record(work).shared == ()


def _decide_and_fail(works: Works) -> None:
    with works.writing(SYSTEM) as work:
        one = analytics.incident_named(work, "a")
        analytics.decide(work, one, CLASS, analytics.decision_of("confirmed"))
        assert analytics.record(work).items[0].fact.classes == (CLASS,)
        raise RuntimeError


def test_what_is_not_committed_is_seen_by_nobody_else_and_remembered_by_none(
    client: Cast, works: Works
) -> None:
    incident(client.bob, "a")
    before = agreed(works)
    with pytest.raises(RuntimeError):
        _decide_and_fail(works)
    assert agreed(works) == before


def test_an_answer_is_kept_for_a_minute_and_no_longer_than_nothing_changes(
    client: Cast, clock: MovableClock
) -> None:
    def counted() -> tuple[int, str]:
        found = client.charlie.get("/api/analytics/overview?days=1").json()
        return found["n"], found["until"]

    incident(client.bob, "a")
    first = counted()
    clock.forward(seconds=30)
    assert counted() == first
    incident(client.bob, "b")
    second = counted()
    assert second[0] == 2
    assert second[1] > first[1]
    clock.forward(seconds=60)
    assert counted()[1] > second[1]
    clock.forward(days=2)
    assert counted()[0] == 0


def test_what_an_earlier_incident_turns_into_is_seen_in_the_weeks_that_repeat_it(
    client: Cast, works: Works, clock: MovableClock
) -> None:
    def asking() -> list[bool | None]:
        return [one.fact.is_postmortem_required for one in agreed(works)]

    for name, title in (("a", "Checkout fails"), ("b", "Orders are late"), ("c", "Checkout fails")):
        incident(client.bob, name, title=title, services=["shop"], severity="SEV-4")
        clock.forward(days=30)
    assert asking() == [False, False, True]
    patch(client.bob, "a", title="Search fails")
    assert asking() == [False, False, False]
    said(client.bob, "a", "confirmed")
    said(client.bob, "b", "confirmed")
    assert asking() == [False, True, False]
    said(client.bob, "a", "")
    assert asking() == [False, False, False]
