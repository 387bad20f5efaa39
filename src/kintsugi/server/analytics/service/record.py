"""The record that statistics are made of: every incident that counts, with what its postmortems tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kintsugi.core.analytics.facts import IncidentFact
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.knowledge.classes import Decision
from kintsugi.core.shared.severity import Severity
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics.store import classes as store
from kintsugi.server.catalog import service as catalog
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.service import Lesson


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which incidents are looked at: those that began from `since` on and before `until`; empty words ask for all.

    `days` says that `since` is so many days before now, whenever that is.
    """

    since: datetime | None = None
    until: datetime | None = None
    service: str = ""
    team: str = ""
    severity: Severity | None = None
    tag: str = ""
    factor: str = ""
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """An incident that counts, its published postmortems, and the classes that people confirmed or refused."""

    incident: Incident
    lessons: tuple[Lesson, ...] = ()
    confirmed: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    teams: frozenset[str] = field(default=frozenset())

    @property
    def id(self) -> str:
        """The incident's."""
        return self.incident.id

    @property
    def at(self) -> datetime:
        """When it began."""
        return self.incident.began_at

    @property
    def categories(self) -> frozenset[str]:
        """The categories of factor that its postmortems name."""
        return frozenset(name for one in self.lessons for name in one.told.categories)

    @property
    def factors(self) -> frozenset[str]:
        """Its factors: what postmortems name and what people confirmed, less what they refused."""
        return (self.categories | self.confirmed) - self.refused

    def texts(self) -> dict[str, str]:
        """Its words, by the part of the record they stand in."""
        found = {"title": self.incident.title, "summary": self.incident.summary}
        for lesson in self.lessons:
            for name, text in lesson.told.texts.items():
                found[name] = f"{found[name]}\n{text}" if found.get(name) else text
        return found


AT_ONCE = 5_000
"""So many ids are asked for in one query."""


def cases(
    work: UnitOfWork, since: datetime | None = None, until: datetime | None = None
) -> list[Case]:
    """The incidents that are in statistics and began in a time, the earliest first: the same for every viewer.

    None that is private, a drill or merged into another; of postmortems only what is published.
    """
    return _cases(work, incidents.counted_between(work, since, until))


def cases_of(work: UnitOfWork, ids: Iterable[str]) -> dict[str, Case]:
    """The same of these ids, by id; without those that are in no statistics."""
    listed = sorted(set(ids))
    found = [
        one
        for start in range(0, len(listed), AT_ONCE)
        for one in incidents.counted_of(work, listed[start : start + AT_ONCE])
    ]
    return {one.id: one for one in _cases(work, found)}


def _cases(work: UnitOfWork, found: Sequence[Incident]) -> list[Case]:
    ids = [one.id for one in found] if len(found) <= AT_ONCE else None
    lessons: dict[str, list[Lesson]] = {}
    for lesson in postmortems.lessons(work, ids):
        lessons.setdefault(lesson.incident_id, []).append(lesson)
    said: dict[tuple[str, Decision], set[str]] = {}
    for one in store.decisions(work.connection, ids):
        said.setdefault((one.incident_id, one.decision), set()).add(one.class_key)
    teams = catalog.owner_teams(work)
    return [
        Case(
            one, tuple(lessons.get(one.id, ())),
            frozenset(said.get((one.id, Decision.CONFIRMED), ())),
            frozenset(said.get((one.id, Decision.REFUSED), ())), teams_of(one.services, teams),
        )
        for one in found
    ]  # fmt: skip


def teams_of(services: Iterable[str], teams: Mapping[str, str]) -> frozenset[str]:
    """The teams that own these services."""
    return frozenset(teams[name.casefold()] for name in services if name.casefold() in teams)


def is_wanted(one: IncidentFact, wanted: Wanted) -> bool:
    """Whether an incident is one of those wanted, whenever it began."""
    return (
        (wanted.severity is None or one.severity is wanted.severity)
        and _names(wanted.service, one.services)
        and _names(wanted.tag, one.tags)
        and _names(wanted.team, one.teams)
        and _names(wanted.factor, one.factors)
    )


def _names(wanted: str, there: Iterable[str]) -> bool:
    said = wanted.casefold()
    return not said or any(one.casefold() == said for one in there)
