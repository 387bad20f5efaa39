"""What the incident's page shows, worked out before the template is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from kintsugi.core.comms.cadence import NextUpdate, Timeliness
from kintsugi.core.incidents.command import COMMANDER
from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.incident import Entry, Incident
from kintsugi.core.incidents.lifecycle import OPEN, possible
from kintsugi.core.incidents.milestones import NAMES, out_of_order
from kintsugi.core.incidents.severity import (
    DEFAULT_CRITERIA,
    ResponseRequirements,
    response_requirements,
)
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import RECOLLECTION, EventKind
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import joined, one_line, shortened, spoken
from kintsugi.core.shared.times import written_duration
from kintsugi.kernel.auth import Action
from kintsugi.kernel.following import mark
from kintsugi.kernel.http import Answer
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import Times, page
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.web.evidence import alerts_context, changes_context
from kintsugi.server.incidents.web.following import parts_of
from kintsugi.server.incidents.web.forms import Refused, filling
from kintsugi.server.incidents.web.impact import FORM_LABELS, impact_context
from kintsugi.server.incidents.web.more import more_context
from kintsugi.server.incidents.web.triage_shown import triage_context

ENTRIES = 100
PARTS = (
    "head", "glance", "timeline", "status", "severity", "about", "clocks",
    "alerts", "changes", "attachments", "related", "people", "command", "triage", "recovery",
)  # fmt: skip
"""The parts of the page; each is a template `_<part>.html` with that id, and a fragment."""
OF_ALERT = re.compile(r"/alerts/alr_[0-9a-f]{32}")
"""Evidence that is a page of ours: the alert that an entry tells of."""
WRITTEN_LATE = timedelta(minutes=5)
SILENT = timedelta(minutes=15)
"""From here on a silence in the timeline is named."""
SHAPES = {
    EventKind.STATUS: "now", EventKind.SEVERITY: "oct", EventKind.MESSAGE: "message",
    EventKind.DECISION: "git-fork", EventKind.ROLE: "user", EventKind.ROLLBACK: "player-play",
    EventKind.DEPLOY: "player-play", EventKind.ACTION: "check", EventKind.DETECTION: "bell",
}  # fmt: skip
BY_HAND = (
    EventKind.NOTE, EventKind.ACTION, EventKind.DECISION, EventKind.DETECTION, EventKind.DEPLOY,
    EventKind.ROLLBACK, EventKind.ESCALATION, EventKind.MESSAGE,
)  # fmt: skip
"""The kinds somebody may choose for what they write down."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with its mark: gold from the first mending step on; and how long nothing was written before it."""

    entry: Entry
    word: str
    shape: str
    is_mend: bool
    is_late: bool
    link: str
    is_from_memory: bool
    gap: str = ""


def severity_options(first: str) -> list[tuple[str, str]]:
    return [("", first), *((severity.label, severity.label) for severity in Severity)]


def calculator() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The four questions: name, label, and the levels from the worst down."""
    return [
        (name, spoken(name), [("", "Not known yet"), *((level, spoken(level)) for level in levels)])
        for name, levels in DEFAULT_CRITERIA.categories.items()
    ]


def detections() -> list[tuple[str, str]]:
    words = {
        DetectionMethod.MONITORING: "An alert",
        DetectionMethod.CUSTOMER: "A customer told us",
        DetectionMethod.INTERNAL: "A colleague noticed",
        DetectionMethod.SYNTHETIC: "A synthetic check",
    }
    return [("", "Not known yet"), *((how.value, words[how]) for how in DetectionMethod)]


def asks_for(requirements: ResponseRequirements) -> list[tuple[str, str]]:
    """What a severity asks for, in words."""
    allowed = requirements.response_time
    needed = [
        word
        for word, is_needed in (
            ("an incident commander", requirements.incident_commander),
            ("the status page", requirements.status_page),
            ("messages to customers", requirements.customer_comms),
        )
        if is_needed
    ]
    return [
        ("Acknowledge within", written_duration(allowed) if allowed else "no limit"),
        ("Tell", joined(tuple(spoken(who).lower() for who in requirements.notification))),
        ("Needs", joined(tuple(needed)) or "nothing more"),
    ]


def incident_page(
    work: UnitOfWork, incident: Incident, cursor: str | None = None, refused: Refused | None = None
) -> Answer:
    """The page of an incident; with the form that was refused as it was typed."""
    follows_from = mark(work, parts_of(incident.id))
    # Read again: what changed before the mark must stand on the page, since the stream goes on from the mark.
    incident = incidents.get(work, incident.id)
    context = {"follows_from": follows_from, **incident_context(work, incident, cursor, refused)}
    status = refused.status if refused else 200
    return page(work, "incidents/incident.html", context, status=status)


def incident_part(
    work: UnitOfWork, incident: Incident, part: str, cursor: str | None = None
) -> Answer:
    """One part of the page by itself; `part` is one of PARTS."""
    return page(work, f"incidents/_{part}.html", _part_context(work, incident, part, cursor))


def _part_context(
    work: UnitOfWork, incident: Incident, part: str, cursor: str | None
) -> dict[str, Any]:
    """What one part is told: of parts that follow every entry, no more than they show, so that they come at once."""
    base = {
        "incident": incident,
        "address": f"/incidents/{incident.reference}",
        "may_respond": work.viewer.may(Action.RESPOND),
    }
    match part:
        case "timeline":
            filled = filling(incident, None)
            forms = {"forms": filled.forms, "wrong": filled.wrong, "refused": None}
            return base | _timeline_context(work, incident, cursor) | forms
        case "glance":
            latest = incidents.timeline_page(work, incident, 1, is_backwards=True).items
            times = Times(work.viewer.zone, work.now)
            return base | {"glance": _glance(work, incident, latest[0] if latest else None, times)}
        case "alerts":
            return base | alerts_context(work, incident)
        case "changes":
            return base | changes_context(work, incident)
        case "triage":
            return base | triage_context(work, incident)
        case "attachments" | "related" | "people" | "command" | "recovery":
            return base | more_context(work, incident)
        case _:
            return incident_context(work, incident, cursor, is_whole=False)


def _timeline_context(work: UnitOfWork, incident: Incident, cursor: str | None) -> dict[str, Any]:
    found = incidents.timeline_page(work, incident, ENTRIES, cursor, is_backwards=True)
    onward = f"/incidents/{incident.reference}?cursor={found.next_cursor}"
    return {
        "entries": rows_of(found.items, incident),
        "entry_count": len(found.items) if cursor is None and not found.next_cursor else None,
        "asked_cursor": quote(cursor or "", safe=""),
        "older": onward if found.next_cursor else "",
        "is_first_page": cursor is None,
        "kinds": [(kind.value, spoken(kind.value)) for kind in BY_HAND],
    }


def incident_context(
    work: UnitOfWork,
    incident: Incident,
    cursor: str | None = None,
    refused: Refused | None = None,
    *,
    is_whole: bool = True,
) -> dict[str, Any]:
    """What the page and its parts are told; a part that is not the whole has no panels of higher rooms."""
    times = Times(work.viewer.zone, work.now)
    latest = incidents.timeline_page(work, incident, 1, is_backwards=True).items
    filled = filling(incident, refused)
    severity = incident.severity
    return {
        "incident": incident,
        "address": f"/incidents/{incident.reference}",
        "panels": work.panels("incident", incident.id) if is_whole else [],
        "may_respond": work.viewer.may(Action.RESPOND),
        "steps": _steps(incidents.status_times(work, incident), incident.status, times),
        "glance": _glance(work, incident, latest[0] if latest else None, times),
        **_timeline_context(work, incident, cursor),
        "statuses": [(status.value, spoken(status.value)) for status in possible(incident.status)],
        "severities": severity_options("Work it out from the answers"),
        "calculator": calculator(),
        "requirements": asks_for(response_requirements(severity)) if severity else [],
        "severity_history": incidents.severity_history(work, incident),
        "milestones": [(spoken(name), getattr(incident.milestones, name)) for name in NAMES],
        "milestone_options": [(name, spoken(name)) for name in NAMES],
        "durations": [(one.name, written_duration(one.length)) for one in incidents.time_between(incident)],
        "out_of_order": [
            f"{spoken(one.later)} is {written_duration(one.by)} before {spoken(one.earlier).lower()}"
            for one in out_of_order(incident.milestones)
        ],
        "corrections": [(spoken(one.name), one) for one in incidents.corrections(work, incident)],
        "forms": filled.forms,
        "wrong": filled.wrong,
        "refused": refused,
        "differences": [
            (FORM_LABELS.get(name) or spoken(name), theirs, yours)
            for name, theirs, yours in filled.differences
        ],
        **more_context(work, incident),
        **impact_context(incident),
        **alerts_context(work, incident),
        **changes_context(work, incident),
        **triage_context(work, incident),
    }  # fmt: skip


def rows_of(entries: Iterable[Entry], incident: Incident) -> list[Shown]:
    """Entries as the timeline shows them, newest first; a long silence between two is named."""
    listed = list(entries)
    befores = [*listed[1:], None]
    return [
        replace(_shown(entry, incident), gap=_gap(entry, before, incident))
        for entry, before in zip(listed, befores, strict=True)
    ]


def _gap(entry: Entry, before: Entry | None, incident: Incident) -> str:
    """How long nothing was written while it was not resolved; nothing for a short while."""
    if before is None:
        return ""
    resolved = incident.resolved_at
    if resolved is not None and before.happened_at >= resolved:
        return ""
    silent = entry.happened_at - before.happened_at
    return written_duration(silent) if silent >= SILENT else ""


def _steps(
    reached: dict[IncidentStatus, datetime], current: IncidentStatus, times: Times
) -> list[tuple[str, str, str]]:
    order = list(IncidentStatus)
    found = []
    for status in order:
        at = times.clock(reached[status]) if status in reached else ""
        if status is current:
            found.append((spoken(status.value), "current", at))
        elif order.index(status) < order.index(current):
            found.append((spoken(status.value), "done" if at else "todo", at or "skipped"))
        else:
            found.append((spoken(status.value), "todo", ""))
    return found


def _glance(
    work: UnitOfWork, incident: Incident, latest: Entry | None, times: Times
) -> list[tuple[str, ...]]:
    since = incident.began_at
    how = f"Noticed by {incident.detection.value}" if incident.detection else ""
    broken = shortened(one_line(incident.impact or incident.summary), 90)
    doing, who = "Nothing is written down yet", ""
    if latest is not None:
        doing = shortened(one_line(latest.text), 90)
        who = f"{latest.actor}, {times.ago(latest.happened_at)}"
    return [
        ("Broken", broken or "Not said yet", joined(incident.services)),
        ("Since", f"{times.clock(since)}, {times.ago(since)}", how),
        _command(work, incident),
        ("Doing now" if incident.status in OPEN else "Last entry", doing, who),
        _next_update(incidents.next_update_of(work, incident), times),
    ]


def _next_update(planned: NextUpdate | None, times: Times) -> tuple[str, str, str, str]:
    """When the next message is due; late ones are loud."""
    if planned is None:
        return "Next update", "None planned", "", ""
    due, ago = times.clock(planned.due_at), times.ago(planned.due_at)
    match planned.timeliness(times.now):
        case Timeliness.OVERDUE:
            return "Next update", f"Overdue since {due}", "Send an update now", "over"
        case Timeliness.NUDGE:
            return "Next update", due, f"{ago}; write it now", "due"
        case _:
            return "Next update", due, ago, ""


def _command(work: UnitOfWork, incident: Incident) -> tuple[str, str, str, str]:
    """Who has command, and which roles wait for somebody; loud while nobody leads what asks for it."""
    asked = incidents.roles_asked_for(work, incident)
    note = f"Nobody yet: {joined(asked)}" if asked else ""
    kind = "over" if COMMANDER in asked else "due" if asked else ""
    return "In command", _commander(work, incident), note, kind


def _commander(work: UnitOfWork, incident: Incident) -> str:
    name = incidents.commander_name(work, incident)
    is_you = bool(name) and incident.commander_id == work.viewer.user_id
    nobody = "Nobody yet" if incident.status in OPEN else "Nobody"
    return f"{name} (you)" if is_you else name or nobody


def _shown(entry: Entry, incident: Incident) -> Shown:
    mended = incident.mended_at
    is_mend = mended is not None and entry.happened_at >= mended
    is_link = entry.evidence.startswith(("https://", "http://")) or bool(
        OF_ALERT.fullmatch(entry.evidence)
    )
    return Shown(
        entry, spoken(entry.kind.value), SHAPES.get(entry.kind, "dot"), is_mend,
        entry.recorded_at - entry.happened_at > WRITTEN_LATE,
        entry.evidence if is_link else "", entry.evidence.casefold() == RECOLLECTION,
    )  # fmt: skip
