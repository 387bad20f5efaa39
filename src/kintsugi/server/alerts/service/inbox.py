"""Reading alerts: the inbox, one alert with its history, and what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.fingerprint import fingerprint
from kintsugi.core.shared.text import clean
from kintsugi.formats.alerts import FORMATS, Undecodable
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.pages import Page, key_of, not_ours, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts.store import inbox as store
from kintsugi.server.alerts.store import sources
from kintsugi.server.alerts.store.inbox import HistoryLine, Wanted

COUNTED = 1000
"""Alerts are counted up to here; a page says "1,000 or more"."""
MOST_HISTORY = 100
MOST_EPISODES = 50


def list_alerts(
    work: UnitOfWork, wanted: Wanted, limit: int, cursor: str | None = None
) -> Page[Alert]:
    """Alerts that the viewer sees, the newest first. Raises InvalidValue for a cursor that is none of ours."""
    after = _place(cursor) if cursor else None
    found = store.listing(
        work.connection, work.viewer, work.incidents_hidden, wanted, limit + 1, after
    )
    return page_of(found, limit, lambda alert: (alert.raised_at.isoformat(), alert.id))


def _place(cursor: str) -> tuple[datetime, str]:
    at, alert_id = key_of(cursor, 2)
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC), alert_id
    except (ValueError, OverflowError):
        pass
    raise not_ours()


def count(work: UnitOfWork, wanted: Wanted) -> int:
    """How many alerts of these the viewer sees, counted up to COUNTED."""
    return store.counts(work.connection, work.viewer, work.incidents_hidden, wanted, COUNTED)


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
