"""The lists of patterns page by page, the newest first: gaps, what would have helped, what waits, what came again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Generic, TypeVar

from kintsugi.core.analytics.patterns import QUESTIONS, Improvement
from kintsugi.core.analytics.recurrence import Recurred
from kintsugi.kernel.pages import Page, key_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics.service.classes import all_classes
from kintsugi.server.analytics.service.kept import record
from kintsugi.server.analytics.service.packing import Item
from kintsugi.server.analytics.service.patterns import (
    LOOKED_AT,
    Gap,
    Waits,
    gaps_of,
    improvements_of,
    late_items,
    recurred,
    waiting,
    wanted_items,
)
from kintsugi.server.analytics.service.record import Case, Wanted, cases_of

T = TypeVar("T")
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """A page of a list, how many the whole list has, and the incidents that the page names, by id."""

    n: int
    page: Page[T]
    cases: Mapping[str, Case]


def gaps(work: UnitOfWork, wanted: Wanted, limit: int, cursor: str | None) -> Listed[Gap]:
    """Incidents that were noticed late or by customers. Raises InvalidValue for a cursor that is none."""
    every = record(work)
    late = late_items(wanted_items(every, wanted))
    page = _paged([(_key(one), one) for one in late], limit, cursor, 2)
    cases = cases_of(work, [one.id for one in page.items])
    oldest_first = [cases[one.id] for one in reversed(page.items) if one.id in cases]
    return Listed(len(late), Page(gaps_of(work, every, oldest_first), page.next_cursor), cases)


def answers(
    work: UnitOfWork, wanted: Wanted, limit: int, cursor: str | None
) -> Listed[Improvement]:
    """What postmortems say would have helped, question by question. Raises InvalidValue."""
    every = record(work)
    told = [one.id for one in wanted_items(every, wanted) if one.sources]
    cases = cases_of(work, told)
    found = improvements_of([cases[one] for one in told if one in cases])
    order, places = list(QUESTIONS), dict[tuple[str, str], int]()
    rows = []
    for one in found:
        place = places[one.kind, one.incident_id] = places.get((one.kind, one.incident_id), -1) + 1
        question, nth = f"{len(order) - order.index(one.kind)}", f"{9_999 - place:04}"
        rows.append(((question, *_key(every.by_id[one.incident_id]), nth), one))
    return Listed(len(rows), _paged(rows, limit, cursor, 4), cases)


def waits(work: UnitOfWork, wanted: Wanted, limit: int, cursor: str | None) -> Listed[Waits]:
    """Of the newest 200 incidents, those that a class is suggested for and nobody has said of. Raises InvalidValue."""
    every = record(work)
    newest = wanted_items(every, wanted)[-LOOKED_AT:]
    cases = cases_of(work, [one.id for one in newest])
    found = waiting([cases[one.id] for one in newest if one.id in cases], all_classes(work))
    rows = [(_key(every.by_id[one.case.id]), one) for one in found]
    return Listed(len(rows), _paged(rows, limit, cursor, 2), cases)


def recurrences(
    work: UnitOfWork, wanted: Wanted, limit: int, cursor: str | None
) -> Listed[Recurred]:
    """Incidents of a class that came again, and what they repeat. Raises InvalidValue."""
    every = record(work)
    found = recurred(every, wanted, {one.key for one in all_classes(work)}).recurred
    rows = [((*_key(every.by_id[one.id]), one.class_key), one) for one in found]
    page = _paged(rows, limit, cursor, 3)
    named = {name for one in page.items for name in (one.id, one.before_id)}
    return Listed(len(rows), page, cases_of(work, named))


def _key(one: Item) -> Key:
    """Where an incident stands in a list by time, as text that sorts so."""
    return f"{one.began.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}", f"{one.number:09}"


def _paged(rows: Iterable[tuple[Key, T]], limit: int, cursor: str | None, length: int) -> Page[T]:
    """The rows behind a cursor, from the greatest key down."""
    ordered: Sequence[tuple[Key, T]] = sorted(rows, key=lambda row: row[0], reverse=True)
    if cursor is not None:
        after = key_of(cursor, length)
        ordered = [row for row in ordered if row[0] < after]
    return page_of(ordered[: limit + 1], limit, lambda row: row[0]).map(lambda row: row[1])
