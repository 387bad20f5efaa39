"""The incidents' part of the home page: what needs the viewer now."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from kintsugi.core.incidents.incident import Incident
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import fragment
from kintsugi.server.incidents import service as incidents


def home_panel(work: UnitOfWork, _about: str) -> Markup | None:
    """Open incidents, and resolved ones that are not finished; None when there are none."""
    found = incidents.waiting(work)
    if not found.open_ones and not found.unfinished:
        return None
    context = {
        "open_ones": [_row(incident, work.viewer.user_id) for incident in found.open_ones],
        "unfinished": [_row(incident, work.viewer.user_id) for incident in found.unfinished],
        "missing": incidents.roles_missing(work, found.open_ones),
        "offers": incidents.offered_to_viewer(work),
        "late": incidents.late_updates(work, found.open_ones),
        "commanders": incidents.commander_names(work, found.open_ones),
        "is_late": {incident.id for incident in found.unfinished if _is_late(incident, work.now)},
    }
    return fragment(work, "incidents/_home.html", context)


def _row(incident: Incident, user_id: str) -> tuple[Incident, datetime, str]:
    """The incident, since when, and what the viewer is to it."""
    if incident.commander_id == user_id:
        return incident, incident.began_at, "you command"
    return incident, incident.began_at, "you declared" if incident.created_by == user_id else ""


def _is_late(incident: Incident, now: datetime) -> bool:
    resolved = incident.resolved_at
    return resolved is not None and now - resolved >= incidents.CLOSE_WITHIN
