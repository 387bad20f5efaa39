"""Actions over HTTP: lists, states with what they ask for, and who may do what."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from kintsugi.kernel.auth import SYSTEM, Role, Scope
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.server.actions.begun import FIRST, SECOND, THIRD, begun, moved, patched, published
from tests.server.cast import Cast, MovableClock

pytestmark = pytest.mark.both_databases


@pytest.fixture
def three(client: Cast) -> dict[str, Any]:
    return published(client, FIRST, SECOND, THIRD)


def references(client: Cast, query: str = "", person: str = "charlie") -> list[str]:
    answer = getattr(client, person).get(f"/api/actions?{query}")
    assert answer.status_code == 200, answer.text
    return [one["reference"] for one in answer.json()["items"]]


@pytest.mark.usefixtures("three")
def test_actions_are_listed_by_the_day_they_are_due(client: Cast) -> None:
    assert references(client) == ["ACT-3", "ACT-1", "ACT-2"]
    shown = client.charlie.get("/api/actions/act-1")
    assert shown.headers["ETag"] == '"1"'
    told = shown.json()
    assert (told["score"], told["missing"], told["dueOn"]) == (6, [], "2026-03-12")
    assert told["next"] == ["IN_PROGRESS", "DONE", "WONT_DO", "ACCEPTED_RISK"]
    weak = client.charlie.get("/api/actions/ACT-3").json()
    assert "strength" in weak["missing"]


@pytest.mark.usefixtures("three")
def test_a_list_is_narrowed_by_owner_state_priority_horizon_and_words(
    client: Cast, clock: MovableClock
) -> None:
    assert references(client, "owner=me", "bob") == ["ACT-1"]
    assert references(client, "owner=Dora@Elsewhere.example") == ["ACT-3"]
    assert references(client, "priority=critical") == ["ACT-2"]
    assert references(client, "horizon=SHORT") == ["ACT-1", "ACT-2"]
    assert references(client, "horizon=IMMEDIATE") == ["ACT-3"]
    assert references(client, "horizon=LONG") == []
    assert references(client, "text=POOL") == ["ACT-1"]
    assert references(client, "view=overdue") == []
    clock.forward(days=4)
    assert references(client, "view=overdue") == ["ACT-3"]
    assert moved(client.bob, "ACT-3", {"status": "DONE"}).status_code == 200
    assert references(client, "view=overdue") == []
    assert references(client, "view=unverified") == ["ACT-3"]
    assert references(client, "view=open") == ["ACT-1", "ACT-2"]
    assert references(client, "postmortemId=pm_none") == []
    assert references(client, "postmortemId=pm-1&view=open") == ["ACT-1", "ACT-2"]
    assert references(client, "incidentId=INC-1&view=open") == ["ACT-1", "ACT-2"]
    assert references(client, "incidentId=INC-9") == []
    for query in ("priority=x", "view=x", "cursor=x", "owner=a&team=b", "team=nobody", "x=1"):
        assert client.charlie.get(f"/api/actions?{query}").status_code == 422, query


@pytest.mark.usefixtures("three")
def test_a_list_is_narrowed_to_the_people_of_a_team(client: Cast) -> None:
    assert references(client, "team=mine") == [], "charlie is in no team"
    team = client.alice.post("/api/teams", json={"name": "Pool"}).json()["id"]
    assert references(client, "team=pool") == [], "nobody is in it"
    charlie = client.charlie.get("/api/me").json()["id"]
    assert client.alice.put(f"/api/teams/{team}/members/{charlie}").status_code in (200, 204)
    assert references(client, "team=Pool", "bob") == ["ACT-2"]
    assert references(client, "team=mine") == ["ACT-2"]


def test_pages_follow_one_another_though_many_are_due_on_one_day(client: Cast) -> None:
    published(client, *({**FIRST, "description": f"Add alert {n}"} for n in range(7)))
    seen, cursor = [], ""
    while True:
        page = client.bob.get(f"/api/actions?limit=2{cursor}").json()
        seen += [one["reference"] for one in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert seen == [f"ACT-{n}" for n in range(1, 8)]


@pytest.mark.usefixtures("three")
def test_a_change_needs_the_version_it_was_made_from(client: Cast) -> None:
    body = {"status": "IN_PROGRESS"}
    assert client.bob.patch("/api/actions/ACT-1", json=body).status_code == 428
    assert moved(client.bob, "ACT-1", body, 1).headers["ETag"] == '"2"'
    late = moved(client.alice, "ACT-1", {"status": "DONE", "owner": "alice@example.com"}, 1)
    assert late.status_code == 412
    assert late.json()["current"]["status"] == "IN_PROGRESS"
    assert client.bob.get("/api/actions/ACT-1").json()["owner"] == "bob@example.com"


@pytest.mark.usefixtures("three")
def test_a_state_asks_for_what_it_needs(client: Cast, clock: MovableClock) -> None:
    assert moved(client.bob, "ACT-1", {"status": "VERIFIED"}).status_code == 409
    assert moved(client.bob, "ACT-1", {"status": "DONE"}).status_code == 200
    clock.forward(days=1)
    bare = moved(client.bob, "ACT-1", {"status": "VERIFIED"})
    assert (bare.status_code, bare.json()["errors"][0]["field"]) == (422, "evidence")
    verified = moved(client.bob, "ACT-1", {"status": "VERIFIED", "evidence": "Drill of 3 March"})
    assert verified.json()["status"] == "VERIFIED"
    assert verified.json()["settledAt"]
    emptied = moved(client.bob, "ACT-1", {"evidence": " "})
    assert (emptied.status_code, emptied.json()["errors"][0]["field"]) == (422, "evidence")
    history = client.charlie.get("/api/actions/ACT-1").json()["history"]
    assert history[0]["fields"][0] == {"field": "status", "before": "DONE", "after": "VERIFIED"}


GIVEN_UP = {"status": "WONT_DO", "reason": "The pool is gone."}


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("approver", "said"),
    [("", "missing"), ("nobody@example.com", "nobody here"), ("charlie@example.com", "the owner"),
     ("bob@example.com", "is you")],
)  # fmt: skip
def test_an_approver_is_somebody_else_with_an_account(
    client: Cast, approver: str, said: str
) -> None:
    answer = moved(client.bob, "ACT-2", GIVEN_UP | {"approver": approver})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "approver"
    assert said in answer.json()["detail"]


@pytest.mark.usefixtures("three")
def test_an_editor_may_agree_themselves_and_a_risk_is_looked_at_again(
    client: Cast, clock: MovableClock
) -> None:
    agreed = moved(client.alice, "ACT-2", GIVEN_UP | {"approver": "Alice@example.com"})
    assert agreed.json()["approver"] == "alice@example.com"
    risk = {"status": "ACCEPTED_RISK", "reason": "Rare", "approver": "alice@example.com"}
    for expires in (None, "2026-03-02", "2027-01-01"):
        answer = moved(client.bob, "ACT-1", risk | {"expires": expires})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "expires")
    assert moved(client.bob, "ACT-1", risk | {"expires": "2026-06-01"}).status_code == 200
    assert references(client, "view=open") == ["ACT-3"]
    clock.forward(days=120)
    assert references(client, "view=overdue") == ["ACT-3", "ACT-1"]


@pytest.mark.usefixtures("three")
def test_who_accepted_a_risk_once_has_not_agreed_to_more(client: Cast) -> None:
    risk = {"status": "ACCEPTED_RISK", "reason": "Rare", "approver": "alice@example.com"}
    assert moved(client.bob, "ACT-1", risk | {"expires": "2026-06-01"}).status_code == 200
    for more in (
        {"status": "WONT_DO", "reason": "Rare"},
        {"status": "ACCEPTED_RISK", "expires": "2026-07-01"},
    ):
        answer = moved(client.bob, "ACT-1", more)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "approver")


@pytest.mark.usefixtures("three")
def test_an_owner_who_may_only_read_begins_their_action_and_says_that_it_is_done(
    client: Cast, works: Works
) -> None:
    for refused in (
        {"owner": "bob@example.com"},
        GIVEN_UP,
        {"status": "DONE", "due": "2026-04-01"},
    ):
        assert moved(client.charlie, "ACT-2", refused).status_code == 403, refused
    assert moved(client.charlie, "ACT-1", {"status": "DONE"}).status_code == 403, "not theirs"
    charlie = client.charlie.get("/api/me").json()["id"]
    with works.writing(SYSTEM) as work:
        secret = accounts.create_token(work, charlie, "reads", (Scope.READ,)).secret
    answer = client.stranger.patch(
        "/api/actions/ACT-2", json={"status": "DONE"},
        headers={"Authorization": f"Bearer {secret}", "If-Match": '"1"'},
    )  # fmt: skip
    assert answer.status_code == 403, "a token that reads"
    assert moved(client.charlie, "ACT-2", {"status": "IN_PROGRESS"}).status_code == 200
    assert moved(client.charlie, "ACT-2", {"status": "DONE"}).json()["status"] == "DONE"
    assert (
        moved(client.charlie, "ACT-2", {"status": "VERIFIED", "evidence": "x"}).status_code == 403
    )


def test_an_owner_whose_account_came_later_owns_it(client: Cast, works: Works) -> None:
    published(client, THIRD)
    with works.writing(SYSTEM) as work:
        user = accounts.add_user(work, "Dora", "dora@elsewhere.example", Role.VIEWER)
        secret = accounts.create_token(work, user.id, "all", (Scope.ADMIN,)).secret
    headers = {"Authorization": f"Bearer {secret}"}
    found = client.stranger.get("/api/actions?owner=me", headers=headers).json()["items"]
    assert [one["reference"] for one in found] == ["ACT-1"]
    done = client.stranger.patch(
        "/api/actions/ACT-1", json={"status": "DONE"}, headers=headers | {"If-Match": '"1"'}
    )
    assert done.status_code == 200


def test_what_is_hidden_has_no_actions_anywhere(client: Cast) -> None:
    begun(client, {**FIRST, "description": "Canary in a draft"})
    private = begun(client, {**SECOND, "description": "Canary of a private one"}, private=True)
    where = private["actionItems"][0]["id"]
    for person in (client.charlie, client.alice):
        assert person.get("/api/actions").json()["items"] == []
        for name in ("ACT-1", "ACT-2", where):
            assert person.get(f"/api/actions/{name}").status_code == 404
            assert person.get(f"/actions/{name}").status_code == 404
            answer = person.patch(
                f"/api/actions/{name}", json={"status": "DONE"}, headers={"If-Match": '"1"'}
            )
            assert answer.status_code == 404
            assert person.post(f"/actions/{name}/move", data={"version": "1"}).status_code in (
                403,
                404,
            )
        for page in ("/actions", "/actions?view=all", "/actions?whose=me", "/"):
            text = person.get(page).text
            assert "Canary" not in text
            assert "ACT-" not in text


def test_an_action_that_moves_on_makes_an_older_list_of_its_postmortem_late(client: Cast) -> None:
    made = begun(client, FIRST, SECOND, contributors=["alice@example.com"])
    listed = made["actionItems"]
    assert moved(client.bob, "ACT-1", {"status": "IN_PROGRESS"}).status_code == 200
    said = [{**listed[0], "description": "Add an alert on pool use over 80%"}, listed[1]]
    late = patched(client.alice, "PM-1", {"actionItems": said}, made["version"])
    assert late.status_code == 412
    now = client.bob.get("/api/postmortems/PM-1").json()
    assert now["actionItems"][0]["status"] == "IN_PROGRESS"
    assert (
        patched(client.alice, "PM-1", {"summary": "Other words"}, made["version"]).status_code
        == 200
    )


def test_an_action_stands_under_its_own_horizon_else_that_of_its_due_date(client: Cast) -> None:
    begun_on = date(2026, 3, 2)
    days = (1, 7, 8, 30, 31, 90, 400)
    items = [
        {"description": f"Add alert {n}", "due": (begun_on + timedelta(days=n)).isoformat()}
        for n in days
    ]
    published(client, *items, {**SECOND, "horizon": "LONG", "due": "2026-03-04"})
    found = {
        one: set(references(client, f"horizon={one}")) for one in ("IMMEDIATE", "SHORT", "LONG")
    }
    assert found == {
        "IMMEDIATE": {"ACT-1", "ACT-2"},
        "SHORT": {"ACT-3", "ACT-4"},
        "LONG": {"ACT-5", "ACT-6", "ACT-7", "ACT-8"},
    }
    for horizon, names in found.items():
        for name in names:
            assert client.bob.get(f"/api/actions/{name}").json()["horizonNow"] == horizon


@pytest.mark.parametrize(
    ("severity", "horizon"), [("SEV-1", "SHORT"), ("SEV-2", "SHORT"), ("SEV-3", "LONG")]
)
def test_without_due_date_and_horizon_the_severitys_default_says_it(
    client: Cast, severity: str, horizon: str
) -> None:
    begun(client, {"description": "Add an alert"}, severity=severity)
    assert references(client, f"horizon={horizon}", "bob") == ["ACT-1"]


def test_an_owner_without_an_address_is_told_apart(client: Cast) -> None:
    owners = ("Carol", "bob@example.com", "", "two@x.example, three@x.example")
    begun(
        client, *({"description": f"Add alert {n}", "owner": one} for n, one in enumerate(owners))
    )
    told = client.bob.get("/api/actions").json()["items"]
    letters = {one["owner"]: one["getsLetters"] for one in told}
    assert letters == {owners[0]: False, owners[1]: True, owners[2]: False, owners[3]: False}
