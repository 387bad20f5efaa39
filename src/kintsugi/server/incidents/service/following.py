"""The topics that pages of incidents follow; see `kernel.live`. None names more than an id."""

from __future__ import annotations

from collections.abc import Sequence

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


def tell_together(work: UnitOfWork, ids: Sequence[str], changed: Sequence[str] = ()) -> None:
    """These belong together now, or no longer; those that `changed` by it are told in any case.

    When one of them is private, the others are not: a page that moves for nothing is a trace.
    """
    found = {one: store.find_any(work.connection, one) for one in ids}
    private = {one for one, incident in found.items() if incident and incident.is_private}
    for incident_id in ids:
        if not private or incident_id in private or incident_id in changed:
            tell_all(work, incident_id)


def tell_lists(work: UnitOfWork) -> None:
    """An incident appears in everybody's lists, or leaves them."""
    work.touch(LIST)
