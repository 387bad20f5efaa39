"""The topics that pages of incidents follow; see `kernel.live`. None names more than an id."""

from __future__ import annotations

from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import store

LIST = "incidents"
"""The topic of every list of incidents. No private one is told of here: that it happened is a trace too."""


def own_list_of(user_id: str) -> str:
    """The topic of the private incidents that this user sees in their lists."""
    return f"incidents@{user_id}"


def head_of(incident_id: str) -> str:
    """The topic of all that is not the timeline."""
    return f"incident:{incident_id}"


def timeline_of(incident_id: str) -> str:
    """The topic of the timeline."""
    return f"incident:{incident_id}/timeline"


def tell_timeline(work: UnitOfWork, incident_id: str) -> None:
    """Something new stands in the timeline."""
    work.touch(timeline_of(incident_id))


def tell_all(work: UnitOfWork, incident_id: str, *users: str) -> None:
    """The incident itself is another: its page, and every list it stands in, or stood in for these users."""
    work.touch(head_of(incident_id))
    incident = store.find_any(work.connection, incident_id)
    if incident is None or not incident.is_private:
        work.touch(LIST)
        return
    readers = {one.user_id for one in store.grants(work.connection, incident)}
    work.touch(*(own_list_of(user) for user in readers | {incident.created_by, *users}))


def tell_lists(work: UnitOfWork) -> None:
    """An incident appears in everybody's lists, or leaves them."""
    work.touch(LIST)
