"""Queries of teams and who is in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from kintsugi.kernel.database import insert_into
from kintsugi.server.accounts.people import Team, User
from kintsugi.server.accounts.store.users import user_of
from kintsugi.server.accounts.tables import team_members, teams, users

_count = (
    sa.select(sa.func.count())
    .where(team_members.c.team_id == teams.c.id)
    .scalar_subquery()
    .label("member_count")
)


def _team(found: sa.RowMapping) -> Team:
    return Team(
        found[teams.c.id], found[teams.c.name], found["member_count"], found[teams.c.version],
        found[teams.c.created_at], found[teams.c.updated_at],
    )  # fmt: skip


def insert_team(connection: sa.Connection, team: Team, name_key: str) -> None:
    connection.execute(
        teams.insert().values(
            id=team.id, name=team.name, name_key=name_key, version=team.version,
            created_at=team.created_at, updated_at=team.updated_at,
        )
    )  # fmt: skip


def rename_team(
    connection: sa.Connection, team_id: str, expected: int | None, name: str, name_key: str, now: datetime
) -> bool:  # fmt: skip
    """Whether the team was still at that version (None: at any) and has the new name."""
    is_it = teams.c.id == team_id
    if expected is not None:
        is_it = sa.and_(is_it, teams.c.version == expected)
    fresh = {
        "name": name, "name_key": name_key, "version": teams.c.version + 1, "updated_at": now,
    }  # fmt: skip
    return connection.execute(teams.update().where(is_it).values(fresh)).rowcount == 1


def team_of(connection: sa.Connection, team_id: str) -> Team | None:
    query = sa.select(teams, _count).where(teams.c.id == team_id)
    row = connection.execute(query).mappings().first()
    return _team(row) if row else None


def team_of_name(connection: sa.Connection, name_key: str) -> Team | None:
    query = sa.select(teams, _count).where(teams.c.name_key == name_key)
    row = connection.execute(query).mappings().first()
    return _team(row) if row else None


def teams_after(connection: sa.Connection, after: tuple[str, ...] | None, limit: int) -> list[Team]:
    """By name, from after a name as it is compared."""
    query = sa.select(teams, _count).order_by(teams.c.name_key).limit(limit)
    if after is not None:
        query = query.where(teams.c.name_key > after[0])
    return [_team(row) for row in connection.execute(query).mappings()]


def team_names(connection: sa.Connection, ids: Iterable[str]) -> dict[str, str]:
    query = sa.select(teams.c.id, teams.c.name).where(teams.c.id.in_(list(ids)))
    return {row.id: row.name for row in connection.execute(query)}


def teams_of(connection: sa.Connection, user_ids: Iterable[str]) -> list[tuple[str, str, str]]:
    """The teams that users are in, by name: user id, team id, name."""
    query = (
        sa.select(team_members.c.user_id, teams.c.id, teams.c.name)
        .join_from(team_members, teams)
        .where(team_members.c.user_id.in_(list(user_ids)))
        .order_by(teams.c.name_key)
    )
    return [(row.user_id, row.id, row.name) for row in connection.execute(query)]


def members_after(
    connection: sa.Connection, team_id: str, after: tuple[str, ...] | None, limit: int
) -> list[User]:
    """By name, from after a (name, id)."""
    query = (
        sa.select(users)
        .join_from(team_members, users)
        .where(team_members.c.team_id == team_id)
        .order_by(users.c.name, users.c.id)
        .limit(limit)
    )
    if after is not None:
        name, user_id = after
        query = query.where(
            sa.tuple_(users.c.name, users.c.id) > sa.tuple_(sa.literal(name), sa.literal(user_id))
        )
    return [user_of(row) for row in connection.execute(query).mappings()]


def add_member(connection: sa.Connection, team_id: str, user_id: str, now: datetime) -> bool:
    """Whether they were not in it before."""
    added = insert_into(connection, team_members).values(
        team_id=team_id, user_id=user_id, joined_at=now
    )
    # Not the row count: psycopg knows none for an insert that may do nothing.
    done = added.on_conflict_do_nothing().returning(team_members.c.user_id)
    return connection.execute(done).first() is not None


def remove_member(connection: sa.Connection, team_id: str, user_id: str) -> bool:
    """Whether they were in it."""
    is_it = sa.and_(team_members.c.team_id == team_id, team_members.c.user_id == user_id)
    return connection.execute(team_members.delete().where(is_it)).rowcount == 1


def leave_teams(connection: sa.Connection, user_id: str) -> None:
    connection.execute(team_members.delete().where(team_members.c.user_id == user_id))


def team_ids() -> sa.Label[str | None]:
    """A column beside a user: the ids of their teams, to be read by `ids_in`."""
    return (
        sa.select(sa.func.aggregate_strings(team_members.c.team_id, " "))
        .where(team_members.c.user_id == users.c.id)
        .scalar_subquery()
        .label("team_ids")
    )


def ids_in(found: sa.RowMapping) -> frozenset[str]:
    return frozenset((found["team_ids"] or "").split())
