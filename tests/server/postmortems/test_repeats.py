"""An incident that repeats an earlier one asks for a postmortem, and says what it repeats to who may see that."""

from __future__ import annotations

import pytest

from tests.server.cast import Cast, MovableClock
from tests.server.postmortems.seen import resolved, seen

pytestmark = pytest.mark.both_databases

CONFIG = "configuration_change"


def ended(client: Cast, title: str = "Checkout is slow", **said: str | bool) -> str:
    services: object = ["checkout"]
    return resolved(client, "SEV-4", title=title, services=services, **said)  # type: ignore[arg-type]


def waiting(client: Cast, who: str = "bob") -> dict[str, list[str]]:
    items = getattr(client, who).get("/api/postmortems/not-started").json()["items"]
    return {one["reference"]: one["reasons"] for one in items}


def test_the_same_service_and_title_within_90_days_asks_for_one(
    client: Cast, clock: MovableClock
) -> None:
    first = ended(client)
    assert waiting(client) == {}
    clock.forward(hours=12 * 24)
    again = ended(client, "CHECKOUT is slow")
    said = f"it repeats {first}, 12 d earlier, of the same service and title"
    assert waiting(client) == {again: [said]}
    assert said[1:] in seen(client.bob, "/postmortems")
    assert said in seen(client.bob, f"/incidents/{again}")
    clock.forward(hours=91 * 24)
    ended(client)
    assert list(waiting(client)) == [again]


def test_a_class_that_people_confirmed_of_both_asks_for_one(
    client: Cast, clock: MovableClock
) -> None:
    first = ended(client)
    clock.forward(hours=24)
    again = ended(client, "Orders fail")
    for one, decision in ((first, "confirmed"), (again, "refused")):
        path = f"/api/incidents/{one}/classes/{CONFIG}"
        assert client.bob.put(path, json={"decision": decision}).status_code == 200
    assert waiting(client) == {}
    client.bob.put(f"/api/incidents/{again}/classes/{CONFIG}", json={"decision": "confirmed"})
    assert waiting(client) == {
        again: [f"it repeats {first}, 1 d earlier, of the class Configuration change"]
    }
    counted = client.bob.get("/api/analytics/learning").json()["figures"][0]
    assert ["of SEV-4", 0, 1, None, None, None] in counted["rows"], "statistics ask for it too"


def test_who_does_not_see_the_earlier_one_is_not_told_of_it(
    client: Cast, clock: MovableClock
) -> None:
    first = ended(client, private=True)
    clock.forward(hours=24)
    again = ended(client)
    for one in (first, again):
        client.bob.put(f"/api/incidents/{one}/classes/{CONFIG}", json={"decision": "confirmed"})
    assert list(waiting(client)) == [again]
    assert waiting(client, "alice") == {}
    assert "repeats" not in seen(client.alice, f"/incidents/{again}")


def test_a_team_settles_how_near_a_repeat_is_or_that_none_asks(
    client: Cast, clock: MovableClock
) -> None:
    ended(client)
    clock.forward(hours=10 * 24)
    ended(client)
    assert len(waiting(client)) == 1
    path = "/api/postmortem-rules/required"
    rules = client.alice.get("/api/postmortem-rules").json()["required"]
    assert rules["repeatedWithinDays"] == 90
    answer = client.alice.put(path, json=rules | {"repeatedWithinDays": 9})
    assert answer.json()["required"]["repeatedWithinDays"] == 9
    assert waiting(client) == {}
    form = {"version": "1", "severity": "SEV-2", "repeated_within": "11"}
    client.alice.post("/postmortems/settings/required", data=form)
    assert len(waiting(client)) == 1
    assert 'value="11"' in seen(client.alice, "/postmortems/settings")
    client.alice.post(
        "/postmortems/settings/required", data=form | {"version": "2", "repeated_within": ""}
    )
    assert waiting(client) == {}
    for days in (0, 366):
        refused = client.alice.put(path, json={"repeatedWithinDays": days, "version": 3})
        assert refused.json()["errors"][0]["field"] == "repeatedWithinDays"
