"""What alerts put into the home page: those that wait for a person."""

from __future__ import annotations

from markupsafe import Markup

from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import fragment
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.web.asked import VIEWS
from kintsugi.server.alerts.web.showing import counted, rows

SHOWN = 5


def home_alerts(work: UnitOfWork, _about: str) -> Markup | None:
    """The newest alerts that wait for a person, and how many there are; None when there are none."""
    waiting = VIEWS[""][1]
    found = alerts.list_alerts(work, waiting, SHOWN).items
    if not found:
        return None
    count = alerts.count(work, waiting)
    context = {
        "rows": rows(work, found),
        "count": counted(count),
        "has_more": count is None or count > len(found),
    }
    return fragment(work, "alerts/_home.html", context)
