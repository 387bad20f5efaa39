"""Queries of links that work once: the first admin's, and those that let somebody set a password."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from kintsugi.server.accounts.tables import password_links, setup_links


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
    used = setup_links.update().where(_still_works(secret_hash, now)).values(used_at=now)
    return connection.execute(used).rowcount == 1


def _still_works(secret_hash: str, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        setup_links.c.secret_hash == secret_hash,
        setup_links.c.used_at.is_(None),
        setup_links.c.expires_at > now,
    )


def insert_password_link(
    connection: sa.Connection, user_id: str, secret_hash: str, now: datetime, expires_at: datetime
) -> None:
    connection.execute(
        password_links.insert().values(
            secret_hash=secret_hash, user_id=user_id, created_at=now, expires_at=expires_at
        )
    )


def user_of_password_link(connection: sa.Connection, secret_hash: str, now: datetime) -> str | None:
    """Whose link it is, if it still works."""
    query = sa.select(password_links.c.user_id).where(_lets_in(secret_hash, now))
    return connection.execute(query).scalar_one_or_none()


def use_password_link(connection: sa.Connection, secret_hash: str, now: datetime) -> str | None:
    """Use up a link, and say whose it was; None when it does not work. Of two at once one is first."""
    used = password_links.update().where(_lets_in(secret_hash, now)).values(used_at=now)
    return connection.execute(used.returning(password_links.c.user_id)).scalar_one_or_none()


def end_password_links(connection: sa.Connection, user_id: str, now: datetime) -> None:
    """Somebody's links that still work work no longer."""
    open_ones = sa.and_(password_links.c.user_id == user_id, password_links.c.used_at.is_(None))
    connection.execute(password_links.update().where(open_ones).values(used_at=now))


def _lets_in(secret_hash: str, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        password_links.c.secret_hash == secret_hash,
        password_links.c.used_at.is_(None),
        password_links.c.expires_at > now,
    )
