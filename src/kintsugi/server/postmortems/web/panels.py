"""What postmortems put into the pages of lower rooms: an incident's own, and what waits for the reader."""

from __future__ import annotations

from datetime import timedelta

from markupsafe import Markup

from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.postmortems.required import draft_clock
from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.kernel.auth import Action
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import fragment
from kintsugi.server.analysis import service as analysis
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems import service as postmortems

SHOWN = 10
LOOKS_BACK = timedelta(days=14)
"""How long the home page reminds of an incident without a postmortem; the list goes on after that."""


def incident_postmortems(work: UnitOfWork, incident_id: str) -> Markup | None:
    """The postmortems of an incident, or where to begin one once it has ended; None before."""
    incident = incidents.get(work, incident_id)
    listed = postmortems.of_incident(work, incident_id)
    has_ended = incident.status in (IncidentStatus.RESOLVED, IncidentStatus.CLOSED)
    may_begin = work.viewer.may(Action.RESPOND) and has_ended
    if not listed and not has_ended:
        return None
    context = {
        "incident": incident,
        "listed": listed,
        "may_begin": may_begin,
        "reasons": () if listed else postmortems.reasons(work, [incident])[incident.id],
        "clock": draft_clock(incident, work.now),
    }
    return fragment(work, "postmortems/_incident.html", context)


def why_tree_postmortems(work: UnitOfWork, tree_id: str) -> Markup:
    """The postmortems of a why-tree's incident, with what each of them can take of the tree."""
    tree = analysis.whys.get(work, tree_id)
    incident = incidents.get(work, tree.incident_id)
    rows = []
    for listed in postmortems.of_incident(work, incident.id):
        stored = postmortems.get(work, listed.id)
        is_same, answers = postmortems.taking.takeable(work, stored, tree)
        rows.append((listed, postmortems.rights(work, stored).may_write, is_same, answers))
    has_ended = incident.status in (IncidentStatus.RESOLVED, IncidentStatus.CLOSED)
    may_begin = work.viewer.may(Action.RESPOND) and has_ended
    context = {"tree": tree, "incident": incident, "rows": rows, "may_begin": may_begin}
    return fragment(work, "postmortems/_why_tree.html", context)


def home_postmortems(work: UnitOfWork, _about: str) -> Markup | None:
    """Drafts that the viewer has a part in, reviews that wait for them, incidents without one; None when none."""
    drafts = _listed(work, PostmortemStatus.DRAFT)
    reviews = [one for one in _listed(work, PostmortemStatus.IN_REVIEW) if _waits(work, one)]
    since = work.now - LOOKS_BACK
    missing = postmortems.not_started(work) if work.viewer.may(Action.RESPOND) else []
    missing = [one for one in missing if one.clock.since >= since]
    if not drafts and not reviews and not missing:
        return None
    context = {"drafts": drafts, "reviews": reviews, "not_started": missing}
    return fragment(work, "postmortems/_home.html", context)


def _listed(work: UnitOfWork, status: PostmortemStatus) -> list[postmortems.Listed]:
    wanted = postmortems.Wanted(statuses=(status,))
    return list(postmortems.list_postmortems(work, wanted, SHOWN).items)


def _waits(work: UnitOfWork, listed: postmortems.Listed) -> bool:
    """Whether an approval of the viewer's would count, and they have not said anything of this text yet."""
    stored = postmortems.get(work, listed.id)
    said = {
        (one.user_id, one.text_version) for one, _ in postmortems.review_state(work, stored).said
    }
    has_said = (work.viewer.user_id, stored.text_version) in said
    return not has_said and postmortems.rights(work, stored).may_approve
