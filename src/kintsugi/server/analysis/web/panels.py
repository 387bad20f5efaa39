"""What analysis puts into the pages of other rooms: the pages of an incident and of an action."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from kintsugi.core.incidents.lifecycle import is_open
from kintsugi.kernel.auth import Action
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import fragment
from kintsugi.server.analysis import service as analysis
from kintsugi.server.analysis.web.showing import bought_rows
from kintsugi.server.incidents import service as incidents

SHOWN = 5


def incident_trees(work: UnitOfWork, incident_id: str) -> Markup | None:
    """The trees about an incident; while it is open, or for who cannot add one, only when there are some."""
    found = analysis.list_trees(work, analysis.Wanted(incident_id=incident_id), SHOWN)
    whys = analysis.whys.list_trees(work, analysis.Wanted(incident_id=incident_id), SHOWN)
    incident = incidents.get(work, incident_id)
    may_add = work.viewer.may(Action.RESPOND) and not is_open(incident.status)
    if not found.items and not whys.items and not may_add:
        return None
    context = {
        "trees": found.items, "has_more": found.next_cursor is not None, "incident": incident,
        "may_add": may_add, "whys": whys.items, "has_more_whys": whys.next_cursor is not None,
    }  # fmt: skip
    return fragment(work, "analysis/_incident.html", context)


def action_worth(work: UnitOfWork, action_id: str) -> Markup | None:
    """What an action buys in each tree that it has a part in, of those the viewer sees."""
    rows = []
    for tree in analysis.with_action(work, action_id):
        held = analysis.answered(work, tree.model)
        own = tuple(one for one in held.bought if one.action_id == action_id)
        rows += [(tree, row) for row in bought_rows(work, replace(held, bought=own))]
    return fragment(work, "analysis/_action.html", {"rows": rows}) if rows else None
