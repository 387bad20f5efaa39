"""What incidents put into the pages of lower rooms."""

from __future__ import annotations

from urllib.parse import urlencode

from markupsafe import Markup

from kintsugi.core.incidents.lifecycle import OPEN
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import fragment
from kintsugi.server.alerts import service as alerts
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.web.evidence import open_incidents

SHOWN = 5


def service_incidents(work: UnitOfWork, name: str) -> Markup | None:
    """The open and the latest other incidents of a service, of those the viewer sees."""
    over = tuple(status for status in IncidentStatus if status not in OPEN)
    open_ones = incidents.list_incidents(
        work, incidents.Wanted(tuple(OPEN), service=name), SHOWN, None
    )
    past = incidents.list_incidents(work, incidents.Wanted(over, service=name), SHOWN, None)
    context = {
        "incidents": (*open_ones.items, *past.items),
        "has_more": bool(open_ones.next_cursor or past.next_cursor),
        "all_href": f"/incidents?{urlencode({'service': name})}",
    }
    return fragment(work, "incidents/_service_incidents.html", context)


def inbox_tools(work: UnitOfWork, _about: str) -> Markup | None:
    """What can be made of alerts that are chosen in the inbox: give them to an incident, or declare one."""
    return fragment(work, "incidents/_inbox_tools.html", {"options": open_incidents(work)})


def alert_incident(work: UnitOfWork, alert_id: str) -> Markup | None:
    """The incident of an alert, on the alert's page; else how it comes to one."""
    alert = alerts.get(work, alert_id)
    found = incidents.get(work, alert.incident_id) if alert.incident_id else None
    may_respond = work.viewer.may(Action.RESPOND)
    context = {
        "alert": alert,
        "incident": found,
        "options": open_incidents(work) if found is None and may_respond else [],
        "may_respond": may_respond,
    }
    return fragment(work, "incidents/_alert_incident.html", context)


def incident_link(work: UnitOfWork, incident_id: str) -> Markup | None:
    """A link to an incident that the viewer sees; None for any other."""
    try:
        found = incidents.get(work, incident_id)
    except NotFound:
        return None
    return fragment(work, "incidents/_incident_link.html", {"incident": found})
