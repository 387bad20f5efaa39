"""What can be done with incidents. Each use case works in a unit of work that the caller opened."""

from kintsugi.server.incidents.service.access import grant_access, people_with_access
from kintsugi.server.incidents.service.changing import (
    Changes,
    change_severity,
    change_status,
    correct_milestone,
    edit,
)
from kintsugi.server.incidents.service.declaring import Declaration, declare
from kintsugi.server.incidents.service.reading import (
    Correction,
    Wanted,
    corrections,
    counts,
    get,
    list_incidents,
    severity_history,
    status_times,
    time_between,
)
from kintsugi.server.incidents.service.timeline import (
    add_note,
    entries_since,
    summary_text,
    timeline,
    timeline_page,
)

__all__ = [
    "Changes",
    "Correction",
    "Declaration",
    "Wanted",
    "add_note",
    "change_severity",
    "change_status",
    "correct_milestone",
    "corrections",
    "counts",
    "declare",
    "edit",
    "entries_since",
    "get",
    "grant_access",
    "list_incidents",
    "people_with_access",
    "severity_history",
    "status_times",
    "summary_text",
    "time_between",
    "timeline",
    "timeline_page",
]
