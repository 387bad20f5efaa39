"""Who is in command of an incident."""

from __future__ import annotations

from collections.abc import Iterable

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents import store
from kintsugi.server.incidents.events import CommanderChanged
from kintsugi.server.incidents.service import recording, wording
from kintsugi.server.incidents.service.naming import SOMEBODY, command_text


def set_commander(
    work: UnitOfWork, incident: Incident, who: str, expected_version: int | None
) -> Incident:
    """Put the user with this id or e-mail in command; nobody when it is empty. The same again changes nothing.

    Raises InvalidValue when there is no such user, or one who does not see the incident; LostRace.
    """
    recording.at_version(incident, expected_version)
    said = wording.line(who, "commander", 254)
    after = somebody(work, incident, said, "commander") if said else None
    before = incident.commander_id
    if before == after:
        return incident
    names = accounts.names_of(work, [one for one in (before, after) if one])
    entry = {
        "text": command_text(names, before or "", after or "", work.viewer.user_id),
        "role": "commander",
        "from": before or "",
        "to": after or "",
    }
    changed = recording.changed(
        work, incident, expected_version, {"commander_id": after}, entry, kind=EventKind.ROLE,
        important=True,
    )  # fmt: skip
    work.audit("incident.commander", incident.id, before=before, after=after)
    work.publish(CommanderChanged(incident.id, before, after, work.now))
    return changed


def commander_name(work: UnitOfWork, incident: Incident) -> str:
    """The name of whoever is in command; empty when nobody is."""
    return commander_names(work, [incident]).get(incident.commander_id or "", "")


def commander_names(work: UnitOfWork, listed: Iterable[Incident | store.Place]) -> dict[str, str]:
    """The names of those in command of what a list shows, by the id of the user."""
    ids = {one.commander_id for one in listed if one.commander_id}
    if not ids:
        return {}
    return dict.fromkeys(ids, SOMEBODY) | accounts.names_of(work, ids)


def somebody(work: UnitOfWork, incident: Incident, who: str, field: str) -> str:
    """The id of a user by id or e-mail; `me` is the viewer. Raises InvalidValue for one who does not see it."""
    if who == "me":
        return work.viewer.user_id
    user = accounts.checked_user(work, wording.line(who, field, 254), field)
    sees = user.id == incident.created_by or user.id in {
        one.user_id for one in store.grants(work.connection, incident)
    }
    if incident.is_private and not sees:
        raise InvalidValue(
            "does not see this private incident", path=(field,),
            expected="somebody who was given access",
        )  # fmt: skip
    return user.id
