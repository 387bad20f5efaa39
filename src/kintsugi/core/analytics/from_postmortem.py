"""A postmortem as statistics count its incident."""

from __future__ import annotations

from datetime import UTC, datetime, time, tzinfo

from kintsugi.core.analytics.facts import IncidentFact, moment
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.status import PostmortemStatus


def fact_of_postmortem(
    postmortem: Postmortem, name: str, *, zone: tzinfo = UTC
) -> tuple[IncidentFact, tuple[str, ...]]:
    """The incident of a postmortem, under its own id or `name`, and notes on what was assumed.

    Without milestones it began at the first time of its timeline, else on its day in `zone` at an unknown
    hour, and lasted as long as was typed or as its timeline does.
    """
    notes: list[str] = []
    is_day_only = False
    times = postmortem.milestones
    began = moment(times.impact_start)
    known = began or moment(times.detected) or moment(times.declared)
    if known is None:
        listed = [event.time for event in postmortem.events if isinstance(event.time, datetime)]
        if listed:
            began = min(listed)
            notes.append("begins with the first event of its timeline")
        elif postmortem.date is not None:
            began = datetime.combine(postmortem.date, time(0), tzinfo=zone)
            is_day_only = True
    published = postmortem.status in (PostmortemStatus.PUBLISHED, PostmortemStatus.ARCHIVED)
    fact = IncidentFact(
        id=postmortem.incident_id or postmortem.id or name,
        title=postmortem.title,
        severity=postmortem.severity,
        services=postmortem.impact.affected_services,
        tags=postmortem.tags,
        factors=tuple(
            dict.fromkeys(
                factor.category_label or factor.text for factor in postmortem.contributing_factors
            )
        ),
        root_cause=postmortem.root_cause,
        detection=postmortem.detection.how,
        detection_target=postmortem.detection.target,
        impact_start=began,
        detected=moment(times.detected),
        acknowledged=moment(times.acknowledged),
        declared=moment(times.declared),
        mitigated=moment(times.mitigated),
        recovered=moment(times.recovered),
        resolved=moment(times.resolved),
        duration=postmortem.duration,
        revenue=postmortem.impact.revenue,
        is_day_only=is_day_only,
        postmortem_at=postmortem.published_at if published else None,
    )
    return fact, tuple(notes)
