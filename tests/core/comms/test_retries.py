"""When a delivery is tried again: the schedule of Standard Webhooks, spread a little, and an end."""

from __future__ import annotations

from datetime import timedelta
from itertools import count, takewhile

from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.comms.recipient import Way
from kintsugi.core.comms.retries import JITTER, SCHEDULE, wait_after

HOURS = {Way.WEBHOOK: (75, 84), Way.EMAIL: (15, 18)}


@given(st.sampled_from(Way), st.text())
def test_the_waits_are_those_of_the_schedule_a_little_longer_and_end(way: Way, key: str) -> None:
    waits = [wait_after(way, number, key) for number in range(1, len(SCHEDULE[way]) + 2)]
    assert waits.pop() is None
    for wait, usual in zip(waits, SCHEDULE[way], strict=True):
        assert wait is not None
        assert usual <= wait <= usual * (1 + JITTER)
    total = sum((wait for wait in waits if wait), timedelta(0)) / timedelta(hours=1)
    assert HOURS[way][0] <= total <= HOURS[way][1]


def test_webhooks_follow_the_specification() -> None:
    hours = [wait / timedelta(hours=1) for wait in SCHEDULE[Way.WEBHOOK]]
    assert hours == [5 / 3600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24]


def test_what_failed_together_is_not_tried_together_and_the_same_question_has_one_answer() -> None:
    waits = {wait_after(Way.WEBHOOK, 3, f"dlv_{number}") for number in range(100)}
    assert len(waits) > 90
    assert wait_after(Way.WEBHOOK, 3, "dlv_1") == wait_after(Way.WEBHOOK, 3, "dlv_1")


def test_a_receiver_that_asks_for_a_longer_wait_gets_it_up_to_a_day() -> None:
    assert wait_after(Way.WEBHOOK, 1, "k", timedelta(hours=2)) == timedelta(hours=2)
    assert wait_after(Way.WEBHOOK, 1, "k", timedelta(days=9)) == timedelta(days=1)
    usual = wait_after(Way.WEBHOOK, 4, "k")
    assert wait_after(Way.WEBHOOK, 4, "k", timedelta(seconds=1)) == usual
    tried = takewhile(lambda n: wait_after(Way.EMAIL, n, "k", timedelta(days=1)), count(1))
    assert len(list(tried)) == len(SCHEDULE[Way.EMAIL]), "however long it asks"
