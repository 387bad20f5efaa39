"""What a team has settled for postmortems: who must approve, what a review needs, when one is required."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from kintsugi.core.postmortems.repeats import REPEATED_WITHIN
from kintsugi.core.postmortems.required import DEFAULT_REQUIRED, RequiredWhen
from kintsugi.core.postmortems.revisions import SECTIONS
from kintsugi.core.postmortems.workflow import DEFAULT_RULES, ApprovalRules
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.kernel.http import LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.postmortems.store import keeping

APPROVALS, REQUIRED = "approval_rules", "required_when"
MOST_APPROVALS = 9
MOST_DAYS = 365
"""The longest that a repeat may come after what it repeats."""
MOST_MINUTES = 999_999
"""The longest that an incident may have to last before it asks for a postmortem: almost two years."""


@dataclass(frozen=True, slots=True)
class TeamRules:
    """Both sets of rules, and the versions they were read at, for changing them."""

    approvals: ApprovalRules
    required: RequiredWhen
    approvals_version: int
    required_version: int


def team_rules(work: UnitOfWork) -> TeamRules:
    """The rules in force: the team's, else the defaults."""
    found = keeping.settings(work.connection, (APPROVALS, REQUIRED))
    approvals, required = found.get(APPROVALS), found.get(REQUIRED)
    return TeamRules(
        _approvals(approvals[0]) if approvals else DEFAULT_RULES,
        _required(required[0]) if required else DEFAULT_REQUIRED,
        approvals[1] if approvals else 0,
        required[1] if required else 0,
    )


def set_approvals(work: UnitOfWork, rules: ApprovalRules, expected_version: int) -> None:
    """Other approval rules from now on. Raises InvalidValue, LostRace."""
    for count in (rules.usual, *rules.by_severity.values()):
        if not 1 <= count <= MOST_APPROVALS:
            raise InvalidValue(
                f"is {count}", path=("approvals",), expected=f"1 to {MOST_APPROVALS}"
            )
    unknown = [name for name in rules.required_to_submit if name not in SECTIONS]
    if unknown:
        raise InvalidValue(
            f"{unknown[0][:60]!r} is no section", path=("requiredToSubmit",),
            expected=", ".join(SECTIONS),
        )  # fmt: skip
    value = {
        "usual": rules.usual,
        "by_severity": {level.label: count for level, count in rules.by_severity.items()},
        "required_to_submit": list(rules.required_to_submit),
        "blocks_blame": rules.blocks_blame,
    }
    _put(work, APPROVALS, value, expected_version)


def set_required(work: UnitOfWork, rules: RequiredWhen, expected_version: int) -> None:
    """Another rule for when a postmortem is required. Raises InvalidValue, LostRace."""
    longer = rules.longer_than
    minutes = longer // timedelta(minutes=1) if longer is not None else None
    if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
        raise InvalidValue(
            f"is {minutes}", path=("longerThanMinutes",), expected=f"0 to {MOST_MINUTES:,}"
        )
    within = rules.repeated_within
    days = within // timedelta(days=1) if within is not None else None
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise InvalidValue(f"is {days}", path=("repeatedWithinDays",), expected=f"1 to {MOST_DAYS}")
    value = {
        "severity": rules.severity.label if rules.severity else None,
        "longer_than_minutes": minutes, "found_by_people": rules.found_by_people,
        "rolled_back": rules.rolled_back, "data_lost": rules.data_lost,
        "repeated_within_days": days,
    }  # fmt: skip
    _put(work, REQUIRED, value, expected_version)


def _put(work: UnitOfWork, name: str, value: Mapping[str, Any], expected: int) -> None:
    by = work.viewer.user_id
    if not keeping.put_setting(work.connection, name, dict(value), expected, by, work.now):
        now = keeping.setting(work.connection, name)
        raise LostRace(now[0] if now else None)
    work.audit("postmortem.rules", name, **value)


def _approvals(value: Mapping[str, Any]) -> ApprovalRules:
    levels = {level.label: level for level in Severity}
    return ApprovalRules(
        value["usual"],
        MappingProxyType({levels[label]: count for label, count in value["by_severity"].items()}),
        tuple(value["required_to_submit"]),
        # Rules that were kept before there was this one do not have it.
        bool(value.get("blocks_blame", False)),
    )


def _required(value: Mapping[str, Any]) -> RequiredWhen:
    levels = {level.label: level for level in Severity}
    minutes = value["longer_than_minutes"]
    # Rules that were kept before they could settle these do not have them.
    days = value.get("repeated_within_days", REPEATED_WITHIN // timedelta(days=1))
    return RequiredWhen(
        levels.get(value["severity"] or ""),
        timedelta(minutes=minutes) if minutes is not None else None,
        value["found_by_people"], value["rolled_back"],
        value.get("data_lost", DEFAULT_REQUIRED.data_lost),
        timedelta(days=days) if days is not None else None,
    )  # fmt: skip
