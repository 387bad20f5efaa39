"""Queries of API tokens."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from kintsugi.kernel.auth import Scope
from kintsugi.kernel.database import UtcDateTime
from kintsugi.server.accounts.people import Token, User
from kintsugi.server.accounts.store.teams import ids_in, team_ids
from kintsugi.server.accounts.store.users import user_of
from kintsugi.server.accounts.tables import tokens, users


def _token(found: sa.RowMapping) -> Token:
    return Token(
        found[tokens.c.id], found[tokens.c.user_id], found[tokens.c.name],
        frozenset(Scope(word) for word in found[tokens.c.scopes].split()), found[tokens.c.created_at],
        found[tokens.c.expires_at], found[tokens.c.last_used_at], found[tokens.c.revoked_at],
    )  # fmt: skip


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
) -> tuple[Token, User, frozenset[str]] | None:
    """A token that is still valid, whose it is, and the teams they are in: one statement, at every request."""
    asked = {"asked_hash": secret_hash, "asked_now": now}
    row = connection.execute(_OF_SECRET, asked).mappings().first()
    return (_token(row), user_of(row), ids_in(row)) if row else None


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
    return connection.execute(tokens.update().where(is_it).values(revoked_at=now)).rowcount == 1


def revoke_tokens(connection: sa.Connection, user_id: str, now: datetime) -> int:
    """How many tokens of theirs were revoked: all."""
    all_of_them = sa.and_(tokens.c.user_id == user_id, tokens.c.revoked_at.is_(None))
    return connection.execute(tokens.update().where(all_of_them).values(revoked_at=now)).rowcount


def _is_valid(now: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    return sa.and_(
        tokens.c.revoked_at.is_(None),
        sa.or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > now),
    )


_OF_SECRET = (
    sa.select(tokens, users, team_ids())
    .join_from(tokens, users)
    .where(
        tokens.c.secret_hash == sa.bindparam("asked_hash"),
        users.c.is_active,
        _is_valid(sa.bindparam("asked_now", type_=UtcDateTime)),
    )
)
"""Built once: to build it took as long as to ask it."""
