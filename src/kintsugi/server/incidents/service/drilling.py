"""Drills: incidents for practice, which are in no statistic (see `store.counted`)."""

from __future__ import annotations

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents.events import DrillChanged
from kintsugi.server.incidents.service import recording, wording


def change_drill(
    work: UnitOfWork,
    incident: Incident,
    is_drill: bool,
    reason: str,
    expected_version: int | None,
) -> Incident:
    """Say that it is a drill, or is none after all, with the reason for it; the same again changes nothing.

    Raises LostRace, and InvalidValue without a reason.
    """
    recording.at_version(incident, expected_version)
    if incident.is_drill is is_drill:
        return incident
    reason = wording.prose(reason, "reason", wording.SHORT, required=True)
    what = "Marked as a drill" if is_drill else "Not a drill after all"
    entry = {"text": f"{what}: {reason}", "reason": reason}
    changed = recording.changed(
        work, incident, expected_version, {"is_drill": is_drill}, entry, kind=EventKind.DECISION,
        important=True,
    )  # fmt: skip
    work.audit("incident.drill", incident.id, drill=is_drill)
    work.publish(DrillChanged(incident.id, is_drill, work.now))
    return changed
