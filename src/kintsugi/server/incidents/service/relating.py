"""Incidents that belong together: duplicates merged, others linked.

A private incident leaves no trace at one that others see: what stands in a timeline names another
incident only while that one is visible to everybody, and a link is shown to those who see both ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.links import KEPT, LinkKind
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.http import Conflict
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import store
from kintsugi.server.incidents.events import (
    IncidentMerged,
    IncidentsLinked,
    IncidentStatusChanged,
    IncidentsUnlinked,
    IncidentUnmerged,
)
from kintsugi.server.incidents.service import recording, wording


@dataclass(frozen=True, slots=True)
class Link:
    """What an incident is to another that the viewer sees too."""

    id: str
    kind: LinkKind
    other: Incident
    reason: str
    made_by: str
    made_at: datetime


def links(work: UnitOfWork, incident: Incident) -> list[Link]:
    """Its links to incidents that the viewer sees, duplicates among them, in the order in which they were made."""
    kept = store.links_of(work.connection, incident)
    others = store.of_ids(work.connection, work.viewer, [one.other_id for one in kept])
    return [
        Link(one.id, one.kind, others[one.other_id], one.reason, one.made_by, one.made_at)
        for one in kept
        if one.other_id in others
    ]


def merged_into(work: UnitOfWork, incident: Incident) -> Incident | None:
    """The incident this one is a duplicate of, if the viewer sees it."""
    if incident.merged_into_id is None:
        return None
    found = store.of_ids(work.connection, work.viewer, [incident.merged_into_id])
    return found.get(incident.merged_into_id)


def merge(
    work: UnitOfWork, incident: Incident, into: str, reason: str, expected_version: int | None
) -> Incident:
    """Close an incident as a duplicate of another, with the reason for it; its record stays where it is.

    1. Both rows are locked and read again. 2. The duplicate is closed, whatever its status was, and no
    milestone is set: a duplicate is in no statistic. 3. Both timelines say so as far as they may.
    Raises InvalidValue for no other incident, Conflict when either is merged already, LostRace.
    """
    target = _other(work, incident, into, "into")
    reason = wording.prose(reason, "reason", wording.SHORT, required=True)
    store.lock(work.connection, [incident.id, target.id])
    incident, target = recording.found(work, incident.id), recording.found(work, target.id)
    recording.at_version(incident, expected_version)
    if incident.merged_into_id is not None:
        raise Conflict("it is closed as a duplicate already")
    if target.merged_into_id is not None:
        raise Conflict(f"{target.reference} is itself a duplicate; name the one it belongs to")
    before = incident.status
    said = (
        "Closed as a duplicate"
        if target.is_private
        else f"Closed as a duplicate of {target.reference}"
    )
    entry = {"from": before.value, "to": IncidentStatus.CLOSED.value, "merged": "yes"}
    entry |= (
        {"text": said} if target.is_private else {"text": f"{said}: {reason}", "reason": reason}
    )
    if not incident.is_private:
        _tell(work, target, f"{incident.reference} merged into this: {reason}")
    values = {"status": IncidentStatus.CLOSED.value, "merged_into_id": target.id}
    changed = recording.changed(
        work, incident, expected_version, values, entry, kind=EventKind.STATUS, important=True
    )
    ends = (incident.id, target.id)
    store.add_link(
        work.connection, work.new_id("lnk"), ends, LinkKind.DUPLICATE_OF, reason,
        work.viewer.user_id, work.now,
    )  # fmt: skip
    work.audit("incident.merge", incident.id, into=None if target.is_private else target.id)
    work.publish(IncidentMerged(incident.id, target.id, work.now))
    if before is not IncidentStatus.CLOSED:
        work.publish(IncidentStatusChanged(incident.id, before, IncidentStatus.CLOSED, work.now))
    return changed


def may_unmerge(work: UnitOfWork, incident: Incident) -> bool:
    """Whether a merge can be undone: nothing was written into the duplicate's record since."""
    if incident.merged_into_id is None:
        return False
    last = store.entry_at(work.connection, incident, incident.last_sequence)
    return last.detail.get("merged") == "yes"


def unmerge(
    work: UnitOfWork, incident: Incident, reason: str, expected_version: int | None
) -> Incident:
    """Give a duplicate back the status it had, with the reason for it.

    Raises Conflict when it is not merged or something happened in it since, LostRace.
    """
    reason = wording.prose(reason, "reason", wording.SHORT, required=True)
    store.lock(work.connection, [incident.id, incident.merged_into_id or incident.id])
    incident = recording.found(work, incident.id)
    recording.at_version(incident, expected_version)
    target_id = incident.merged_into_id
    if target_id is None:
        raise Conflict("it is not merged")
    if not may_unmerge(work, incident):
        raise Conflict("something was written into its record since it was merged")
    last = store.entry_at(work.connection, incident, incident.last_sequence)
    after = IncidentStatus(last.detail["from"])
    target = merged_into(work, incident)
    if target is not None and not incident.is_private:
        _tell(work, target, f"{incident.reference} is no duplicate after all: {reason}")
    entry = {
        "text": f"Not a duplicate after all: {reason}", "from": incident.status.value,
        "to": after.value, "reason": reason,
    }  # fmt: skip
    values = {"status": after.value, "merged_into_id": None}
    changed = recording.changed(
        work, incident, expected_version, values, entry, kind=EventKind.STATUS, important=True
    )
    for one in store.links_of(work.connection, incident):
        if one.kind is LinkKind.DUPLICATE_OF:
            store.remove_link(work.connection, one.id)
    is_told = target is not None and not target.is_private
    work.audit("incident.unmerge", incident.id, was_in=target_id if is_told else None)
    work.publish(IncidentUnmerged(incident.id, target_id, work.now))
    if after is not incident.status:
        work.publish(IncidentStatusChanged(incident.id, incident.status, after, work.now))
    return changed


def link(
    work: UnitOfWork, incident: Incident, other_name: str, kind: LinkKind, reason: str = ""
) -> list[Link]:
    """Link it to another and give all its links. `kind` is what this one is to the other.

    Raises InvalidValue for no other incident, Conflict when they are linked so already.
    """
    other = _other(work, incident, other_name, "incident")
    reason = wording.prose(reason, "reason", wording.SHORT)
    store.lock(work.connection, [incident.id, other.id])
    ends, kept = (
        ((incident.id, other.id), kind) if kind in KEPT else ((other.id, incident.id), kind.inverse)
    )
    if kept is LinkKind.RELATED:
        ends = (min(ends), max(ends))
    if not store.add_link(
        work.connection, work.new_id("lnk"), ends, kept, reason, work.viewer.user_id, work.now
    ):
        raise Conflict(f"it is {kind.words} {other.reference} already")
    _tell_both(work, incident, other, kind, "", f": {reason}" if reason else "")
    _audit_link(work, "incident.link", incident, other, kind)
    work.publish(IncidentsLinked(incident.id, other.id, kind, work.now))
    return links(work, incident)


def unlink(work: UnitOfWork, incident: Incident, link_id: str) -> None:
    """Take a link away. Raises NotFound for one the viewer does not see, Conflict for a duplicate's."""
    found = next((one for one in links(work, incident) if one.id == link_id), None)
    if found is None:
        raise NotFound("this incident has no such link")
    if found.kind in (LinkKind.DUPLICATE_OF, LinkKind.HAS_DUPLICATE):
        raise Conflict("a duplicate is unmerged, not unlinked")
    store.lock(work.connection, [incident.id, found.other.id])
    if not store.remove_link(work.connection, link_id):
        raise NotFound("this incident has no such link")
    _tell_both(work, incident, found.other, found.kind, "No longer ", "")
    _audit_link(work, "incident.unlink", incident, found.other, found.kind)
    work.publish(IncidentsUnlinked(incident.id, found.other.id, found.kind, work.now))


def _other(work: UnitOfWork, incident: Incident, name: str, field: str) -> Incident:
    said = wording.line(name, field, wording.TITLE, required=True)
    found = store.find(work.connection, work.viewer, said)
    if found is None:
        raise InvalidValue(
            "is no incident that you can see", path=(field,), expected="a reference such as INC-42"
        )
    if found.id == incident.id:
        raise InvalidValue("is the same incident", path=(field,), expected="another one")
    return found


def _audit_link(
    work: UnitOfWork, action: str, incident: Incident, other: Incident, kind: LinkKind
) -> None:
    """Under the private end, if there is one: the log of the other shows nothing of it, not even a row."""
    if other.is_private and not incident.is_private:
        incident, other, kind = other, incident, kind.inverse
    far = None if other.is_private else other.id
    work.audit(action, incident.id, other=far, kind=kind.value)


def _tell_both(
    work: UnitOfWork, incident: Incident, other: Incident, kind: LinkKind, before: str, after: str
) -> None:
    """Each end names the other in its timeline, unless the other is private; then it says nothing."""
    for one, far, what in ((incident, other, kind), (other, incident, kind.inverse)):
        if not far.is_private:
            words = f"{before}{what.words} {far.reference}{after}"
            _tell(work, one, words[0].upper() + words[1:])


def _tell(work: UnitOfWork, incident: Incident, text: str) -> None:
    sequence = store.next_sequence(work.connection, incident.id)
    recording.write_down(work, incident, sequence, {"text": text}, kind=EventKind.NOTE)
