"""What a person does with alerts: take them, end them, judge them, give them to an incident."""

from __future__ import annotations

from collections.abc import Sequence

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.event import AlertState
from kintsugi.core.alerts.lifecycle import Ending
from kintsugi.core.alerts.precision import Verdict
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, one_line, shortened
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.http import Conflict
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import store
from kintsugi.server.alerts.service import following
from kintsugi.server.alerts.service.quality import recount_alerts
from kintsugi.server.alerts.store import inbox

MOST_AT_ONCE = 200
LONGEST_REASON = 500


def chosen(work: UnitOfWork, alert_ids: Sequence[str]) -> list[Alert]:
    """The alerts of these ids. Raises InvalidValue for none or too many, NotFound when the viewer misses one."""
    ids = list(dict.fromkeys(map(clean, alert_ids)))
    if not 1 <= len(ids) <= MOST_AT_ONCE:
        raise InvalidValue(
            f"names {len(ids)} alerts", path=("alerts",), expected=f"1 to {MOST_AT_ONCE} ids"
        )
    found = inbox.of_ids(work.connection, work.viewer, work.incidents_hidden, ids)
    if len(found) != len(ids):
        raise NotFound("not all of these alerts are there for you to see")
    return found


def acknowledge(work: UnitOfWork, alerts: Sequence[Alert]) -> int:
    """Take alerts; how many of them were firing. The rooms above hear of it from the dispatcher."""
    taken = 0
    for alert in alerts:
        if store.acknowledge(work.connection, alert, work.now):
            _write(work, alert, "acknowledged", is_waiting=True)
            taken += 1
    _told(work, "alert.acknowledge", alerts)
    return taken


def end(work: UnitOfWork, alerts: Sequence[Alert], reason: str = "") -> int:
    """Say that alerts are over, whatever their source says; how many of them were open."""
    ended, reason = 0, shortened(one_line(clean(reason)), LONGEST_REASON)
    for alert in alerts:
        if store.end(work.connection, alert, work.now, Ending.PERSON.value):
            _write(work, alert, "resolved", reason, is_waiting=True)
            ended += 1
    _told(work, "alert.resolve", alerts)
    return ended


def judge(work: UnitOfWork, alerts: Sequence[Alert], verdict: Verdict | None) -> None:
    """Say whether alerts were worth the interruption; None takes it back."""
    inbox.judge(
        work.connection, [alert.id for alert in alerts], verdict, work.viewer.user_id, work.now
    )
    for alert in alerts:
        _write(work, alert, "judged", verdict.value if verdict else "")
    _told(work, "alert.judge", alerts)


def give(work: UnitOfWork, alerts: Sequence[Alert], incident_id: str) -> None:
    """Alerts belong to this incident from now on; the caller has seen that the viewer may change it.

    Raises Conflict when one belongs to another incident.
    """
    for alert in alerts:
        if alert.incident_id not in (None, incident_id):
            raise Conflict(f'the alert "{alert.title}" belongs to another incident')
    ids = [alert.id for alert in alerts]
    following.tell(work, ids)  # as they are before: they may vanish from lists
    inbox.belong_to(work.connection, ids, incident_id)
    recount_alerts(work, ids)
    for alert in alerts:
        _write(work, alert, "given")
    _told(work, "alert.give", alerts)


def take_back(work: UnitOfWork, alerts: Sequence[Alert]) -> None:
    """Alerts belong to no incident any more."""
    ids = [alert.id for alert in alerts]
    inbox.leave(work.connection, ids)
    recount_alerts(work, ids)
    for alert in alerts:
        _write(work, alert, "taken back")
    _told(work, "alert.take_back", alerts)


def open_of(alerts: Sequence[Alert]) -> list[Alert]:
    """Those of them that have not ended."""
    return [alert for alert in alerts if alert.state is not AlertState.RESOLVED]


def _write(
    work: UnitOfWork, alert: Alert, kind: str, detail: str = "", *, is_waiting: bool = False
) -> None:
    store.add_event(
        work.connection, work.new_id("aev"), alert.id, kind, work.now, actor=work.viewer.name,
        detail=detail, is_waiting=is_waiting,
    )  # fmt: skip


def _told(work: UnitOfWork, action: str, alerts: Sequence[Alert]) -> None:
    for alert in alerts:
        work.audit(action, alert.id)
    following.tell(work, [alert.id for alert in alerts])
