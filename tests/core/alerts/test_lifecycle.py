"""What a message does to its alert, also when messages overtake one another."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.alerts.event import AlertEvent, AlertState, Happening
from kintsugi.core.alerts.lifecycle import Ending, Known, Step, has_run_out, next_step
from tests.core.alerts.strategies import NOON, events, known, moments

TRIGGER = AlertEvent(Happening.TRIGGER, key="disk", title="Disk nearly full")
ACKNOWLEDGE = replace(TRIGGER, happening=Happening.ACKNOWLEDGE)
RESOLVE = replace(TRIGGER, happening=Happening.RESOLVE)
OPEN = Known(
    "alr_1", AlertState.FIRING, content="same", severity=None,
    starts_at=None, ends_at=None, raised_at=NOON,
)  # fmt: skip
OVER = replace(OPEN, state=AlertState.RESOLVED, resolved_at=NOON + timedelta(minutes=10))


def minute(count: int) -> datetime:
    return NOON + timedelta(minutes=count)


def step(known: Known | None, event: AlertEvent, at: int = 60, content: str = "same") -> Step:
    return next_step(known, event, content, minute(at))


def test_the_first_trigger_is_a_new_alert_and_the_next_a_repeat() -> None:
    assert step(None, TRIGGER) is Step.NEW
    assert step(OPEN, TRIGGER) is Step.REPEAT


def test_a_trigger_that_says_something_else_changes_the_alert() -> None:
    assert step(OPEN, TRIGGER, content="other") is Step.CHANGED


def test_an_acknowledged_alert_stays_so_however_often_it_is_told_of() -> None:
    taken = replace(OPEN, state=AlertState.ACKNOWLEDGED)
    assert step(OPEN, ACKNOWLEDGE) is Step.ACKNOWLEDGED
    assert step(taken, ACKNOWLEDGE) is Step.REPEAT
    assert step(taken, TRIGGER) is Step.REPEAT
    assert step(taken, RESOLVE) is Step.RESOLVED


def test_what_is_not_open_cannot_be_acknowledged() -> None:
    assert step(None, ACKNOWLEDGE) is Step.STALE
    assert step(OVER, ACKNOWLEDGE) is Step.STALE


def test_a_resolve_ends_it_once() -> None:
    assert step(OPEN, RESOLVE) is Step.RESOLVED
    assert step(OVER, RESOLVE) is Step.STALE


def test_a_trigger_after_the_end_is_a_new_alert() -> None:
    assert step(OVER, TRIGGER) is Step.NEW
    again = replace(TRIGGER, starts_at=minute(20))
    assert step(replace(OVER, starts_at=minute(0), ends_at=minute(10)), again) is Step.NEW


def test_a_resolve_before_its_trigger_keeps_the_trigger_shut() -> None:
    resolve = replace(RESOLVE, starts_at=minute(0), ends_at=minute(5))
    assert step(None, resolve) is Step.EARLY
    early = replace(OVER, starts_at=minute(0), ends_at=minute(5), resolved_at=minute(6))
    assert step(early, replace(TRIGGER, starts_at=minute(0))) is Step.STALE
    assert step(early, replace(TRIGGER, starts_at=minute(7))) is Step.NEW


def test_an_early_resolve_without_times_is_compared_by_when_it_came() -> None:
    early = replace(OVER, resolved_at=minute(5))
    assert step(early, replace(TRIGGER, starts_at=minute(4))) is Step.STALE
    assert step(early, replace(TRIGGER, starts_at=minute(6))) is Step.NEW
    assert step(early, TRIGGER) is Step.NEW, "without any time it is taken at its word"


def test_an_episode_we_never_saw_keeps_its_late_trigger_shut_too() -> None:
    over = replace(OVER, starts_at=minute(0), ends_at=minute(5))
    unseen = replace(RESOLVE, starts_at=minute(20), ends_at=minute(25))
    assert step(over, unseen) is Step.EARLY
    assert step(over, replace(unseen, starts_at=minute(0))) is Step.STALE
    assert step(over, replace(unseen, starts_at=minute(26))) is Step.STALE, "times that cannot be"


def test_a_clock_that_is_slow_does_not_shut_a_new_alert_out() -> None:
    over = replace(OVER, starts_at=minute(0), resolved_at=minute(10))
    sent_at_minute_12_by_a_clock_3_minutes_slow = replace(TRIGGER, starts_at=minute(9))
    assert step(over, sent_at_minute_12_by_a_clock_3_minutes_slow) is Step.NEW
    assert step(over, replace(TRIGGER, starts_at=minute(0))) is Step.STALE


def test_a_late_resolve_of_an_earlier_episode_does_not_end_the_present_one() -> None:
    firing = replace(OPEN, starts_at=minute(30))
    assert step(firing, replace(RESOLVE, ends_at=minute(10))) is Step.STALE
    assert step(firing, replace(RESOLVE, ends_at=minute(40))) is Step.RESOLVED
    assert step(firing, RESOLVE) is Step.RESOLVED


def test_a_trigger_whose_end_has_passed_is_a_resolve() -> None:
    vouched = replace(TRIGGER, starts_at=minute(0), ends_at=minute(30))
    firing = replace(OPEN, starts_at=minute(0))
    assert step(firing, vouched, at=29) is Step.REPEAT
    assert step(firing, vouched, at=30) is Step.RESOLVED
    assert step(None, vouched, at=30) is Step.EARLY


def test_an_alert_its_sender_no_longer_vouches_for_runs_out() -> None:
    vouched = replace(OPEN, ends_at=minute(4))
    assert [has_run_out(vouched, minute(at)) for at in (3, 4)] == [False, True]
    assert not has_run_out(OPEN, minute(999))
    assert not has_run_out(replace(OVER, ends_at=minute(4)), minute(5))


def test_an_alert_that_ran_out_opens_again_when_its_sender_is_back() -> None:
    ran_out = replace(OVER, starts_at=minute(0), ends_at=minute(4), ending=Ending.TIMEOUT)
    assert step(ran_out, replace(TRIGGER, starts_at=minute(0), ends_at=minute(99))) is Step.NEW


def test_what_a_person_ended_stays_shut_until_it_begins_anew() -> None:
    ended = replace(OVER, starts_at=minute(0), ends_at=minute(90), ending=Ending.PERSON)
    assert step(ended, replace(TRIGGER, starts_at=minute(0))) is Step.STALE
    assert step(ended, replace(TRIGGER, starts_at=minute(20))) is Step.NEW


@pytest.mark.parametrize("one", Step)
def test_only_repeats_and_late_messages_are_not_written(one: Step) -> None:
    assert one.is_written is (one not in (Step.REPEAT, Step.STALE))
    assert one.is_row is (one in (Step.NEW, Step.EARLY))


@given(st.one_of(st.none(), known), events(), moments)
def test_every_message_has_a_step_that_fits_what_is_known(
    known: Known | None, event: AlertEvent, now: datetime
) -> None:
    found = next_step(known, event, "same", now)
    is_open = known is not None and known.state.is_open
    if found in (Step.CHANGED, Step.ACKNOWLEDGED, Step.RESOLVED, Step.REPEAT):
        assert is_open
    if found.is_row:
        assert not is_open, "a fingerprint has one open alert at most"


@given(known, events(Happening.TRIGGER), moments)
def test_a_trigger_without_times_is_never_lost(
    known: Known, event: AlertEvent, now: datetime
) -> None:
    timeless = replace(event, starts_at=None, ends_at=None)
    assert next_step(known, timeless, "same", now) is not Step.STALE


@given(st.lists(events(), max_size=8), moments)
def test_the_same_message_again_writes_nothing(messages: list[AlertEvent], now: datetime) -> None:
    state: Known | None = None
    for message in messages:
        state, _ = _played(state, message, now)
        state, second = _played(state, message, now)
        assert second in (Step.REPEAT, Step.STALE)


def _played(state: Known | None, event: AlertEvent, now: datetime) -> tuple[Known | None, Step]:
    """The alert of this fingerprint after the message, as intake would keep it."""
    found = next_step(state, event, "same", now)
    if found.is_row:
        is_over = found is Step.EARLY
        return Known(
            "alr_2",
            AlertState.RESOLVED if is_over else AlertState.FIRING,
            "same",
            None,
            event.starts_at,
            event.ends_at,
            now,
            now if is_over else None,
        ), found
    if state is None:
        return None, found
    if found is Step.ACKNOWLEDGED:
        state = replace(state, state=AlertState.ACKNOWLEDGED)
    elif found is Step.RESOLVED:
        state = replace(
            state,
            state=AlertState.RESOLVED,
            resolved_at=now,
            ends_at=event.ends_at or state.ends_at,
        )
    return state, found


@given(st.permutations([0, 0, 0, 1, 1]), st.integers(0, 30), st.integers(0, 30))
def test_in_whatever_order_they_come_an_episode_that_ended_is_over(
    order: list[int], starts: int, lasts: int
) -> None:
    trigger = replace(TRIGGER, starts_at=minute(starts))
    resolve = replace(RESOLVE, starts_at=minute(starts), ends_at=minute(starts + lasts))
    state: Known | None = None
    rows = 0
    for one in order:
        state, found = _played(state, resolve if one else trigger, minute(60))
        rows += found.is_row
    assert state is not None
    assert (state.state, rows) == (AlertState.RESOLVED, 1)
