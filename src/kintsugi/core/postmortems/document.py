"""The postmortem: everything a record of an incident and its lessons can hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from kintsugi.core.actions.item import ActionItem
from kintsugi.core.analysis.factors import ContributingFactor
from kintsugi.core.analysis.five_whys import Why
from kintsugi.core.incidents.detection import Detection
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.milestones import Milestones
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import TimelineEvent, in_order, span
from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.shared.severity import Severity


class LinkKind(Enum):
    """What a supporting link leads to."""

    LOGS = "logs"
    GRAPHS = "graphs"
    RUNBOOK = "runbook"
    TICKET = "ticket"
    RECORDING = "recording"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SupportingLink:
    """An address that supports the account; `title` may be empty."""

    url: str
    title: str = ""
    kind: LinkKind = LinkKind.OTHER


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """A word or acronym of the text and what it means."""

    term: str
    meaning: str


@dataclass(frozen=True, slots=True)
class ResponseEvaluation:
    """How the response went, and what would have halved the time to detect and to mitigate."""

    detection_to_resolution: str = ""
    communication: str = ""
    halve_detection: str = ""
    halve_mitigation: str = ""


@dataclass(frozen=True, slots=True)
class ExternalAccount:
    """What customers are told: written for them, apart from the internal text."""

    summary: str = ""
    what_happened: str = ""
    what_we_are_doing: str = ""


@dataclass(frozen=True, slots=True)
class ExtraSection:
    """A section of the document that is none of ours, kept where it stood."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Postmortem:
    """A postmortem as data. Text fields are Markdown; an empty one is not written yet.

    `date` is the incident's day, `zone` the IANA zone its clock times were written in. `extra` keeps
    input keys that are not ours as (key, JSON text), so that nothing is lost on the way through.
    """

    title: str
    id: str = ""
    incident_id: str = ""
    severity: Severity | None = None
    status: PostmortemStatus = PostmortemStatus.DRAFT
    incident_status: IncidentStatus | None = None
    date: date | None = None
    zone: str = ""
    summary: str = ""
    impact: Impact = Impact()
    lead_up: str = ""
    trigger: str = ""
    root_cause: str = ""
    detection: Detection = Detection()
    resolution: str = ""
    milestones: Milestones = Milestones()
    timeline: tuple[TimelineEvent, ...] = ()
    contributing_factors: tuple[ContributingFactor, ...] = ()
    whys: tuple[Why, ...] = ()
    what_went_well: tuple[str, ...] = ()
    what_went_poorly: tuple[str, ...] = ()
    where_we_got_lucky: tuple[str, ...] = ()
    lessons: tuple[str, ...] = ()
    response: ResponseEvaluation = ResponseEvaluation()
    action_items: tuple[ActionItem, ...] = ()
    no_action_because: str = ""
    commander: str = ""
    owner: str = ""
    facilitator: str = ""
    contributors: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    known_before: str = ""
    similar: tuple[str, ...] = ()
    error_budget_percent: float | None = None
    external: ExternalAccount = ExternalAccount()
    links: tuple[SupportingLink, ...] = ()
    glossary: tuple[GlossaryTerm, ...] = ()
    tags: tuple[str, ...] = ()
    scenario: str = ""
    sections: tuple[ExtraSection, ...] = ()
    created_at: datetime | None = None
    created_by: str = ""
    updated_at: datetime | None = None
    published_at: datetime | None = None
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def events(self) -> tuple[TimelineEvent, ...]:
        """The timeline in order."""
        return in_order(self.timeline)

    @property
    def typed_duration(self) -> timedelta | None:
        """The duration somebody wrote down."""
        return self.impact.duration

    @property
    def computed_duration(self) -> timedelta | None:
        """The duration the record itself gives: from the milestones, else from the first to the last event."""
        return self.milestones.total_duration() or span(self.timeline)

    @property
    def duration(self) -> timedelta | None:
        """The typed duration, else the computed one."""
        return self.typed_duration if self.typed_duration is not None else self.computed_duration

    @property
    def duration_difference(self) -> timedelta | None:
        """How far the typed duration is from the computed one; None when either is missing or they agree."""
        typed = self.typed_duration
        computed = None if typed is None else self.computed_duration
        if typed is None or computed is None or abs(typed - computed) < timedelta(minutes=1):
            return None
        return typed - computed
