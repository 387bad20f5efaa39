"""What actions put into the pages of other rooms: the home page, and the page of an incident."""

from __future__ import annotations

from datetime import timedelta

from markupsafe import Markup

from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import fragment
from kintsugi.server.actions import service as actions
from kintsugi.server.actions.web.showing import rows

SHOWN = 8
AHEAD = timedelta(days=7)


def home_actions(work: UnitOfWork, _about: str) -> Markup | None:
    """The viewer's open actions that are late or due within a week; None when there are none."""
    today = actions.today(work)
    mine = actions.Wanted(owners=actions.mine(work), open_on=today)
    late = actions.Wanted(owners=actions.mine(work), overdue_on=today)
    found = [
        one for one in actions.list_actions(work, mine, SHOWN).items if one.due_on <= today + AHEAD
    ]
    if not found:
        return None
    counts = actions.tally(work, {"mine": mine, "late": late})
    context = {"rows": rows(work, found), "mine": counts["mine"], "late": counts["late"]}
    return fragment(work, "actions/_home.html", context)


def incident_actions(work: UnitOfWork, incident_id: str) -> Markup | None:
    """The actions that follow from an incident, those due first at the top; None when there are none."""
    wanted = actions.Wanted(incident_id=incident_id)
    found = actions.list_actions(work, wanted, SHOWN)
    if not found.items:
        return None
    total = actions.tally(work, {"all": wanted})["all"]
    context = {"rows": rows(work, found.items), "total": total, "shown": len(found.items)}
    return fragment(work, "actions/_incident.html", context)
