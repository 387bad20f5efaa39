"""Similar incidents: those whose record or postmortem shares rare words with a text, and why."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.knowledge.query import Kind
from kintsugi.core.knowledge.similar import (
    Described,
    Likeness,
    asked_again,
    best,
    counted,
    likeness,
    rarest,
    weigh,
)
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.http import NOBODY
from kintsugi.kernel.unit_of_work import UnitOfWork, Works
from kintsugi.server.incidents import service as incidents
from kintsugi.server.knowledge.search import nearest, store
from kintsugi.server.knowledge.search.asking import Row
from kintsugi.server.knowledge.search.service import seen
from kintsugi.server.knowledge.search.tables import search_documents

SHOWN = 5
LEAST = 0.04
"""Texts that are less alike share words by chance."""
GROWN = 1.2
"""So many times more incidents than when words were counted, and they are counted anew."""


@dataclass(frozen=True, slots=True)
class Similar:
    """An incident that is like what was asked about, the postmortem that says so if it is one, and why."""

    incident: Incident
    postmortem: str
    likeness: Likeness


def like_incident(work: UnitOfWork, incident_id: str, most: int = SHOWN) -> list[Similar]:
    """Incidents like one that the viewer sees, the likest first."""
    row = nearest.of_id(work.connection, incident_id, _visible(work))
    return [] if row is None else like(work, _described(row), most, but=incident_id)


def like_postmortem(
    work: UnitOfWork, postmortem_id: str, incident_id: str, most: int = SHOWN
) -> list[Similar]:
    """Incidents like what a postmortem that the viewer sees tells, without its own."""
    row = nearest.of_id(work.connection, postmortem_id, _visible(work))
    return [] if row is None else like(work, _described(row), most, but=incident_id)


def like(work: UnitOfWork, about: Described, most: int = SHOWN, but: str = "") -> list[Similar]:
    """Incidents like a text, the likest first; without one, and what was merged into another."""
    found = compared(work, about, _visible(work), but)
    others = [(row, one) for row, one in found if row.incident_id]
    there = incidents.get_all(work, [row.incident_id or "" for row, _ in others])
    kept = best(
        [
            (row.incident_id or "", one)
            for row, one in others
            if (incident := there.get(row.incident_id or "")) and not incident.merged_into_id
        ],
        most, LEAST,
    )  # fmt: skip
    written = {row.incident_id: row.reference for row, _ in others if row.kind is Kind.POSTMORTEM}
    return [Similar(there[name], written.get(name, ""), one) for name, one in kept]


def compared(
    work: UnitOfWork, about: Described, visible: sa.ColumnElement[bool], but: str = ""
) -> list[tuple[Row, Likeness]]:
    """What shares rare words with a text, and how alike it is; without what is of the incident `but`."""
    weighed = weigh(about)
    known = nearest.frequencies(work.connection, list(weighed.weights))
    wanted = {
        stem: weighed.weights[stem] * known.rarity(stem) for stem in rarest(weighed.weights, known)
    }
    rows = nearest.candidates(work.connection, wanted, visible)
    others = [row for row in rows if _name(row) != but]
    theirs = [weigh(_described(row)) for row in others]
    stems = {stem for one in (weighed, *theirs) for stem in one.weights}
    every = nearest.frequencies(work.connection, sorted(stems))
    found = [
        (row, one, likeness(about, weighed, _described(row), one, every))
        for row, one in zip(others, theirs, strict=True)
    ]
    alike = [each for each in found if each[2].score >= LEAST]
    again = asked_again(weighed, [(_name(row), one, how) for row, one, how in alike], every)
    return list(zip([row for row, _, _ in alike], again, strict=True))


def _name(row: Row) -> str:
    """What a row is about: its incident."""
    return row.incident_id or row.of


def count_words(works: Works) -> int:
    """Count anew in how many texts each word stands, of those that everybody sees; how many texts there are.

    What is hidden from anybody plays no part, so that no order of answers tells of it.
    """
    with works.reading(NOBODY) as work:
        found, total = counted(nearest.texts(work.connection, _visible(work)))
    with works.writing(SYSTEM) as work:
        store.take_turn(work.connection)
        nearest.keep_frequencies(work.connection, found, total)
    return total


def is_outgrown(works: Works) -> bool:
    """Whether there are so many more incidents than when words were counted that it should be done anew."""
    with works.reading(SYSTEM) as work:
        now, then = nearest.counts(work.connection)
    return now > max(3, then * GROWN + 20)


def _described(row: Row) -> Described:
    return Described(row.title, row.text, row.services)


def _visible(work: UnitOfWork) -> sa.ColumnElement[bool]:
    """Of incidents and postmortems those that the viewer sees."""
    each = seen(work)
    kind = search_documents.c.kind
    return sa.case(
        (kind == Kind.INCIDENT.value, each[Kind.INCIDENT]),
        (kind == Kind.POSTMORTEM.value, each[Kind.POSTMORTEM]),
        else_=sa.false(),
    )
