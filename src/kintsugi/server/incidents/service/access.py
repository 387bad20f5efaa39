"""Who sees a private incident, and when it becomes one."""

from __future__ import annotations

from dataclasses import dataclass

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.text import clean
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.http import Conflict
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents import store
from kintsugi.server.incidents.events import AccessChanged, PrivacyChanged
from kintsugi.server.incidents.service import recording, wording
from kintsugi.server.incidents.service.naming import access_text


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who sees a private incident; whoever declared it was given access by nobody."""

    user_id: str
    name: str
    is_declarer: bool


def grant_access(work: UnitOfWork, incident: Incident, user_id: str, name: str = "") -> bool:
    """Let somebody see a private incident; False when they already could. `name` is for the timeline.

    Whoever sees it and may respond may share it. Access says nothing about what they may do.
    """
    user_id = wording.line(user_id, "userId", 64, required=True)
    entry = {"text": access_text(name or user_id, is_given=True), "access": "given"}
    granted = _let_in(work, incident, user_id, entry)
    if granted:
        work.audit("incident.grant", incident.id, user=user_id)
    return granted


def share(work: UnitOfWork, incident: Incident, who: str) -> bool:
    """Let the user with this id or e-mail see it; False when they already could.

    Raises InvalidValue when there is no such user, Conflict when everybody sees it anyway.
    """
    if not incident.is_private:
        raise Conflict("it is not private: everybody sees it")
    said = wording.line(who, "userId", 254, required=True)
    user = accounts.checked_user(work, said, "userId")
    if user.id == incident.created_by:
        return False
    return grant_access(work, incident, user.id, user.name)


def withdraw_access(work: UnitOfWork, incident: Incident, user_id: str) -> None:
    """Take somebody's access back.

    Raises NotFound when they were given none, Conflict for whoever declared it or is in command.
    """
    if user_id == incident.created_by:
        raise Conflict("whoever declared it always sees it")
    if user_id == incident.commander_id:
        raise Conflict("they are in command; somebody else takes command first")
    if not store.withdraw(work.connection, incident, clean(user_id)):
        raise NotFound("they were not given access")
    name = accounts.names_of(work, [user_id]).get(user_id, user_id)
    entry = {"text": access_text(name, is_given=False), "access": "withdrawn", "user": user_id}
    _tell(work, incident, entry)
    work.audit("incident.withdraw", incident.id, user=user_id)
    work.publish(AccessChanged(incident.id, user_id, False, work.now))


def people_with_access(work: UnitOfWork, incident: Incident) -> list[str]:
    """The ids of the users who were given access."""
    return [one.user_id for one in store.grants(work.connection, incident)]


def readers(work: UnitOfWork, incident: Incident) -> list[Reader]:
    """Everybody who sees a private incident: whoever declared it, then those who were given access, by name."""
    ids = [one for one in people_with_access(work, incident) if one != incident.created_by]
    names = accounts.names_of(work, [incident.created_by, *ids])
    others = [Reader(one, names.get(one, one), is_declarer=False) for one in ids]
    declarer = Reader(
        incident.created_by, names.get(incident.created_by, incident.created_by), is_declarer=True
    )
    return [declarer, *sorted(others, key=lambda one: (one.name.casefold(), one.user_id))]


def change_privacy(
    work: UnitOfWork,
    incident: Incident,
    is_private: bool,
    reason: str,
    expected_version: int | None,
) -> Incident:
    """Make it private, or visible to everybody, with the reason for it; the same again changes nothing.

    Made private, whoever declared it, commands it or wrote into its record so far keeps seeing it.
    Raises LostRace, and InvalidValue without a reason.
    """
    recording.at_version(incident, expected_version)
    if incident.is_private is is_private:
        return incident
    reason = wording.prose(reason, "reason", wording.SHORT, required=True)
    kept = _participants(work, incident) if is_private else []
    for user_id in kept:
        store.grant(work.connection, incident, user_id, work.viewer.user_id, work.now)
    what = "Made private" if is_private else "Made visible to everybody"
    entry = {"text": f"{what}: {reason}", "reason": reason}
    changed = recording.changed(
        work, incident, expected_version, {"is_private": is_private}, entry, kind=EventKind.DECISION
    )
    work.audit("incident.privacy", incident.id, private=is_private, kept=kept)
    work.publish(PrivacyChanged(incident.id, is_private, work.now))
    return changed


def _participants(work: UnitOfWork, incident: Incident) -> list[str]:
    wrote = [*store.actors(work.connection, incident), incident.commander_id or ""]
    known = accounts.names_of(work, wrote)
    kept = {one for one in wrote if one in known} | {work.viewer.user_id}
    return sorted(kept - {incident.created_by})


def break_glass(work: UnitOfWork, reference: str, reason: str) -> Incident:
    """Let an admin into a private incident that nobody shared with them, with the reason for it.

    It stands in the incident's timeline and in the audit. Raises Forbidden for anybody else whatever
    they name, NotFound for an incident there is not, Conflict for one that is not private.
    """
    work.viewer.require(Action.ADMINISTER)
    reason = wording.prose(reason, "reason", wording.SHORT, required=True)
    found = store.find_any(work.connection, wording.line(reference, "reference", 64, required=True))
    if found is None:
        raise NotFound("there is no such incident")
    if not found.is_private:
        raise Conflict("it is not private: everybody sees it")
    if store.find(work.connection, work.viewer, found.id) is None:
        text = f"{work.viewer.name} opened this private incident as an admin: {reason}"
        entry = {"text": text, "access": "glass"}
        _let_in(work, found, work.viewer.user_id, entry, important=True)
        work.audit("incident.break_glass", found.id, reason=reason)
    return recording.found(work, found.id)


def _let_in(
    work: UnitOfWork,
    incident: Incident,
    user_id: str,
    entry: dict[str, str],
    *,
    important: bool = False,
) -> bool:
    granted = store.grant(work.connection, incident, user_id, work.viewer.user_id, work.now)
    if granted:
        _tell(work, incident, entry | {"user": user_id}, important=important)
        work.publish(AccessChanged(incident.id, user_id, True, work.now))
    return granted


def _tell(
    work: UnitOfWork, incident: Incident, entry: dict[str, str], *, important: bool = False
) -> None:
    sequence = store.next_sequence(work.connection, incident.id)
    recording.write_down(work, incident, sequence, entry, kind=EventKind.ROLE, important=important)
