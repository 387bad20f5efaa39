"""Who is told at which severity: groups of people, teams, addresses and webhooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType

from kintsugi.core.comms.message import STAKEHOLDERS, Audience
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.written import line

MOST_GROUPS = 40
MOST_MEMBERS = 200
LONGEST_NAME = 60


class MemberKind(Enum):
    """What a member of a group is; its value is an id, or an e-mail address."""

    PERSON = "person"
    TEAM = "team"
    ADDRESS = "address"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Member:
    """One of a group: a user's, team's or endpoint's id, or an e-mail address of nobody here."""

    kind: MemberKind
    value: str


@dataclass(frozen=True, slots=True)
class Group:
    """Those who are told together, under one name, and the audience they are."""

    name: str
    audience: Audience = Audience.STAKEHOLDERS
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class StakeholderLists:
    """The groups of an organisation, and the names of those that each severity tells."""

    groups: tuple[Group, ...] = ()
    told: Mapping[Severity, tuple[str, ...]] = field(default_factory=dict)

    def told_at(self, severity: Severity | None, audience: Audience) -> tuple[Group, ...]:
        """The groups of an audience that a severity tells, in their order; none without a severity."""
        names = set(self.told.get(severity, ())) if severity is not None else set()
        return tuple(
            one for one in self.groups if one.name in names and one.audience is audience
        )  # fmt: skip


def _guide() -> StakeholderLists:
    names = dict.fromkeys(name for listed in STAKEHOLDERS.values() for name in listed)
    groups = (
        Group(name, Audience.CUSTOMERS if name == "customers" else Audience.STAKEHOLDERS)
        for name in names
    )
    return StakeholderLists(tuple(groups), STAKEHOLDERS)


GUIDE_LISTS = _guide()
"""The guide's lists, with nobody in their groups yet: a start."""


def checked_lists(lists: StakeholderLists) -> StakeholderLists:
    """The lists, with each name in one line and each member once.

    Raises InvalidValue for a group without a name, two of one name, too many groups or members, and
    for a severity that tells a group there is not.
    """
    if len(lists.groups) > MOST_GROUPS:
        raise InvalidValue(
            f"has {len(lists.groups)} groups", path=("groups",), expected=f"{MOST_GROUPS} at most"
        )
    groups = tuple(_checked_group(one, index) for index, one in enumerate(lists.groups))
    names: dict[str, str] = {}
    for index, group in enumerate(groups):
        if group.name.casefold() in names:
            raise InvalidValue(
                f"names the group {group.name!r} twice", path=("groups", index, "name"),
                expected="each name once",
            )  # fmt: skip
        names[group.name.casefold()] = group.name
    told = {
        severity: _named(lists.told.get(severity, ()), names, severity) for severity in Severity
    }
    return StakeholderLists(groups, MappingProxyType(told))


def _checked_group(group: Group, index: int) -> Group:
    path = ("groups", index)
    name = line(group.name, "name", LONGEST_NAME)
    if not name:
        raise InvalidValue("is missing", path=(*path, "name"), expected="a name")
    members = tuple(dict.fromkeys(group.members))
    if len(members) > MOST_MEMBERS:
        raise InvalidValue(
            f"has {len(members)} members", path=(*path, "members"),
            expected=f"{MOST_MEMBERS} at most",
        )  # fmt: skip
    return replace(group, name=name, members=members)


def _named(told: Iterable[str], names: Mapping[str, str], severity: Severity) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in told:
        known = names.get(name.strip().casefold())
        if known is None:
            raise InvalidValue(
                f"tells {name!r}, which is no group", path=("told", severity.label),
                expected=", ".join(names.values()) or "a group first",
            )  # fmt: skip
        found[known] = None
    return tuple(found)
