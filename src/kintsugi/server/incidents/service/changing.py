"""Changing an incident: its status, its severity, its words, and the times of its milestones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.happened import past
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.impact_facts import impact_difference, impact_line
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.lifecycle import is_open, milestone_of, move, taken_back
from kintsugi.core.incidents.milestones import milestone_named
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import joined, shortened
from kintsugi.core.shared.words import word_of
from kintsugi.kernel.http import Conflict
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import store
from kintsugi.server.incidents.events import (
    IncidentEdited,
    IncidentReopened,
    IncidentResolved,
    IncidentStatusChanged,
    MilestoneCorrected,
    SeverityChanged,
)
from kintsugi.server.incidents.service import measuring, recording, recovering, wording

Fresh = str | tuple[str, ...] | DetectionMethod | Impact | None
NO_DETAIL: Mapping[str, str] = MappingProxyType({})
_COLUMNS = {"impact": "impact_text", "detection": "detection_how"}


@dataclass(frozen=True, slots=True)
class Changes:
    """New words for an incident; None leaves what stands."""

    title: str | None = None
    summary: str | None = None
    impact: str | None = None
    services: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    detection: str | None = None
    """How it was noticed, in a word; empty for not known."""
    impact_numbers: Impact | None = None
    """All of them: what is not known here is not known any more. The text stays as it is."""


def change_status(
    work: UnitOfWork,
    incident: Incident,
    to: IncidentStatus,
    expected_version: int | None,
    reason: str = "",
) -> Incident:
    """Move it on, back, or open it again.

    1. Core says whether it may. 2. The milestone that the status means is set if it is not known;
    those that no longer hold are taken back, and kept as corrections. 3. Recovery criteria of an incident that
    is opened again are open again. Raises TransitionRefused, LostRace, RecoveryOpen for an end while a criterion is
    open, and Conflict for a duplicate, which has no status of its own.
    """
    recording.at_version(incident, expected_version)
    if incident.merged_into_id is not None:
        raise Conflict("it is closed as a duplicate; undo the merge first")
    before, after = incident.status, move(incident.status, to)
    recovering.check(work, incident, after)
    reason = wording.prose(reason, "reason", wording.SHORT)
    values: dict[str, object] = {"status": after.value}
    withdrawn = [name for name in taken_back(before, after) if getattr(incident.milestones, name)]
    values |= dict.fromkeys(withdrawn)
    reached = milestone_of(after)
    if reached and getattr(incident.milestones, reached) is None:
        values[reached] = work.now
    reopened = not is_open(before) and is_open(after)
    words = f"{before.value.capitalize()} to {after.value}"
    text = ("Reopened, " + words[0].lower() + words[1:]) if reopened else words
    entry = {"text": _with(text, reason), "from": before.value, "to": after.value, "reason": reason}
    changed = recording.changed(
        work, incident, expected_version, values, entry, kind=EventKind.STATUS, important=True
    )
    for name in withdrawn:
        _keep(work, incident, name, None, f"{before.value} to {after.value}")
    work.audit("incident.status", incident.id, before=before.value, after=after.value)
    work.publish(IncidentStatusChanged(incident.id, before, after, work.now))
    if after is IncidentStatus.RESOLVED:
        work.publish(IncidentResolved(incident.id, work.now))
    if reopened:
        recovering.fall_back(work, incident)
        work.publish(IncidentReopened(incident.id, work.now))
    return changed


def change_severity(
    work: UnitOfWork,
    incident: Incident,
    to: Severity,
    expected_version: int | None,
    reason: str = "",
    *,
    detail: Mapping[str, str] = NO_DETAIL,
) -> Incident:
    """Another severity, with the reason for it; the same one changes nothing. Raises LostRace.

    `detail` goes into the entry beside what the change was from and to.
    """
    recording.at_version(incident, expected_version)
    reason = wording.prose(reason, "reason", wording.SHORT)
    before = incident.severity
    if before is to:
        return incident
    was = before.label if before else "No severity"
    entry = {
        "text": _with(f"{was} to {to.label}", reason), "from": before.label if before else "",
        "to": to.label, "reason": reason, **detail,
    }  # fmt: skip
    values = {"severity": to.value}
    changed = recording.changed(
        work, incident, expected_version, values, entry, kind=EventKind.SEVERITY, important=True
    )
    work.audit("incident.severity", incident.id, before=entry["from"] or None, after=to.label)
    work.publish(SeverityChanged(incident.id, before, to, reason, work.now))
    return changed


def edit(
    work: UnitOfWork, incident: Incident, said: Changes, expected_version: int | None
) -> Incident:
    """New words for what `said` has; what stays as it was changes nothing. Raises LostRace."""
    recording.at_version(incident, expected_version)
    fresh: dict[str, Fresh] = {}
    if said.title is not None:
        fresh["title"] = wording.line(said.title, "title", wording.TITLE, required=True)
    if said.summary is not None:
        fresh["summary"] = wording.prose(said.summary, "summary", wording.LONG)
    if said.impact is not None:
        fresh["impact"] = wording.prose(said.impact, "impact", wording.LONG)
    if said.services is not None:
        fresh["services"] = wording.names(said.services, "services")
    if said.tags is not None:
        fresh["tags"] = wording.names(said.tags, "tags")
    if said.detection is not None:
        how = said.detection.strip()
        fresh["detection"] = word_of(DetectionMethod, how, "detection") if how else None
    if said.impact_numbers is not None:
        fresh["impact_numbers"] = measuring.checked(said.impact_numbers)
    fresh = {name: value for name, value in fresh.items() if value != getattr(incident, name)}
    if not fresh:
        return incident
    values = {_COLUMNS.get(name, name): _kept(value) for name, value in fresh.items()}
    entry = {"text": _edited(incident, fresh)} | {
        f"{name.replace('_', ' ')} before": _written(getattr(incident, name)) for name in fresh
    }
    changed = recording.changed(
        work, incident, expected_version, values, entry, kind=EventKind.NOTE
    )
    work.audit("incident.edit", incident.id, fields=sorted(fresh))
    work.publish(IncidentEdited(incident.id, tuple(fresh), work.now))
    return changed


def correct_milestone(
    work: UnitOfWork,
    incident: Incident,
    name: str,
    at: datetime | None,
    reason: str,
    expected_version: int | None = None,
) -> Incident:
    """Another time for a milestone (None: it is not known), and why; the old one is kept.

    Raises InvalidValue for an unknown milestone, a time in the future or no reason; LostRace.
    """
    recording.at_version(incident, expected_version)
    name = milestone_named(name)
    reason = wording.prose(reason, "reason", wording.SHORT, required=True)
    try:
        after = past(at, work.now) if at is not None else None
    except InvalidValue as error:
        raise error.under("at") from error
    before = getattr(incident.milestones, name)
    if before == after:
        return incident
    words = name.replace("_", " ").capitalize()
    entry = {
        "text": f"{words} corrected from {recording.minute(before)} to {recording.minute(after)}: {reason}",
        "milestone": name, "reason": reason,
    }  # fmt: skip
    changed = recording.changed(
        work, incident, expected_version, {name: after}, entry, kind=EventKind.NOTE
    )
    _keep(work, incident, name, after, reason)
    work.audit("incident.milestone", incident.id, name=name, before=before, after=after)
    work.publish(MilestoneCorrected(incident.id, name, before, after, work.now))
    return changed


def _keep(
    work: UnitOfWork, incident: Incident, name: str, after: datetime | None, reason: str
) -> None:
    before = getattr(incident.milestones, name)
    store.add_correction(
        work.connection,
        store.Correction(
            work.new_id("cor"),
            incident.id,
            name,
            before,
            after,
            reason,
            work.viewer.user_id,
            work.now,
        ),
    )


def _edited(incident: Incident, fresh: dict[str, Fresh]) -> str:
    if set(fresh) == {"title"}:
        return f"Title changed from “{incident.title}” to “{_written(fresh['title'])}”"
    numbers = fresh.get("impact_numbers")
    told = ""
    if isinstance(numbers, Impact):
        fresh = {name: value for name, value in fresh.items() if name != "impact_numbers"}
        told = f"Impact in numbers: {impact_difference(incident.impact_numbers, numbers)}"
        told = shortened(told, wording.LONG)
    said = [
        f"{name} ({_written(value) or 'none'})"
        if name in ("services", "tags", "detection")
        else name
        for name, value in fresh.items()
    ]
    changed = f"Changed: {joined(said)}" if said else ""
    return ". ".join(part for part in (changed, told) if part)


def _written(value: Fresh) -> str:
    if isinstance(value, DetectionMethod):
        return value.value
    if isinstance(value, Impact):
        return shortened(impact_line(value), wording.LONG)
    return value if isinstance(value, str) else ", ".join(value or ())


def _kept(value: Fresh) -> str | None:
    if isinstance(value, tuple):
        return store.listed(value)
    if isinstance(value, Impact):
        return store.kept_numbers(value)
    return value.value if isinstance(value, DetectionMethod) else value


def _with(text: str, reason: str) -> str:
    return f"{text}: {reason}" if reason else text
