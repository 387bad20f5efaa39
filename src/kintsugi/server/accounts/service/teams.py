"""Teams: making and naming them, and who is in them. Everybody sees them, editors change them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import sqlalchemy as sa

from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.text import clean, one_line
from kintsugi.core.shared.written import line
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.http import LostRace
from kintsugi.kernel.pages import USUAL, Page, key_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import store
from kintsugi.server.accounts.people import Team, User

LONGEST_NAME = 60


class TeamNameIsTaken(DomainError):
    """There is a team with this name."""

    def __init__(self) -> None:
        super().__init__("there is a team with this name")


def create(work: UnitOfWork, name: str) -> Team:
    """A new team, with nobody in it. Raises InvalidValue, TeamNameIsTaken."""
    work.viewer.require(Action.EDIT)
    team = Team(work.new_id("team"), checked_name(name), 0, 1, work.now, work.now)
    if store.team_of_name(work.connection, team.name.casefold()):
        raise TeamNameIsTaken
    try:
        store.insert_team(work.connection, team, team.name.casefold())
    except sa.exc.IntegrityError as error:  # somebody else made it between the question and now
        raise TeamNameIsTaken from error
    work.audit("team.create", team.id, name=team.name)
    return team


def rename(work: UnitOfWork, team_id: str, name: str, expected_version: int | None) -> Team:
    """Another name for a team. Raises InvalidValue, LostRace, NotFound, TeamNameIsTaken."""
    work.viewer.require(Action.EDIT)
    before, made = get(work, team_id), checked_name(name)
    if expected_version is not None and before.version != expected_version:
        raise LostRace(plain(before))
    if made == before.name:
        return before
    other = store.team_of_name(work.connection, made.casefold())
    if other is not None and other.id != before.id:
        raise TeamNameIsTaken
    try:
        is_done = store.rename_team(
            work.connection, before.id, expected_version, made, made.casefold(), work.now
        )
    except sa.exc.IntegrityError as error:
        raise TeamNameIsTaken from error
    if not is_done:
        raise LostRace(plain(get(work, team_id)))
    work.audit("team.rename", before.id, before=before.name, after=made)
    return get(work, before.id)


def add_member(work: UnitOfWork, team_id: str, user_id: str) -> Team:
    """Let somebody into a team; who is in it stays in it. Raises InvalidValue, NotFound."""
    work.viewer.require(Action.EDIT)
    team = get(work, team_id)
    user = store.user_of_id(work.connection, clean(user_id), lock=True)
    if user is None or user.erased_at is not None:
        raise InvalidValue("is nobody's id", path=("userId",), expected="the id of somebody here")
    if not store.add_member(work.connection, team.id, user.id, work.now):
        return team
    work.audit("team.add_member", team.id, user=user.id)
    return replace(team, member_count=team.member_count + 1)


def remove_member(work: UnitOfWork, team_id: str, user_id: str) -> Team:
    """Take somebody out of a team, as an editor or as oneself. Raises Forbidden, NotFound."""
    if clean(user_id) != work.viewer.user_id:
        work.viewer.require(Action.EDIT)
    team = get(work, team_id)
    if not store.remove_member(work.connection, team.id, clean(user_id)):
        raise NotFound("they are not in this team")
    work.audit("team.remove_member", team.id, user=user_id)
    return replace(team, member_count=team.member_count - 1)


def get(work: UnitOfWork, team_id: str) -> Team:
    """The team with an id. Raises NotFound."""
    team = store.team_of(work.connection, clean(team_id))
    if team is None:
        raise NotFound("there is no team with this id")
    return team


def find(work: UnitOfWork, written: str) -> Team | None:
    """The team of an id, else of a name in any case."""
    asked = clean(written).strip()
    return store.team_of(work.connection, asked) or store.team_of_name(
        work.connection, one_line(asked).casefold()
    )


def list_teams(work: UnitOfWork, cursor: str | None = None, limit: int = USUAL) -> Page[Team]:
    """Every team, by name."""
    found = store.teams_after(work.connection, key_of(cursor, 1) if cursor else None, limit + 1)
    return page_of(found, limit, lambda team: (team.name.casefold(),))


def members(
    work: UnitOfWork, team_id: str, cursor: str | None = None, limit: int = USUAL
) -> Page[User]:
    """Who is in a team, by name. Raises NotFound."""
    after = key_of(cursor, 2) if cursor else None
    found = store.members_after(work.connection, get(work, team_id).id, after, limit + 1)
    return page_of(found, limit, lambda user: (user.name, user.id))


def named(work: UnitOfWork, ids: Iterable[str]) -> dict[str, str]:
    """The names of teams by id; unknown ids are left out."""
    return store.team_names(work.connection, ids)


def of_people(work: UnitOfWork, user_ids: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """The teams that each of them is in: id and name, by name."""
    found: dict[str, list[tuple[str, str]]] = {}
    for user_id, team_id, name in store.teams_of(work.connection, user_ids):
        found.setdefault(user_id, []).append((team_id, name))
    return found


def plain(team: Team) -> dict[str, object]:
    """What the loser of a race is shown: the team as it is now, with the API's keys."""
    return {"id": team.id, "name": team.name, "version": team.version}


def checked_name(name: str) -> str:
    """The name on one line. Raises InvalidValue."""
    return line(name, "name", LONGEST_NAME, required=True, expected="what the team is called")
