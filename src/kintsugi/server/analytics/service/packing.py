"""One incident as statistics keep it: written as JSON, and read again under the rules and teams of the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from kintsugi.core.analytics.facts import IncidentFact
from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.postmortems.required import Course, RequiredWhen, course_of, reasons_of
from kintsugi.core.shared.money import Money
from kintsugi.core.shared.severity import Severity
from kintsugi.server.analytics.service.facts import fact
from kintsugi.server.analytics.service.record import Case, teams_of


@dataclass(frozen=True, slots=True)
class Item:
    """An incident in statistics: when it began, its fact, what people refused, and its published postmortems' ids.

    `fact` says that a postmortem is required where `is_asking`, which is so by itself, or where it repeats another.
    """

    id: str
    number: int
    began: datetime
    fact: IncidentFact
    refused: tuple[str, ...]
    sources: tuple[str, ...]
    is_asking: bool


class Packed(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """What is written: everything but what follows from rules and teams."""

    id: str
    number: int
    began: datetime
    reference: str
    title: str
    times: tuple[datetime | None, ...]
    severity: int | None = None
    detection: str | None = None
    is_open: bool = False
    services: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    lasted: timedelta | None = None
    rolled_back: bool = False
    data_lost: bool = False
    duration: timedelta | None = None
    revenue: tuple[str, str] | None = None
    factors: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    root_cause: str = ""
    detection_target: timedelta | None = None
    postmortem_at: datetime | None = None


_read = msgspec.json.Decoder(Packed).decode
_write = msgspec.json.Encoder().encode


def packed(case: Case, *, rolled_back: bool) -> Packed:
    """What is kept of an incident."""
    made, course = fact(case), course_of(case.incident, rolled_back=rolled_back)
    times = (
        made.impact_start, made.detected, made.acknowledged, made.declared, made.mitigated,
        made.recovered, made.resolved,
    )  # fmt: skip
    return Packed(
        case.id, case.incident.number, case.at, made.id, made.title, times,
        made.severity.value if made.severity else None,
        made.detection.value if made.detection else None, made.is_open, made.services, made.tags,
        course.lasted, rolled_back, course.data_lost, made.duration,
        (str(made.revenue.amount), made.revenue.currency) if made.revenue else None,
        made.factors, made.classes, tuple(sorted(case.refused)),
        tuple(one.id for one in case.lessons), made.root_cause, made.detection_target,
        made.postmortem_at,
    )  # fmt: skip


def written(kept: Packed) -> str:
    """It as text."""
    return _write(kept).decode()


def read(text: str) -> Packed:
    """It from its text."""
    return _read(text)


def item_of(kept: Packed, teams: Mapping[str, str], rules: RequiredWhen) -> Item:
    """The incident as statistics count it, by the team's rules and the owners of services as they are now."""
    severity = Severity(kept.severity) if kept.severity is not None else None
    detection = DetectionMethod(kept.detection) if kept.detection else None
    course = Course(severity, kept.lasted, detection, kept.rolled_back, kept.data_lost)
    start, detected, acknowledged, declared, mitigated, recovered, resolved = kept.times
    is_asking = bool(reasons_of(course, rules))
    made = IncidentFact(
        id=kept.reference, title=kept.title, severity=severity, services=kept.services,
        teams=tuple(sorted(teams_of(kept.services, teams))), tags=kept.tags, factors=kept.factors,
        classes=kept.classes, root_cause=kept.root_cause, detection=detection,
        detection_target=kept.detection_target, impact_start=start, detected=detected,
        acknowledged=acknowledged, declared=declared, mitigated=mitigated, recovered=recovered,
        resolved=resolved, duration=kept.duration,
        revenue=Money(Decimal(kept.revenue[0]), kept.revenue[1]) if kept.revenue else None,
        is_open=kept.is_open, is_postmortem_required=is_asking,
        postmortem_at=kept.postmortem_at,
    )  # fmt: skip
    return Item(kept.id, kept.number, kept.began, made, kept.refused, kept.sources, is_asking)
