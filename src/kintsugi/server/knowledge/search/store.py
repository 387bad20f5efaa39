"""What the search keeps: its rows and their words, written together."""

from __future__ import annotations

import json
from collections.abc import Sequence

import sqlalchemy as sa

from kintsugi.core.knowledge.query import Kind
from kintsugi.core.knowledge.words import spelled
from kintsugi.kernel.database import insert_into
from kintsugi.server.knowledge.search import fulltext
from kintsugi.server.knowledge.search.document import Document
from kintsugi.server.knowledge.search.tables import (
    search_documents,
    search_marks,
    search_waiting,
)

_PLACES = {Kind.ALERT: 1, Kind.ACTION: 2, Kind.POSTMORTEM: 3, Kind.INCIDENT: 4}
_ROOM = 1 << 40
"""Ids of a kind: as many as nobody will ever have."""
_TOLD = ("title", "text", "services")
"""What the index of words is made of."""
_TURN = 7063
"""The number of PostgreSQL's advisory lock of who catches up, and so gives alerts their ids."""


def ids_of(kind: Kind) -> tuple[int, int]:
    """From which id to which the rows of a kind lie, the second not among them."""
    first = _PLACES[kind] * _ROOM
    return first, first + _ROOM


def put(
    connection: sa.Connection, documents: Sequence[Document], *, only_new: bool = False
) -> None:
    """Keep these as they are now; `only_new`: but those alone of which nothing is kept, which may be newer.

    Words are only written where they are others than before.
    """
    kept = _kept(connection, [one.of for one in documents])
    documents = [one for one in documents if not only_new or one.of not in kept]
    if not documents:
        return
    fresh = _next_alert(connection) if any(one.number is None for one in documents) else 0
    rows, told = [], []
    for one in documents:
        before = kept.get(one.of)
        if before is not None:
            key = int(before["id"])
        elif one.number is not None:
            key = ids_of(one.kind)[0] + one.number
        else:
            key, fresh = fresh, fresh + 1
        row = _row(key, one)
        rows.append(row)
        if before is None or any(before[name] != row[name] for name in _TOLD):
            told.append(fulltext.Told(key, one.title, one.text, one.services))
    written = _write(connection, rows, only_new=only_new)
    fulltext.put(connection, [one for one in told if one.id in written])


def _write(connection: sa.Connection, rows: list[dict[str, object]], *, only_new: bool) -> set[int]:
    """The ids of those that were written."""
    insert = insert_into(connection, search_documents)
    if only_new:
        # Where another transaction has come first, what it wrote stays.
        insert = insert.on_conflict_do_nothing()
    else:
        update = {name: insert.excluded[name] for name in rows[0] if name != "id"}
        insert = insert.on_conflict_do_update(index_elements=["id"], set_=update)
    return set(connection.scalars(insert.returning(search_documents.c.id), rows))


def _kept(connection: sa.Connection, ids: Sequence[str]) -> dict[str, sa.RowMapping]:
    table = search_documents.c
    columns = (table.of, table.id, *(table[name] for name in _TOLD))
    query = sa.select(*columns).where(table.of.in_(ids))
    return {row["of"]: row for row in connection.execute(query).mappings()}


def _next_alert(connection: sa.Connection) -> int:
    first, end = ids_of(Kind.ALERT)
    table = search_documents.c
    last = sa.select(sa.func.max(table.id)).where(table.id >= first, table.id < end)
    return int(connection.scalar(last) or first) + 1


def _row(key: int, one: Document) -> dict[str, object]:
    return {
        "id": key, "kind": one.kind.value, "of": one.of, "reference": one.reference,
        "incident_id": one.incident_id, "postmortem_id": one.postmortem_id, "title": one.title,
        "title_words": f" {' '.join(spelled(one.title, fulltext.TITLE_WORDS))} ",
        "text": one.text, "services": json.dumps(list(one.services), ensure_ascii=False),
        "severity": one.severity.value if one.severity else None, "status": one.status,
        "at": one.at, "day": int(one.at.timestamp() // 86_400),
    }  # fmt: skip


def forget(connection: sa.Connection, of: Sequence[str]) -> None:
    """Keep nothing of these any more."""
    if not of:
        return
    table = search_documents.c
    gone = list(connection.scalars(sa.select(table.id).where(table.of.in_(of))))
    fulltext.forget(connection, gone)
    connection.execute(search_documents.delete().where(table.id.in_(gone)))


def forget_all(connection: sa.Connection) -> None:
    """Keep nothing, and fill everything anew."""
    fulltext.forget_all(connection)
    for table in (search_documents, search_waiting, search_marks):
        connection.execute(table.delete())


def count(connection: sa.Connection) -> int:
    """How many things are kept."""
    return int(connection.scalar(sa.select(sa.func.count()).select_from(search_documents)) or 0)


def wait(connection: sa.Connection, alert_ids: Sequence[str]) -> None:
    """Have these alerts written later; twice is once."""
    rows = [{"alert_id": one} for one in alert_ids]
    if rows:
        connection.execute(insert_into(connection, search_waiting).on_conflict_do_nothing(), rows)


def waiting(connection: sa.Connection, most: int) -> list[str]:
    """Alerts that wait to be written, taken away: whoever takes them writes them in the same transaction."""
    table = search_waiting.c
    query = sa.select(table.alert_id).order_by(table.alert_id).limit(most)
    if not fulltext.is_sqlite(connection):
        query = query.with_for_update(skip_locked=True)
    found = list(connection.scalars(query))
    if found:
        connection.execute(search_waiting.delete().where(table.alert_id.in_(found)))
    return found


def is_waiting(connection: sa.Connection) -> bool:
    """Whether any alert waits to be written."""
    return connection.scalar(sa.select(search_waiting.c.alert_id).limit(1)) is not None


def take_turn(connection: sa.Connection) -> None:
    """Whoever catches up waits here for who does so elsewhere. On SQLite a writer is alone anyway."""
    if not fulltext.is_sqlite(connection):
        connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_TURN})"))


def is_filled(connection: sa.Connection) -> bool:
    """Whether all that was there before the search was is in it."""
    table = search_marks
    query = sa.select(sa.func.count()).select_from(table).where(table.c.is_filled)
    return connection.scalar(query) == len(Kind)


def mark(connection: sa.Connection, kind: Kind) -> tuple[str, bool]:
    """How far the rows of a kind are filled, and whether they are to the end."""
    table = search_marks.c
    row = connection.execute(sa.select(search_marks).where(table.kind == kind.value)).first()
    return ("", False) if row is None else (str(row.after), bool(row.is_filled))


def set_mark(connection: sa.Connection, kind: Kind, after: str, *, is_filled: bool) -> None:
    """They are filled up to here."""
    row = {"kind": kind.value, "after": after, "is_filled": is_filled}
    written = insert_into(connection, search_marks).values(row)
    fresh = {"after": after, "is_filled": is_filled}
    connection.execute(written.on_conflict_do_update(index_elements=["kind"], set_=fresh))


def alerts_after(connection: sa.Connection, after: int, most: int) -> list[tuple[int, str]]:
    """Keys and ids of alerts that are kept, behind a key."""
    first, end = ids_of(Kind.ALERT)
    table = search_documents.c
    query = sa.select(table.id, table.of).where(table.id > max(after, first - 1), table.id < end)
    return [
        (int(row.id), str(row.of))
        for row in connection.execute(query.order_by(table.id).limit(most))
    ]
