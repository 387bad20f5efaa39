"""Which alerts are in the statistics, and the rollups that count them: always the same alerts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.alerts.fatigue import DAY, Rollup, Tally, bucket_of
from kintsugi.core.alerts.quality import ACTIONABLE_FROM
from kintsugi.kernel.audit import Hidden
from kintsugi.kernel.database import insert_into
from kintsugi.server.alerts.store.rows import EVERYBODY, is_hidden
from kintsugi.server.alerts.tables import alert_daily_rollups, alert_rollups, alerts

Counts = Mapping[tuple[str, datetime], tuple[int, int]]
"""By service and bucket: alerts, and how many of them are noisy."""
_AT_ONCE = 400


def is_counted() -> sa.ColumnElement[bool]:
    """Which rows are in statistics: what was looked at, and is not private in any way."""
    return alerts.c.counted_as.is_not(None)


def roll_up(connection: sa.Connection, counted: Counts) -> None:
    """Add alerts to their service's quarter of an hour, and to its day; numbers below zero take some away."""
    if not counted:
        return
    daily: defaultdict[tuple[str, datetime], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for (service, bucket), two in counted.items():
        total, noisy = daily[service, bucket_of(bucket, DAY)]
        daily[service, bucket_of(bucket, DAY)] = total + two[0], noisy + two[1]
    _grow(connection, alert_rollups, counted)
    _grow(connection, alert_daily_rollups, daily)


def _grow(connection: sa.Connection, table: sa.Table, counted: Counts) -> None:
    made = insert_into(connection, table)
    grown = {
        "total": table.c.total + made.excluded.total,
        "noisy": table.c.noisy + made.excluded.noisy,
    }
    connection.execute(
        made.on_conflict_do_update(index_elements=["service", "bucket"], set_=grown),
        [
            {"service": service, "bucket": bucket, "total": total, "noisy": noisy}
            for (service, bucket), (total, noisy) in sorted(counted.items())
        ],
    )


def hidden_of(
    connection: sa.Connection, hidden: Sequence[Hidden], alert_ids: Sequence[str]
) -> list[str]:
    """Those of these alerts that belong to an incident which not everybody sees."""
    found: list[str] = []
    for some in _parts(alert_ids):
        query = sa.select(alerts.c.id).where(
            alerts.c.id.in_(some), alerts.c.incident_id.is_not(None), is_hidden(EVERYBODY, hidden)
        )
        found.extend(connection.scalars(query))
    return found


def ids_of_incident(connection: sa.Connection, incident_id: str) -> list[str]:
    """The alerts that belong to an incident."""
    return list(
        connection.scalars(sa.select(alerts.c.id).where(alerts.c.incident_id == incident_id))
    )


def recount(connection: sa.Connection, hidden: Sequence[Hidden], alert_ids: Sequence[str]) -> None:
    """Have these alerts counted as they are now, and the rollups with them."""
    delta: defaultdict[tuple[str, datetime], tuple[int, int]] = defaultdict(lambda: (0, 0))
    changed: list[dict[str, object]] = []
    for some in _parts(alert_ids):
        for row in connection.execute(_standing(hidden).where(alerts.c.id.in_(some))):
            is_noisy = row.quality is not None and row.quality < ACTIONABLE_FROM
            now = (row.service, is_noisy) if row.is_due and row.quality is not None else None
            before = (row.counted_as, bool(row.is_noisy)) if row.counted_as is not None else None
            if now == before:
                continue
            for sign, counted in ((-1, before), (1, now)):
                if counted is not None:
                    place = (counted[0], bucket_of(row.raised_at))
                    total, noisy = delta[place]
                    delta[place] = total + sign, noisy + sign * counted[1]
            changed.append(
                {"of": row.id, "c": now[0] if now else None, "n": now[1] if now else None}
            )
    if changed:
        update = alerts.update().where(alerts.c.id == sa.bindparam("of"))
        connection.execute(
            update.values(counted_as=sa.bindparam("c"), is_noisy=sa.bindparam("n")), changed
        )
    roll_up(connection, {place: two for place, two in delta.items() if two != (0, 0)})


def _standing(hidden: Sequence[Hidden]) -> sa.Select[tuple[object, ...]]:
    column = alerts.c
    is_due = sa.case(
        (column.incident_id.is_(None), sa.not_(column.is_private)),
        else_=sa.not_(is_hidden(EVERYBODY, hidden)),
    )
    return sa.select(
        column.id, column.service, column.raised_at, column.quality, column.counted_as,
        column.is_noisy, is_due.label("is_due"),
    )  # fmt: skip


def rollups_between(
    connection: sa.Connection, since: datetime, until: datetime, service: str = ""
) -> list[Tally]:
    """What whole quarters of an hour from a moment until before another counted, by service."""
    return _summed(connection, alert_rollups, since, until, service)


def days_between(
    connection: sa.Connection, since: datetime, until: datetime, service: str = ""
) -> list[Tally]:
    """What whole days from a moment until before another counted, by service."""
    return _summed(connection, alert_daily_rollups, since, until, service)


def _summed(
    connection: sa.Connection, table: sa.Table, since: datetime, until: datetime, service: str
) -> list[Tally]:
    column = table.c
    query = (
        sa.select(column.service, sa.func.sum(column.total), sa.func.sum(column.noisy))
        .where(column.bucket >= since, column.bucket < until)
        .group_by(column.service)
    )
    if service:
        query = query.where(column.service == service)
    return [Tally(row[0], int(row[1]), int(row[2])) for row in connection.execute(query)]


def tallies_between(
    connection: sa.Connection, since: datetime, until: datetime, service: str = ""
) -> list[Tally]:
    """The same from the alerts themselves: those raised from a moment until before another."""
    column = alerts.c
    query = (
        sa.select(
            column.counted_as,
            sa.func.count(),
            sa.func.sum(sa.case((column.is_noisy, 1), else_=0)),
        )
        .where(is_counted(), column.raised_at >= since, column.raised_at < until)
        .group_by(column.counted_as)
    )
    if service:
        query = query.where(column.counted_as == service)
    return [Tally(row[0], int(row[1]), int(row[2])) for row in connection.execute(query)]


def rollups(connection: sa.Connection, *, daily: bool = False) -> list[Rollup]:
    """Every rollup of quarters of an hour (or of days) that counts something, by bucket and service."""
    table = alert_daily_rollups if daily else alert_rollups
    column = table.c
    query = sa.select(table).where(column.total > 0).order_by(column.bucket, column.service)
    return [
        Rollup(row.service, row.bucket, row.total, row.noisy) for row in connection.execute(query)
    ]


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
