"""Which incidents ask for a postmortem, why, and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.lifecycle import is_open
from kintsugi.core.postmortems.repeats import REPEATED_WITHIN, Repeat
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.times import between, written_duration

DRAFT_TARGET = timedelta(hours=24)
"""The Post-Mortems seed: written within 24 hours."""
DRAFT_LIMIT = timedelta(hours=72)
"""The guide: at the latest 72 hours after."""


@dataclass(frozen=True, slots=True)
class RequiredWhen:
    """When an incident asks for a postmortem (practice rule 9); a team can change each."""

    severity: Severity | None = Severity.SEV_2
    longer_than: timedelta | None = timedelta(minutes=60)
    found_by_people: bool = True
    rolled_back: bool = True
    data_lost: bool = True
    repeated_within: timedelta | None = REPEATED_WITHIN


DEFAULT_REQUIRED = RequiredWhen()


@dataclass(frozen=True, slots=True)
class DraftClock:
    """From the end of an incident: when a draft is wanted, when it is late, and which it is now."""

    since: datetime
    target: datetime
    limit: datetime
    now: datetime

    @property
    def is_past_target(self) -> bool:
        """Whether the target has gone by."""
        return self.now > self.target

    @property
    def is_past_limit(self) -> bool:
        """Whether the limit has gone by."""
        return self.now > self.limit


def reasons_required(
    incident: Incident,
    *,
    rolled_back: bool,
    repeat: Repeat | None = None,
    rules: RequiredWhen = DEFAULT_REQUIRED,
) -> tuple[str, ...]:
    """Why an incident asks for a postmortem, each in words; empty when it does not, as for every drill.

    By severity, by length (start of impact, else declared, to resolved), by people noticing before
    monitoring did, by a rollback (whether its timeline has an entry of that kind), by lost data, and by what it
    repeats (`repeats` of this room, found within `rules.repeated_within`).
    """
    if incident.is_drill:
        return ()
    return reasons_of(course_of(incident, rolled_back=rolled_back, repeat=repeat), rules)


@dataclass(frozen=True, slots=True)
class Course:
    """What of an incident says whether it asks for a postmortem; `lasted` as far as it is known."""

    severity: Severity | None
    lasted: timedelta | None
    detection: DetectionMethod | None
    rolled_back: bool
    data_lost: bool
    repeat: Repeat | None = None


def course_of(incident: Incident, *, rolled_back: bool, repeat: Repeat | None = None) -> Course:
    """The course that an incident took."""
    milestones = incident.milestones
    return Course(
        incident.severity,
        between(milestones.impact_start or milestones.declared, milestones.resolved),
        incident.detection,
        rolled_back,
        bool(incident.impact_numbers.data_loss),
        repeat,
    )


def reasons_of(course: Course, rules: RequiredWhen = DEFAULT_REQUIRED) -> tuple[str, ...]:
    """The same of a course."""
    found = []
    limit, lasted, repeat = rules.severity, course.lasted, course.repeat
    if course.severity and limit and course.severity.value <= limit.value:
        found.append(f"it is {course.severity.label}")
    if rules.longer_than is not None and lasted is not None and lasted > rules.longer_than:
        found.append(
            f"it lasted {written_duration(lasted)}, more than {written_duration(rules.longer_than)}"
        )
    by_people = (DetectionMethod.CUSTOMER, DetectionMethod.INTERNAL)
    if rules.found_by_people and course.detection in by_people:
        found.append("people noticed it before monitoring did")
    if rules.rolled_back and course.rolled_back:
        found.append("a change was rolled back")
    if rules.data_lost and course.data_lost:
        found.append("data was lost")
    if repeat is not None and rules.repeated_within and repeat.after <= rules.repeated_within:
        found.append(repeat.said)
    return tuple(found)


def draft_clock(incident: Incident, now: datetime) -> DraftClock | None:
    """The clock of a draft, which starts when the incident is resolved; None while somebody still works on it."""
    resolved = incident.milestones.resolved
    if is_open(incident.status) or not isinstance(resolved, datetime):
        return None
    return DraftClock(resolved, resolved + DRAFT_TARGET, resolved + DRAFT_LIMIT, now)
