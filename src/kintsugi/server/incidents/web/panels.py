"""What incidents put into the pages of lower rooms."""

from __future__ import annotations

from urllib.parse import urlencode

from markupsafe import Markup

from kintsugi.core.incidents.lifecycle import OPEN
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import fragment
from kintsugi.server.incidents import service as incidents

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
