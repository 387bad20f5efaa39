"""Queries of users."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from kintsugi.kernel.auth import Role
from kintsugi.server.accounts.people import Theme, User
from kintsugi.server.accounts.tables import users


def user_of(found: sa.RowMapping) -> User:
    return User(
        found[users.c.id], found[users.c.name], found[users.c.email], Role(found[users.c.role]),
        found[users.c.zone], Theme(found[users.c.theme]), found[users.c.is_active],
        found[users.c.created_at], found[users.c.password_hash], found[users.c.single_keys],
        found[users.c.erased_at],
    )  # fmt: skip


def insert_user(connection: sa.Connection, user: User) -> None:
    connection.execute(
        users.insert().values(
            id=user.id, name=user.name, email=user.email, password_hash=user.password_hash, role=user.role.value,
            zone=user.zone, theme=user.theme.value, is_active=user.is_active, created_at=user.created_at,
            single_keys=user.single_keys,
        )
    )  # fmt: skip


def save_user(connection: sa.Connection, user: User) -> None:
    """What may change of a user: all but the time it was made."""
    connection.execute(
        users.update().where(users.c.id == user.id).values(
            name=user.name, email=user.email, password_hash=user.password_hash, role=user.role.value,
            zone=user.zone, theme=user.theme.value, is_active=user.is_active,
            single_keys=user.single_keys, erased_at=user.erased_at,
        )
    )  # fmt: skip


def user_of_id(connection: sa.Connection, user_id: str, *, lock: bool = False) -> User | None:
    query = sa.select(users).where(users.c.id == user_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return user_of(row) if row else None


def user_of_email(connection: sa.Connection, email: str) -> User | None:
    row = connection.execute(sa.select(users).where(users.c.email == email)).mappings().first()
    return user_of(row) if row else None


_OF_IDS = sa.select(users).where(users.c.id.in_(sa.bindparam("asked_ids", expanding=True)))
"""Built once: every list that names people asks it."""


def users_of_ids(connection: sa.Connection, ids: Iterable[str]) -> list[User]:
    return [
        user_of(row) for row in connection.execute(_OF_IDS, {"asked_ids": list(ids)}).mappings()
    ]


def users_after(connection: sa.Connection, after: tuple[str, ...] | None, limit: int) -> list[User]:
    """Those who are not erased by name, from after a (name, id)."""
    query = sa.select(users).where(users.c.erased_at.is_(None))
    query = query.order_by(users.c.name, users.c.id).limit(limit)
    if after is not None:
        name, user_id = after
        query = query.where(
            sa.tuple_(users.c.name, users.c.id) > sa.tuple_(sa.literal(name), sa.literal(user_id))
        )
    return [user_of(row) for row in connection.execute(query).mappings()]


def ids_of_people(connection: sa.Connection, text: str, limit: int) -> list[str]:
    """The ids of users with this id or e-mail, or with this in their name."""
    fits = sa.or_(
        users.c.id == text,
        users.c.email == text.casefold(),
        users.c.name.icontains(text, autoescape=True),
    )
    return list(
        connection.scalars(sa.select(users.c.id).where(fits).order_by(users.c.id).limit(limit))
    )


def has_users(connection: sa.Connection) -> bool:
    return connection.execute(sa.select(users.c.id).limit(1)).first() is not None


def lock_active_admins(connection: sa.Connection) -> frozenset[str]:
    """The ids of the active admins, none of whom somebody else can change until the transaction ends."""
    is_admin = sa.and_(users.c.role == Role.ADMIN.value, users.c.is_active)
    query = sa.select(users.c.id).where(is_admin).order_by(users.c.id).with_for_update()
    return frozenset(connection.scalars(query))
