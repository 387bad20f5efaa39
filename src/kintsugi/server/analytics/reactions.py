"""What analytics does when something happens in a room below: days are marked, the knowledge base is told patterns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kintsugi.core.incidents.timeline import EventKind
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.observability import log
from kintsugi.kernel.unit_of_work import Handler, UnitOfWork, Works
from kintsugi.server.actions.events import ActionChanged
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
    TimelineEntryAdded,
)
from kintsugi.server.knowledge.events import PatternsAsked
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.events import (
    ClassesAsked,
    PostmortemChanged,
    PostmortemCreated,
    PostmortemDeleted,
    PostmortemMoved,
)

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
)


def mark(work: UnitOfWork, event: Changed) -> None:
    """What is kept of the day of an incident does not say any more what the incident says."""
    analytics.mark(work, event.incident_id)


def mark_corrected(work: UnitOfWork, event: MilestoneCorrected) -> None:
    """A corrected milestone can move an incident to another day: both are counted anew."""
    analytics.mark(work, event.incident_id, event.before, event.after)


def mark_published(work: UnitOfWork, event: PostmortemMoved) -> None:
    """What is published, or no longer, has words of a cause that count."""
    analytics.note_actions(work)
    stored = postmortems.find(work, event.postmortem_id)
    if stored is not None:
        analytics.mark(work, stored.incident_id)


def mark_deleted(work: UnitOfWork, event: PostmortemDeleted) -> None:
    """What is deleted tells nothing, and nobody follows its actions."""
    analytics.note_actions(work)
    analytics.mark(work, event.incident_id)


def note_rewritten(work: UnitOfWork, event: PostmortemChanged) -> None:
    """Actions are written down in postmortems, and when they are due can follow from the severity."""
    if "action_items" in event.sections or "severity" in event.sections:
        analytics.note_actions(work)


def note_created(work: UnitOfWork, _event: PostmortemCreated) -> None:
    """A draft may begin with actions."""
    analytics.note_actions(work)


def note_action(work: UnitOfWork, _event: ActionChanged) -> None:
    """How long actions take is a figure."""
    analytics.note_actions(work)


def note_rollback(work: UnitOfWork, event: TimelineEntryAdded) -> None:
    """Whether something was rolled back says whether a postmortem is asked for."""
    if event.kind is EventKind.ROLLBACK:
        analytics.note(work, event.incident_id)


def tell_patterns(work: UnitOfWork, event: PatternsAsked) -> None:
    """Every class that an incident was confirmed to be of."""
    event.told.extend(analytics.told_patterns(work))


def tell_classes(work: UnitOfWork, event: ClassesAsked) -> None:
    """The confirmed classes of these incidents and of those like them."""
    event.told.update(analytics.alike(work, event.incident_ids))


def fold(works: Works) -> None:
    """Count the marked days anew, and write down the facts of what changed, at night, some in each transaction."""
    with works.writing(SYSTEM) as work:
        days = analytics.fold(work)
    facts = 0
    while True:
        with works.writing(SYSTEM) as work:
            some = analytics.write_facts(work)
        facts += some
        if some < analytics.AT_A_TIME:
            break
    log.info("days counted", days=days, facts=facts)


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
    PostmortemCreated: (note_created,),
    PostmortemDeleted: (mark_deleted,),
    PostmortemChanged: (note_rewritten,),
    ActionChanged: (note_action,),
    TimelineEntryAdded: (note_rollback,),
    PatternsAsked: (tell_patterns,),
    ClassesAsked: (tell_classes,),
}
