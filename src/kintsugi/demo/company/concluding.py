"""What the company's people say their incidents have in common, some days after each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kintsugi.core.knowledge.classes import Decision
from kintsugi.demo.company.story import Cause, Company, Story
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics import service as analytics

AFTER = timedelta(days=4)
"""So long after an incident somebody says of which class it is."""
WHO = "soren"


@dataclass(frozen=True, slots=True)
class Concluded:
    """Somebody says of an incident whether it is of a class."""

    cause: Cause
    decision: Decision


def found(work: UnitOfWork, company: Company) -> dict[str, str]:
    """Make the company's own classes; the key of each by its title."""
    own = (cause for cause in company.causes if not cause.key)
    return {
        cause.title: analytics.make_class(work, cause.title, cause.terms, cause.says).key
        for cause in own
    }


def conclusions(
    company: Company, declarations: Mapping[str, datetime]
) -> Iterator[tuple[datetime, Story, Concluded]]:
    """What is said of the year's incidents, and when."""
    stories = {story.key: story for story in company.stories}
    for cause in company.causes:
        for decision, keys in (
            (Decision.CONFIRMED, cause.confirmed),
            (Decision.REFUSED, cause.refused),
        ):
            for key in keys:
                yield declarations[key] + AFTER, stories[key], Concluded(cause, decision)


def conclude(work: UnitOfWork, incident_id: str, key: str, decision: Decision) -> None:
    """Say it."""
    analytics.decide(work, analytics.incident_named(work, incident_id), key, decision)
