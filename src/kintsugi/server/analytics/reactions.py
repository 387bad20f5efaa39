"""What analytics does when something happens in a room below: days are marked, the knowledge base is told patterns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kintsugi.kernel.observability import log
from kintsugi.kernel.unit_of_work import Handler, UnitOfWork
from kintsugi.server.analytics import service as analytics
from kintsugi.server.incidents.events import (
    DrillChanged,
    IncidentDeclared,
    IncidentEdited,
    IncidentMerged,
    IncidentStatusChanged,
    IncidentUnmerged,
    MilestoneCorrected,
    PrivacyChanged,
    SeverityChanged,
)
from kintsugi.server.knowledge.events import PatternsAsked
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.events import ClassesAsked, PostmortemDeleted, PostmortemMoved

FOLD = "analytics.fold"

Changed = (
    IncidentDeclared
    | IncidentEdited
    | IncidentStatusChanged
    | IncidentMerged
    | IncidentUnmerged
    | SeverityChanged
    | PrivacyChanged
    | DrillChanged
    | PostmortemDeleted
)


def mark(work: UnitOfWork, event: Changed) -> None:
    """What is kept of the day of an incident does not say any more what the incident says."""
    analytics.mark(work, event.incident_id)


def mark_corrected(work: UnitOfWork, event: MilestoneCorrected) -> None:
    """A corrected milestone can move an incident to another day: both are counted anew."""
    analytics.mark(work, event.incident_id, event.before, event.after)


def mark_published(work: UnitOfWork, event: PostmortemMoved) -> None:
    """What is published, or no longer, has words of a cause that count."""
    stored = postmortems.find(work, event.postmortem_id)
    if stored is not None:
        analytics.mark(work, stored.incident_id)


def tell_patterns(work: UnitOfWork, event: PatternsAsked) -> None:
    """Every class that an incident was confirmed to be of."""
    event.told.extend(analytics.told_patterns(work))


def tell_classes(work: UnitOfWork, event: ClassesAsked) -> None:
    """The confirmed classes of these incidents and of those like them."""
    event.told.update(analytics.alike(work, event.incident_ids))


def fold(work: UnitOfWork) -> None:
    """Count the marked days anew, at night."""
    log.info("days counted", days=analytics.fold(work))


HANDLERS: Mapping[type, Sequence[Handler]] = {
    IncidentDeclared: (mark,),
    IncidentEdited: (mark,),
    IncidentStatusChanged: (mark,),
    IncidentMerged: (mark,),
    IncidentUnmerged: (mark,),
    SeverityChanged: (mark,),
    PrivacyChanged: (mark,),
    DrillChanged: (mark,),
    MilestoneCorrected: (mark_corrected,),
    PostmortemMoved: (mark_published,),
    PostmortemDeleted: (mark,),
    PatternsAsked: (tell_patterns,),
    ClassesAsked: (tell_classes,),
}
