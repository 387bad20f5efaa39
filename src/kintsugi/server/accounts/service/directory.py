"""Who can be named: finding somebody by what a person or a program calls them."""

from __future__ import annotations

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import store
from kintsugi.server.accounts.people import User

MOST = 500
"""How many people a choice on a page offers; beyond that one types an e-mail."""


def active_user(work: UnitOfWork, who: str) -> User | None:
    """The user with this id or e-mail, if they are let in; what stands in a list of names is no secret here."""
    said = clean(who).strip()
    user = store.user_of_id(work.connection, said) if said else None
    if user is None and "@" in said:
        user = store.user_of_email(work.connection, said.casefold())
    return user if user is not None and user.is_active else None


def checked_user(work: UnitOfWork, who: str, field: str) -> User:
    """The same; raises InvalidValue, at the field, when it is nobody."""
    user = active_user(work, who)
    if user is None:
        raise InvalidValue(
            "is nobody here", path=(field,), expected="the id or e-mail of an active user"
        )
    return user


def active_users(work: UnitOfWork) -> list[User]:
    """Everybody who is let in, by name."""
    return [user for user in store.users_after(work.connection, None, MOST) if user.is_active]
