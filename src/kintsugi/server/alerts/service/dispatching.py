"""What becomes of alerts once intake has them on disk: each is looked at, grouped, and told to the rooms above."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.exc import OperationalError

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.decision import Decision, Does, Policy, Subject, decide
from kintsugi.core.alerts.flapping import FLAPPING
from kintsugi.core.alerts.grouping import still_open
from kintsugi.core.alerts.quality import quality_of
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import shortened
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.observability import log
from kintsugi.kernel.unit_of_work import UnitOfWork, Works
from kintsugi.server.alerts import store
from kintsugi.server.alerts.events import (
    AlertAcknowledged,
    AlertNews,
    AlertsEnded,
    AlertsRouted,
    AlertsSeenTo,
)
from kintsugi.server.alerts.service import following
from kintsugi.server.alerts.service.patterns import find
from kintsugi.server.alerts.service.policy import policy_now
from kintsugi.server.alerts.store.waiting import Group, Settled, Waiting

BATCH = 500
_AGAIN = ("changed", "heard")
"""What has an alert looked at again: its sender says something else, or its silence was taken away."""


def dispatch(works: Works, most: int = BATCH) -> int:
    """Look at the events that wait, oldest first; how many there were.

    1. A batch goes in one unit of work: what it writes, and what the rooms above make of it. 2. When that fails,
    each event gets one of its own, so that one bad alert never takes back a hundred others. 3. An event that
    fails alone is marked as failed, with the problem in the alert's history. An event is marked in the same
    transaction as what follows from it, so whatever is killed, it happens once.
    """
    with works.reading(SYSTEM) as work:
        if not store.any_waiting(work.connection):
            return 0
    try:
        return _in_one(works, most)
    except OperationalError:
        raise  # the database is away or busy: no event is to blame
    except Exception:  # noqa: BLE001 - the edge of the dispatcher: any handler, any error
        log.exception("a batch of alerts failed; each of them is tried alone")
    return _one_by_one(works, most)


def dispatch_within(work: UnitOfWork, most: int = BATCH, only: Sequence[str] = ()) -> int:
    """Look at the events that wait (or at these alone) in a unit of work of the caller's; how many there were."""
    if not store.take_turn(work.connection):
        return 0
    found = store.waiting(work.connection, most, only)
    _handle(work, found)
    store.done(work.connection, [one.id for one in found])
    return len(found)


def _in_one(works: Works, most: int, only: Sequence[str] = ()) -> int:
    with works.writing(SYSTEM) as work:
        return dispatch_within(work, most, only)


def _one_by_one(works: Works, most: int) -> int:
    with works.reading(SYSTEM) as work:
        found = store.waiting(work.connection, most)
    for one in found:
        try:
            _in_one(works, 1, (one.id,))
        except OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - the same
            log.exception("an alert could not be handled", alert=one.alert.id)
            with works.writing(SYSTEM) as work:
                store.failed(work.connection, one.id, shortened(str(error), 500))
    return len(found)


def _handle(work: UnitOfWork, found: Sequence[Waiting]) -> None:
    raised = {one.alert.id: one.alert for one in found if one.kind == "triggered"}
    changed = {
        one.alert.id: one.alert
        for one in found
        if one.kind in _AGAIN and one.alert.id not in raised
    }
    if raised:
        look_at(work, tuple(raised.values()))
    again = [one for one in changed.values() if one.state.is_open and not one.incident_id]
    if again:
        look_at(work, again)
    for one in found:
        if one.kind == "acknowledged":
            _tell_acknowledged(work, one)
    _tell_ended(work, [one for one in found if one.kind == "resolved"])
    seen_to = sorted({one.alert.id for one in found})
    following.tell(work, seen_to)
    if seen_to:
        work.publish(AlertsSeenTo(tuple(seen_to)))


@dataclass(slots=True)
class _Routed:
    """The alerts of a batch that go into one group."""

    group: Group
    decision: Decision
    alerts: list[Alert] = field(default_factory=list)


def look_at(work: UnitOfWork, raised: Sequence[Alert]) -> None:
    """Decide on alerts that were raised, put them into their groups, and tell the rooms above.

    It may be done again, for those that were silenced or flapping, or that have changed: each counts once.
    """
    policy = policy_now(work)
    starts = store.starts_since(
        work.connection,
        sorted({alert.fingerprint for alert in raised}),
        work.now - FLAPPING.within,
    )
    decisions = [_decide(work, alert, policy, starts) for alert in raised]
    routed = _grouped(work, raised, decisions)
    scores = [quality_of(alert, alert.source_format).quality_score for alert in raised]
    _settle(work, raised, decisions, scores, routed)
    for one in routed.values():
        if one.decision.does in (Does.OPEN, Does.JOIN) or one.group.incident_id:
            work.publish(_news(work, one))
    # Only now it is known which of them belong to a private incident.
    store.recount(work.connection, work.incidents_hidden, [alert.id for alert in raised])


def _decide(
    work: UnitOfWork, alert: Alert, policy: Policy, starts: dict[str, list[datetime]]
) -> Decision:
    subject = Subject(
        labels=alert.labels, title=alert.title, rule=alert.rule, service=alert.service,
        severity=alert.severity, source_id=alert.source_id, source=alert.source,
        kind=alert.source_kind, starts=tuple(starts.get(alert.fingerprint, ())),
        is_open=alert.state.is_open,
    )  # fmt: skip
    return decide(subject, policy, work.now)


def _grouped(
    work: UnitOfWork, raised: Sequence[Alert], decisions: Sequence[Decision]
) -> dict[str, _Routed]:
    """The group of each alert that is heard, by its id; what is silenced goes into none."""
    heard = [one for one in decisions if one.does is not Does.SILENCED]
    known = store.groups(work.connection, sorted({one.key_hash for one in heard}))
    found: dict[str, _Routed] = {}
    for alert, decision in zip(raised, decisions, strict=True):
        if decision.does is Does.SILENCED:
            continue
        group = known.get(decision.key_hash)
        if group is None or not still_open(
            decision.outcome.grouping, last_at=group.last_at, opened_at=group.opened_at, now=work.now,
            has_open_incident=group.incident_id is not None and group.closed_at is None,
        ):  # fmt: skip
            group = _new_group(work, decision)
        group = replace(group, alerts=group.alerts + 1, last_at=work.now)
        known[decision.key_hash] = group
        routed = found.setdefault(group.id, _Routed(group, decision))
        routed.group = group
        if routed.decision.does is not Does.OPEN and decision.does is Does.OPEN:
            routed.decision = decision
        routed.alerts.append(alert)
    store.keep_groups(work.connection, [one.group for one in found.values()])
    return found


def _new_group(work: UnitOfWork, decision: Decision) -> Group:
    return Group(
        id=work.new_id("grp"), key=decision.group_key, key_hash=decision.key_hash,
        rule_id=decision.rule.id if decision.rule else "", title=decision.title,
        opened_at=work.now, last_at=work.now, alerts=0,
        outcome=decision.outcome.when_resolved.value, incident_id=None,
    )  # fmt: skip


def _settle(
    work: UnitOfWork,
    raised: Sequence[Alert],
    decisions: Sequence[Decision],
    scores: Sequence[int],
    routed: dict[str, _Routed],
) -> None:
    group_of = {alert.id: one.group for one in routed.values() for alert in one.alerts}
    settled = []
    for alert, decision, score in zip(raised, decisions, scores, strict=True):
        group = group_of.get(alert.id)
        settled.append(
            Settled(
                alert.id, score, decision.is_flapping,
                decision.silence.id if decision.silence else None,
                group.id if group else None, decision.outcome.is_private,
            )
        )  # fmt: skip
    store.settle(work.connection, settled)


def _news(work: UnitOfWork, one: _Routed) -> AlertsRouted:
    decision = one.decision
    worst = min(
        (alert.severity for alert in one.alerts if alert.severity),
        key=lambda severity: severity.value,
        default=None,
    )
    severity: Severity | None = decision.outcome.severity or worst
    services = [
        *(alert.service for alert in one.alerts if alert.service),
        *decision.outcome.services,
    ]
    return AlertsRouted(
        group_id=one.group.id, incident_id=one.group.incident_id, does=decision.does,
        outcome=decision.outcome, rule=decision.rule.name if decision.rule else "",
        title=decision.title, severity=severity, services=tuple(dict.fromkeys(services)),
        alerts=tuple(
            AlertNews(
                alert.id, alert.title, alert.service, alert.source, alert.source_kind,
                alert.severity, alert.began_at, alert.raised_at,
            )
            for alert in one.alerts
        ),
        at=work.now, rule_by=_made_by(work, decision),
    )  # fmt: skip


def _made_by(work: UnitOfWork, decision: Decision) -> str:
    """Who made the rule, where that matters: for a private incident."""
    if decision.rule is None or not decision.outcome.is_private:
        return ""
    kept = store.rule(work.connection, decision.rule.id, find)
    return kept.created_by if kept else ""


def _tell_acknowledged(work: UnitOfWork, one: Waiting) -> None:
    if one.alert.incident_id:
        work.publish(
            AlertAcknowledged(
                one.alert.id, one.alert.title, one.alert.incident_id, one.actor, one.at
            )
        )


def _tell_ended(work: UnitOfWork, ended: Sequence[Waiting]) -> None:
    incident_of = store.incident_ids(work.connection, [one.alert.id for one in ended])
    by_incident: defaultdict[str, list[Alert]] = defaultdict(list)
    for one in ended:
        if one.alert.id in incident_of and not one.alert.state.is_open:
            by_incident[incident_of[one.alert.id]].append(one.alert)
    left = store.open_counts(work.connection, sorted(by_incident))
    resolving = store.resolving(work.connection, sorted(by_incident))
    for incident_id, alerts in sorted(by_incident.items()):
        titles = tuple(dict.fromkeys(alert.title for alert in alerts))
        work.publish(
            AlertsEnded(incident_id, titles, left[incident_id], incident_id in resolving, work.now)
        )
