"""The roles of an incident: taken, given, offered to somebody who accepts or declines, and laid down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kintsugi.core.incidents.command import COMMANDER, Holding, asked_for, holds_many, role_named
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.lifecycle import OPEN
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.http import Conflict
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents import store
from kintsugi.server.incidents.events import RoleChanged
from kintsugi.server.incidents.service import commanding, recording, settings
from kintsugi.server.incidents.service.naming import SOMEBODY, role_text


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role as a page and the API tell of it; names are empty for nobody."""

    role: str
    user_id: str
    name: str
    since: datetime | None
    offered_to: str
    offered_name: str


def held_roles(work: UnitOfWork, incident: Incident) -> list[HeldRole]:
    """Who holds which role, the commander first."""
    found = _holdings(work, incident)
    ids = {one for each in found for one in (each.user_id, each.offered_to) if one}
    names = dict.fromkeys(ids, SOMEBODY) | accounts.names_of(work, ids)
    return [
        HeldRole(
            one.role, one.user_id, names.get(one.user_id, ""), one.since, one.offered_to,
            names.get(one.offered_to, ""),
        )
        for one in found
    ]  # fmt: skip


def roles_asked_for(work: UnitOfWork, incident: Incident) -> tuple[str, ...]:
    """The roles that its severity asks for and nobody holds, while it is open."""
    if incident.status not in OPEN:
        return ()
    held = [one.role for one in _holdings(work, incident)]
    return asked_for(incident.severity, held, settings.checklist(work))


def roles_missing(work: UnitOfWork, listed: Sequence[Incident]) -> dict[str, tuple[str, ...]]:
    """The same for a list, by the id of the incident; those that miss none are left out."""
    still = [one for one in listed if one.status in OPEN]
    held, checklist = store.roles_held(work.connection, [one.id for one in still]), None
    found = {}
    for one in still:
        checklist = checklist or settings.checklist(work)
        # A row with the role of the commander is an offer of whoever has command.
        roles = held.get(one.id, set()) - {COMMANDER} | ({COMMANDER} if one.commander_id else set())
        if missing := asked_for(one.severity, roles, checklist):
            found[one.id] = missing
    return found


def offered_to_viewer(work: UnitOfWork) -> list[tuple[Incident, str, str]]:
    """The roles of open incidents that the viewer is asked to take over, and the name of who asks."""
    offers = store.offers_to(work.connection, work.viewer.user_id)
    seen = store.of_ids(work.connection, work.viewer, [one for one, _, _ in offers])
    names = accounts.names_of(work, [who for _, _, who in offers])
    return [
        (seen[one], role, names.get(who, SOMEBODY))
        for one, role, who in offers
        if one in seen and seen[one].status in OPEN
        and (role != COMMANDER or seen[one].commander_id == who)
    ]  # fmt: skip


def give_role(work: UnitOfWork, incident: Incident, written: str, who: str) -> Incident:
    """Have a user (id or e-mail; `me`) hold a role from now on, in place of whoever held it; experts are added.

    Raises InvalidValue for no such user, or one who does not see the incident.
    """
    role = role_named(written)
    user_id = commanding.somebody(work, incident, who, "who")
    if role == COMMANDER:
        _drop_offers(work, incident, role)
        return commanding.set_commander(work, incident, user_id, None)
    holders = [one for one in _holdings(work, incident) if one.role == role]
    if any(one.user_id == user_id for one in holders):
        return incident
    before = "" if holds_many(role) or not holders else holders[0].user_id
    if before:
        store.drop_holding(work.connection, incident, role, before)
    store.keep_holding(work.connection, incident, Holding(role, user_id, work.now))
    return _written(work, incident, "held", role, before, user_id)


def release_role(work: UnitOfWork, incident: Incident, written: str, who: str = "") -> Incident:
    """Have nobody hold a role (of several experts: `who`, else oneself). Raises Conflict when nobody does."""
    role = role_named(written)
    holders = [one.user_id for one in _holdings(work, incident) if one.role == role]
    user_id = commanding.somebody(work, incident, who, "who") if who else work.viewer.user_id
    if not holds_many(role) and not who and holders:
        user_id = holders[0]
    if user_id not in holders:
        raise Conflict(f"nobody like that is {role}")
    if role == COMMANDER:
        _drop_offers(work, incident, role)
        return commanding.set_commander(work, incident, "", None)
    store.drop_holding(work.connection, incident, role, user_id)
    return _written(work, incident, "held", role, user_id, "")


def offer_role(work: UnitOfWork, incident: Incident, written: str, who: str) -> Incident:
    """Ask somebody to take over a role one holds: it is still one's own until they accept.

    Raises Conflict unless the viewer holds it, InvalidValue as give_role does, and for oneself.
    """
    role, me = role_named(written), work.viewer.user_id
    to = commanding.somebody(work, incident, who, "who")
    holding = _own(work, incident, role)
    if to == me:
        raise InvalidValue("holds it already", path=("who",), expected="somebody else")
    kept = Holding(role, me, holding.since or work.now, to, work.now)
    store.keep_holding(work.connection, incident, kept)
    return _written(work, incident, "offered", role, me, to)


def answer_offer(work: UnitOfWork, incident: Incident, written: str, *, accepts: bool) -> Incident:
    """Take over the role one was offered, or leave it with its holder. Raises Conflict when there is no such offer."""
    role, me = role_named(written), work.viewer.user_id
    found = [one for one in _holdings(work, incident) if one.role == role and one.offered_to == me]
    if not found:
        raise Conflict(f"nobody offers you the role {role}")
    holder = found[0]
    store.drop_holding(work.connection, incident, role, holder.user_id)
    if not accepts:
        if role != COMMANDER:
            store.keep_holding(
                work.connection, incident, Holding(role, holder.user_id, holder.since)
            )
        return _written(work, incident, "declined", role, holder.user_id, me)
    if role == COMMANDER:
        return commanding.set_commander(work, incident, me, None)
    store.keep_holding(work.connection, incident, Holding(role, me, work.now))
    return _written(work, incident, "held", role, holder.user_id, me)


def _holdings(work: UnitOfWork, incident: Incident) -> list[Holding]:
    """The commander first; an offer of a commander who is none any more counts for nothing."""
    kept = store.holdings(work.connection, incident)
    others = [one for one in kept if one.role != COMMANDER]
    if not incident.commander_id:
        return others
    offers = {one.user_id: one for one in kept if one.role == COMMANDER}
    own = offers.get(incident.commander_id)
    first = own or Holding(COMMANDER, incident.commander_id)
    return [first, *others]


def _own(work: UnitOfWork, incident: Incident, role: str) -> Holding:
    for one in _holdings(work, incident):
        if one.role == role and one.user_id == work.viewer.user_id:
            return one
    raise Conflict(f"you do not hold the role {role}, so you cannot hand it over")


def _drop_offers(work: UnitOfWork, incident: Incident, role: str) -> None:
    for one in store.holdings(work.connection, incident):
        if one.role == role:
            store.drop_holding(work.connection, incident, role, one.user_id)


def _written(
    work: UnitOfWork, incident: Incident, how: str, role: str, before: str, after: str
) -> Incident:
    names = accounts.names_of(work, [one for one in (before, after) if one])
    entry = {
        "text": role_text(names, how, role, (before, after), work.viewer.user_id),
        "role": role, "how": how, "from": before, "to": after,
    }  # fmt: skip
    changed = recording.changed(
        work, incident, None, {}, entry, kind=EventKind.ROLE, important=how == "held"
    )
    work.audit(f"incident.role-{how}", incident.id, role=role, before=before, after=after)
    work.publish(RoleChanged(incident.id, role, work.now))
    return changed
