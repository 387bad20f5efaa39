"""How long the parts of incidents took: between all milestones, by severity, with what is missing said aloud."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from kintsugi.core.analytics.facts import UNKNOWN_SEVERITY, IncidentFact, time_of
from kintsugi.core.analytics.statistics import Summary, summary
from kintsugi.core.analytics.survival import Survival, survival
from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.milestones import NAMES as MILESTONES
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import spoken

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From one milestone to another, under the name the field has for it."""

    key: str
    name: str
    start: str
    end: str


SPANS = (
    Span("time_to_detect", "Time to detect", "impact_start", "detected"),
    Span("time_to_acknowledge", "Time to acknowledge", "detected", "acknowledged"),
    Span("time_to_mitigate", "Time to mitigate", "impact_start", "mitigated"),
    Span("time_to_recover", "Time to recover", "impact_start", "recovered"),
    Span("time_to_resolve", "Time to resolve", "declared", "resolved"),
)
"""The field's five; each figure says from what to what it goes."""


def _every_span() -> tuple[Span, ...]:
    named = {(span.start, span.end): span for span in SPANS}
    return tuple(
        named.get(
            (start, end),
            Span(f"{start}_to_{end}", f"{spoken(start)} to {spoken(end).lower()}", start, end),
        )
        for start, end in combinations(MILESTONES, 2)
    )


ALL_SPANS = _every_span()
"""Between any two of the seven milestones, in their order; the field's five under their names."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """The incidents of one severity, or of one way of detection, and what their lengths say, in minutes."""

    label: str
    summary: Summary


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long something took, in minutes, over all incidents and within each severity and way of detection.

    `pooled` is over all severities together, and `is_mixed` says that there is more than one: nobody should
    read it alone then (practice rule 32). Not in it: `open` incidents that have not come to the end of the span,
    `missing` ones that lack a time, and those in `backwards`, by id, whose times stand the wrong way round.
    `until_end` has the open ones in it too.
    """

    key: str
    name: str
    pooled: Summary
    by_severity: tuple[Stratum, ...]
    by_detection: tuple[Stratum, ...]
    open: int
    missing: int
    backwards: tuple[str, ...]
    until_end: Survival

    @property
    def is_mixed(self) -> bool:
        """Whether the pooled figure puts more than one severity together."""
        return len(self.by_severity) > 1

    @property
    def pooled_from(self) -> str:
        """What the pooled figure is made of: `SEV-1 (3), SEV-4 (10)`."""
        return ", ".join(f"{one.label} ({one.summary.n})" for one in self.by_severity)


UNKNOWN_DETECTION = "detection not recorded"
_SEVERITIES = (*(severity.label for severity in Severity), UNKNOWN_SEVERITY)
_DETECTIONS = (*(method.value for method in DetectionMethod), UNKNOWN_DETECTION)


def lengths_between(facts: Iterable[IncidentFact], span: Span, now: datetime) -> Lengths:
    """How long incidents took from one milestone to another; one that is open may still come to the end."""
    found: list[tuple[IncidentFact, timedelta]] = []
    running: list[float] = []
    missing, backwards = 0, []
    for fact in facts:
        start, end = time_of(fact, span.start), time_of(fact, span.end)
        if start is not None and end is not None:
            if end < start:
                backwards.append(fact.id)
            else:
                found.append((fact, end - start))
        elif start is not None and fact.is_open and start <= now:
            running.append((now - start) / MINUTE)
        else:
            missing += 1
    return _told(span.key, span.name, found, running, (missing, backwards))


def recovery_lengths(facts: Iterable[IncidentFact], now: datetime) -> Lengths:
    """How long incidents lasted: the typed duration, else from the beginning to recovery (or resolution).

    Its mean is what is called MTTR everywhere.
    """
    found: list[tuple[IncidentFact, timedelta]] = []
    running: list[float] = []
    missing, backwards = 0, []
    for fact in facts:
        length, began = fact.lasted, fact.began
        if length is not None and length >= timedelta(0):
            found.append((fact, length))
        elif began is not None and fact.ended is not None:
            backwards.append(fact.id)
        elif began is not None and fact.is_open and began <= now:
            running.append((now - began) / MINUTE)
        else:
            missing += 1
    return _told("duration", "Duration of impact", found, running, (missing, backwards))


def _told(
    key: str,
    name: str,
    found: Sequence[tuple[IncidentFact, timedelta]],
    running: Sequence[float],
    left_out: tuple[int, Sequence[str]],
) -> Lengths:
    minutes = [(fact, length / MINUTE) for fact, length in found]
    missing, backwards = left_out
    return Lengths(
        key=key,
        name=name,
        pooled=summary(length for _, length in minutes),
        by_severity=strata([(fact.severity_label, length) for fact, length in minutes], _SEVERITIES),
        by_detection=strata(
            [(detection_label(fact), length) for fact, length in minutes], _DETECTIONS
        ),
        open=len(running),
        missing=missing,
        backwards=tuple(sorted(backwards)),
        until_end=survival([length for _, length in minutes], running),
    )  # fmt: skip


def strata(labelled: Sequence[tuple[str, float]], order: Sequence[str] = ()) -> tuple[Stratum, ...]:
    """What the values under each label say; labels as they stand in `order`, others after them by name."""
    known: dict[str, list[float]] = {}
    for label, value in labelled:
        known.setdefault(label, []).append(value)
    labels = [label for label in order if label in known]
    labels += sorted(known.keys() - set(labels))
    return tuple(Stratum(label, summary(known[label])) for label in labels)


def detection_label(fact: IncidentFact) -> str:
    """How it was detected, or UNKNOWN_DETECTION."""
    return fact.detection.value if fact.detection else UNKNOWN_DETECTION
