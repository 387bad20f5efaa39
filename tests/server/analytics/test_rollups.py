"""Rollups say what the incidents say, whatever happens to them; nothing private, practised or merged is in them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kintsugi.core.analytics.report import report_of
from kintsugi.core.analytics.rollups import tally_of
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.analytics import service as analytics
from tests.server.cast import Cast, MovableClock
from tests.server.postmortems.desk import begun, incident, published

pytestmark = pytest.mark.both_databases


def agreed(works: Works, clock: MovableClock) -> dict[str, object]:
    """The guide's report of 30 days from rollups, which is that of a recount."""
    with works.reading(SYSTEM) as work:
        span = (clock.now() - timedelta(days=30), clock.now() + timedelta(minutes=1))
        kept = report_of(tally_of(analytics.rollups_between(work, *span)))
        counted = report_of(tally_of(analytics.recounted(work, *span)))
    assert kept == counted
    return kept.as_guide()


def folded(works: Works) -> int:
    with works.writing(SYSTEM) as work:
        return analytics.fold(work)


def changed(client: Cast, name: str, body: dict[str, object]) -> None:
    path = f"/api/incidents/{name}"
    tag = {"If-Match": client.bob.get(path).headers["etag"]}
    assert client.bob.patch(path, json=body, headers=tag).status_code == 200


def test_rollups_agree_with_a_recount_through_the_life_of_incidents(
    client: Cast, works: Works, clock: MovableClock
) -> None:
    incident(client.bob, "a", services=["shop"])
    clock.forward(hours=30)
    incident(client.bob, "b", severity="SEV-1", services=["shop", "search"])
    assert agreed(works, clock)["summary"]["total_incidents"] == 2  # type: ignore[index] # JSON
    assert folded(works) == 2
    assert folded(works) == 0
    agreed(works, clock)
    clock.forward(minutes=90)
    changed(client, "b", {"status": "resolved"})
    changed(client, "a", {"severity": "SEV-2", "reason": "worse", "services": ["billing"]})
    found = agreed(works, clock)
    assert found["summary"]["mttr_minutes"] == 90  # type: ignore[index] # JSON
    folded(works)
    assert agreed(works, clock) == found
    tag = {"If-Match": client.bob.get("/api/incidents/b").headers["etag"]}
    earlier = {"name": "impactStart", "at": "2026-02-20T01:00:00Z", "reason": "logs"}
    moved = client.bob.post("/api/incidents/b/milestones", json=earlier, headers=tag)
    assert moved.status_code == 200, moved.text
    agreed(works, clock)
    assert folded(works) > 0
    assert agreed(works, clock)["patterns"]["by_hour"]["distribution"] == {1: 1, 9: 1}  # type: ignore[index] # JSON


def test_the_words_of_a_cause_come_with_publication_and_go_with_deletion(
    client: Cast, works: Works, clock: MovableClock
) -> None:
    incident(client.bob)
    begun(client.bob)
    folded(works)
    assert agreed(works, clock)["patterns"]["common_causes"] == []  # type: ignore[index] # JSON
    published(client.bob, client.alice, "PM-1")
    assert "pool" in agreed(works, clock)["patterns"]["common_causes"]  # type: ignore[index] # JSON
    folded(works)
    assert "pool" in agreed(works, clock)["patterns"]["common_causes"]  # type: ignore[index] # JSON
    tag = {"If-Match": client.alice.get("/api/postmortems/PM-1").headers["etag"]}
    gone = client.alice.request(
        "DELETE", "/api/postmortems/PM-1", headers=tag, params={"reason": "because"}
    )
    assert gone.status_code == 204, gone.text
    assert agreed(works, clock)["patterns"]["common_causes"] == []  # type: ignore[index] # JSON


def test_what_turns_private_or_out_to_be_a_drill_or_another_leaves_the_rollups(
    client: Cast, works: Works, clock: MovableClock
) -> None:
    for name in ("a", "b", "c", "d"):
        incident(client.bob, name)
    incident(client.bob, "secret", private=True)
    folded(works)
    assert agreed(works, clock)["summary"]["total_incidents"] == 4  # type: ignore[index] # JSON
    changed(client, "a", {"drill": True, "reason": "it was one"})
    bob = client.bob
    tag = {"If-Match": bob.get("/api/incidents/b").headers["etag"]}
    merged = bob.post("/api/incidents/b/merge", json={"into": "c", "reason": "same"}, headers=tag)
    assert merged.status_code == 200, merged.text
    agreed(works, clock)
    folded(works)
    assert agreed(works, clock)["summary"]["total_incidents"] == 2  # type: ignore[index] # JSON
