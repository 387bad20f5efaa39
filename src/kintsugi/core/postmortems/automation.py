"""Drafting from the record: the guide's metrics, and its suggestions worded so that they can be done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from kintsugi.core.actions.item import ActionItem, ActionType, Horizon, Priority
from kintsugi.core.incidents.detection import DETECTION_TARGETS
from kintsugi.core.incidents.milestones import NamedDuration, durations
from kintsugi.core.incidents.timeline import EventKind, count_kind
from kintsugi.core.postmortems.document import LinkKind, Postmortem
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import one_line, shortened
from kintsugi.core.shared.times import written_duration

ALERT_AFTER = timedelta(minutes=60)
"""The guide suggests better detection after an incident longer than this."""
AUTOMATE_AFTER = timedelta(minutes=120)
"""And automated recovery after one longer than this."""


@dataclass(frozen=True, slots=True)
class DraftMetrics:
    """The guide's metrics of an incident, and the durations between its milestones. None means not known."""

    total_duration: timedelta | None
    customer_impact_duration: timedelta | None
    messages_sent: int
    rollbacks_performed: int
    durations: tuple[NamedDuration, ...]


def draft_metrics(postmortem: Postmortem) -> DraftMetrics:
    """Count and measure what the record holds (the guide's `calculate_metrics`).

    The total is what the record gives (milestones, else first to last event in time), and what was
    typed only where the record gives nothing; the customers' part is from the start of impact to
    recovery, else what was typed, and is never taken to be the total. Messages and rollbacks are
    events of that kind; the guide counts every text in which the word occurs.
    """
    computed = postmortem.computed_duration
    impact = postmortem.milestones.impact_duration()
    return DraftMetrics(
        total_duration=computed if computed is not None else postmortem.typed_duration,
        customer_impact_duration=impact if impact is not None else postmortem.typed_duration,
        messages_sent=count_kind(postmortem.timeline, EventKind.MESSAGE),
        rollbacks_performed=count_kind(postmortem.timeline, EventKind.ROLLBACK),
        durations=tuple(durations(postmortem.milestones)),
    )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An action to consider, and what in the record it was derived from. It has no owner: people take it."""

    action: ActionItem
    because: str


def suggest_actions(postmortem: Postmortem) -> tuple[Suggestion, ...]:
    """The guide's three suggestions: a runbook where none was used, detection after 60 min, automation after 120.

    Whether a runbook was used is read from event kinds and links, never from words in the text.
    """
    suggested = []
    subject = _subject(postmortem)
    if not _used_runbook(postmortem):
        suggested.append(_runbook(subject))
    total = draft_metrics(postmortem).total_duration
    if total is not None and total > ALERT_AFTER:
        suggested.append(_alert(subject, postmortem.severity, total))
    if total is not None and total > AUTOMATE_AFTER:
        suggested.append(_automation(subject, total))
    return tuple(suggested)


def _used_runbook(postmortem: Postmortem) -> bool:
    linked = any(link.kind is LinkKind.RUNBOOK for link in postmortem.links)
    return linked or count_kind(postmortem.timeline, EventKind.RUNBOOK) > 0


def _runbook(subject: str) -> Suggestion:
    action = ActionItem(
        description=f"Write a runbook for {subject}: symptoms, checks, and the steps that restored service",
        priority=Priority.HIGH,
        type=ActionType.DOCUMENT,
        horizon=Horizon.SHORT,
        done_when="Somebody who was not in this incident has followed it in a drill, and its alert links to it",
    )
    return Suggestion(action, "the timeline has no runbook event and no runbook is linked")


def _alert(subject: str, severity: Severity | None, total: timedelta) -> Suggestion:
    target = written_duration(DETECTION_TARGETS[severity or Severity.SEV_3])
    action = ActionItem(
        description=f"Add an alert on what users notice first in {subject}",
        priority=Priority.HIGH,
        type=ActionType.DETECT,
        horizon=Horizon.SHORT,
        done_when=f"Replaying this incident's metrics fires it within {target} of the start of impact",
    )
    return Suggestion(action, _longer(total, ALERT_AFTER))


def _automation(subject: str, total: timedelta) -> Suggestion:
    action = ActionItem(
        description=f"Automate the slowest recovery step of {subject}, with a check that it worked",
        priority=Priority.MEDIUM,
        type=ActionType.MITIGATE,
        horizon=Horizon.LONG,
        done_when="A drill restores service without a manual step, and the recovery check passes",
    )
    return Suggestion(action, _longer(total, AUTOMATE_AFTER))


def _longer(total: timedelta, limit: timedelta) -> str:
    return f"the incident lasted {written_duration(total)}, more than {written_duration(limit)}"


_DATE_ENDING = re.compile(
    r"\s+[-–—]\s+(?:[A-Z][a-z]{2,8} \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]{2,8} \d{4}|\d{4}-\d{2}-\d{2})$"
)
_LABEL = re.compile(
    r"^(?:(?:incident )?post-?mortem\b[:\s-]*)?(?:\[(?P<service>[^\]]+)\]\s*)?", re.IGNORECASE
)


def _subject(postmortem: Postmortem) -> str:
    """What the incident was, from its title: `[Database] Outage - Jan 15, 2025` is `Database: Outage`."""
    title = _DATE_ENDING.sub("", one_line(postmortem.title))
    label = _LABEL.match(title)
    rest = title[label.end() :].strip() if label else title
    if label and label["service"]:
        rest = f"{label['service']}: {rest}" if rest else label["service"]
    return f"“{shortened(rest, 80)}”" if rest else "this kind of incident"
