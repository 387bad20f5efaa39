"""Every query of the accounts room. Only its service calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kintsugi.kernel.auth import Role, Scope
from kintsugi.server.accounts.people import Guesses, Session, Theme, Token, User
from kintsugi.server.accounts.tables import sessions, setup_links, sign_in_attempts, tokens, users

Row = sa.RowMapping


def _user(found: Row) -> User:
    return User(
        found[users.c.id], found[users.c.name], found[users.c.email], Role(found[users.c.role]),
        found[users.c.zone], Theme(found[users.c.theme]), found[users.c.is_active],
        found[users.c.created_at], found[users.c.password_hash],
    )  # fmt: skip


def _session(found: Row) -> Session:
    return Session(
        found[sessions.c.id], found[sessions.c.user_id], found[sessions.c.created_at],
        found[sessions.c.last_seen_at], found[sessions.c.user_agent], found[sessions.c.revoked_at],
    )  # fmt: skip


def _token(found: Row) -> Token:
    return Token(
        found[tokens.c.id], found[tokens.c.user_id], found[tokens.c.name],
        frozenset(Scope(word) for word in found[tokens.c.scopes].split()), found[tokens.c.created_at],
        found[tokens.c.expires_at], found[tokens.c.last_used_at], found[tokens.c.revoked_at],
    )  # fmt: skip


# --- users ---


def insert_user(connection: sa.Connection, user: User) -> None:
    connection.execute(
        users.insert().values(
            id=user.id, name=user.name, email=user.email, password_hash=user.password_hash, role=user.role.value,
            zone=user.zone, theme=user.theme.value, is_active=user.is_active, created_at=user.created_at,
        )
    )  # fmt: skip


def save_user(connection: sa.Connection, user: User) -> None:
    """What may change of a user: all but the e-mail and the time it was made."""
    connection.execute(
        users.update().where(users.c.id == user.id).values(
            name=user.name, password_hash=user.password_hash, role=user.role.value, zone=user.zone,
            theme=user.theme.value, is_active=user.is_active,
        )
    )  # fmt: skip


def user_of_id(connection: sa.Connection, user_id: str, *, lock: bool = False) -> User | None:
    query = sa.select(users).where(users.c.id == user_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return _user(row) if row else None


def user_of_email(connection: sa.Connection, email: str) -> User | None:
    row = connection.execute(sa.select(users).where(users.c.email == email)).mappings().first()
    return _user(row) if row else None


def users_of_ids(connection: sa.Connection, ids: Iterable[str]) -> list[User]:
    return [
        _user(row)
        for row in connection.execute(sa.select(users).where(users.c.id.in_(list(ids)))).mappings()
    ]


def users_after(connection: sa.Connection, after: tuple[str, ...] | None, limit: int) -> list[User]:
    """By name, from after a (name, id)."""
    query = sa.select(users).order_by(users.c.name, users.c.id).limit(limit)
    if after is not None:
        name, user_id = after
        query = query.where(
            sa.tuple_(users.c.name, users.c.id) > sa.tuple_(sa.literal(name), sa.literal(user_id))
        )
    return [_user(row) for row in connection.execute(query).mappings()]


def has_users(connection: sa.Connection) -> bool:
    return connection.execute(sa.select(users.c.id).limit(1)).first() is not None


def lock_active_admins(connection: sa.Connection) -> frozenset[str]:
    """The ids of the active admins, none of whom somebody else can change until the transaction ends."""
    is_admin = sa.and_(users.c.role == Role.ADMIN.value, users.c.is_active)
    query = sa.select(users.c.id).where(is_admin).order_by(users.c.id).with_for_update()
    return frozenset(connection.scalars(query))


# --- sessions ---


def insert_session(connection: sa.Connection, session: Session, secret_hash: str) -> None:
    connection.execute(
        sessions.insert().values(
            id=session.id, user_id=session.user_id, secret_hash=secret_hash, created_at=session.created_at,
            last_seen_at=session.last_seen_at, user_agent=session.user_agent,
        )
    )  # fmt: skip


def session_of_secret(
    connection: sa.Connection, secret_hash: str, seen_since: datetime
) -> tuple[Session, User] | None:
    """A session that is not over, and whose it is."""
    is_open = sa.and_(sessions.c.revoked_at.is_(None), sessions.c.last_seen_at > seen_since)
    query = sa.select(sessions, users).join_from(sessions, users)
    is_it = sa.and_(sessions.c.secret_hash == secret_hash, users.c.is_active)
    row = connection.execute(query.where(is_it, is_open)).mappings().first()
    return (_session(row), _user(row)) if row else None


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
    return _changed_one(connection.execute(sessions.update().where(is_it).values(revoked_at=now)))


def revoke_sessions(connection: sa.Connection, user_id: str, now: datetime, but: str = "") -> int:
    """How many sessions of theirs were revoked: all but one."""
    others = sa.and_(
        sessions.c.user_id == user_id, sessions.c.id != but, sessions.c.revoked_at.is_(None)
    )
    return connection.execute(sessions.update().where(others).values(revoked_at=now)).rowcount


# --- tokens ---


def insert_token(connection: sa.Connection, token: Token, secret_hash: str) -> None:
    connection.execute(
        tokens.insert().values(
            id=token.id, user_id=token.user_id, name=token.name, secret_hash=secret_hash,
            scopes=" ".join(sorted(scope.value for scope in token.scopes)), created_at=token.created_at,
            expires_at=token.expires_at,
        )
    )  # fmt: skip


def token_of_secret(
    connection: sa.Connection, secret_hash: str, now: datetime
) -> tuple[Token, User] | None:
    """A token that is still valid, and whose it is."""
    query = sa.select(tokens, users).join_from(tokens, users)
    is_it = sa.and_(tokens.c.secret_hash == secret_hash, users.c.is_active)
    row = connection.execute(query.where(is_it, _is_valid(now))).mappings().first()
    return (_token(row), _user(row)) if row else None


def valid_tokens_after(
    connection: sa.Connection,
    user_id: str,
    now: datetime,
    after: tuple[str, ...] | None,
    limit: int,
) -> list[Token]:
    """Somebody's valid tokens, newest first, from after an id."""
    query = (
        sa.select(tokens)
        .where(tokens.c.user_id == user_id, _is_valid(now))
        .order_by(tokens.c.id.desc())
    )
    if after is not None:
        query = query.where(tokens.c.id < after[0])
    return [_token(row) for row in connection.execute(query.limit(limit)).mappings()]


def see_token(
    connection: sa.Connection, token_id: str, now: datetime, unless_since: datetime
) -> None:
    is_due = sa.or_(tokens.c.last_used_at.is_(None), tokens.c.last_used_at <= unless_since)
    connection.execute(
        tokens.update().where(tokens.c.id == token_id, is_due).values(last_used_at=now)
    )


def revoke_token(connection: sa.Connection, user_id: str, token_id: str, now: datetime) -> bool:
    """Whether there was such a token of theirs to revoke."""
    is_it = sa.and_(
        tokens.c.id == token_id, tokens.c.user_id == user_id, tokens.c.revoked_at.is_(None)
    )
    return _changed_one(connection.execute(tokens.update().where(is_it).values(revoked_at=now)))


def revoke_tokens(connection: sa.Connection, user_id: str, now: datetime) -> int:
    """How many tokens of theirs were revoked: all."""
    all_of_them = sa.and_(tokens.c.user_id == user_id, tokens.c.revoked_at.is_(None))
    return connection.execute(tokens.update().where(all_of_them).values(revoked_at=now)).rowcount


def _is_valid(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        tokens.c.revoked_at.is_(None),
        sa.or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > now),
    )


# --- first run ---


def insert_setup_link(
    connection: sa.Connection, secret_hash: str, now: datetime, expires_at: datetime
) -> None:
    connection.execute(
        setup_links.insert().values(secret_hash=secret_hash, created_at=now, expires_at=expires_at)
    )


def is_setup_link(connection: sa.Connection, secret_hash: str, now: datetime) -> bool:
    """Whether it is a link that still works."""
    return (
        connection.execute(sa.select(setup_links).where(_still_works(secret_hash, now))).first()
        is not None
    )


def use_setup_link(connection: sa.Connection, secret_hash: str, now: datetime) -> bool:
    """Use up a link, and say whether it worked. Whoever uses another one at the same time waits."""
    connection.execute(sa.select(setup_links).order_by(setup_links.c.secret_hash).with_for_update())
    return _changed_one(
        connection.execute(
            setup_links.update().where(_still_works(secret_hash, now)).values(used_at=now)
        )
    )


def _still_works(secret_hash: str, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        setup_links.c.secret_hash == secret_hash,
        setup_links.c.used_at.is_(None),
        setup_links.c.expires_at > now,
    )


# --- guesses ---


def lock_guesses(
    connection: sa.Connection, keys: Sequence[str], now: datetime
) -> dict[str, Guesses]:
    """What is counted under each key, held until the transaction ends: two guesses at once count as two."""
    rows = [{"key": key, "failures": 0, "last_at": now} for key in sorted(keys)]
    connection.execute(_insert(connection)(sign_in_attempts).values(rows).on_conflict_do_nothing())
    query = (
        sa.select(sign_in_attempts)
        .where(sign_in_attempts.c.key.in_(keys))
        .order_by(sign_in_attempts.c.key)
    )
    found = connection.execute(query.with_for_update())
    return {row.key: Guesses(row.failures, row.last_at) for row in found}


def count_guess(connection: sa.Connection, key: str, guesses: Guesses) -> None:
    set_to = {"failures": guesses.failures, "last_at": guesses.last_at}
    # Not an update alone: whoever signed in a moment ago may have taken the row away.
    insert = _insert(connection)(sign_in_attempts).values(key=key, **set_to)
    connection.execute(insert.on_conflict_do_update(index_elements=["key"], set_=set_to))


def uncount_guess(connection: sa.Connection, key: str) -> None:
    """Take back one."""
    counted = sa.and_(sign_in_attempts.c.key == key, sign_in_attempts.c.failures > 0)
    connection.execute(
        sign_in_attempts.update().where(counted).values(failures=sign_in_attempts.c.failures - 1)
    )


def forget_guesses(connection: sa.Connection, key: str) -> None:
    connection.execute(sign_in_attempts.delete().where(sign_in_attempts.c.key == key))


def forget_old_guesses(connection: sa.Connection, now: datetime, age: timedelta) -> None:
    """Those that somebody else holds right now are left for the next time."""
    old = sa.select(sign_in_attempts.c.key).where(sign_in_attempts.c.last_at < now - age)
    old = old.with_for_update(skip_locked=True)
    connection.execute(sign_in_attempts.delete().where(sign_in_attempts.c.key.in_(old)))


def _insert(
    connection: sa.Connection,
) -> Callable[[sa.Table], postgresql.Insert] | Callable[[sa.Table], sqlite.Insert]:
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert


def _changed_one(
    result: sa.CursorResult[tuple[object, ...]] | sa.Result[tuple[object, ...]],
) -> bool:
    return cast("sa.CursorResult[tuple[object, ...]]", result).rowcount == 1
