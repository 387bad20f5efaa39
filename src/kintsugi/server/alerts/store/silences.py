"""The rows of silences and maintenance windows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

import sqlalchemy as sa

from kintsugi.core.alerts.matchers import Find
from kintsugi.core.alerts.rule_values import parse_matchers, written_matchers
from kintsugi.core.alerts.silences import Silence, SilenceKind, SilenceState
from kintsugi.server.alerts import tables


@dataclass(frozen=True, slots=True)
class KeptSilence:
    """A silence and its version."""

    silence: Silence
    created_at: datetime
    updated_at: datetime
    version: int


def silences(
    connection: sa.Connection, find: Find, *, ends_after: datetime | None = None, most: int = 1000
) -> list[KeptSilence]:
    """Silences, the one that ends last first; only those that end after a moment, if one is given."""
    query = sa.select(tables.silences).order_by(
        tables.silences.c.ends_at.desc(), tables.silences.c.id.desc()
    )
    if ends_after is not None:
        query = query.where(tables.silences.c.ends_at > ends_after)
    return [_kept(row, find) for row in connection.execute(query.limit(most)).mappings()]


def silences_in(
    connection: sa.Connection,
    find: Find,
    now: datetime,
    state: SilenceState | None,
    limit: int,
    after: tuple[datetime, str] | None = None,
) -> list[KeptSilence]:
    """Silences in a state, the one that ends last first, after the one with this end and id."""
    column = tables.silences.c
    query = sa.select(tables.silences).order_by(column.ends_at.desc(), column.id.desc())
    if state is not None:
        query = query.where(_is_in(state, now))
    if after is not None:
        place = map(sa.literal, after, (column.ends_at.type, column.id.type))
        query = query.where(sa.tuple_(column.ends_at, column.id) < sa.tuple_(*place))
    return [_kept(row, find) for row in connection.execute(query.limit(limit)).mappings()]


def _is_in(state: SilenceState, now: datetime) -> sa.ColumnElement[bool]:
    column = tables.silences.c
    if state is SilenceState.PENDING:
        return column.starts_at > now
    if state is SilenceState.EXPIRED:
        return sa.and_(column.starts_at <= now, column.ends_at <= now)
    if state is SilenceState.ACTIVE:
        return sa.and_(column.starts_at <= now, column.ends_at > now)
    assert_never(state)


def begun_since(
    connection: sa.Connection, find: Find, since: datetime, now: datetime
) -> list[KeptSilence]:
    """Silences that hold and began since a moment, after they were written."""
    column = tables.silences.c
    query = sa.select(tables.silences).where(
        column.ends_at > now, column.starts_at <= now, column.starts_at > since,
        column.starts_at > column.updated_at,
    )  # fmt: skip
    return [_kept(row, find) for row in connection.execute(query).mappings()]


def silence(connection: sa.Connection, silence_id: str, find: Find) -> KeptSilence | None:
    """The silence of an id."""
    query = sa.select(tables.silences).where(tables.silences.c.id == silence_id)
    row = connection.execute(query).mappings().first()
    return _kept(row, find) if row is not None else None


def add_silence(connection: sa.Connection, kept: KeptSilence) -> None:
    """One more silence."""
    connection.execute(tables.silences.insert().values(id=kept.silence.id, **_values(kept)))


def change_silence(connection: sa.Connection, kept: KeptSilence, expected: int) -> bool:
    """The silence as it is to be from now on; False when it is no longer at the expected version."""
    update = tables.silences.update().where(
        tables.silences.c.id == kept.silence.id, tables.silences.c.version == expected
    )
    return connection.execute(update.values(**_values(kept))).rowcount == 1


def _values(kept: KeptSilence) -> dict[str, object]:
    one = kept.silence
    return {
        "kind": one.kind.value,
        "matchers": json.dumps(written_matchers(one.matchers), ensure_ascii=False),
        "source_id": one.source_id, "starts_at": one.starts_at, "ends_at": one.ends_at,
        "comment": one.comment, "created_by": one.created_by, "created_at": kept.created_at,
        "updated_at": kept.updated_at, "version": kept.version,
    }  # fmt: skip


def _kept(row: sa.RowMapping, find: Find) -> KeptSilence:
    made = Silence(
        row["id"], SilenceKind(row["kind"]), parse_matchers(json.loads(row["matchers"]), find),
        row["starts_at"], row["ends_at"], row["source_id"], row["comment"], row["created_by"],
    )  # fmt: skip
    return KeptSilence(made, row["created_at"], row["updated_at"], row["version"])
