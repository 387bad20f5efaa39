"""Queries of sessions."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from kintsugi.server.accounts.people import Session, User
from kintsugi.server.accounts.store.teams import ids_in, team_ids
from kintsugi.server.accounts.store.users import user_of
from kintsugi.server.accounts.tables import sessions, users


def _session(found: sa.RowMapping) -> Session:
    return Session(
        found[sessions.c.id], found[sessions.c.user_id], found[sessions.c.created_at],
        found[sessions.c.last_seen_at], found[sessions.c.user_agent], found[sessions.c.revoked_at],
    )  # fmt: skip


def insert_session(connection: sa.Connection, session: Session, secret_hash: str) -> None:
    connection.execute(
        sessions.insert().values(
            id=session.id, user_id=session.user_id, secret_hash=secret_hash, created_at=session.created_at,
            last_seen_at=session.last_seen_at, user_agent=session.user_agent,
        )
    )  # fmt: skip


def session_of_secret(
    connection: sa.Connection, secret_hash: str, seen_since: datetime
) -> tuple[Session, User, frozenset[str]] | None:
    """A session that is not over, whose it is, and the teams they are in: one statement, at every request."""
    is_open = sa.and_(sessions.c.revoked_at.is_(None), sessions.c.last_seen_at > seen_since)
    query = sa.select(sessions, users, team_ids()).join_from(sessions, users)
    is_it = sa.and_(sessions.c.secret_hash == secret_hash, users.c.is_active)
    row = connection.execute(query.where(is_it, is_open)).mappings().first()
    return (_session(row), user_of(row), ids_in(row)) if row else None


def open_sessions_after(
    connection: sa.Connection,
    user_id: str,
    seen_since: datetime,
    after: tuple[str, ...] | None,
    limit: int,
) -> list[Session]:
    """Somebody's sessions that are not over, newest first, from after an id."""
    is_open = sa.and_(sessions.c.revoked_at.is_(None), sessions.c.last_seen_at > seen_since)
    query = (
        sa.select(sessions)
        .where(sessions.c.user_id == user_id, is_open)
        .order_by(sessions.c.id.desc())
    )
    if after is not None:
        query = query.where(sessions.c.id < after[0])
    return [_session(row) for row in connection.execute(query.limit(limit)).mappings()]


def see_session(
    connection: sa.Connection, session_id: str, now: datetime, unless_since: datetime
) -> None:
    is_due = sa.and_(sessions.c.id == session_id, sessions.c.last_seen_at <= unless_since)
    connection.execute(sessions.update().where(is_due).values(last_seen_at=now))


def revoke_session(connection: sa.Connection, user_id: str, session_id: str, now: datetime) -> bool:
    """Whether there was such a session of theirs to revoke."""
    is_it = sa.and_(
        sessions.c.id == session_id, sessions.c.user_id == user_id, sessions.c.revoked_at.is_(None)
    )
    return connection.execute(sessions.update().where(is_it).values(revoked_at=now)).rowcount == 1


def revoke_sessions(connection: sa.Connection, user_id: str, now: datetime, but: str = "") -> int:
    """How many sessions of theirs were revoked: all but one."""
    others = sa.and_(
        sessions.c.user_id == user_id, sessions.c.id != but, sessions.c.revoked_at.is_(None)
    )
    return connection.execute(sessions.update().where(others).values(revoked_at=now)).rowcount


def forget_browsers(connection: sa.Connection, user_id: str) -> None:
    """What somebody's browsers called themselves."""
    connection.execute(sessions.update().where(sessions.c.user_id == user_id).values(user_agent=""))
