"""The statements that find: those of a kind that match, the newest of them ranked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kintsugi.core.knowledge.query import Filter, Kind, Phrase, Query
from kintsugi.core.shared.severity import Severity
from kintsugi.server.knowledge.search import fulltext
from kintsugi.server.knowledge.search.store import ids_of
from kintsugi.server.knowledge.search.tables import search_documents

RANKED = 400
"""So many of the newest that match are ranked, of each kind; and counted: of more a page says "400+"."""
_DOCUMENT = search_documents.c
_SQLITE = sa.table("search_index", sa.column("rowid", sa.Integer))
_POSTGRES = sa.table("search_index", sa.column("id", sa.BigInteger))
_TITLED, _FRESH, _HALVED = 2.0, 0.5, 90.0
"""All words in the title count three times none; what is of today counts half as much again as what is years old,
what is 90 days old a quarter."""

_MORE_THAN_ALL = 1 << 30

_ROOM = 40
"""Bits of an id below those that say the kind."""
_KINDS = {ids_of(kind)[0] >> _ROOM: kind for kind in Kind}

Seen = Mapping[Kind, sa.ColumnElement[bool]]
"""Which rows of each kind the asker may see."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a ranked list; `asked_at` is when the first page was asked for, so that ages stay what they were."""

    score: float
    id: int
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """Something that was found, as it is kept."""

    id: int
    kind: Kind
    of: str
    reference: str
    incident_id: str | None
    postmortem_id: str | None
    title: str
    text: str
    services: tuple[str, ...]
    severity: Severity | None
    status: str
    at: datetime
    score: float


def matches(
    connection: sa.Connection, query: Query, seen: Seen, kinds: Sequence[Kind], asked_at: datetime
) -> list[tuple[float, int]]:
    """Scores and ids of what matches, the best first: of each kind the newest, up to RANKED and one more that says
    there are more.
    """
    wanted = [kind for kind in kinds if not query.kinds or kind in query.kinds]
    if not wanted:
        return []
    each = [sa.select(_matched(connection, query, seen, kind)) for kind in wanted]
    today = int(asked_at.timestamp() // 86_400)
    rows = connection.execute(sa.union_all(*each)).all()
    return sorted(((_score(titled, today - day), key) for key, day, titled in rows), reverse=True)


def kind_of(key: int) -> Kind:
    """Which kind a row of this id is of."""
    return _KINDS[key >> _ROOM]


def _score(titled: float, days: int) -> float:
    return (1.0 + _TITLED * titled) * (1.0 + _FRESH / (1.0 + max(0, days) / _HALVED))


def read(connection: sa.Connection, scores: Mapping[int, float]) -> dict[int, Row]:
    """The rows of these ids."""
    query = sa.select(search_documents).where(_DOCUMENT.id.in_(list(scores)))
    return {
        row["id"]: row_of(row, scores[row["id"]]) for row in connection.execute(query).mappings()
    }


def row_of(row: sa.RowMapping, score: float) -> Row:
    """A row as it is kept."""
    return Row(
        id=row["id"], kind=Kind(row["kind"]), of=row["of"], reference=row["reference"],
        incident_id=row["incident_id"], postmortem_id=row["postmortem_id"], title=row["title"],
        text=row["text"], services=tuple(json.loads(row["services"])),
        severity=Severity(row["severity"]) if row["severity"] is not None else None,
        status=row["status"], at=row["at"], score=score,
    )  # fmt: skip


def _matched(connection: sa.Connection, query: Query, seen: Seen, kind: Kind) -> sa.Subquery:
    """Id, day and share in the title of the newest that match, of a kind, up to RANKED and one."""
    question = fulltext.asked(connection, query)
    conditions = [seen[kind], *_narrowed(query)]
    unwanted = fulltext.unwanted(connection, query)
    if unwanted:
        conditions.append(_without(connection, unwanted))
    columns = (_DOCUMENT.id, _DOCUMENT.day, _titled(query).label("titled"))
    first, end = (sa.literal_column(str(one), sa.BigInteger) for one in ids_of(kind))
    if not question:
        found = sa.select(*columns).where(_DOCUMENT.id >= first, _DOCUMENT.id < end, *conditions)
        key: sa.ColumnElement[int] = _DOCUMENT.id
    elif fulltext.is_sqlite(connection):
        holds = sa.text("search_index MATCH :question").bindparams(question=question)
        key = _SQLITE.c.rowid
        joined = _SQLITE.join(search_documents, _DOCUMENT.id == key)
        found = sa.select(*columns).select_from(joined)
        found = found.where(holds, key >= first, key < end, *conditions)
    else:
        found, key = _in_postgres(question, columns, conditions, (first, end))
    return found.order_by(key.desc()).limit(sa.literal_column(str(RANKED + 1))).subquery()


def _in_postgres(
    question: str,
    columns: Sequence[sa.ColumnElement[Any]],
    conditions: Sequence[sa.ColumnElement[bool]],
    ids: tuple[sa.ColumnElement[int], sa.ColumnElement[int]],
) -> tuple[sa.Select[Any], sa.ColumnElement[int]]:
    """What the planner cannot get wrong: the index of words first, and each row of it looked up by its id.

    The question stands in the text of the statement: a plan for any question, which a prepared statement gets,
    reads every text with a common word (530 ms). Left to itself the planner joins both tables by walking
    through one from its end, or through all that have a service: OFFSET 0 keeps it from it. And a LIMIT, however
    great, has it weigh whether to look into the newest one by one, which is best for common words.
    """
    index = _POSTGRES.c
    asked = sa.bindparam("question", question, sa.String, literal_execute=True)
    holds = sa.text("search_index.words @@ CAST(:question AS tsquery)").bindparams(asked)
    hits = (
        sa.select(index.id)
        .where(holds, index.id >= ids[0], index.id < ids[1])
        .order_by(index.id.desc())
        .limit(sa.literal_column(str(_MORE_THAN_ALL)))
        .subquery()
    )
    rows = sa.select(*columns).where(_DOCUMENT.id == hits.c.id, *conditions)
    looked_up = rows.offset(sa.literal_column("0")).lateral()
    return sa.select(*looked_up.c).select_from(hits.join(looked_up, sa.true())), hits.c.id


def _titled(query: Query) -> sa.ColumnElement[float]:
    """Which share of what was asked for stands in the title.

    Counting how rare a word is would tell whoever compares two answers what hidden texts say.
    """
    if not query.groups:
        return sa.literal(0.0, sa.Float)
    share: sa.ColumnElement[float] = sa.literal(0.0, sa.Float)
    for group in query.groups:
        stands = [_DOCUMENT.title_words.contains(_run(one), autoescape=True) for one in group]
        share = share + sa.case((sa.or_(*stands), 1.0 / len(query.groups)), else_=0.0)
    return share


def _run(phrase: Phrase) -> str:
    return f" {' '.join(phrase.words)}{'' if phrase.is_beginning else ' '}"


def _without(connection: sa.Connection, question: str) -> sa.ColumnElement[bool]:
    if fulltext.is_sqlite(connection):
        inside = "SELECT rowid FROM search_index WHERE search_index MATCH :unwanted"
    else:
        inside = "SELECT id FROM search_index WHERE words @@ CAST(:unwanted AS tsquery)"
    return sa.text(f"search_documents.id NOT IN ({inside})").bindparams(unwanted=question)  # type: ignore[return-value] # a condition as text


def _narrowed(query: Query) -> list[sa.ColumnElement[bool]]:
    found = [_of_services(one) for one in (*query.services, *query.teams)]
    for one in query.statuses:
        is_at = _DOCUMENT.status.in_(one.values)
        found.append(sa.not_(is_at) if one.is_not else is_at)
    if query.severities:
        found.append(_DOCUMENT.severity.in_([one.value for one in query.severities]))
    if query.since is not None:
        found.append(_DOCUMENT.at >= query.since)
    if query.until is not None:
        found.append(_DOCUMENT.at < query.until)
    return found


def _of_services(one: Filter) -> sa.ColumnElement[bool]:
    """Any of the services is among its own. Of a team, they are the team's."""
    named = [
        _DOCUMENT.services.icontains(json.dumps(name, ensure_ascii=False), autoescape=True)
        for name in one.values
    ]
    is_any = sa.or_(sa.false(), *named)
    return sa.not_(is_any) if one.is_not else is_any
