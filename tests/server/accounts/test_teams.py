"""Teams: who makes them, who is in them, and what a viewer's teams are."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from kintsugi.kernel.auth import SYSTEM, Role, Scope
from kintsugi.kernel.http import NOBODY, Credentials
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.server.accounts.conftest import SAME_SITE, Browsers


@pytest.fixture
def editor(browsers: Browsers) -> Browsers:
    """The cast, with bob as an editor."""
    bob = f"/api/users/{browsers.ids['bob']}"
    assert browsers.alice.patch(bob, json={"role": "editor"}).status_code == 200
    return browsers


def made(browsers: Browsers, name: str = "Payments") -> str:
    answer = browsers.bob.post("/api/teams", json={"name": name})
    assert answer.status_code == 201, answer.text
    assert answer.headers["etag"] == '"1"'
    return str(answer.json()["id"])


def test_an_editor_makes_a_team_that_everybody_sees(editor: Browsers) -> None:
    team = made(editor)
    assert team.startswith("team_")
    assert editor.charlie.get(f"/api/teams/{team}").json()["name"] == "Payments"
    assert [one["id"] for one in editor.charlie.get("/api/teams").json()["items"]] == [team]
    assert "Payments" in editor.charlie.get("/teams").text
    assert "Payments" in editor.charlie.get(f"/teams/{team}").text
    assert editor.stranger.get(f"/api/teams/{team}").status_code == 401


def test_who_is_no_editor_changes_no_team(editor: Browsers) -> None:
    team, charlie = made(editor), editor.ids["charlie"]
    for method, path in [
        ("POST", "/api/teams"), ("PATCH", f"/api/teams/{team}"),
        ("PUT", f"/api/teams/{team}/members/{charlie}"),
        ("DELETE", f"/api/teams/{team}/members/{charlie}"),
    ]:  # fmt: skip
        headers = {"If-Match": '"1"'}
        answer = editor.charlie.request(method, path, json={"name": "Mine"}, headers=headers)
        assert answer.status_code == 403, (method, path)
    for path in ("/teams", f"/teams/{team}", f"/teams/{team}/members"):
        assert editor.charlie.post(path, data={"name": "Mine"}).status_code == 403
    assert 'action="/teams"' not in editor.charlie.get("/teams").text


@pytest.mark.both_databases
def test_a_team_has_its_name_alone_in_any_case(editor: Browsers) -> None:
    made(editor)
    other = made(editor, "Search")
    assert editor.bob.post("/api/teams", json={"name": " PAYMENTS "}).status_code == 409
    same = editor.bob.patch(
        f"/api/teams/{other}", json={"name": "payments"}, headers={"If-Match": '"1"'}
    )
    assert same.status_code == 409
    cased = editor.bob.patch(
        f"/api/teams/{other}", json={"name": "SEARCH"}, headers={"If-Match": '"1"'}
    )
    assert (cased.status_code, cased.json()["name"], cased.headers["etag"]) == (
        200,
        "SEARCH",
        '"2"',
    )


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_a_team_has_a_name_of_some_length(editor: Browsers, name: str) -> None:
    answer = editor.bob.post("/api/teams", json={"name": name})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "name")
    page = editor.bob.post("/teams", data={"name": name})
    assert (
        page.status_code,
        ("Name has 61 characters" if name.strip() else "Name is missing") in page.text,
    ) == (422, True)


@pytest.mark.both_databases
def test_of_two_new_names_one_wins(editor: Browsers) -> None:
    team = made(editor)
    path, match = f"/api/teams/{team}", {"If-Match": '"1"'}
    assert editor.bob.patch(path, json={"name": "Money"}).status_code == 428
    assert editor.bob.patch(path, json={"name": "Money"}, headers=match).status_code == 200
    late = editor.bob.patch(path, json={"name": "Cash"}, headers=match)
    assert (late.status_code, late.json()["current"]["name"]) == (412, "Money")
    page = editor.bob.post(f"/teams/{team}", data={"name": "Cash", "version": "1"})
    assert page.status_code == 412
    assert "It is called Money by now" in page.text
    assert 'value="Cash"' in page.text


def test_members_come_and_go(editor: Browsers) -> None:
    team, charlie = made(editor), editor.ids["charlie"]
    path = f"/api/teams/{team}/members/{charlie}"
    assert editor.bob.put(path).json()["memberCount"] == 1
    assert editor.bob.put(path).json()["memberCount"] == 1
    listed = editor.charlie.get(f"/api/teams/{team}/members").json()
    assert listed == {"items": [{"id": charlie, "name": "Charlie"}], "nextCursor": None}
    assert editor.bob.delete(path).status_code == 204
    assert editor.bob.delete(path).status_code == 404
    nobody = editor.bob.put(f"/api/teams/{team}/members/usr_nobody")
    assert nobody.status_code == 422
    assert editor.bob.put(f"/api/teams/team_none/members/{charlie}").status_code == 404


def test_a_member_leaves_by_themselves(editor: Browsers) -> None:
    team, charlie = made(editor), editor.ids["charlie"]
    editor.bob.put(f"/api/teams/{team}/members/{charlie}")
    assert "Leave team" in editor.charlie.get(f"/teams/{team}").text
    left = editor.charlie.post(f"/teams/{team}/leave")
    assert left.headers["location"] == f"/teams/{team}?done=left"
    assert editor.charlie.delete(f"/api/teams/{team}/members/me").status_code == 404
    editor.bob.put(f"/api/teams/{team}/members/{charlie}")
    assert editor.charlie.delete(f"/api/teams/{team}/members/me").status_code == 204


def test_the_pages_make_a_team_and_fill_it(editor: Browsers) -> None:
    made_at = editor.bob.post("/teams", data={"name": "<b>Edge</b>"}).headers["location"]
    page = editor.bob.get(made_at)
    assert "&lt;b&gt;Edge" in page.text
    assert "<b>Edge" not in page.text
    assert editor.ids["alice"] in page.text
    added = editor.bob.post(f"{made_at}/members", data={"user_id": editor.ids["alice"]})
    assert added.headers["location"] == f"{made_at}?done=added"
    assert "Alice" in editor.charlie.get(made_at).text
    assert editor.bob.post(f"{made_at}/members", data={"user_id": ""}).status_code == 422
    gone = editor.bob.post(f"{made_at}/members/{editor.ids['alice']}/remove")
    assert gone.headers["location"] == f"{made_at}?done=removed"
    assert editor.bob.get("/teams/team_none", headers=SAME_SITE).status_code == 404


@pytest.mark.both_databases
def test_teams_are_listed_page_by_page(editor: Browsers) -> None:
    for name in ("beta", "Alpha", "gamma"):
        made(editor, name)
    first = editor.bob.get("/api/teams?limit=2").json()
    assert [one["name"] for one in first["items"]] == ["Alpha", "beta"]
    rest = editor.bob.get(f"/api/teams?limit=2&cursor={first['nextCursor']}").json()
    assert ([one["name"] for one in rest["items"]], rest["nextCursor"]) == (["gamma"], None)


def test_a_viewer_knows_their_teams_in_one_statement(works: Works) -> None:
    with works.writing(SYSTEM) as work:
        user = accounts.add_user(work, "Dana", "dana@example.com", Role.VIEWER)
        secret = accounts.create_token(work, user.id, "t", (Scope.READ,)).secret
        ids = {accounts.teams.create(work, name).id for name in ("One", "Two")}
        accounts.teams.create(work, "Three")
        for team_id in ids:
            accounts.teams.add_member(work, team_id, user.id)
    statements: list[str] = []

    @sa.event.listens_for(works.database.engine, "before_cursor_execute")
    def _note(*told: object) -> None:
        statements.append(str(told[2]))

    with works.reading(NOBODY) as work:
        found = accounts.RoomAuthenticator().viewer(work, Credentials(token=secret))
    assert found is not None
    assert found.team_ids == ids
    assert len([one for one in statements if one.lstrip().startswith("SELECT")]) == 1


def test_teams_are_found_and_named_for_other_rooms(works: Works) -> None:
    with works.writing(SYSTEM) as work:
        team = accounts.teams.create(work, "Straße Ops")
        assert accounts.teams.find(work, team.id) == team
        assert accounts.teams.find(work, " STRASSE  ops ") == team
        assert accounts.teams.find(work, "") is None
        assert accounts.teams.named(work, [team.id, "team_none"]) == {team.id: "Straße Ops"}
