"""The lists of patterns come page by page, each item once; alert fatigue obeys the filters that fit alerts."""

from __future__ import annotations

import pytest

from kintsugi.core.knowledge.classes import SHIPPED
from tests.server.alerts.telling import tool
from tests.server.cast import Cast, MovableClock
from tests.server.postmortems.desk import begun, incident, published

pytestmark = pytest.mark.both_databases
CLASS = SHIPPED[0].key
LISTS = ("detection-gaps", "improvements", "waiting", "recurrences")


def paged(client: Cast, name: str, limit: int = 2) -> list[dict[str, object]]:
    """Every item of a list, asked for a few at a time."""
    found: list[dict[str, object]] = []
    cursor = ""
    while True:
        said = f"limit={limit}" + (f"&cursor={cursor}" if cursor else "")
        page = client.charlie.get(f"/api/analytics/{name}?{said}").json()
        found += page["items"]
        assert len(page["items"]) <= limit
        if page["nextCursor"] is None:
            assert len(found) == page["n"]
            return found
        cursor = page["nextCursor"]


def references(items: list[dict[str, object]]) -> list[object]:
    return [one["incident"]["reference"] for one in items]  # type: ignore[index] # JSON


def test_each_list_gives_every_item_once_the_newest_first(
    client: Cast, clock: MovableClock
) -> None:
    for number in range(5):
        incident(client.bob, f"i{number}", title="The deploy broke the cache", detection="customer")
        body = {"decision": "confirmed"}
        if number % 2 == 0:
            client.bob.put(f"/api/incidents/i{number}/classes/{CLASS}", json=body)
        clock.forward(hours=1)
    newest_first = [f"INC-{number}" for number in (5, 4, 3, 2, 1)]
    assert references(paged(client, "detection-gaps")) == newest_first
    assert references(paged(client, "recurrences", 1)) == ["INC-5", "INC-3"]
    waiting = paged(client, "waiting")
    shown = client.charlie.get("/api/patterns").json()
    assert waiting == shown["waiting"]
    assert (shown["waitingCount"], shown["detectionGapCount"]) == (len(waiting), 5)
    assert paged(client, "detection-gaps", 100) == shown["detectionGaps"]
    assert references(paged(client, "recurrences")) == references(
        shown["recurrence"]["recurred"][::-1]
    )
    incident(client.bob, "hidden", private=True, detection="customer")
    assert references(paged(client, "detection-gaps")) == newest_first


def test_improvements_come_question_by_question(client: Cast) -> None:
    for name in ("a", "b"):
        incident(client.bob, name)
        begun(client.bob, incidentId=name, whatWentPoorly=[f"One {name}", f"Two {name}"])
    for name in ("PM-1", "PM-2"):
        published(client.bob, client.alice, name)
    texts = [one["text"] for one in paged(client, "improvements", 1)]
    assert texts == ["One b", "Two b", "One a", "Two a"]
    assert client.charlie.get("/api/patterns").json()["improvementCount"] == 4


def test_a_cursor_that_is_none_is_refused(client: Cast) -> None:
    for name in LISTS:
        answer = client.charlie.get(f"/api/analytics/{name}?cursor=nonsense")
        assert answer.status_code == 422
        assert client.charlie.get(f"/api/analytics/{name}").json()["items"] == []


def alerts(client: Cast, query: str) -> dict[str, object]:
    found = client.charlie.get(f"/api/analytics/services?{query}").json()["figures"]
    made: dict[str, object] = next(one for one in found if one["key"] == "fatigue")
    return made


def test_fatigue_obeys_period_service_and_team_and_says_what_says_nothing_of_alerts(
    client: Cast, clock: MovableClock
) -> None:
    body = {"name": "shop", "ownerTeam": "payments"}
    assert client.alice.post("/api/services", json=body).status_code == 201
    prometheus = tool(client, clock)
    for service in ("shop", "search"):
        prometheus.raised(service, service=service)
    clock.forward(days=2)
    assert alerts(client, "days=30")["n"] == 2
    assert alerts(client, "days=1")["n"] == 0
    assert alerts(client, "days=30&service=SHOP")["n"] == 1
    assert alerts(client, "days=30&team=payments")["n"] == 1
    narrowed = alerts(client, "days=30&severity=SEV-1&tag=x")
    assert narrowed["n"] == 2
    assert narrowed["loud"] == ["Alerts have no severity and tag: all are counted."]
