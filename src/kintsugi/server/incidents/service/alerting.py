"""What alerts make of incidents: one is opened or joined, told of each alert, and of their end."""

from __future__ import annotations

from kintsugi.core.alerts.decision import Does
from kintsugi.core.alerts.routing import OutcomeKind
from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.lifecycle import is_open
from kintsugi.core.incidents.recovery import RecoveryOpen
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.text import plural, shortened
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.events import (
    AlertAcknowledged,
    AlertNews,
    AlertsEnded,
    AlertsRouted,
)
from kintsugi.server.incidents import store
from kintsugi.server.incidents.service import access, recording, recovering, wording
from kintsugi.server.incidents.service.changing import change_status
from kintsugi.server.incidents.service.declaring import Declaration, declare

MOST_TOLD = 100
"""The timeline tells of so many alerts of one routing at most; the incident's list of alerts has them all."""


def take_alerts(work: UnitOfWork, news: AlertsRouted) -> Incident | None:
    """The incident that these alerts belong to from now on; None when they wait for a person.

    1. The incident that their group has led to, if it is open; resolved by now, it is opened again, since
    what it was about is back. 2. Else, as the rule says: a new one, or an open one of the same service.
    3. Each alert is told in its timeline.
    """
    incident = _led_to(work, news)
    if incident is None:
        may_join = news.outcome.kind is OutcomeKind.JOIN and not news.outcome.is_private
        incident = _joined(work, news) if may_join else None
        if incident is None and news.does is not Does.OPEN:
            return None
        incident = incident or _opened(work, news)
    alerts.lead_to(work, news.group_id, incident.id)
    _tell(work, incident, news)
    _move_inboxes(work, incident)
    return incident


def _led_to(work: UnitOfWork, news: AlertsRouted) -> Incident | None:
    found = store.find_any(work.connection, news.incident_id) if news.incident_id else None
    while found is not None and found.merged_into_id is not None:
        found = store.find_any(work.connection, found.merged_into_id)
    if found is None or found.status is IncidentStatus.CLOSED:
        return None
    if is_open(found.status):
        return found
    if found.created_by != work.viewer.user_id:
        return None  # people resolved what people declared: what comes after is another incident
    return change_status(
        work, found, IncidentStatus.INVESTIGATING, None, "its alerts are firing again"
    )


def _joined(work: UnitOfWork, news: AlertsRouted) -> Incident | None:
    """The newest open incident of one of the services that everybody sees; drills are not real enough."""
    return store.open_with_service(work.connection, news.services)


def _opened(work: UnitOfWork, news: AlertsRouted) -> Incident:
    """A new incident; a private one is seen by whoever made the rule, else by nobody at all."""
    first = min(news.alerts, key=lambda alert: alert.at)
    incident = declare(
        work,
        Declaration(
            title=shortened(news.title, wording.TITLE), severity=news.severity,
            services=news.services, tags=news.outcome.tags, is_private=news.outcome.is_private,
            detection=DetectionMethod(first.source_kind), reason=f"by the rule {news.rule}",
            milestones={"detected": min(work.now, *(one.heard_at for one in news.alerts))},
        ),
    )  # fmt: skip
    author = accounts.active_user(work, news.rule_by) if incident.is_private else None
    if author is None:
        return incident
    access.grant_access(work, incident, author.id, author.name)
    return recording.found(work, incident.id)


def _tell(work: UnitOfWork, incident: Incident, news: AlertsRouted) -> None:
    for place, alert in enumerate(news.alerts[:MOST_TOLD]):
        _write(work, incident, _words(alert), alert, important=place == 0)
    left = len(news.alerts) - MOST_TOLD
    if left > 0:
        _write(work, incident, f"{plural(left, 'more alert')} at the same time", None)


def _words(alert: AlertNews) -> str:
    severity = f"{alert.severity.label}, " if alert.severity else ""
    service = f"{alert.service}, " if alert.service else ""
    return f"Alert: {alert.title} ({severity}{service}from {alert.source})"


def _write(
    work: UnitOfWork,
    incident: Incident,
    text: str,
    alert: AlertNews | None,
    *,
    important: bool = False,
) -> None:
    entry = {"text": shortened(text, wording.SHORT)}
    if alert is not None:
        entry |= {"evidence": f"/alerts/{alert.alert_id}", "alert": alert.alert_id}
    sequence = store.next_sequence(work.connection, incident.id)
    recording.write_down(
        work, incident, sequence, entry, kind=EventKind.DETECTION, important=important,
        happened_at=min(alert.at, work.now) if alert else work.now,
    )  # fmt: skip


def _move_inboxes(work: UnitOfWork, incident: Incident) -> None:
    """The inboxes of those who see a private incident move; all others the room of alerts tells itself."""
    if incident.is_private:
        readers = {one.user_id for one in store.grants(work.connection, incident)}
        work.touch(*(alerts.own_inbox_of(one) for one in readers | {incident.created_by}))


def tell_acknowledged(work: UnitOfWork, news: AlertAcknowledged) -> None:
    """Somebody took an alert: the timeline says so."""
    incident = store.find_any(work.connection, news.incident_id)
    if incident is not None:
        by = f" by {news.by}" if news.by else ""
        _write(work, incident, f"Alert acknowledged{by}: {news.title}", None)
        _move_inboxes(work, incident)


def take_end(work: UnitOfWork, news: AlertsEnded) -> None:
    """Alerts have ended: the timeline says so, and with the last of them the incident may be resolved.

    It resolves itself only when a rule opened it and nobody has taken command: whoever leads an
    incident says when it is over.
    """
    incident = store.find_any(work.connection, news.incident_id)
    if incident is None:
        return
    for title in news.titles[:MOST_TOLD]:
        _write(work, incident, f"Alert ended: {title}", None)
    _move_inboxes(work, incident)
    if news.left or not is_open(incident.status):
        return
    is_ours = incident.created_by == work.viewer.user_id and incident.commander_id is None
    if news.resolves and is_ours and _is_recovered(work, incident):
        change_status(work, incident, IncidentStatus.RESOLVED, None, "all of its alerts have ended")
    else:
        _write(work, incident, "All of its alerts have ended", None, important=True)


def _is_recovered(work: UnitOfWork, incident: Incident) -> bool:
    """Whether no recovery criterion keeps it open; one that a person recorded is met by a person."""
    try:
        recovering.check(work, incident, IncidentStatus.RESOLVED)
    except RecoveryOpen:
        return False
    return True
