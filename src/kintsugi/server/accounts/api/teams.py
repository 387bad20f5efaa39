"""Teams over HTTP, as JSON."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter

from kintsugi.kernel.asked import Cursor, IfMatch, Limit
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, Body, door, matched_version, with_etag
from kintsugi.kernel.pages import USUAL
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service
from kintsugi.server.accounts.service import teams

router = APIRouter()


class TeamOut(Body):
    """A team."""

    id: str
    name: str
    member_count: int
    version: int
    created_at: datetime
    updated_at: datetime


class TeamPage(Body):
    """Some teams."""

    items: list[TeamOut]
    next_cursor: str | None


class NamedTeam(Body):
    """What a team is called."""

    name: str


class Member(Body):
    """Somebody in a team."""

    id: str
    name: str


class MemberPage(Body):
    """Some of who is in a team."""

    items: list[Member]
    next_cursor: str | None


@router.get("/api/teams")
@door(Action.READ)
def list_teams(work: UnitOfWork, cursor: Cursor = None, limit: Limit = USUAL) -> TeamPage:
    """Every team, by name."""
    page = teams.list_teams(work, cursor, limit).map(TeamOut.model_validate)
    return TeamPage(items=list(page.items), next_cursor=page.next_cursor)


@router.post("/api/teams", status_code=201, response_model=TeamOut)
@door(Action.EDIT, writes=True)
def create_team(work: UnitOfWork, body: NamedTeam) -> Answer:
    """Make a team, with nobody in it."""
    team = teams.create(work, body.name)
    return with_etag(TeamOut.model_validate(team), team.version, 201, f"/api/teams/{team.id}")


@router.get("/api/teams/{team_id}", response_model=TeamOut)
@door(Action.READ)
def read_team(work: UnitOfWork, team_id: str) -> Answer:
    """One team."""
    return _answer(teams.get(work, team_id))


@router.patch("/api/teams/{team_id}", response_model=TeamOut)
@door(Action.EDIT, writes=True)
def rename_team(
    work: UnitOfWork, team_id: str, body: NamedTeam, if_match: IfMatch = None
) -> Answer:
    """Give a team another name."""
    return _answer(teams.rename(work, team_id, body.name, matched_version(if_match)))


@router.get("/api/teams/{team_id}/members")
@door(Action.READ)
def list_members(
    work: UnitOfWork, team_id: str, cursor: Cursor = None, limit: Limit = USUAL
) -> MemberPage:
    """Who is in a team, by name."""
    page = teams.members(work, team_id, cursor, limit).map(Member.model_validate)
    return MemberPage(items=list(page.items), next_cursor=page.next_cursor)


@router.delete("/api/teams/{team_id}/members/me", status_code=204, response_model=None)
@door(Action.OWN_ACCOUNT, writes=True)
def leave_team(work: UnitOfWork, team_id: str) -> None:
    """Leave a team. Asked from a browser session."""
    teams.remove_member(work, team_id, work.viewer.user_id)


@router.put("/api/teams/{team_id}/members/{user_id}", response_model=TeamOut)
@door(Action.EDIT, writes=True)
def add_member(work: UnitOfWork, team_id: str, user_id: str) -> Answer:
    """Let somebody into a team; who is in it stays in it."""
    return _answer(teams.add_member(work, team_id, user_id))


@router.delete("/api/teams/{team_id}/members/{user_id}", status_code=204, response_model=None)
@door(Action.EDIT, writes=True)
def remove_member(work: UnitOfWork, team_id: str, user_id: str) -> None:
    """Take somebody out of a team."""
    teams.remove_member(work, team_id, user_id)


def _answer(team: service.Team) -> Answer:
    return with_etag(TeamOut.model_validate(team), team.version)
