"""What a team settles holds, and cannot be got round or broken by numbers that are none."""

from __future__ import annotations

import pytest

from tests.server.cast import Cast
from tests.server.postmortems.desk import approved, begun, incident, moved, patched, shown


@pytest.fixture
def desk(client: Cast) -> Cast:
    """An incident, and bob's draft of it with nobody else in it."""
    incident(client.bob)
    begun(client.bob)
    return client


def test_rules_that_the_team_settles_hold(desk: Cast) -> None:
    rules = {"approvals": 2, "requiredToSubmit": ["trigger"], "version": 0}
    assert desk.bob.put("/api/postmortem-rules/approvals", json=rules).status_code == 403
    assert desk.alice.put("/api/postmortem-rules/approvals", json=rules).status_code == 200
    assert desk.alice.put("/api/postmortem-rules/approvals", json=rules).status_code == 412
    refused = patched(desk.bob, "PM-1", {"status": "IN_REVIEW"})
    assert (refused.status_code, "trigger" in refused.json()["detail"]) == (409, True)
    patched(desk.bob, "PM-1", {"trigger": "A campaign"})
    moved(desk.bob, "PM-1", "IN_REVIEW")
    approved(desk.alice, "PM-1")
    assert "1 more" in patched(desk.bob, "PM-1", {"status": "PUBLISHED"}).json()["detail"]
    for wrong in ({"approvals": 0}, {"approvals": 10}, {"requiredToSubmit": ["x"]}):
        answer = desk.alice.put("/api/postmortem-rules/approvals", json=wrong | {"version": 1})
        assert answer.status_code == 422


@pytest.mark.parametrize("minutes", [-1, 1_000_000, 10**18])
def test_an_incident_is_too_long_after_a_number_of_minutes_that_can_be(
    client: Cast, minutes: int
) -> None:
    rules = {"longerThanMinutes": minutes, "version": 0}
    answer = client.alice.put("/api/postmortem-rules/required", json=rules)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "longerThanMinutes")


@pytest.mark.both_databases
@pytest.mark.parametrize("number", [-1, 2**31, 10**23])
def test_a_number_that_no_version_has_is_refused(desk: Cast, number: int) -> None:
    one = "/api/postmortems/PM-1"
    asked = (
        desk.bob.get(f"{one}/revisions/{number}"),
        desk.bob.get(f"{one}/diff?since={number}"),
        desk.bob.get(f"{one}/diff?since=0&until={number}"),
        desk.bob.get(f"{one}/edits?before={number}"),
        desk.bob.post(f"{one}/revisions/{number}/restore", json={}, headers={"If-Match": '"1"'}),
        desk.bob.post(f"{one}/reviews", json={"decision": "approve", "textVersion": number}),
        desk.alice.put("/api/postmortem-rules/approvals", json={"version": number}),
        desk.alice.put("/api/postmortem-rules/required", json={"version": number}),
    )
    assert [answer.status_code for answer in asked] == [422] * len(asked)


def test_writing_a_milder_severity_saves_nobody_an_approval(client: Cast) -> None:
    incident(client.bob, severity="SEV-1")
    begun(client.bob, severity="SEV-4")
    assert shown(client.bob)["approvalsNeeded"] == 2
    moved(client.bob, "PM-1", "IN_REVIEW")
    approved(client.alice, "PM-1")
    refused = patched(client.bob, "PM-1", {"status": "PUBLISHED"})
    assert refused.status_code == 409
    assert "its incident is SEV-1" in refused.json()["detail"]
