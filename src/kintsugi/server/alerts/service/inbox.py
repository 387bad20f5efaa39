"""Reading alerts: the inbox, one alert with its history, and what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.fingerprint import fingerprint
from kintsugi.core.shared.text import clean
from kintsugi.formats.alerts import FORMATS, Undecodable
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.pages import Page, cursor_of, key_of, not_ours, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts.store import inbox as store
from kintsugi.server.alerts.store import searching, sources
from kintsugi.server.alerts.store.inbox import HistoryLine, Wanted

COUNTED = 200
"""Alerts are counted up to here, and a page says "200+": to count on would be half of what the first page costs."""
SEARCHED = (2_000, 50_000)
"""So many alerts are looked at for one page of a search that no index answers: a few for what there is much of, then
as many as take a tenth of a second."""
GOES_ON = 9
"""So many times more it looks at as many again while it has found nothing: half a million alerts, a second."""
MOST_HISTORY = 100
MOST_EPISODES = 50


def list_alerts(
    work: UnitOfWork, wanted: Wanted, limit: int, cursor: str | None = None
) -> Page[Alert]:
    """Alerts that the viewer sees, the newest first. Raises InvalidValue for a cursor that is none of ours."""
    return _listed(work, wanted, limit, _place(cursor) if cursor else None)


def _listed(work: UnitOfWork, wanted: Wanted, limit: int, after: store.Place | None) -> Page[Alert]:
    found = store.listing(
        work.connection, work.viewer, work.incidents_hidden, wanted, limit + 1, after
    )
    return page_of(found, limit, lambda alert: (alert.raised_at.isoformat(), alert.id))


@dataclass(frozen=True, slots=True)
class Searched:
    """A page of a search. `back_to`: since when all that was raised was looked at; None where nothing is left to be.

    It may hold few alerts or none, and still have a next page.
    """

    items: tuple[Alert, ...]
    next_cursor: str | None
    back_to: datetime | None = None


def search_alerts(
    work: UnitOfWork, wanted: Wanted, limit: int, cursor: str | None = None
) -> Searched:
    """As `list_alerts`, and what no index answers is looked for in steps from the newest back.

    A page ends with the step that found something; one that found nothing, when GOES_ON is used up.
    """
    after = _place(cursor) if cursor else None
    few, many = SEARCHED
    searched = _looked_through(work, wanted, limit, after, few)
    if searched.back_to is not None:
        searched = _looked_through(work, wanted, limit, after, many)
    for _ in range(GOES_ON):
        if searched.items or searched.back_to is None:
            break
        searched = _looked_through(work, wanted, limit, (searched.back_to, ""), many)
    return searched


def _looked_through(
    work: UnitOfWork, wanted: Wanted, limit: int, after: store.Place | None, most: int
) -> Searched:
    """What is found by looking at about `most` alerts; `back_to` is None where the page is full, or nothing is left."""
    edge = _edge(work, wanted, most, after)
    page = _listed(work, _since(wanted, edge), limit, after)
    if edge is None or page.next_cursor is not None:
        return Searched(page.items, page.next_cursor)
    return Searched(page.items, cursor_of((edge.isoformat(), "")), edge)


def _edge(
    work: UnitOfWork, wanted: Wanted, most: int, after: store.Place | None = None
) -> datetime | None:
    return searching.edge(work.connection, work.viewer, work.incidents_hidden, wanted, most, after)


def _since(wanted: Wanted, edge: datetime | None) -> Wanted:
    return replace(wanted, raised_after=edge) if edge is not None else wanted


def _place(cursor: str) -> tuple[datetime, str]:
    at, alert_id = key_of(cursor, 2)
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC), alert_id
    except (ValueError, OverflowError):
        pass
    raise not_ours()


def count(work: UnitOfWork, wanted: Wanted) -> int | None:
    """How many alerts of these the viewer sees, counted up to COUNTED; None where too many must be looked at."""
    return counts(work, [wanted])[0]


def counts(work: UnitOfWork, every: Sequence[Wanted]) -> list[int | None]:
    """The same of several lists."""
    edges = [_edge(work, wanted, SEARCHED[-1]) for wanted in every]
    since = [_since(wanted, edge) for wanted, edge in zip(every, edges, strict=True)]
    found = store.counts(work.connection, work.viewer, work.incidents_hidden, since, COUNTED)
    return [
        one if edge is None or one >= COUNTED else None
        for one, edge in zip(found, edges, strict=True)
    ]


def get(work: UnitOfWork, alert_id: str) -> Alert:
    """The alert of an id. Raises NotFound when the viewer sees none."""
    found = store.find(work.connection, work.viewer, work.incidents_hidden, clean(alert_id))
    if found is None:
        raise NotFound("there is no such alert that you can see")
    return found


def of_incident(work: UnitOfWork, incident_id: str, limit: int) -> list[Alert]:
    """The alerts that belong to an incident, the newest first. The caller has seen that the viewer sees it."""
    wanted = Wanted(incident_id=incident_id)
    return store.listing(work.connection, work.viewer, work.incidents_hidden, wanted, limit)


def history(work: UnitOfWork, alert: Alert) -> list[HistoryLine]:
    """What happened to it, the newest first."""
    return store.history(work.connection, alert.id, MOST_HISTORY)


def episodes(work: UnitOfWork, alert: Alert) -> list[Alert]:
    """The alerts of the same fingerprint that the viewer sees, the newest first; itself too."""
    found = store.episodes(work.connection, alert, MOST_EPISODES)
    seen = {
        one.id
        for one in store.of_ids(
            work.connection, work.viewer, work.incidents_hidden, [one.id for one in found]
        )
    }
    return [one for one in found if one.id in seen]


@dataclass(frozen=True, slots=True)
class Body:
    """What was sent, byte for byte."""

    received_at: datetime
    headers: dict[str, str]
    content: bytes


def body(work: UnitOfWork, alert: Alert) -> Body | None:
    """What was sent when the alert was raised.

    None once it is forgotten, after 30 days, and when it tells of an alert too that the viewer does not see.
    """
    sent = store.body_of(work.connection, alert.body_id) if alert.body_id else None
    if sent is None:
        return None
    found = Body(*sent)
    return found if _sees_all(work, alert, found) else None


def _sees_all(work: UnitOfWork, alert: Alert, found: Body) -> bool:
    """Whether the viewer sees every alert that a body tells of: one may belong to a private incident."""
    source = sources.source(work.connection, alert.source_id)
    shape = FORMATS.get(source.format) if source is not None else None
    if source is None or shape is None:
        return False
    try:
        events = shape.decode(found.content, found.headers, source.mapping).events
    except Undecodable:
        return False
    names = {fingerprint(source.id, event.key) for event in events}
    return store.all_seen(work.connection, work.viewer, work.incidents_hidden, sorted(names))
