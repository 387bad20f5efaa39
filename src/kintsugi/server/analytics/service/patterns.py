"""Patterns over the record: classes, common terms, factors that come together, gaps of detection, improvements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kintsugi.core.actions.item import ActionType
from kintsugi.core.analytics.measures import DetectionGap, detection_gap
from kintsugi.core.analytics.patterns import (
    CommonTerm,
    Improvement,
    Pair,
    co_occurring,
    common_terms,
    improvements,
)
from kintsugi.core.analytics.recurrence import Classed, Followed, Recurrence, recurrence
from kintsugi.core.knowledge.classes import Suggestion, suggested
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions import service as actions
from kintsugi.server.actions.service import Action, ActionTimes
from kintsugi.server.analytics.service.classes import all_classes
from kintsugi.server.analytics.service.kept import Record, record
from kintsugi.server.analytics.service.packing import Item
from kintsugi.server.analytics.service.record import (
    AT_ONCE,
    Case,
    Wanted,
    cases,
    cases_of,
    is_wanted,
)
from kintsugi.server.analytics.stored import KeptClass

SHOWN = 25
"""So many rows of a list stand on the page of patterns; the lists themselves have all, page by page."""
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
    late: DetectionGap
    text: str
    proposed: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Waits:
    """An incident that a class is suggested for and nobody has said of."""

    case: Case
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Patterns:
    """What the incidents that are wanted have in common. `cases` holds every incident that is named, by its id.

    `late` is how many have a gap of detection, `gaps` the newest of them.
    """

    n: int
    told: int
    classes: tuple[ClassRow, ...]
    recurrence: Recurrence
    pairs: tuple[Pair, ...]
    terms: tuple[CommonTerm, ...]
    gaps: tuple[Gap, ...]
    late: int
    improvements: tuple[Improvement, ...]
    waiting: tuple[Waits, ...]
    cases: Mapping[str, Case]
    actions: Mapping[str, Action]


def patterns(work: UnitOfWork, wanted: Wanted) -> Patterns:
    """What the incidents that are wanted have in common: the same for every viewer, nothing private in it."""
    every = record(work)
    items = wanted_items(every, wanted)
    found = cases_wanted(work, items, wanted)
    classes = all_classes(work)
    waits = waiting(found, classes)
    tally: dict[str, int] = {}
    for one in waits:
        for suggestion in one.suggestions:
            tally[suggestion.key] = tally.get(suggestion.key, 0) + 1
    keys = {one.key for one in classes}
    again = recurred(every, wanted, keys)
    named = {name for one in again.recurred for name in (one.id, one.before_id)}
    by_id = {one.id: one for one in found}
    late = late_items(items)
    acts = {name for one in again.recurred for name in one.open_actions}
    return Patterns(
        n=len(found), told=sum(bool(one.lessons) for one in found),
        classes=tuple(_row(one, found, tally) for one in classes), recurrence=again,
        pairs=co_occurring([one.factors & keys for one in found if one.lessons or one.confirmed]),
        terms=common_terms((one.id, "\n".join(one.texts().values())) for one in found),
        gaps=gaps_of(work, every, [by_id[one.id] for one in late[-SHOWN:] if one.id in by_id]),
        late=len(late), improvements=improvements_of(found), waiting=waits,
        cases=by_id | cases_of(work, named - by_id.keys()),
        actions={one.id: one for one in actions.to_index(work, sorted(acts))},
    )  # fmt: skip


def wanted_items(every: Record, wanted: Wanted) -> list[Item]:
    """The incidents that are wanted, the earliest first."""
    return [one for one in every.between(wanted.since, wanted.until) if is_wanted(one.fact, wanted)]


def late_items(found: Iterable[Item]) -> list[Item]:
    """Those with a gap of detection."""
    return [one for one in found if detection_gap(one.fact).reasons]


def cases_wanted(work: UnitOfWork, found: Sequence[Item], wanted: Wanted) -> list[Case]:
    """These incidents with their words."""
    ids = [one.id for one in found]
    if len(ids) > AT_ONCE:
        kept = set(ids)
        return [one for one in cases(work, wanted.since, wanted.until) if one.id in kept]
    known = cases_of(work, ids)
    return [known[one] for one in ids if one in known]


def newest(work: UnitOfWork, wanted: Wanted, most: int) -> tuple[int, list[Case]]:
    """How many incidents are wanted, and the last of them, the newest first."""
    ids = [one.id for one in reversed(wanted_items(record(work), wanted))]
    found = cases_of(work, ids[:most])
    return len(ids), [found[one] for one in ids[:most] if one in found]


def _row(kept: KeptClass, found: Sequence[Case], tally: Mapping[str, int]) -> ClassRow:
    of_class = tuple(one for one in reversed(found) if kept.key in one.confirmed)
    return ClassRow(kept, of_class, tally.get(kept.key, 0))


def followed_of(found: Iterable[ActionTimes]) -> list[Followed]:
    """Actions as recurrence asks for them."""
    return [
        Followed(one.id, one.incident_id, one.created_at, one.settled_at, one.verified_at)
        for one in found
    ]


def recurred(every: Record, wanted: Wanted, keys: set[str]) -> Recurrence:
    """Recurrence of those wanted; what came before its period is what its incidents can repeat."""
    classed = [
        Classed(one.id, one.began, frozenset(one.fact.classes) & keys)
        for one in every.between(None, wanted.until)
        if (one.fact.classes or wanted.since is None or one.began >= wanted.since)
        and is_wanted(one.fact, wanted)
    ]
    return recurrence(classed, followed_of(every.shared), since=wanted.since)


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


def gaps_of(work: UnitOfWork, every: Record, found: Sequence[Case]) -> tuple[Gap, ...]:
    """What was to be wished for in the detection of these incidents, the latest first."""
    late = [
        (one, gap) for one in reversed(found) if one.id in every.by_id
        for gap in (detection_gap(every.by_id[one.id].fact),) if gap.reasons
    ]  # fmt: skip
    ids = {one.id for one, _ in late}
    named = [
        one.id for one in every.shared if one.type is ActionType.DETECT and one.incident_id in ids
    ]
    proposed: dict[str, list[Action]] = {}
    for start in range(0, len(named), AT_ONCE):
        for action in actions.to_index(work, named[start : start + AT_ONCE]):
            proposed.setdefault(action.source.incident_id, []).append(action)
    return tuple(
        Gap(one, gap, "\n".join(each.told.detection_gap for each in one.lessons
            if each.told.detection_gap), tuple(proposed.get(one.id, ())))
        for one, gap in late
    )  # fmt: skip


def improvements_of(found: Sequence[Case]) -> tuple[Improvement, ...]:
    """What the postmortems of these incidents say would have helped."""
    return improvements(
        (one.id, question, text)
        for one in reversed(found)
        for lesson in one.lessons
        for question, text in lesson.told.answers
    )
