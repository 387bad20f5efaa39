"""What the organisation set for its messages: who is told at which severity, and what every message may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from kintsugi.core.comms.message import Audience
from kintsugi.core.comms.stakeholders import (
    Group,
    Member,
    MemberKind,
    StakeholderLists,
    checked_lists,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.written import line
from kintsugi.kernel.http import LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.comms.message import KeptLists, OrganisationValues
from kintsugi.server.comms.store import settings as store

STAKEHOLDERS, VALUES = "stakeholders", "values"
_LONGEST = 200


def stakeholder_lists(work: UnitOfWork) -> KeptLists:
    """The lists as they are set; empty ones while nobody set any."""
    found = store.setting(work.connection, STAKEHOLDERS)
    return KeptLists(_lists(found[0]), found[1]) if found else KeptLists()


def groups_with(work: UnitOfWork, endpoint_id: str) -> list[str]:
    """The names of the groups that an endpoint is in."""
    member = Member(MemberKind.WEBHOOK, endpoint_id)
    return [one.name for one in stakeholder_lists(work).lists.groups if member in one.members]


def set_stakeholder_lists(
    work: UnitOfWork, lists: StakeholderLists, expected_version: int
) -> KeptLists:
    """Other lists from now on. Raises InvalidValue, LostRace."""
    checked = checked_lists(lists)
    _put(work, STAKEHOLDERS, _plain(checked), expected_version)
    work.audit(
        "comms.stakeholders", STAKEHOLDERS, groups=[one.name for one in checked.groups],
        members=sum(len(one.members) for one in checked.groups),
    )  # fmt: skip
    return stakeholder_lists(work)


def organisation_values(work: UnitOfWork) -> OrganisationValues:
    """What every message may name."""
    found = store.setting(work.connection, VALUES)
    return OrganisationValues(**found[0], version=found[1]) if found else OrganisationValues()


def set_organisation_values(work: UnitOfWork, values: OrganisationValues) -> OrganisationValues:
    """Other values from now on; `values.version` is the one that was read. Raises InvalidValue, LostRace."""
    checked = {
        "organisation": line(values.organisation, "organisation", _LONGEST),
        "status_url": _address(values.status_url),
        "channel": line(values.channel, "channel", _LONGEST),
    }
    _put(work, VALUES, checked, values.version)
    work.audit("comms.values", VALUES, **checked)
    return organisation_values(work)


def _address(written: str) -> str:
    said = line(written, "statusUrl", _LONGEST)
    try:
        parts = urlsplit(said)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_one = False
    if said and not is_one:
        raise InvalidValue(
            "is no address", path=("statusUrl",), expected="one such as https://status.example.com"
        )
    return said


def _put(work: UnitOfWork, name: str, value: Mapping[str, Any], expected: int) -> None:
    by = work.viewer.user_id
    if not store.put(work.connection, name, dict(value), expected, by, work.now):
        now = store.setting(work.connection, name)
        raise LostRace(now[0] if now else None)


def _plain(lists: StakeholderLists) -> dict[str, Any]:
    groups = [
        {
            "name": one.name, "audience": one.audience.value,
            "members": [{"kind": each.kind.value, "value": each.value} for each in one.members],
        }
        for one in lists.groups
    ]  # fmt: skip
    told = {severity.label: list(names) for severity, names in lists.told.items()}
    return {"groups": groups, "told": told}


def _lists(value: Mapping[str, Any]) -> StakeholderLists:
    groups = tuple(
        Group(
            one["name"], Audience(one["audience"]),
            tuple(Member(MemberKind(each["kind"]), each["value"]) for each in one["members"]),
        )
        for one in value["groups"]
    )  # fmt: skip
    told = {severity: tuple(value["told"].get(severity.label, ())) for severity in Severity}
    return StakeholderLists(groups, told)


def plain_values(values: OrganisationValues) -> dict[str, str]:
    """The values by the variable that each fills; those that nobody set are left out."""
    kept = {name: value for name, value in asdict(values).items() if name != "version" and value}
    if "status_url" in kept:
        kept["status_page_url"] = kept["status_url"]
    return kept
