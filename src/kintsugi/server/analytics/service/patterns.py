"""Patterns over the record: classes, common terms, factors that come together, gaps of detection, improvements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kintsugi.core.actions.item import ActionStatus, ActionType
from kintsugi.core.analytics.patterns import (
    CommonTerm,
    Improvement,
    Late,
    Pair,
    co_occurring,
    common_terms,
    detection_gap,
    improvements,
)
from kintsugi.core.analytics.recurrence import Classed, Followed, Recurrence, recurrence
from kintsugi.core.knowledge.classes import Suggestion, suggested
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions import service as actions
from kintsugi.server.actions.action import Action
from kintsugi.server.analytics.service.classes import all_classes
from kintsugi.server.analytics.service.record import Case, Wanted, cases, those_wanted
from kintsugi.server.analytics.stored import KeptClass

MOST_WAITING = 20
LOOKED_AT = 200
"""So many of the newest incidents are looked through for classes that wait for a person's word."""


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class and its confirmed incidents of those wanted, the latest first; how many others its terms suggest."""

    kept: KeptClass
    cases: tuple[Case, ...]
    waiting: int

    @property
    def last(self) -> datetime | None:
        """When the latest of them began."""
        return self.cases[0].at if self.cases else None


@dataclass(frozen=True, slots=True)
class Gap:
    """An incident whose detection left something to be wished for, and what was proposed for that."""

    case: Case
    late: Late
    text: str
    proposed: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Waits:
    """An incident that a class is suggested for and nobody has said of."""

    case: Case
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Patterns:
    """What the incidents that are wanted have in common. `cases` holds every incident by its id."""

    n: int
    told: int
    classes: tuple[ClassRow, ...]
    recurrence: Recurrence
    pairs: tuple[Pair, ...]
    terms: tuple[CommonTerm, ...]
    gaps: tuple[Gap, ...]
    improvements: tuple[Improvement, ...]
    waiting: tuple[Waits, ...]
    cases: Mapping[str, Case]
    actions: Mapping[str, Action]


def patterns(work: UnitOfWork, wanted: Wanted) -> Patterns:
    """What the incidents that are wanted have in common: the same for every viewer, nothing private in it."""
    every = cases(work)
    found = those_wanted(every, wanted)
    classes = all_classes(work)
    followed = shared_actions(work, every)
    waits = waiting(found, classes)
    tally: dict[str, int] = {}
    for one in waits:
        for suggestion in one.suggestions:
            tally[suggestion.key] = tally.get(suggestion.key, 0) + 1
    keys = {one.key for one in classes}
    return Patterns(
        n=len(found), told=sum(bool(one.lessons) for one in found),
        classes=tuple(_row(one, found, tally) for one in classes),
        recurrence=recurred(every, wanted, followed, keys),
        pairs=co_occurring([one.factors & keys for one in found if one.lessons or one.confirmed]),
        terms=common_terms((one.id, "\n".join(one.texts().values())) for one in found),
        gaps=_gaps(found, followed), improvements=_improvements(found),
        waiting=waits, cases={one.id: one for one in every},
        actions={one.id: one for one in followed},
    )  # fmt: skip


def _row(kept: KeptClass, found: Sequence[Case], tally: Mapping[str, int]) -> ClassRow:
    of_class = tuple(one for one in reversed(found) if kept.key in one.confirmed)
    return ClassRow(kept, of_class, tally.get(kept.key, 0))


def shared_actions(work: UnitOfWork, every: Sequence[Case]) -> list[Action]:
    """The actions of published postmortems of incidents that count."""
    sources = {lesson.id for one in every for lesson in one.lessons}
    return [one for one in actions.of_documents(work) if one.source.id in sources]


def followed_of(
    found: Sequence[Action], verified: Mapping[str, datetime] | None = None
) -> list[Followed]:
    """Actions as recurrence asks for them."""
    times = verified or {}
    return [
        Followed(
            one.id, one.source.incident_id, one.created_at, one.settled_at,
            times.get(one.id, one.settled_at) if one.item.status is ActionStatus.VERIFIED else None,
        )
        for one in found
    ]  # fmt: skip


def recurred(
    every: Sequence[Case], wanted: Wanted, followed: Sequence[Action], keys: set[str]
) -> Recurrence:
    """Recurrence of those wanted; what came before its period is what its incidents can repeat."""
    wider = those_wanted(
        every, Wanted(None, wanted.until, wanted.service, wanted.team, wanted.severity, wanted.tag, wanted.factor)
    )  # fmt: skip
    classed = [Classed(one.id, one.at, one.confirmed & keys) for one in wider]
    return recurrence(classed, followed_of(followed), since=wanted.since)


def waiting(found: Sequence[Case], classes: Sequence[KeptClass]) -> tuple[Waits, ...]:
    """Of the newest incidents, those with a class that is suggested and that nobody has said of, the newest first."""
    causes = [one.cause for one in classes]
    waits = []
    for one in reversed(found[-LOOKED_AT:]):
        said = one.confirmed | one.refused
        left = tuple(
            each for each in suggested(one.texts(), one.categories, causes) if each.key not in said
        )
        if left:
            waits.append(Waits(one, left))
    return tuple(waits)


def _gaps(found: Sequence[Case], followed: Sequence[Action]) -> tuple[Gap, ...]:
    proposed: dict[str, list[Action]] = {}
    for action in followed:
        if action.item.type is ActionType.DETECT:
            proposed.setdefault(action.source.incident_id, []).append(action)
    gaps = []
    for one in reversed(found):
        told = [lesson.told for lesson in one.lessons]
        target = next((each.detection_target for each in told if each.detection_target), None)
        incident = one.incident
        late = detection_gap(incident.detection, incident.severity, incident.milestones, target)
        if late is not None:
            text = "\n".join(each.detection_gap for each in told if each.detection_gap)
            gaps.append(Gap(one, late, text, tuple(proposed.get(one.id, ()))))
    return tuple(gaps)


def _improvements(found: Sequence[Case]) -> tuple[Improvement, ...]:
    return improvements(
        (one.id, question, text)
        for one in reversed(found)
        for lesson in one.lessons
        for question, text in lesson.told.answers
    )
