"""The statements behind similar incidents: where rare words stand, and how rare words are."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa

from kintsugi.core.knowledge.query import Kind
from kintsugi.core.knowledge.similar import SERVICE, Described, Frequencies
from kintsugi.kernel.database import insert_into
from kintsugi.server.knowledge.search import fulltext
from kintsugi.server.knowledge.search.asking import Row, row_of
from kintsugi.server.knowledge.search.store import ids_of
from kintsugi.server.knowledge.search.tables import search_documents, search_words

LOOKED_UP = 400
"""Of each word the newest places alone: a word in more is not rare."""
WEIGHED = 120
"""So many of those with most of the words are looked at for who may see them."""
COMPARED = 30
"""And so many of these are read and compared."""
_DOCUMENT = search_documents.c
_FIRST, _END = ids_of(Kind.POSTMORTEM)[0], ids_of(Kind.INCIDENT)[1]
"""Postmortems and incidents lie side by side."""
_AT_ONCE = 500
_SQLITE = sa.text(
    """SELECT rowid FROM search_index WHERE search_index MATCH :question
    AND rowid >= :first AND rowid < :last ORDER BY rowid DESC LIMIT :most"""
)
_POSTGRES = sa.text(
    """SELECT asked.place, found.id
    FROM unnest(CAST(:questions AS text[])) WITH ORDINALITY AS asked (question, place),
    LATERAL (
        SELECT every.id FROM (
            SELECT id FROM search_index WHERE words @@ CAST(asked.question AS tsquery) OFFSET 0
        ) AS every
        WHERE every.id >= :first AND every.id < :last ORDER BY every.id DESC LIMIT :most
    ) AS found"""
)
"""All words in one statement. OFFSET 0: found first and ordered after, or the planner walks all ids back instead."""


def candidates(
    connection: sa.Connection, wanted: Mapping[str, float], visible: sa.ColumnElement[bool]
) -> list[Row]:
    """Incidents and postmortems with some of these words, those with the weightiest first."""
    found: defaultdict[int, float] = defaultdict(float)
    for word, key in _with_words(connection, list(wanted)):
        found[key] += wanted[word]
    nearest = sorted(found, key=lambda key: (-found[key], -key))[:WEIGHED]
    seen = set(
        connection.scalars(sa.select(_DOCUMENT.id).where(_DOCUMENT.id.in_(nearest), visible))
    )
    kept = [key for key in nearest if key in seen][:COMPARED]
    query = sa.select(search_documents).where(_DOCUMENT.id.in_(kept))
    return [row_of(row, 0.0) for row in connection.execute(query).mappings()]


def _with_words(connection: sa.Connection, words: Sequence[str]) -> list[tuple[str, int]]:
    """Each word with the rows where it stands, the newest LOOKED_UP."""
    questions = [fulltext.beginning(connection, word.removeprefix(SERVICE)) for word in words]
    asked = {"first": _FIRST, "last": _END, "most": LOOKED_UP}
    if not fulltext.is_sqlite(connection):
        rows = connection.execute(_POSTGRES, {**asked, "questions": questions})
        return [(words[place - 1], key) for place, key in rows]
    return [
        (word, key)
        for word, question in zip(words, questions, strict=True)
        for key in connection.scalars(_SQLITE, {**asked, "question": question})
    ]


def of_id(connection: sa.Connection, of: str, visible: sa.ColumnElement[bool]) -> Row | None:
    """What is kept of an incident or postmortem, if it is seen."""
    query = sa.select(search_documents).where(_DOCUMENT.of == of, visible)
    row = connection.execute(query).mappings().first()
    return None if row is None else row_of(row, 0.0)


def frequencies(connection: sa.Connection, words: Sequence[str]) -> Frequencies:
    """How often these words stand, as it was counted last."""
    table = search_words.c
    found: dict[str, int] = {}
    for start in range(0, len(words), _AT_ONCE):
        some = words[start : start + _AT_ONCE]
        query = sa.select(table.word, table.documents).where(table.word.in_(("", *some)))
        found |= {row.word: int(row.documents) for row in connection.execute(query)}
    if not words:
        return Frequencies({}, 0)
    return Frequencies(found, found.pop("", 0))


def texts(connection: sa.Connection, visible: sa.ColumnElement[bool]) -> Iterator[Described]:
    """What every incident and postmortem that is seen says, some at a time."""
    after = _FIRST - 1
    while True:
        query = sa.select(_DOCUMENT.id, _DOCUMENT.title, _DOCUMENT.text, _DOCUMENT.services).where(
            _DOCUMENT.id > after, _DOCUMENT.id < _END, visible
        )
        rows = connection.execute(query.order_by(_DOCUMENT.id).limit(_AT_ONCE)).all()
        if not rows:
            return
        after = int(rows[-1].id)
        yield from (Described(row.title, row.text, tuple(json.loads(row.services))) for row in rows)


def keep_frequencies(connection: sa.Connection, counted: Mapping[str, int], total: int) -> None:
    """What was counted, in place of what was counted before."""
    connection.execute(search_words.delete())
    rows = [{"word": "", "documents": total}]
    rows += [{"word": word, "documents": count} for word, count in counted.items()]
    connection.execute(insert_into(connection, search_words), rows)


def counts(connection: sa.Connection) -> tuple[int, int]:
    """How many incidents and postmortems are kept, and how many were there when words were counted."""
    there = sa.select(sa.func.count()).where(_DOCUMENT.id >= _FIRST, _DOCUMENT.id < _END)
    then = sa.select(search_words.c.documents).where(search_words.c.word == "")
    return int(connection.scalar(there) or 0), int(connection.scalar(then) or 0)
