"""What analytics puts into the pages of other rooms: the classes of cause on the page of an incident."""

from __future__ import annotations

from markupsafe import Markup

from kintsugi.core.incidents.lifecycle import is_open
from kintsugi.core.knowledge.classes import Decision
from kintsugi.kernel.auth import Action
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import fragment
from kintsugi.server.analytics import service as analytics
from kintsugi.server.analytics.web.showing import suggestion_rows

SHOWN = 5


def incident_classes(work: UnitOfWork, incident_id: str) -> Markup | None:
    """The classes of an incident; while it is open, only when somebody confirmed one already."""
    incident = analytics.incident_named(work, incident_id)
    found = analytics.belonging(work, incident)
    if is_open(incident.status) and not found.confirmed:
        return None
    may_decide = work.viewer.may(Action.RESPOND)
    if not found.confirmed and not may_decide:
        return None
    titles = {one.key: one.cause.title for one in analytics.all_classes(work, retired=True)}
    said = set(found.decided)
    context = {
        "incident": incident, "found": found, "titles": titles, "may_decide": may_decide,
        "suggested": suggestion_rows(found.suggested[:SHOWN], titles),
        "others": [("", "Choose"), *(
            (one.key, one.cause.title) for one in analytics.all_classes(work)
            if one.key not in said or found.decided[one.key].decision is Decision.REFUSED
        )],
    }  # fmt: skip
    return fragment(work, "analytics/_incident.html", context)
