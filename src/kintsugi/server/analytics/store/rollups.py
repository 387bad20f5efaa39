"""Rollups and the marks of days that are to be counted anew, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa

from kintsugi.core.analytics.rollups import Counted, IncidentRollup
from kintsugi.kernel.database import insert_into
from kintsugi.server.analytics.tables import incident_rollup_marks, incident_rollups

MICROSECOND = timedelta(microseconds=1)


def mark(connection: sa.Connection, days: Iterable[date]) -> None:
    """These days are to be counted anew; always in the same order, so that no two wait for one another."""
    table = incident_rollup_marks
    for day in sorted(set(days)):
        written = insert_into(connection, table).values(day=day, version=1)
        connection.execute(
            written.on_conflict_do_update(
                index_elements=["day"], set_={"version": table.c.version + 1}
            )
        )


def marks(connection: sa.Connection) -> dict[date, int]:
    """The days that are to be counted anew, each with its version."""
    query = sa.select(incident_rollup_marks).order_by(incident_rollup_marks.c.day)
    return {row.day: row.version for row in connection.execute(query)}


def put_day(
    connection: sa.Connection, day: date, rows: Sequence[IncidentRollup], version: int
) -> bool:
    """A day's rollups in place of those it had; whether nobody marked it again meanwhile."""
    table, (start, end) = incident_rollups, bounds(day)
    connection.execute(table.delete().where(table.c.bucket >= start, table.c.bucket < end))
    values = [
        {
            "bucket": one.bucket, "kind": one.kind.value, "name": one.name, "count": one.count,
            "measured": one.measured, "microseconds": one.length // MICROSECOND,
            "first": one.first, "last": one.last,
        }
        for one in rows
    ]  # fmt: skip
    if values:
        connection.execute(table.insert(), values)
    marked = incident_rollup_marks
    gone = marked.delete().where(marked.c.day == day, marked.c.version == version)
    return connection.execute(gone).rowcount == 1


def rollups(
    connection: sa.Connection, since: datetime, until: datetime, without: Sequence[date]
) -> list[IncidentRollup]:
    """The rollups from a moment until before another, but for those of some days."""
    table = incident_rollups.c
    query = sa.select(incident_rollups).where(table.bucket >= since, table.bucket < until)
    left_out = set(without)
    return [
        IncidentRollup(
            row["bucket"], Counted(row["kind"]), row["name"], row["count"], row["measured"],
            row["microseconds"] * MICROSECOND, row["first"], row["last"],
        )
        for row in connection.execute(query).mappings()
        if row["bucket"].date() not in left_out
    ]  # fmt: skip


def bounds(day: date) -> tuple[datetime, datetime]:
    """From when until before when a day lasts, UTC."""
    start = datetime.combine(day, time(0), tzinfo=UTC)
    return start, start + timedelta(days=1)
