"""How a postmortem moves, who approves it, and what stands in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.actions.item import ActionItem, ActionStatus, Priority
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.status import PostmortemStatus as Status
from kintsugi.core.postmortems.workflow import (
    Approval,
    ApprovalRules,
    Standing,
    WorkflowRefused,
    blockers,
    counted,
    is_locked,
    move,
    next_states,
)
from kintsugi.core.shared.severity import Severity

TODAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
WRITTEN = Postmortem(
    "Pool exhausted", summary="15 minutes down.", impact=Impact(text="all of the API"),
    root_cause="the pool was too small", severity=Severity.SEV_3, status=Status.IN_REVIEW,
)  # fmt: skip


def standing(
    postmortem: Postmortem = WRITTEN,
    *who: str,
    authors: tuple[str, ...] = ("alice",),
    version: int = 4,
) -> Standing:
    approvals = tuple(Approval(user, 4, AT) for user in who)
    return Standing(postmortem, "alice", frozenset(authors), version, approvals)


def test_a_draft_is_reviewed_once_the_seeds_essential_sections_are_written() -> None:
    draft = Postmortem("Pool exhausted", summary="15 minutes down.")
    assert blockers(standing(draft), Status.IN_REVIEW, TODAY) == (
        "not written yet: impact and root cause",
    )
    assert blockers(standing(replace(WRITTEN, status=Status.DRAFT)), Status.IN_REVIEW, TODAY) == ()


def test_nothing_is_published_without_an_approval_of_the_text_as_it_stands() -> None:
    with pytest.raises(WorkflowRefused, match="1 more approval"):
        move(standing(), Status.PUBLISHED, TODAY)
    with pytest.raises(WorkflowRefused, match="1 more approval"):
        move(standing(WRITTEN, "bob", version=5), Status.PUBLISHED, TODAY)
    assert move(standing(WRITTEN, "bob"), Status.PUBLISHED, TODAY) is Status.PUBLISHED


def test_authors_do_not_approve_their_own_text() -> None:
    assert counted(standing(WRITTEN, "alice")) == ()
    assert counted(standing(WRITTEN, "bob", authors=("bob",))) == ()
    assert len(counted(standing(WRITTEN, "bob", authors=("alice", "bob")))) == 1


def test_a_sev_1_needs_two_approvals_and_something_urgent_to_do() -> None:
    worst = replace(WRITTEN, severity=Severity.SEV_1)
    told = blockers(standing(worst, "bob"), Status.PUBLISHED, TODAY)
    assert told == (
        "it needs 1 more approval of the text as it stands",
        "SEV-1 needs an action of priority CRITICAL or HIGH, or a reason why there is none",
    )
    urgent = replace(worst, action_items=(ActionItem("Add an alert", priority=Priority.HIGH),))
    assert blockers(standing(urgent, "bob", "carol"), Status.PUBLISHED, TODAY) == ()
    why_not = replace(worst, no_action_because="the service is shut down on Monday")
    assert blockers(standing(why_not, "bob", "carol"), Status.PUBLISHED, TODAY) == ()


def test_what_used_over_a_fifth_of_an_error_budget_needs_something_critical_to_do() -> None:
    high = (ActionItem("Add an alert", priority=Priority.HIGH),)
    used = replace(WRITTEN, severity=Severity.SEV_2, error_budget_percent=20.5, action_items=high)
    assert blockers(standing(used, "bob"), Status.PUBLISHED, TODAY) == (
        "20.5% of an error budget used needs an action of priority CRITICAL, or a reason why there is none",
    )
    critical = (replace(high[0], priority=Priority.CRITICAL),)
    for enough in (
        replace(used, error_budget_percent=20.0),
        replace(used, action_items=critical),
        replace(used, action_items=(), no_action_because="the service is shut down on Monday"),
    ):
        assert blockers(standing(enough, "bob"), Status.PUBLISHED, TODAY) == ()


def test_a_milder_text_of_a_sev_1_incident_needs_no_fewer_approvals() -> None:
    mild = replace(standing(WRITTEN, "bob"), declared=Severity.SEV_1)
    told = blockers(mild, Status.PUBLISHED, TODAY)
    assert told[0] == "it needs 1 more approval of the text as it stands; its incident is SEV-1"
    assert "SEV-1 needs an action" in told[1]
    assert blockers(replace(mild, declared=Severity.SEV_4), Status.PUBLISHED, TODAY) == ()


def test_a_team_asks_for_more_or_other_approvals() -> None:
    rules = ApprovalRules(usual=2, by_severity={}, required_to_submit=("title", "trigger"))
    told = blockers(standing(WRITTEN, "bob"), Status.PUBLISHED, TODAY, rules)
    assert told == ("not written yet: trigger", "it needs 1 more approval of the text as it stands")


def test_the_archive_takes_what_has_every_action_settled() -> None:
    open_one = ActionItem("Add an alert")
    published = replace(WRITTEN, status=Status.PUBLISHED, action_items=(open_one,))
    with pytest.raises(WorkflowRefused, match="1 action is not settled yet"):
        move(standing(published), Status.ARCHIVED, TODAY)
    risk = replace(open_one, status=ActionStatus.ACCEPTED_RISK, expires=TODAY)
    settled = replace(published, action_items=(risk, replace(open_one, status=ActionStatus.DONE)))
    assert move(standing(settled), Status.ARCHIVED, TODAY) is Status.ARCHIVED


@given(st.sampled_from(Status), st.sampled_from(Status), st.integers(0, 3))
def test_no_way_leads_to_publication_past_a_review(
    start: Status, to: Status, approvers: int
) -> None:
    people = tuple(f"user {number}" for number in range(approvers))
    found = blockers(standing(replace(WRITTEN, status=start), *people), to, TODAY)
    if to not in next_states(start):
        assert found
    if start is Status.IN_REVIEW and to is Status.PUBLISHED:
        assert bool(found) == (approvers < 1)
    if start is Status.DRAFT:
        assert to is Status.IN_REVIEW or found
    assert is_locked(to) == (to in (Status.PUBLISHED, Status.ARCHIVED))
