"""The outbox of intake: events that nobody has looked at yet, and what becomes of their alerts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kintsugi.core.alerts.alert import Alert
from kintsugi.server.alerts.store.rows import WITH_SOURCE, alert_of
from kintsugi.server.alerts.tables import (
    alert_events,
    alert_groups,
    alert_sources,
    alerts,
    silences,
)

_TURN = 7062
"""The number of PostgreSQL's advisory lock that a dispatcher holds while it works on a batch."""
_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that waits, and the alert that it is of, as it is now."""

    id: str
    kind: str
    at: datetime
    actor: str
    alert: Alert


@dataclass(frozen=True, slots=True)
class Group:
    """Alerts that belong together; `incident_id` once they have led to an incident."""

    id: str
    key: str
    key_hash: str
    rule_id: str
    title: str
    opened_at: datetime
    last_at: datetime
    alerts: int
    outcome: str
    incident_id: str | None
    closed_at: datetime | None = None


_WAITING = (
    sa.select(
        alert_events.c.id.label("event_id"), alert_events.c.kind, alert_events.c.at,
        alert_events.c.actor, alerts, alert_sources.c.name.label("source"),
        alert_sources.c.kind.label("source_kind"),
        alert_sources.c.format.label("source_format"),
    )
    .join_from(alert_events, alerts, alerts.c.id == alert_events.c.alert_id)
    .join(alert_sources, alert_sources.c.id == alerts.c.source_id)
    .where(alert_events.c.is_waiting)
    .order_by(alert_events.c.id)
)  # fmt: skip


def take_turn(connection: sa.Connection) -> bool:
    """Whether this transaction may dispatch: one at a time, in whatever process. On SQLite a writer is alone anyway."""
    if connection.dialect.name != "postgresql":
        return True
    return bool(connection.scalar(sa.text(f"SELECT pg_try_advisory_xact_lock({_TURN})")))


def waiting(connection: sa.Connection, most: int, only: Sequence[str] = ()) -> list[Waiting]:
    """Events in the order in which they were committed, from the first that waits; or those of the ids."""
    query = _WAITING.limit(most)
    if only:
        query = query.where(alert_events.c.id.in_(only))
    return [
        Waiting(row["event_id"], row["kind"], row["at"], row["actor"], alert_of(row))
        for row in connection.execute(query).mappings()
    ]


def any_waiting(connection: sa.Connection) -> bool:
    """Whether there is anything to dispatch."""
    query = sa.select(alert_events.c.id).where(alert_events.c.is_waiting).limit(1)
    return connection.execute(query).first() is not None


def done(connection: sa.Connection, event_ids: Sequence[str]) -> None:
    """These were looked at."""
    for some in _parts(event_ids):
        connection.execute(
            alert_events.update().where(alert_events.c.id.in_(some)).values(is_waiting=False)
        )


def failed(connection: sa.Connection, event_id: str, problem: str) -> None:
    """This one could not be handled; its history says why, and nobody tries it again."""
    update = alert_events.update().where(alert_events.c.id == event_id)
    connection.execute(update.values(is_waiting=False, kind="failed", detail=problem))


def starts_since(
    connection: sa.Connection, fingerprints: Sequence[str], since: datetime
) -> dict[str, list[datetime]]:
    """When each of these was raised since a moment, as many times as it was."""
    found: dict[str, list[datetime]] = {}
    for some in _parts(fingerprints):
        query = sa.select(alerts.c.fingerprint, alerts.c.raised_at).where(
            alerts.c.fingerprint.in_(some), alerts.c.raised_at > since
        )
        for row in connection.execute(query):
            found.setdefault(row.fingerprint, []).append(row.raised_at)
    return found


def groups(connection: sa.Connection, key_hashes: Sequence[str]) -> dict[str, Group]:
    """The last group of each key."""
    found: dict[str, Group] = {}
    for some in _parts(key_hashes):
        query = (
            sa.select(alert_groups)
            .where(alert_groups.c.key_hash.in_(some))
            .order_by(alert_groups.c.last_at)
        )
        found |= {row["key_hash"]: _group_of(row) for row in connection.execute(query).mappings()}
    return found


def _group_of(row: sa.RowMapping) -> Group:
    return Group(
        row["id"], row["key"], row["key_hash"], row["rule_id"], row["title"], row["opened_at"],
        row["last_at"], row["alerts"], row["outcome"], row["incident_id"],
        row["closed_at"],
    )  # fmt: skip


def group(connection: sa.Connection, group_id: str) -> Group | None:
    """The group of an id."""
    row = connection.execute(sa.select(alert_groups).where(alert_groups.c.id == group_id))
    found = row.mappings().first()
    return _group_of(found) if found else None


def keep_groups(connection: sa.Connection, kept: Iterable[Group]) -> None:
    """Groups as they are now: new ones, and those that have grown."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    rows = [
        {
            "id": one.id, "key": one.key, "key_hash": one.key_hash, "rule_id": one.rule_id,
            "title": one.title, "opened_at": one.opened_at, "last_at": one.last_at,
            "alerts": one.alerts, "outcome": one.outcome, "incident_id": one.incident_id,
        }
        for one in kept
    ]  # fmt: skip
    if not rows:
        return
    made = insert(alert_groups)
    fresh = made.excluded
    grown = {"last_at": fresh.last_at, "alerts": fresh.alerts}
    connection.execute(made.on_conflict_do_update(index_elements=["id"], set_=grown), rows)


def lead_to(connection: sa.Connection, group_id: str, incident_id: str) -> None:
    """The group has led to this incident; its alerts belong to it."""
    connection.execute(
        alert_groups.update()
        .where(alert_groups.c.id == group_id)
        .values(incident_id=incident_id, closed_at=None)
    )
    connection.execute(
        alerts.update()
        .where(alerts.c.group_id == group_id, alerts.c.incident_id.is_(None))
        .values(incident_id=incident_id, version=alerts.c.version + 1)
    )


def close(connection: sa.Connection, incident_id: str, closed_at: datetime | None) -> None:
    """The groups of an incident that is over take alerts within their window alone; None: it is open again."""
    connection.execute(
        alert_groups.update()
        .where(alert_groups.c.incident_id == incident_id)
        .values(closed_at=closed_at)
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """What the dispatcher has found out about an alert."""

    alert_id: str
    quality: int
    is_flapping: bool
    silence_id: str | None
    group_id: str | None
    is_private: bool


def settle(connection: sa.Connection, found: Sequence[Settled]) -> None:
    """Write it down at the alerts."""
    if not found:
        return
    update = (
        alerts.update()
        .where(alerts.c.id == sa.bindparam("of"))
        .values(
            quality=sa.bindparam("q"), is_flapping=sa.bindparam("f"), silence_id=sa.bindparam("s"),
            group_id=sa.bindparam("g"), is_private=sa.bindparam("p"),
        )
    )  # fmt: skip
    connection.execute(
        update,
        [
            {"of": one.alert_id, "q": one.quality, "f": one.is_flapping, "s": one.silence_id,
             "g": one.group_id, "p": one.is_private}
            for one in found
        ],
    )  # fmt: skip


def incident_ids(connection: sa.Connection, alert_ids: Sequence[str]) -> dict[str, str]:
    """The incident of each of these alerts that has one, as it is now."""
    found: dict[str, str] = {}
    for some in _parts(alert_ids):
        query = sa.select(alerts.c.id, alerts.c.incident_id).where(
            alerts.c.id.in_(some), alerts.c.incident_id.is_not(None)
        )
        found |= {row.id: row.incident_id for row in connection.execute(query)}
    return found


def resolving(connection: sa.Connection, incident_ids: Sequence[str]) -> set[str]:
    """Those of these incidents whose rules all say that they end with their alerts."""
    found: set[str] = set()
    for some in _parts(incident_ids):
        is_note = sa.case((alert_groups.c.outcome == "resolve", 0), else_=1)
        query = (
            sa.select(alert_groups.c.incident_id)
            .where(alert_groups.c.incident_id.in_(some))
            .group_by(alert_groups.c.incident_id)
            .having(sa.func.sum(is_note) == 0)
        )
        found |= {row[0] for row in connection.execute(query)}
    return found


def heard_again(connection: sa.Connection, now: datetime, most: int) -> list[Alert]:
    """Open alerts without an incident that were silenced, by a silence that is over now."""
    over = sa.select(silences.c.id).where(silences.c.ends_at <= now)
    return _open(connection, alerts.c.silence_id.in_(over), most)


def flapping(connection: sa.Connection, most: int) -> list[Alert]:
    """Open alerts without an incident that flapped when they were looked at."""
    return _open(connection, alerts.c.is_flapping, most)


def run_out(connection: sa.Connection, now: datetime, most: int) -> list[Alert]:
    """Open alerts whose sender vouched for them until a moment that has passed."""
    query = (
        WITH_SOURCE.where(alerts.c.state != "resolved", alerts.c.ends_at <= now)
        .order_by(alerts.c.ends_at)
        .limit(most)
    )
    return [alert_of(row) for row in connection.execute(query).mappings()]


def _open(connection: sa.Connection, which: sa.ColumnElement[bool], most: int) -> list[Alert]:
    query = (
        WITH_SOURCE.where(
            alerts.c.state.in_(("firing", "acknowledged")), alerts.c.incident_id.is_(None), which
        )
        .order_by(alerts.c.raised_at)
        .limit(most)
    )
    return [alert_of(row) for row in connection.execute(query).mappings()]


def open_counts(connection: sa.Connection, incident_ids: Sequence[str]) -> dict[str, int]:
    """How many alerts of each incident have not ended."""
    found = dict.fromkeys(incident_ids, 0)
    for some in _parts(incident_ids):
        query = (
            sa.select(alerts.c.incident_id, sa.func.count())
            .where(alerts.c.incident_id.in_(some), alerts.c.state != "resolved")
            .group_by(alerts.c.incident_id)
        )
        found |= {row[0]: row[1] for row in connection.execute(query)}
    return found


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
