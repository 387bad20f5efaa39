"""API tokens: what programs sign in with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean
from kintsugi.core.shared.written import line
from kintsugi.kernel.auth import SYSTEM, Forbidden, NotFound, Scope
from kintsugi.kernel.pages import USUAL, Page, key_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import secret, store
from kintsugi.server.accounts.people import Made, Token

LONGEST_NAME = 100
PREFIX = "kin_"
"""So that a token that leaked is seen for what it is."""


def create_token(
    work: UnitOfWork,
    user_id: str,
    name: str,
    scopes: Iterable[Scope],
    expires_at: datetime | None = None,
) -> Made:
    """A token for a user, and its secret this one time. Raises Forbidden, InvalidValue, NotFound.

    People make tokens for themselves only; the command on the database makes them for anybody.
    """
    if work.viewer.user_id not in (user_id, SYSTEM.user_id):
        raise Forbidden("tokens are made by the one they are for")
    user = store.user_of_id(work.connection, user_id)
    if user is None or not user.is_active:
        raise NotFound("there is nobody active with this id")
    made = PREFIX + secret.new_secret()
    name = line(name, "name", LONGEST_NAME, required=True, expected="what the token is for")
    token = Token(
        work.new_id("tok"), user_id, name, _checked_scopes(scopes), work.now,
        _checked_expiry(expires_at, work.now), None, None,
    )  # fmt: skip
    store.insert_token(work.connection, token, secret.hash_of(made))
    work.audit(
        "token.create", token.id, user=user_id, name=token.name,
        scopes=sorted(scope.value for scope in token.scopes), expires_at=expires_at,
    )  # fmt: skip
    return Made(token, made)


def list_tokens(work: UnitOfWork, cursor: str | None = None, limit: int = USUAL) -> Page[Token]:
    """One's own valid tokens, newest first."""
    after = key_of(cursor, 1) if cursor else None
    found = store.valid_tokens_after(
        work.connection, work.viewer.user_id, work.now, after, limit + 1
    )
    return page_of(found, limit, lambda token: (token.id,))


def revoke_token(work: UnitOfWork, token_id: str) -> None:
    """End one of one's own tokens. Raises NotFound."""
    if not store.revoke_token(work.connection, work.viewer.user_id, clean(token_id), work.now):
        raise NotFound("you have no such token")
    work.audit("token.revoke", token_id, user=work.viewer.user_id)


def _checked_scopes(scopes: Iterable[Scope]) -> frozenset[Scope]:
    made = frozenset(scopes)
    if not made:
        raise InvalidValue(
            "is empty", path=("scopes",), expected="at least one of read, write, admin"
        )
    return made


def _checked_expiry(expires_at: datetime | None, now: datetime) -> datetime | None:
    if expires_at is None:
        return None
    if expires_at.tzinfo is None:
        raise InvalidValue(
            "has no time zone", path=("expires_at",), expected="such as 2027-01-31T00:00:00Z"
        )
    if expires_at <= now:
        raise InvalidValue(
            "is in the past", path=("expires_at",), expected="a time from now on, or none"
        )
    return expires_at
