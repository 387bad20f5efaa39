"""The record that statistics are made of: every incident that counts, with what its postmortems tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

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
    """Which incidents are looked at: those that began from `since` on and before `until`; empty words ask for all."""

    since: datetime | None = None
    until: datetime | None = None
    service: str = ""
    team: str = ""
    severity: Severity | None = None
    tag: str = ""
    factor: str = ""


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


def cases(work: UnitOfWork, until: datetime | None = None) -> list[Case]:
    """Every incident that is in statistics, the earliest first: the same for every viewer.

    None that is private, a drill or merged into another; of postmortems only what is published.
    """
    lessons: dict[str, list[Lesson]] = {}
    for lesson in postmortems.lessons(work):
        lessons.setdefault(lesson.incident_id, []).append(lesson)
    said: dict[tuple[str, Decision], set[str]] = {}
    for one in store.decisions(work.connection):
        said.setdefault((one.incident_id, one.decision), set()).add(one.class_key)
    teams = catalog.owner_teams(work)
    return [
        Case(
            one, tuple(lessons.get(one.id, ())),
            frozenset(said.get((one.id, Decision.CONFIRMED), ())),
            frozenset(said.get((one.id, Decision.REFUSED), ())),
            frozenset(
                teams[name.casefold()] for name in one.services if name.casefold() in teams
            ),
        )
        for one in incidents.counted_between(work, until=until)
    ]  # fmt: skip


def those_wanted(found: Iterable[Case], wanted: Wanted) -> list[Case]:
    """Those of the cases that are wanted."""
    return [one for one in found if _is_in(one, wanted)]


def _is_in(case: Case, wanted: Wanted) -> bool:
    incident = case.incident
    return (
        (wanted.since is None or case.at >= wanted.since)
        and (wanted.until is None or case.at < wanted.until)
        and (wanted.severity is None or incident.severity is wanted.severity)
        and _names(wanted.service, incident.services)
        and _names(wanted.tag, incident.tags)
        and _names(wanted.team, case.teams)
        and _names(wanted.factor, case.factors)
    )


def _names(wanted: str, there: Iterable[str]) -> bool:
    said = wanted.casefold()
    return not said or any(one.casefold() == said for one in there)
