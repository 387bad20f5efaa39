"""Finding things by what they say, of those that the asker may see."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from kintsugi.core.knowledge.query import Filter, Kind, Query, read_query
from kintsugi.core.knowledge.snippets import Piece, asked_phrases, marked, snippet
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import clean
from kintsugi.kernel.pages import MOST, Page, key_of, moment_of, not_ours, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import service as alerts
from kintsugi.server.catalog import service as catalog
from kintsugi.server.incidents import service as incidents
from kintsugi.server.knowledge.search import asking
from kintsugi.server.knowledge.search.tables import search_documents
from kintsugi.server.postmortems import service as postmortems

_DOCUMENT = search_documents.c


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found: what it is, and the place of its text that shows why."""

    kind: Kind
    id: str
    reference: str
    incident_id: str | None
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]
    services: tuple[str, ...]
    severity: Severity | None
    status: str
    at: datetime

    @property
    def address(self) -> str:
        """Its page."""
        return f"/{self.kind.value}s/{self.reference or self.id}"


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found. `counts` are of all kinds, up to `asking.RANKED` and one more."""

    query: Query
    page: Page[Hit]
    counts: Mapping[Kind, int]


def understood(work: UnitOfWork, text: str) -> Query:
    """The question of a text, its teams told by their services. Never raises: what is passed over, notes say."""
    query = read_query(clean(text), work.now, ZoneInfo(work.viewer.zone))
    if not query.teams:
        return query
    notes, teams = list(query.notes), []
    for said in query.teams:
        services: list[str] = []
        for team in said.values:
            owned = _services_of(work, team)
            notes += [] if owned else [f"No team called {team} has a service."]
            services += owned
        teams.append(Filter(tuple(services), said.is_not))
    return replace(query, teams=tuple(teams), notes=tuple(notes))


def _services_of(work: UnitOfWork, team: str) -> list[str]:
    wanted, cursor, found = catalog.Wanted(team=team, retired=None), None, list[str]()
    while True:
        page = catalog.list_services(work, wanted, MOST, cursor)
        found += [one.spec.name for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


def find(
    work: UnitOfWork,
    text: str,
    kind: Kind | None,
    limit: int,
    cursor: str | None = None,
    *,
    is_counted: bool = True,
) -> Found:
    """What matches a text, the best first. Raises InvalidValue for a cursor that is none of ours."""
    query = understood(work, text)
    after = _place(cursor) if cursor else None
    if query.is_empty:
        return Found(query, Page((), None), dict.fromkeys(Kind, 0))
    asked_at = after.asked_at if after else work.now
    kinds = list(Kind) if is_counted or kind is None else [kind]
    found = asking.matches(work.connection, query, seen(work), kinds, asked_at)
    counted = Counter(asking.kind_of(key) for _, key in found)
    wanted = (
        (key, score)
        for score, key in found
        if (kind is None or asking.kind_of(key) is kind)
        and (after is None or (score, key) < (after.score, after.id))
    )
    scores = dict(islice(wanted, limit + 1))
    rows = asking.read(work.connection, scores)
    phrases = asked_phrases(query)
    kept = [rows[key] for key in scores if key in rows]
    page = page_of(kept, limit, lambda row: (repr(row.score), str(row.id), asked_at.isoformat()))
    shown = page.map(
        lambda row: Hit(
            row.kind, row.of, row.reference, row.incident_id, marked(row.title, phrases),
            snippet(row.text, phrases), row.services, row.severity, row.status, row.at,
        )
    )  # fmt: skip
    return Found(query, shown, {one: counted[one] for one in Kind})


def seen(work: UnitOfWork) -> dict[Kind, sa.ColumnElement[bool]]:
    """Which rows of each kind the viewer sees, as the rooms of what they are about say, looked up row by row."""
    of_incidents = incidents.hidden_ids(work.viewer)
    of_postmortems = postmortems.hidden_by_state(work.viewer)
    not_incident = sa.not_(_is_in(of_incidents, _DOCUMENT.incident_id))
    neither = sa.and_(not_incident, sa.not_(_is_in(of_postmortems, _DOCUMENT.postmortem_id)))
    return {
        Kind.INCIDENT: not_incident,
        Kind.POSTMORTEM: neither,
        Kind.ACTION: neither,
        Kind.ALERT: _is_in(alerts.visible_ids(work), _DOCUMENT.of),
    }


def _is_in(ids: sa.Select[tuple[str]], column: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return ids.where(ids.selected_columns[0] == column).correlate(search_documents).exists()


def _place(cursor: str) -> asking.Place:
    score, key, asked_at = key_of(cursor, 3)
    try:
        number, found = float(score), int(key)
    except ValueError as error:
        raise not_ours() from error
    if not math.isfinite(number) or not 0 <= found < 1 << 50:
        raise not_ours()
    return asking.Place(number, found, moment_of(asked_at))
