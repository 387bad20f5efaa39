"""Queries of sources and their keys."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.alerts.severity_mapping import mapping_of
from kintsugi.server.alerts.source import Source, SourceKey
from kintsugi.server.alerts.tables import alert_source_keys, alert_sources


def insert_source(connection: sa.Connection, source: Source) -> None:
    connection.execute(
        alert_sources.insert().values(
            id=source.id, name=source.name, format=source.format, kind=source.kind,
            service=source.service, mapping=_written(source.mapping),
            severities=json.dumps({word: level.value for word, level in source.severities.items()}),
            secret=source.secret, max_per_minute=source.max_per_minute, created_by=source.created_by,
            created_at=source.created_at, updated_at=source.updated_at, version=source.version,
        )
    )  # fmt: skip


def insert_key(connection: sa.Connection, key: SourceKey) -> None:
    connection.execute(
        alert_source_keys.insert().values(
            id=key.id, source_id=key.source_id, key_hash=key.key_hash, hint=key.hint,
            created_at=key.created_at, expires_at=key.expires_at,
        )
    )  # fmt: skip


def source_named(connection: sa.Connection, name: str) -> Source | None:
    query = sa.select(alert_sources).where(alert_sources.c.name == name)
    row = connection.execute(query).mappings().first()
    return source_of(row) if row else None


def source(connection: sa.Connection, name: str) -> Source | None:
    """The source of an id or a name; an id goes first."""
    query = sa.select(alert_sources).where(
        sa.or_(alert_sources.c.id == name, alert_sources.c.name == name)
    )
    found = [source_of(row) for row in connection.execute(query).mappings()]
    return min(found, key=lambda one: one.id != name, default=None)


def change_source(connection: sa.Connection, source: Source, expected: int) -> bool:
    """The source as it is to be from now on; False when it is no longer at the expected version."""
    update = alert_sources.update().where(
        alert_sources.c.id == source.id, alert_sources.c.version == expected
    )
    changed = update.values(
        name=source.name, kind=source.kind, service=source.service,
        mapping=_written(source.mapping),
        severities=json.dumps({word: level.value for word, level in source.severities.items()}),
        secret=source.secret, max_per_minute=source.max_per_minute,
        updated_at=source.updated_at, retired_at=source.retired_at, version=source.version,
    )  # fmt: skip
    return connection.execute(changed).rowcount == 1


def keys_of(connection: sa.Connection, source_ids: Sequence[str]) -> list[SourceKey]:
    """Every key of these sources, the newest first; those that have ended too."""
    query = (
        sa.select(alert_source_keys)
        .where(alert_source_keys.c.source_id.in_(source_ids))
        .order_by(alert_source_keys.c.created_at.desc(), alert_source_keys.c.id.desc())
    )
    return [
        SourceKey(row.id, row.source_id, row.key_hash, row.hint, row.created_at, row.expires_at)
        for row in connection.execute(query)
    ]


def end_keys(connection: sa.Connection, source_id: str, ends_at: datetime, key_id: str = "") -> int:
    """Have a source's keys (or one of them) end at a moment, if they did not end before; how many do."""
    column = alert_source_keys.c
    update = alert_source_keys.update().where(
        column.source_id == source_id,
        sa.or_(column.expires_at.is_(None), column.expires_at > ends_at),
    )
    if key_id:
        update = update.where(column.id == key_id)
    return connection.execute(update.values(expires_at=ends_at)).rowcount


def list_sources(connection: sa.Connection) -> list[Source]:
    """Every source, retired ones too, by name."""
    query = sa.select(alert_sources).order_by(alert_sources.c.name)
    return [source_of(row) for row in connection.execute(query).mappings()]


def live_keys(connection: sa.Connection) -> dict[str, tuple[Source, datetime | None]]:
    """The source of each key by the key's hash, and when the key ends; none of a source that is retired."""
    query = (
        sa.select(alert_sources, alert_source_keys.c.key_hash, alert_source_keys.c.expires_at)
        .join_from(alert_source_keys, alert_sources)
        .where(alert_sources.c.retired_at.is_(None))
    )
    return {
        row["key_hash"]: (source_of(row), row["expires_at"])
        for row in connection.execute(query).mappings()
    }


def source_of(row: sa.RowMapping) -> Source:
    """A source as its row says."""
    return Source(
        id=row["id"], name=row["name"], format=row["format"], kind=row["kind"],
        service=row["service"], mapping=json.loads(row["mapping"]) if row["mapping"] else None,
        severities=mapping_of(json.loads(row["severities"])), secret=row["secret"],
        max_per_minute=row["max_per_minute"], created_by=row["created_by"],
        created_at=row["created_at"], updated_at=row["updated_at"],
        last_event_at=row["last_event_at"], retired_at=row["retired_at"], version=row["version"],
    )  # fmt: skip


def _written(mapping: Mapping[str, object] | None) -> str:
    return "" if mapping is None else json.dumps(mapping, ensure_ascii=False)
