"""What an incident has from the room below: its alerts, those a person gave it, and what changed before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import shortened
from kintsugi.kernel.http import Conflict
from kintsugi.kernel.pages import Page
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import service as alerts
from kintsugi.server.incidents import store
from kintsugi.server.incidents.service import recording, wording

CHANGES_WITHIN = timedelta(hours=12)
LONGEST_WITHIN = timedelta(days=14)


def alerts_of(
    work: UnitOfWork, incident: Incident, limit: int, cursor: str | None = None
) -> Page[Alert]:
    """The alerts of an incident that the viewer sees, the newest first."""
    return alerts.list_alerts(work, alerts.Wanted(incident_id=incident.id), limit, cursor)


def give_alerts(work: UnitOfWork, incident: Incident, alert_ids: Sequence[str]) -> list[Alert]:
    """Alerts belong to this incident from now on, and its timeline tells of each.

    Raises InvalidValue, NotFound for an alert that the viewer does not see, Conflict for one of another
    incident, and where this one was merged into another.
    """
    if incident.merged_into_id is not None:
        raise Conflict("it was merged into another incident; give them to that one")
    found = [one for one in alerts.chosen(work, alert_ids) if one.incident_id != incident.id]
    if not found:
        return []
    alerts.give(work, found, incident.id)
    for alert in sorted(found, key=lambda one: (one.began_at, one.id)):
        severity = f"{alert.severity.label}, " if alert.severity else ""
        service = f"{alert.service}, " if alert.service else ""
        text = f"Alert: {alert.title} ({severity}{service}from {alert.source}), added by hand"
        _write(work, incident, text, alert, min(alert.began_at, work.now))
    return found


def take_back_alerts(work: UnitOfWork, incident: Incident, alert_ids: Sequence[str]) -> list[Alert]:
    """Alerts turned out to have nothing to do with it: they wait for a person again.

    Raises InvalidValue, NotFound for an alert that this incident has not.
    """
    found = alerts.chosen(work, alert_ids)
    if any(one.incident_id != incident.id for one in found):
        raise Conflict("not all of these alerts belong to this incident")
    alerts.take_back(work, found)
    for alert in found:
        _write(work, incident, f"Alert taken away by hand: {alert.title}", alert, work.now)
    return found


def changes_before(
    work: UnitOfWork, incident: Incident, within: timedelta = CHANGES_WITHIN
) -> list[alerts.KeptChange]:
    """What changed in its services, and in all they depend on, from that long before it until it was over.

    The newest first. Raises InvalidValue for a time that is none.
    """
    if not timedelta() < within <= LONGEST_WITHIN:
        hours = LONGEST_WITHIN // timedelta(hours=1)
        raise InvalidValue(
            "is out of range", path=("hours",), expected=f"more than 0, at most {hours}"
        )
    resolved = incident.milestones.resolved
    over = resolved if isinstance(resolved, datetime) else work.now
    since, until = began_at(incident) - within, over + timedelta(microseconds=1)
    return alerts.changes_for(work, incident.services, since, until)


def began_at(incident: Incident) -> datetime:
    """When it began, as far as is known: its impact, else its detection, else its declaration."""
    times = incident.milestones
    for at in (times.impact_start, times.detected, times.declared):
        if isinstance(at, datetime):
            return at
    return incident.created_at


def _write(
    work: UnitOfWork, incident: Incident, text: str, alert: Alert, happened_at: datetime
) -> None:
    sequence = store.next_sequence(work.connection, incident.id)
    entry = {
        "text": shortened(text, wording.SHORT), "evidence": f"/alerts/{alert.id}",
        "alert": alert.id,
    }  # fmt: skip
    recording.write_down(
        work, incident, sequence, entry, kind=EventKind.DETECTION, happened_at=happened_at
    )
