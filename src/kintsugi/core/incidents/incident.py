"""An incident as it stands, and an entry of its record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.milestones import Milestones
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import EventKind, TimelineEvent
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import one_line
from kintsugi.core.shared.times import When


@dataclass(frozen=True, slots=True)
class Incident:
    """What is known of one incident.

    `version` counts changes of what stands here; `last_sequence` counts the entries of its timeline,
    so that a note does not make somebody else's change too late.
    """

    id: str
    number: int
    reference: str
    title: str
    status: IncidentStatus
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int
    last_sequence: int
    external_id: str | None = None
    summary: str = ""
    severity: Severity | None = None
    is_private: bool = False
    is_drill: bool = False
    detection: DetectionMethod | None = None
    impact: str = ""
    services: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    commander_id: str | None = None
    merged_into_id: str | None = None
    milestones: Milestones = Milestones()
    impact_numbers: Impact = Impact()
    """The numbers alone: the text stands in `impact`, the services in `services`."""

    @property
    def whole_impact(self) -> Impact:
        """Who and what it hurt: the text, the services and the numbers."""
        return replace(self.impact_numbers, text=self.impact, affected_services=self.services)

    @property
    def began_at(self) -> datetime:
        """Since when it has been wrong, as far as known: the start of impact, else detection, else the declaration."""
        known = self.milestones
        return _moment(known.impact_start or known.detected) or self.created_at

    @property
    def mended_at(self) -> datetime | None:
        """When the mending began to show: mitigated, else recovered, else resolved."""
        known = self.milestones
        return _moment(known.mitigated or known.recovered or known.resolved)

    @property
    def resolved_at(self) -> datetime | None:
        """When it was resolved."""
        return _moment(self.milestones.resolved)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of an incident's timeline: when it happened, when it was written down, and by whom.

    `detail` holds what a change was from and to, as text. What was taken from a chat has who said it as
    `actor`, and who took it as `actor_id`.
    """

    id: str
    sequence: int
    happened_at: datetime
    recorded_at: datetime
    kind: EventKind
    text: str
    actor_id: str
    actor: str
    important: bool
    evidence: str
    detail: Mapping[str, str]

    def event(self) -> TimelineEvent:
        """The entry as a postmortem's timeline holds it."""
        return TimelineEvent(
            time=self.happened_at, description=self.text, actor=self.actor,
            important=self.important, kind=self.kind, evidence=self.evidence,
        )  # fmt: skip


def _moment(when: When | None) -> datetime | None:
    return when if isinstance(when, datetime) else None


def summary_line(entry: Entry) -> str:
    """`14:05:09 ● text`: the guide's line, in UTC, with a full mark for what is important."""
    mark = "●" if entry.important else "○"
    return f"{entry.happened_at:%H:%M:%S} {mark} {one_line(entry.text)}"
