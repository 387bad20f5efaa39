"""The statements of intake's writer: text that the driver keeps prepared, on a connection of its own.

Everything else of the room goes through SQLAlchemy; here a row costs microseconds, and there are thousands a second.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa

from kintsugi.core.alerts.event import AlertState
from kintsugi.core.alerts.lifecycle import Ending, Known
from kintsugi.core.shared.severity import Severity
from kintsugi.kernel.database import Database

Row = tuple[object, ...]

_STATEMENTS = {
    "insert_alert": """
        INSERT INTO alerts (id, source_id, fingerprint, key, state, severity, title, description, service, rule,
        labels, annotations, "values", links, runbook_url, content, starts_at, ends_at, raised_at, seen_at,
        resolved_at, resolved_how, body_id, events, is_flapping, verdict, verdict_by, version)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, {false}, '', '', 1)""",
    "change_alert": """
        UPDATE alerts SET severity = ?, title = ?, description = ?, service = ?, rule = ?, labels = ?,
        annotations = ?, "values" = ?, links = ?, runbook_url = ?, content = ?, ends_at = ?, seen_at = ?,
        events = events + ?, version = version + 1 WHERE id = ?""",
    "acknowledge_alert": """
        UPDATE alerts SET state = 'acknowledged', acknowledged_at = ?, seen_at = ?, events = events + ?,
        version = version + 1 WHERE id = ?""",
    "resolve_alert": """
        UPDATE alerts SET state = 'resolved', resolved_at = ?, ends_at = ?, resolved_how = ?, seen_at = ?,
        events = events + ?, version = version + 1 WHERE id = ?""",
    "count_repeats": """
        UPDATE alerts SET events = events + ?, seen_at = ?,
        ends_at = CASE WHEN state = 'resolved' THEN ends_at ELSE coalesce(?, ends_at) END WHERE id = ?""",
    "insert_event": """
        INSERT INTO alert_events (id, alert_id, kind, at, actor, detail, is_waiting)
        VALUES (?, ?, ?, ?, ?, '', {true})""",
    "insert_body": """
        INSERT INTO alert_bodies (id, source_id, received_at, headers, body, state, problem)
        VALUES (?, ?, ?, ?, ?, ?, ?)""",
    "insert_waiting": "INSERT INTO waiting_bodies (body_id) VALUES (?)",
    "bury_body": "UPDATE alert_bodies SET state = 'dead', problem = ? WHERE id = ?",
    "insert_change": """
        INSERT INTO changes (id, source_id, at, received_at, summary, origin, services, links, details)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    "hear": "UPDATE alert_sources SET last_event_at = ? WHERE id = ?",
}
_KNOWN = (
    "a.fingerprint, a.id, a.state, a.content, a.severity, a.starts_at, a.ends_at, a.raised_at, a.resolved_at,"
    " a.resolved_how"
)
_SQLITE_KNOWN = f"""
SELECT {_KNOWN} FROM json_each(?) AS asked CROSS JOIN alerts AS a WHERE a.rowid = (
SELECT b.rowid FROM alerts AS b WHERE b.fingerprint = asked.value ORDER BY b.raised_at DESC, b.rowid DESC LIMIT 1)"""  # noqa: S608 - our own columns
_SQLITE_CLAIM = """
DELETE FROM waiting_bodies WHERE body_id IN (SELECT value FROM json_each(?)) RETURNING body_id"""
_POSTGRES_CLAIM = "DELETE FROM waiting_bodies WHERE body_id = ANY(%s) RETURNING body_id"
_SQLITE_MARK = "SELECT (SELECT max(rowid) FROM alerts), (SELECT max(number) FROM alert_marks)"
_POSTGRES_LOCK = """
SELECT 1 FROM alerts WHERE fingerprint = ANY(%s) AND state <> 'resolved' ORDER BY fingerprint FOR UPDATE"""
_POSTGRES_KNOWN = f"""
SELECT {_KNOWN} FROM unnest(%s::text[]) AS asked CROSS JOIN LATERAL (
SELECT * FROM alerts AS b WHERE b.fingerprint = asked ORDER BY b.raised_at DESC, b.id DESC LIMIT 1) AS a"""  # noqa: S608 - as above


class Failure(Enum):
    """Why a batch was not written."""

    REFUSED = "refused"
    """The database cannot write now: it is locked, full or away."""
    RACED = "raced"
    """Another writer came first: done again, the batch finds what that one wrote."""
    UNFIT = "unfit"
    """Something in the batch can never be written."""


_RACES = frozenset({"40P01", "40001", "23505"})
"""PostgreSQL's deadlock, serialization failure and unique violation."""
_SQLITE_PRAGMAS = ("cache_size=-8000", "wal_autocheckpoint=4000")
"""Pages kept: 8 MB, where the indexes that every batch touches have room. A page is written back once in 16 MB of
log, and not once in 4: under load most are changed again before."""


class Recorder(ABC):
    """One database's way to record, on a connection of its own. One thread uses it."""

    is_alone: bool
    """Whether nobody else writes during a transaction of ours, so that memory is good while `mark` stays the same."""

    def __init__(
        self,
        engine: sa.Engine,
        turn: Callable[[], AbstractContextManager[None]] = nullcontext,
        lent: sa.PoolProxiedConnection | None = None,
    ) -> None:
        self._engine = engine
        self._turn = turn
        self._pooled = lent
        self._sql = {name: self._dialect(text) for name, text in _STATEMENTS.items()}

    def close(self) -> None:
        """Give the connection back; the next use takes another."""
        if self._pooled is not None:
            self._pooled.close()
            self._pooled = None

    def failure(self, error: Exception) -> Failure | None:
        """What an error means; None when it is none of the database's."""
        driver = self._engine.dialect.loaded_dbapi
        if isinstance(error, driver.IntegrityError) or getattr(error, "sqlstate", "") in _RACES:
            return Failure.RACED
        unfit = (driver.DataError, driver.ProgrammingError, UnicodeError, OverflowError)
        if isinstance(error, unfit):
            return Failure.UNFIT
        refused = (driver.Error, sa.exc.SQLAlchemyError)
        return Failure.REFUSED if isinstance(error, refused) else None

    @abstractmethod
    def reading(self) -> AbstractContextManager[None]:
        """Questions outside of a transaction; each sees what is committed."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[None]:
        """A transaction: committed at the end, rolled back when an error leaves it."""

    @abstractmethod
    def stored(self, at: datetime | None) -> object:
        """A moment as the driver takes it."""

    @abstractmethod
    def mark(self) -> object:
        """What changes whenever somebody else changes what is known of alerts; means nothing where not alone."""

    @abstractmethod
    def known(self, fingerprints: Collection[str], *, locks: bool = False) -> dict[str, Known]:
        """The last alert of each fingerprint that has one; `locks` keeps others from the open ones until the end."""

    def insert_alerts(self, rows: Sequence[Row]) -> None:
        """Alerts that are new. Raises one of RACED when another writer opened one of them."""
        self._many("insert_alert", rows)

    def change_alerts(self, rows: Sequence[Row]) -> None:
        self._many("change_alert", rows)

    def acknowledge_alerts(self, rows: Sequence[Row]) -> None:
        self._many("acknowledge_alert", rows)

    def resolve_alerts(self, rows: Sequence[Row]) -> None:
        self._many("resolve_alert", rows)

    def count_repeats(self, rows: Sequence[Row]) -> None:
        """Add repeats to their alerts: how many, when the last came, until when it is vouched for, of which."""
        self._many("count_repeats", rows)

    def insert_events(self, rows: Sequence[Row]) -> None:
        self._many("insert_event", rows)

    def insert_bodies(self, rows: Sequence[Row]) -> None:
        self._many("insert_body", rows)

    def insert_waiting(self, rows: Sequence[Row]) -> None:
        """Bodies on disk whose alerts are not recorded yet."""
        self._many("insert_waiting", rows)

    def bury_bodies(self, rows: Sequence[Row]) -> None:
        """Make these dead letters: what is wrong, of which body."""
        self._many("bury_body", rows)

    @abstractmethod
    def claim(self, body_ids: Sequence[str]) -> set[str]:
        """Those of these bodies that still wait, and from now on do not: whoever claims one records it."""

    def insert_changes(self, rows: Sequence[Row]) -> None:
        self._many("insert_change", rows)

    def hear(self, rows: Sequence[Row]) -> None:
        """When these sources were last heard of."""
        self._many("hear", rows)

    @property
    def _raw(self) -> Any:  # noqa: ANN401 - the driver's own connection, of two drivers
        if self._pooled is None:
            self._pooled = self._opened()
        return self._pooled.dbapi_connection

    def _opened(self) -> sa.PoolProxiedConnection:
        return self._engine.raw_connection()

    def _dialect(self, text: str) -> str:
        return text.format(true="1", false="0")

    def _many(self, name: str, rows: Sequence[Row]) -> None:
        if rows:
            self._raw.cursor().executemany(self._sql[name], rows)


class SqliteRecorder(Recorder):
    """On SQLite: whoever writes is alone, in every process."""

    is_alone = True

    @contextmanager
    def reading(self) -> Iterator[None]:
        yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self._turn():
            raw = self._raw
            raw.execute("BEGIN IMMEDIATE")
            try:
                yield
                raw.execute("COMMIT")
            finally:
                if raw.in_transaction:
                    raw.execute("ROLLBACK")

    def stored(self, at: datetime | None) -> str | None:
        """As `UtcDateTime` writes it, in a third of the time."""
        if at is None:
            return None
        if at.tzinfo is not UTC:
            at = at.astimezone(UTC)
        return at.isoformat(timespec="microseconds")[:26] + "Z"

    def mark(self) -> object:
        return self._raw.execute(_SQLITE_MARK).fetchone()

    def claim(self, body_ids: Sequence[str]) -> set[str]:
        return {row[0] for row in self._raw.execute(_SQLITE_CLAIM, (json.dumps(body_ids),))}

    def known(self, fingerprints: Collection[str], *, locks: bool = False) -> dict[str, Known]:  # noqa: ARG002 - nobody else writes
        asked = json.dumps(list(fingerprints))
        return {
            row[0]: _known(row[1:5], [_read(one) for one in row[5:9]], row[9])
            for row in self._raw.execute(_SQLITE_KNOWN, (asked,))
        }

    def _opened(self) -> sa.PoolProxiedConnection:
        pooled = super()._opened()
        pooled.detach()  # it is closed in the end, and nobody else gets it with these settings
        raw: Any = pooled.dbapi_connection
        for pragma in _SQLITE_PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")
        return pooled


class PostgresRecorder(Recorder):
    """On PostgreSQL: several nodes may write at once, about the same alerts too."""

    is_alone = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        try:
            yield
            self._raw.commit()
        finally:
            self.close()  # the pool rolls back what was not committed, and throws a lost connection away

    def stored(self, at: datetime | None) -> datetime | None:
        return at

    def mark(self) -> object:
        return None

    def claim(self, body_ids: Sequence[str]) -> set[str]:
        cursor = self._raw.cursor()
        cursor.execute(_POSTGRES_CLAIM, (list(body_ids),))
        return {row[0] for row in cursor}

    def known(self, fingerprints: Collection[str], *, locks: bool = False) -> dict[str, Known]:
        asked = list(fingerprints)
        cursor = self._raw.cursor()
        if locks:
            cursor.execute(_POSTGRES_LOCK, (asked,))
        cursor.execute(_POSTGRES_KNOWN, (asked,))
        return {row[0]: _known(row[1:5], row[5:9], row[9]) for row in cursor}

    def insert_alerts(self, rows: Sequence[Row]) -> None:
        # In one order, so that two nodes that open the same alerts never wait for each other.
        super().insert_alerts(sorted(rows, key=_fingerprint))

    def _dialect(self, text: str) -> str:
        return text.format(true="true", false="false").replace("?", "%s")


def recorder_for(database: Database) -> Recorder:
    """The recorder of a database."""
    kind = SqliteRecorder if database.is_sqlite else PostgresRecorder
    return kind(database.engine, database.turn)


def recorder_within(connection: sa.Connection) -> Recorder:
    """A recorder inside a transaction that somebody else has opened and will commit; it is not closed."""
    kind = SqliteRecorder if connection.dialect.name == "sqlite" else PostgresRecorder
    return kind(connection.engine, lent=connection.connection)


def _fingerprint(row: Row) -> str:
    return str(row[2])


def _read(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)


def _known(said: Sequence[Any], times: Sequence[datetime | None], how: str) -> Known:
    alert_id, state, content, severity = said
    starts_at, ends_at, raised_at, resolved_at = times
    if raised_at is None:
        raise ValueError("every alert was raised some time")
    return Known(
        alert_id, AlertState(state), content, Severity(severity) if severity else None, starts_at,
        ends_at, raised_at, resolved_at, Ending(how) if how else Ending.SENDER,
    )  # fmt: skip
