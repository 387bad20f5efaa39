"""The words of what can be found, as each database keeps and asks for them: FTS5, or a tsvector."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from kintsugi.core.knowledge.query import Phrase, Query
from kintsugi.core.knowledge.words import MOST, spelled

_INSERT_SQLITE = sa.text(
    "INSERT INTO search_index (rowid, title, text) VALUES (:id, :title, :text)"
)
_INSERT_POSTGRES = sa.text(
    "INSERT INTO search_index (id, words) VALUES (:id, CAST(:words AS tsvector))"
)
TITLE_WORDS = 500
_SERVICE = "@"
"""Stands before the name of a service among the words of a tsvector: no word has it."""
_LONGEST_SERVICE = 500
"""Characters of it: PostgreSQL keeps 2,046 bytes of a word."""


def is_sqlite(connection: sa.Connection) -> bool:
    """Whether it is FTS5 that is asked."""
    return connection.dialect.name == "sqlite"


@dataclass(frozen=True, slots=True)
class Told:
    """What a thing says and which services it names, by the id of its row."""

    id: int
    title: str
    text: str
    services: tuple[str, ...]


def put(connection: sa.Connection, told: Sequence[Told]) -> None:
    """Keep the words of these. What was kept of them before is forgotten."""
    if not told:
        return
    forget(connection, [one.id for one in told])
    if is_sqlite(connection):
        rows = [
            {
                "id": one.id,
                "title": " ".join(spelled(one.title, TITLE_WORDS)),
                "text": " ".join(spelled(one.text)),
            }
            for one in told
        ]
        connection.execute(_INSERT_SQLITE, rows)
        return
    rows = [{"id": one.id, "words": _vector(one)} for one in told]
    connection.execute(_INSERT_POSTGRES, rows)


def forget(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Keep nothing of these any more."""
    key = "rowid" if is_sqlite(connection) else "id"
    gone = sa.text(f"DELETE FROM search_index WHERE {key} = :id")  # noqa: S608 - one of two names
    if ids:
        connection.execute(gone, [{"id": one} for one in ids])


def forget_all(connection: sa.Connection) -> None:
    """Keep nothing."""
    connection.execute(sa.text("DELETE FROM search_index"))


def _vector(told: Told) -> str:
    """A tsvector as PostgreSQL writes it: each word with its places, those of the title marked A.

    A word has 256 places at most; a gap between title and text keeps phrases from reaching over it. Services
    stand among the words, without a place, so that one index answers for both.
    """
    places: dict[str, list[str]] = {}
    titled = spelled(told.title, TITLE_WORDS)
    for place, word in enumerate(titled, 1):
        places.setdefault(word, []).append(f"{place}A")
    for place, word in enumerate(spelled(told.text, MOST), len(titled) + 2):
        at = places.setdefault(word, [])
        if len(at) < 255:
            at.append(str(place))
    words = (f"'{word}':{','.join(at)}" for word, at in places.items())
    return " ".join((*words, *(f"'{one}'" for one in service_words(told.services))))


def service_words(names: Iterable[str]) -> tuple[str, ...]:
    """Services as they stand in a tsvector: names that differ in case or in a hyphen alone are one here."""
    each = (f"{_SERVICE}{'-'.join(spelled(name))}"[:_LONGEST_SERVICE] for name in names)
    return tuple(dict.fromkeys(each))


def asked(connection: sa.Connection, query: Query) -> str:
    """The question in the database's language; empty where nothing is wanted that an index of words answers.

    Its words are letters and digits in quotes, so that nothing typed is ever read as an operator. On PostgreSQL
    it names the services too; whether they are exactly these is asked of the rows.
    """
    if is_sqlite(connection):
        return _fts5(query.groups, query.without) if query.groups else ""
    words = [_tsquery(query.groups, query.without)] if query.groups else []
    services = [
        " | ".join(f"'{word}'" for word in service_words(one.values))
        for one in (*query.services, *query.teams)
        if one.values and not one.is_not
    ]
    return " & ".join(f"({part})" for part in (*words, *services))


def unwanted(connection: sa.Connection, query: Query) -> str:
    """What must not stand there, as a question of its own, where no word is wanted; else it is in `asked`."""
    if query.groups or not query.without:
        return ""
    return (_fts5 if is_sqlite(connection) else _tsquery)((query.without,), ())


def beginning(connection: sa.Connection, stem: str) -> str:
    """The question for things with a word that begins so; with the words of a name side by side."""
    phrase = Phrase(spelled(stem), is_beginning=True)
    return (_fts5 if is_sqlite(connection) else _tsquery)(((phrase,),), ())


def _fts5(groups: Sequence[Sequence[Phrase]], without: Sequence[Phrase]) -> str:
    def said(phrase: Phrase) -> str:
        return f'"{" ".join(phrase.words)}"{"*" if phrase.is_beginning else ""}'

    wanted = " AND ".join(f"({' OR '.join(map(said, group))})" for group in groups)
    return f"({wanted}) NOT ({' OR '.join(map(said, without))})" if without else wanted


def _tsquery(groups: Sequence[Sequence[Phrase]], without: Sequence[Phrase]) -> str:
    def said(phrase: Phrase) -> str:
        words = [f"'{word}'" for word in phrase.words]
        words[-1] += ":*" if phrase.is_beginning else ""
        return f"({' <-> '.join(words)})"

    wanted = " & ".join(f"({' | '.join(map(said, group))})" for group in groups)
    return f"({wanted}) & !({' | '.join(map(said, without))})" if without else wanted
