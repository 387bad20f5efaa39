"""An incident as statistics count it, with what its postmortems, people and the catalogue add."""

from __future__ import annotations

from dataclasses import replace

from kintsugi.core.analytics.facts import IncidentFact, fact_of
from kintsugi.server.analytics.service.record import Case


def fact(case: Case) -> IncidentFact:
    """One incident as statistics count it, but for whether it asks for a postmortem."""
    told = [lesson.told for lesson in case.lessons]
    published = [one.published_at for one in case.lessons if one.published_at is not None]
    target = next((one.detection_target for one in told if one.detection_target), None)
    made = fact_of(
        case.incident, teams=tuple(sorted(case.teams)), factors=tuple(sorted(case.factors)),
        classes=tuple(sorted(case.confirmed)),
        root_cause="\n".join(filter(None, (one.texts.get("root cause", "") for one in told))),
        postmortem_at=min(published, default=None),
    )  # fmt: skip
    return made if target is None else replace(made, detection_target=target)
