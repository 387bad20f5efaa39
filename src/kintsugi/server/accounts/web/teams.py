"""The pages of teams: which there are, and who is in each."""

from __future__ import annotations

from fastapi import APIRouter

from kintsugi.core.shared.errors import DomainError
from kintsugi.kernel.asked import Text
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, LostRace, door, matched_version, status_of
from kintsugi.kernel.refusals import told
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.accounts import service
from kintsugi.server.accounts.service import teams

router = APIRouter()
DONE = {
    "renamed": "The team has its new name.",
    "added": "The person is in the team.",
    "removed": "The person is no longer in the team.",
    "left": "You left the team.",
}


@router.get("/teams", response_model=None)
@door(Action.READ)
def list_teams(work: UnitOfWork, cursor: str = "") -> Answer:
    return _teams_page(work, cursor=cursor)


@router.post("/teams", response_model=None)
@door(Action.EDIT, writes=True)
def create_team(work: UnitOfWork, name: Text = "") -> Answer:
    try:
        with work.attempt():
            team = teams.create(work, name)
    except DomainError as error:
        return _teams_page(
            work, wrong={"name": told(error)}, typed=name, status=status_of(error)[0]
        )
    return see(f"/teams/{team.id}")


@router.get("/teams/{team_id}", response_model=None)
@door(Action.READ)
def show_team(work: UnitOfWork, team_id: str, cursor: str = "", done: str = "") -> Answer:
    return _team_page(work, teams.get(work, team_id), cursor=cursor, notice=DONE.get(done, ""))


@router.post("/teams/{team_id}", response_model=None)
@door(Action.EDIT, writes=True)
def rename_team(work: UnitOfWork, team_id: str, name: Text = "", version: Text = "") -> Answer:
    team = teams.get(work, team_id)
    try:
        with work.attempt():
            teams.rename(work, team_id, name, matched_version(version or None))
    except DomainError as error:
        now = teams.get(work, team_id)
        wrong = (
            {"name": f"It is called {now.name} by now."}
            if isinstance(error, LostRace)
            else {"name": told(error)}
        )
        return _team_page(work, now, wrong=wrong, typed=name, status=status_of(error)[0])
    return see(f"/teams/{team.id}?done=renamed")


@router.post("/teams/{team_id}/members", response_model=None)
@door(Action.EDIT, writes=True)
def add_member(work: UnitOfWork, team_id: str, user_id: Text = "") -> Answer:
    team = teams.get(work, team_id)
    try:
        with work.attempt():
            teams.add_member(work, team.id, user_id)
    except DomainError as error:
        wrong = {"user_id": "Choose somebody from the list."}
        return _team_page(work, team, wrong=wrong, status=status_of(error)[0])
    return see(f"/teams/{team.id}?done=added")


@router.post("/teams/{team_id}/members/{user_id}/remove", response_model=None)
@door(Action.EDIT, writes=True)
def remove_member(work: UnitOfWork, team_id: str, user_id: str) -> Answer:
    team = teams.remove_member(work, team_id, user_id)
    return see(f"/teams/{team.id}?done=removed")


@router.post("/teams/{team_id}/leave", response_model=None)
@door(Action.OWN_ACCOUNT, writes=True)
def leave_team(work: UnitOfWork, team_id: str) -> Answer:
    team = teams.remove_member(work, team_id, work.viewer.user_id)
    return see(f"/teams/{team.id}?done=left")


def _teams_page(
    work: UnitOfWork, *, cursor: str = "", wrong: dict[str, str] | None = None, typed: str = "", status: int = 200
) -> Answer:  # fmt: skip
    """Context: teams (a page), mine (ids), may_edit, typed (a name), wrong (by field), is_first_page."""
    context = {
        "teams": teams.list_teams(work, cursor), "mine": work.viewer.team_ids, "typed": typed,
        "may_edit": work.viewer.may(Action.EDIT), "wrong": wrong or {}, "is_first_page": not cursor,
    }  # fmt: skip
    return page(work, "accounts/teams.html", context, status=status)


def _team_page(
    work: UnitOfWork, team: service.Team, *, cursor: str = "", notice: str = "", status: int = 200,
    wrong: dict[str, str] | None = None, typed: str | None = None,
) -> Answer:  # fmt: skip
    """Context: team, members (a page), people (to choose from), may_edit, is_mine, panels, typed, wrong."""
    found = teams.members(work, team.id, cursor)
    inside = {member.id for member in found.items}
    may_edit = work.viewer.may(Action.EDIT)
    people = service.active_users(work) if may_edit else []
    context = {
        "team": team, "members": found, "may_edit": may_edit, "notice": notice, "wrong": wrong or {},
        "people": [(user.id, user.name) for user in people if user.id not in inside],
        "is_mine": work.viewer.user_id in inside or team.id in work.viewer.team_ids,
        "typed": team.name if typed is None else typed, "is_first_page": not cursor,
        "panels": work.panels("team", team.id),
    }  # fmt: skip
    return page(work, "accounts/team.html", context, status=status)
