"""What statistics need of an incident and of an action, and what is wrong with their times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from kintsugi.core.incidents.detection import DETECTION_TARGETS, DetectionMethod
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.lifecycle import is_open
from kintsugi.core.incidents.milestones import NAMES as MILESTONES
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.money import Money
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import spoken
from kintsugi.core.shared.times import TIME_EXPECTED, When


@dataclass(frozen=True, slots=True)
class IncidentFact:
    """One incident as statistics count it. Times are aware; one that is not known is None.

    `impact_start` to `resolved` are the seven milestones. `duration` is the one that somebody wrote down,
    `classes` the classes of cause that a person confirmed, `detection_target` overrides the severity's.
    `is_day_only`: it began at `impact_start` or later that day; nothing is measured from there, and it is in no
    hour. Only what `is_open` is taken to go on; another without an end has lost it. `is_postmortem_required` is
    None where nobody decided. `postmortem_at` is when the postmortem was published. Times are kept in UTC:
    lengths between two local times would be an hour off where the clocks change. Raises InvalidValue for a time
    without a zone, and for one in the year 1 or 9999.
    """

    id: str
    title: str = ""
    severity: Severity | None = None
    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    root_cause: str = ""
    detection: DetectionMethod | None = None
    detection_target: timedelta | None = None
    impact_start: datetime | None = None
    detected: datetime | None = None
    acknowledged: datetime | None = None
    declared: datetime | None = None
    mitigated: datetime | None = None
    recovered: datetime | None = None
    resolved: datetime | None = None
    duration: timedelta | None = None
    revenue: Money | None = None
    is_drill: bool = False
    is_open: bool = False
    is_day_only: bool = False
    is_postmortem_required: bool | None = None
    postmortem_at: datetime | None = None

    def __post_init__(self) -> None:
        for name in _TIMES:
            _to_utc(self, name)

    @property
    def began(self) -> datetime | None:
        """When it began, as far as known: the start of impact, else detection, else the declaration."""
        return self.impact_start or self.detected or self.declared

    @property
    def ended(self) -> datetime | None:
        """When impact ended, as far as known: recovery, else resolution, else its beginning and its typed duration."""
        known = self.recovered or self.resolved
        if known is not None or self.began is None or self.duration is None:
            return known
        try:
            return self.began + self.duration
        except OverflowError:
            return None

    @property
    def lasted(self) -> timedelta | None:
        """The typed duration, else from its beginning to its end; None where that is not known or runs backwards."""
        if self.duration is not None or self.is_day_only:
            return self.duration
        began, ended = self.began, self.ended
        return None if began is None or ended is None or ended < began else ended - began

    @property
    def severity_label(self) -> str:
        """`SEV-1` to `SEV-5`, or UNKNOWN_SEVERITY."""
        return self.severity.label if self.severity else UNKNOWN_SEVERITY

    @property
    def detect_within(self) -> timedelta | None:
        """How soon it should have been detected: its own target, else its severity's."""
        if self.detection_target is not None or self.severity is None:
            return self.detection_target
        return DETECTION_TARGETS[self.severity]


UNKNOWN_SEVERITY = "no severity"
FIRST_YEAR, LAST_YEAR = 2, 9998
_TIMES = (*MILESTONES, "postmortem_at")


def _to_utc(value: object, name: str) -> None:
    at: datetime | None = getattr(value, name)
    if at is None:
        return
    if at.tzinfo is None:
        raise InvalidValue("has no zone", path=(name,), expected=TIME_EXPECTED)
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise out_of_years(at).under(name)
    if at.tzinfo is not UTC:
        object.__setattr__(value, name, at.astimezone(UTC))


def out_of_years(at: datetime) -> InvalidValue:
    """The error of a time that no clock on earth can tell: another zone has it before year 1 or after 9999."""
    return InvalidValue(
        f"the year {at.year} is out of range", expected=f"a year from {FIRST_YEAR} to {LAST_YEAR}"
    )


@dataclass(frozen=True, slots=True)
class ActionFact:
    """One action as statistics count it. `closed` is when it was done, verified or decided against; None: open."""

    id: str
    created: datetime
    closed: datetime | None = None
    verified: datetime | None = None
    due: datetime | None = None
    incident_id: str = ""
    priority: str = ""
    type: str = ""
    classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("created", "closed", "verified", "due"):
            _to_utc(self, name)


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment until before another: what is counted in it began in it.

    The guide counts what is later than `now - period_days`, `now` among it: the difference is one instant.
    """

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        for name in ("since", "until"):
            _to_utc(self, name)

    @property
    def length(self) -> timedelta:
        """How long it is; no time at all where it runs backwards."""
        return max(self.until - self.since, timedelta(0))

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.since <= at < self.until

    @property
    def before(self) -> Period:
        """The period of the same length that ends where this one begins. Raises OverflowError before year 1."""
        return Period(self.since - self.length, self.since)


@dataclass(frozen=True, slots=True)
class TimeProblem:
    """Something that is wrong with the times of one incident, in words."""

    incident_id: str
    problem: str


def problems_of(fact: IncidentFact, now: datetime) -> tuple[TimeProblem, ...]:
    """What is missing or inconsistent: no beginning, no end, milestones that step back, times yet to come.

    Detection may come before the impact, and one that is open needs no end.
    """
    found = []
    if fact.began is None:
        found.append("has no time at which it began")
    elif fact.began > now:
        found.append("begins in the future")
    known = [(name, at) for name in MILESTONES if (at := _time_of(fact, name)) is not None]
    for (first, start), (second, end) in pairwise(known):
        if end < start and (first, second) != ("impact_start", "detected"):
            found.append(f"{spoken(second).lower()} is before {spoken(first).lower()}")
    if fact.began is not None and fact.lasted is None:
        if fact.ended is not None:
            found.append("ends before it begins")
        elif not fact.is_open:
            found.append("has no end")
    return tuple(TimeProblem(fact.id, problem) for problem in found)


def time_of(fact: IncidentFact, milestone: str) -> datetime | None:
    """The time of a milestone, by its name, if one can measure from it. Raises KeyError for a name that is none."""
    if milestone not in MILESTONES:
        raise KeyError(milestone)
    return _time_of(fact, milestone)


def _time_of(fact: IncidentFact, milestone: str) -> datetime | None:
    if fact.is_day_only and milestone == "impact_start":
        return None
    found: datetime | None = getattr(fact, milestone)
    return found


def in_period(facts: Iterable[IncidentFact], period: Period) -> tuple[IncidentFact, ...]:
    """The incidents that began in a period, in order of time. Drills, and those without a beginning, are in none."""
    placed = [(fact.began, fact.id, fact) for fact in facts if not fact.is_drill]
    found = [(at, name, fact) for at, name, fact in placed if at is not None and period.holds(at)]
    return tuple(fact for _, _, fact in sorted(found, key=lambda one: (one[0], one[1])))


def fact_of(
    incident: Incident,
    *,
    teams: tuple[str, ...] = (),
    factors: tuple[str, ...] = (),
    classes: tuple[str, ...] = (),
    root_cause: str = "",
    is_postmortem_required: bool | None = None,
    postmortem_at: datetime | None = None,
) -> IncidentFact:
    """An incident of the record as statistics count it, with what its postmortem and the catalogue add."""
    times = incident.milestones
    return IncidentFact(
        id=incident.reference, title=incident.title, severity=incident.severity,
        services=incident.services, teams=teams, tags=incident.tags, factors=factors, classes=classes,
        root_cause=root_cause, detection=incident.detection,
        impact_start=moment(times.impact_start), detected=moment(times.detected),
        acknowledged=moment(times.acknowledged), declared=moment(times.declared) or incident.created_at,
        mitigated=moment(times.mitigated), recovered=moment(times.recovered),
        resolved=moment(times.resolved), duration=incident.impact_numbers.duration,
        revenue=incident.impact_numbers.revenue, is_drill=incident.is_drill,
        is_open=is_open(incident.status),
        is_postmortem_required=is_postmortem_required, postmortem_at=postmortem_at,
    )  # fmt: skip


def moment(when: When | None) -> datetime | None:
    """The moment, in UTC; None for a clock time without a date, which statistics cannot place."""
    return when.astimezone(UTC) if isinstance(when, datetime) else None
