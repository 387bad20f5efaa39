"""Who stands behind a group's members: as they are written, and the addresses that messages go to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kintsugi.core.comms.recipient import Recipient, Way
from kintsugi.core.comms.stakeholders import Group, Member, MemberKind
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, one_line, shortened
from kintsugi.kernel.pages import MOST
from kintsugi.kernel.smtp import is_address
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.comms.store import endpoints
from kintsugi.server.incidents import service as incidents

EXPECTED = "an e-mail address, the name of a team or of a webhook"
MOST_PAGES = 20


@dataclass(frozen=True, slots=True)
class Addressed:
    """Somebody a message goes to, why, and whether they see the incident by themselves."""

    recipient: Recipient
    because: str
    sees: bool

    @property
    def key(self) -> str:
        """What a form calls them by, such as `email:ana@example.com`."""
        return f"{self.recipient.way.value}:{self.recipient.address}"


def member_of(work: UnitOfWork, written: str, field: str = "members") -> Member:
    """The member that somebody means. Raises InvalidValue for nobody known.

    An e-mail address is the person here who has it, else itself; anything else names a team, or a
    webhook: `team:Payments` and `webhook:Status` say which.
    """
    said = one_line(clean(written))
    prefix, separator, name = said.partition(":")
    kind = prefix.strip().casefold() if separator else ""
    if kind not in ("team", "webhook"):
        kind, name = "", said
    name = name.strip()
    if not kind and "@" in said:
        address = said.casefold()
        if not is_address(address):
            raise InvalidValue(
                f"{shortened(said, 80)!r} is no e-mail address", path=(field,), expected=EXPECTED
            )
        user = accounts.user_of_email(work, address)
        if user is not None and user.is_active:
            return Member(MemberKind.PERSON, user.id)
        return Member(MemberKind.ADDRESS, address)
    if kind != "webhook":
        team = accounts.teams.find(work, name)
        if team is not None:
            return Member(MemberKind.TEAM, team.id)
    if kind != "team":
        for endpoint_id, known in _endpoints(work).items():
            if name.casefold() in (known.casefold(), endpoint_id):
                return Member(MemberKind.WEBHOOK, endpoint_id)
    raise InvalidValue(f"{shortened(said, 80)!r} is nobody known", path=(field,), expected=EXPECTED)


def written(work: UnitOfWork, members: Iterable[Member]) -> dict[Member, str]:
    """How each member is written, such as `ana@example.com` or `team:Payments`; who is gone is left out."""
    listed = list(members)
    people = accounts.emails_of(work, _values(listed, MemberKind.PERSON))
    teams = accounts.teams.named(work, _values(listed, MemberKind.TEAM))
    hooks = _endpoints(work) if _values(listed, MemberKind.WEBHOOK) else {}
    found = {}
    for one in listed:
        said = ""
        match one.kind:
            case MemberKind.PERSON:
                said = people.get(one.value, "")
            case MemberKind.ADDRESS:
                said = one.value
            case MemberKind.TEAM:
                said = f"team:{teams[one.value]}" if one.value in teams else ""
            case MemberKind.WEBHOOK:
                said = f"webhook:{hooks[one.value]}" if one.value in hooks else ""
        if said:
            found[one] = said
    return found


def addressed(
    work: UnitOfWork, incident: Incident, groups: Sequence[Group]
) -> tuple[list[Addressed], list[str]]:
    """Whom the groups reach, each address once, and the names of the groups that reach nobody.

    People who were let out get nothing. Somebody sees a private incident who declared it or was given
    access; an address or a webhook does not.
    """
    readers = _readers(work, incident)
    found: dict[str, Addressed] = {}
    empty = []
    for group in groups:
        reached = [
            Addressed(one, group.name, not incident.is_private or user_id in readers)
            for member in group.members
            for one, user_id in _reached(work, member)
        ]
        if not reached:
            empty.append(group.name)
        for each in reached:
            found.setdefault(each.key, each)
    return list(found.values()), empty


def people(
    work: UnitOfWork, incident: Incident, user_ids: Iterable[str], because: str
) -> list[Addressed]:
    """These users, as far as they are let in."""
    readers, ids = _readers(work, incident), list(dict.fromkeys(user_ids))
    emails, names = accounts.emails_of(work, ids), accounts.names_of(work, ids)
    return [
        Addressed(
            Recipient(Way.EMAIL, emails[one], names.get(one, emails[one])), because,
            not incident.is_private or one in readers,
        )
        for one in ids
        if one in emails
    ]  # fmt: skip


def _reached(work: UnitOfWork, member: Member) -> list[tuple[Recipient, str]]:
    """Where a member is reached, and the id of the user that it is."""
    match member.kind:
        case MemberKind.PERSON:
            emails = accounts.emails_of(work, [member.value])
            names = accounts.names_of(work, [member.value])
            return [
                (Recipient(Way.EMAIL, email, names.get(user_id, email)), user_id)
                for user_id, email in emails.items()
            ]
        case MemberKind.TEAM:
            return [
                (Recipient(Way.EMAIL, one.email, one.name), one.id)
                for one in _team(work, member.value)
                if one.is_active
            ]
        case MemberKind.ADDRESS:
            user = accounts.user_of_email(work, member.value)
            known = user.id if user is not None and user.is_active else ""
            return [(Recipient(Way.EMAIL, member.value, member.value), known)]
        case MemberKind.WEBHOOK:
            name = _endpoints(work).get(member.value)
            return [(Recipient(Way.WEBHOOK, member.value, name), "")] if name else []


def _team(work: UnitOfWork, team_id: str) -> list[accounts.User]:
    if team_id not in accounts.teams.named(work, [team_id]):
        return []
    found: list[accounts.User] = []
    cursor = None
    for _ in range(MOST_PAGES):
        page = accounts.teams.members(work, team_id, cursor, MOST)
        found += page.items
        cursor = page.next_cursor
        if not cursor:
            break
    return found


def _readers(work: UnitOfWork, incident: Incident) -> set[str]:
    if not incident.is_private:
        return set()
    return {incident.created_by, *incidents.people_with_access(work, incident)}


def _values(members: Iterable[Member], kind: MemberKind) -> list[str]:
    return [one.value for one in members if one.kind is kind]


def _endpoints(work: UnitOfWork) -> dict[str, str]:
    """The names of the webhooks that messages may go to, by id."""
    return {one.id: one.name for one in endpoints.every(work.connection)}
