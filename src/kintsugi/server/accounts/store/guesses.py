"""Queries of wrong guesses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from kintsugi.kernel.database import insert_into
from kintsugi.server.accounts.people import Guesses
from kintsugi.server.accounts.tables import sign_in_attempts


def lock_guesses(
    connection: sa.Connection, keys: Sequence[str], now: datetime
) -> dict[str, Guesses]:
    """What is counted under each key, held until the transaction ends: two guesses at once count as two."""
    rows = [{"key": key, "failures": 0, "last_at": now} for key in sorted(keys)]
    connection.execute(
        insert_into(connection, sign_in_attempts).values(rows).on_conflict_do_nothing()
    )
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
    insert = insert_into(connection, sign_in_attempts).values(key=key, **set_to)
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
