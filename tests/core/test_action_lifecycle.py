"""What each state of an action asks for, when it is settled, and when its owner is reminded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.actions.item import ActionItem, ActionStatus
from kintsugi.core.actions.lifecycle import (
    LONGEST_RISK,
    Move,
    MoveRefused,
    Nudge,
    is_overdue,
    is_settled,
    moved,
    next_states,
    nudge_days,
    nudge_on,
)
from kintsugi.core.shared.errors import DomainError, InvalidValue

TODAY = date(2026, 3, 2)
ACTION = ActionItem("Add an alert on pool use", owner="alice@example.com")
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def test_done_work_is_verified_only_with_evidence() -> None:
    done = moved(ACTION, Move(ActionStatus.DONE), TODAY)
    with pytest.raises(InvalidValue, match="evidence"):
        moved(done, Move(ActionStatus.VERIFIED), TODAY)
    verified = moved(done, Move(ActionStatus.VERIFIED, evidence="drill of 1 March"), TODAY)
    assert (verified.status, verified.evidence) == (ActionStatus.VERIFIED, "drill of 1 March")


def test_what_nobody_did_cannot_be_verified() -> None:
    with pytest.raises(MoveRefused, match="cannot go to VERIFIED while it is TODO"):
        moved(ACTION, Move(ActionStatus.VERIFIED, evidence="x"), TODAY)


def test_giving_up_asks_for_a_reason_and_somebody_else_who_agreed() -> None:
    with pytest.raises(InvalidValue, match="reason"):
        moved(ACTION, Move(ActionStatus.WONT_DO, approver="bob@example.com"), TODAY)
    with pytest.raises(InvalidValue, match="approver: is the owner"):
        moved(ACTION, Move(ActionStatus.WONT_DO, reason="x", approver="Alice@example.com"), TODAY)
    given_up = Move(ActionStatus.WONT_DO, reason="replaced", approver="bob@example.com")
    assert moved(ACTION, given_up, TODAY).reason == "replaced"


@pytest.mark.parametrize("days", [None, 0, -1, 181])
def test_a_risk_is_accepted_for_180_days_at_most(days: int | None) -> None:
    expires = TODAY + timedelta(days=days) if days is not None else None
    move = Move(ActionStatus.ACCEPTED_RISK, reason="x", approver="bob", expires=expires)
    with pytest.raises(InvalidValue, match="expires"):
        moved(ACTION, move, TODAY)
    assert moved(ACTION, replace(move, expires=TODAY + LONGEST_RISK), TODAY).expires


RISK = replace(
    ACTION, status=ActionStatus.ACCEPTED_RISK, reason="rare", approver="bob", expires=TODAY
)


def test_who_accepted_a_risk_has_not_agreed_to_drop_the_action() -> None:
    with pytest.raises(InvalidValue, match="reason: is missing"):
        moved(RISK, Move(ActionStatus.WONT_DO), TODAY)
    with pytest.raises(InvalidValue, match="approver: is missing"):
        moved(RISK, Move(ActionStatus.WONT_DO, reason="it is gone"), TODAY)
    dropped = moved(RISK, Move(ActionStatus.WONT_DO, reason="gone", approver="carol"), TODAY)
    assert (dropped.reason, dropped.approver, dropped.expires) == ("gone", "carol", None)


def test_a_risk_is_accepted_for_longer_only_when_somebody_agrees_again() -> None:
    later = TODAY + timedelta(days=90)
    with pytest.raises(InvalidValue, match="approver: is missing"):
        moved(RISK, Move(ActionStatus.ACCEPTED_RISK, expires=later), TODAY)
    again = moved(RISK, Move(ActionStatus.ACCEPTED_RISK, approver="bob", expires=later), TODAY)
    assert (again.reason, again.approver, again.expires) == ("rare", "bob", later)


def test_work_taken_up_again_forgets_why_it_was_given_up() -> None:
    given_up = Move(ActionStatus.WONT_DO, reason="replaced", approver="bob")
    again = moved(moved(ACTION, given_up, TODAY), Move(ActionStatus.TODO), TODAY)
    assert (again.reason, again.approver, again.expires) == ("", "", None)


@given(st.sampled_from(ActionStatus), st.sampled_from(ActionStatus), DAYS)
def test_every_move_ends_in_the_state_asked_for_or_is_refused(
    start: ActionStatus, to: ActionStatus, expires: date
) -> None:
    move = Move(to, evidence="seen", reason="why", approver="bob", expires=expires)
    try:
        after = moved(replace(ACTION, status=start), move, TODAY)
    except DomainError:
        bounded = TODAY < expires <= TODAY + LONGEST_RISK
        refused = to is not start and to not in next_states(start)
        assert refused or (to is ActionStatus.ACCEPTED_RISK and not bounded)
    else:
        assert after.status is to


@given(st.sampled_from(ActionStatus), DAYS, DAYS, DAYS)
def test_what_is_settled_is_never_overdue(
    status: ActionStatus, due: date, expires: date, today: date
) -> None:
    action = replace(ACTION, status=status, expires=expires)
    if is_settled(action, today):
        assert not is_overdue(action, due, today)
    else:
        assert is_overdue(action, due, today) == (due < today)


def test_a_risk_that_ran_out_is_work_again() -> None:
    risk = replace(ACTION, status=ActionStatus.ACCEPTED_RISK, expires=TODAY)
    assert is_settled(risk, TODAY)
    assert not is_settled(risk, TODAY + timedelta(days=1))


def test_reminders_come_two_days_before_on_the_day_the_day_after_and_then_weekly() -> None:
    due = date(2026, 3, 10)
    told = [(day - due).days for day, _ in nudge_days(due, due + timedelta(days=22))]
    assert told == [-2, 0, 1, 7, 14, 21]
    assert nudge_on(due, due + timedelta(days=7)) is Nudge.ESCALATED
    assert nudge_on(due, due + timedelta(days=3)) is None


@given(DAYS, DAYS)
def test_the_days_listed_are_those_on_which_there_is_a_reminder(due: date, until: date) -> None:
    listed = dict(nudge_days(due, until))
    day = due - timedelta(days=5)
    while day <= min(until, due + timedelta(days=60)):
        assert listed.get(day) is nudge_on(due, day)
        day += timedelta(days=1)
