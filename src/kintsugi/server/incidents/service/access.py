"""Who sees a private incident."""

from __future__ import annotations

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import store
from kintsugi.server.incidents.service import recording, wording


def grant_access(work: UnitOfWork, incident: Incident, user_id: str, name: str = "") -> bool:
    """Let somebody see a private incident; False when they already could. `name` is for the timeline.

    Whoever sees it and may respond may share it. Access says nothing about what they may do.
    """
    user_id = wording.line(user_id, "userId", 64, required=True)
    granted = store.grant(work.connection, incident, user_id, work.viewer.user_id, work.now)
    if granted:
        sequence = store.next_sequence(work.connection, incident.id)
        entry = {"text": f"Access given to {name or user_id}", "user": user_id}
        recording.write_down(work, incident, sequence, entry, kind=EventKind.ROLE)
        work.audit("incident.grant", incident.id, user=user_id)
    return granted


def people_with_access(work: UnitOfWork, incident: Incident) -> list[str]:
    """The ids of the users who were given access."""
    return store.granted(work.connection, incident)
