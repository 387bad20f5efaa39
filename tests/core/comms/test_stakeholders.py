"""Stakeholder lists: the guide's as a start, each severity its groups, and no name that is none."""

from __future__ import annotations

import pytest

from kintsugi.core.comms.message import (
    STAKEHOLDERS,
    Audience,
    MessageTemplate,
    checked_template,
    fill,
    half_filled,
)
from kintsugi.core.comms.stakeholders import (
    GUIDE_LISTS,
    MOST_MEMBERS,
    Group,
    Member,
    MemberKind,
    StakeholderLists,
    checked_lists,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity

BOSS = Member(MemberKind.ADDRESS, "boss@example.com")


def test_the_guides_lists_are_its_groups_with_nobody_in_them_yet() -> None:
    checked = checked_lists(GUIDE_LISTS)
    for severity, names in STAKEHOLDERS.items():
        assert checked.told[severity] == names
        told = [one.name for who in Audience for one in checked.told_at(severity, who)]
        assert sorted(told) == sorted(names)
    assert all(one.members == () for one in checked.groups)
    assert [one.name for one in checked.told_at(Severity.SEV_1, Audience.CUSTOMERS)] == [
        "customers"
    ]


def test_without_a_severity_nobody_is_told() -> None:
    assert GUIDE_LISTS.told_at(None, Audience.STAKEHOLDERS) == ()


def test_a_name_is_found_in_any_case_and_a_member_stands_once() -> None:
    lists = StakeholderLists(
        (Group(" On call ", members=(BOSS, BOSS)),), {Severity.SEV_2: ("ON CALL", "on call")}
    )
    checked = checked_lists(lists)
    assert checked.groups == (Group("On call", members=(BOSS,)),)
    assert checked.told[Severity.SEV_2] == ("On call",)
    assert checked_lists(checked) == checked


@pytest.mark.parametrize(
    ("lists", "says"),
    [
        (StakeholderLists((Group(" "),)), "missing"),
        (StakeholderLists((Group("a"), Group("A"))), "twice"),
        (StakeholderLists((), {Severity.SEV_1: ("a",)}), "no group"),
        (StakeholderLists(tuple(Group(str(one)) for one in range(41))), "41 groups"),
        (
            StakeholderLists(
                (
                    Group(
                        "a",
                        members=tuple(
                            Member(MemberKind.ADDRESS, f"{one}@example.com")
                            for one in range(MOST_MEMBERS + 1)
                        ),
                    ),
                )
            ),
            "201 members",
        ),
    ],
)
def test_lists_that_cannot_be_are_refused(lists: StakeholderLists, says: str) -> None:
    with pytest.raises(InvalidValue, match=says):
        checked_lists(lists)


def test_a_subject_is_filled_as_the_text_is_and_its_gaps_count_too() -> None:
    template = MessageTemplate("x", Audience.CUSTOMERS, "{status}", "{incident_id} {note}")
    assert template.variables == ("status", "incident_id", "note")
    made = fill(template, {"status": "{a}", "incident_id": "INC-1"}, ["note"])
    assert (made.text, made.subject) == ("{a}", "INC-1 not available")
    assert half_filled(template, {"status": "ok"}) == ("ok", ("incident_id", "note"))
    with pytest.raises(InvalidValue, match="brace"):
        checked_template(MessageTemplate("x", Audience.CUSTOMERS, "fine", "{"))
