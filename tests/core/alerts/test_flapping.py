"""When an alert comes and goes too often to be news."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.alerts.flapping import (
    FLAPPING,
    FlappingLimits,
    calm_at,
    episodes_lately,
    is_flapping,
)
from tests.core.alerts.strategies import NOON, moments


def at(*minutes: int) -> list[datetime]:
    return [NOON + timedelta(minutes=count) for count in minutes]


def test_the_fourth_episode_within_an_hour_is_flapping() -> None:
    assert not is_flapping(at(0, -10, -20), NOON)
    assert is_flapping(at(0, -10, -20, -30), NOON)


def test_an_episode_of_an_hour_ago_no_longer_counts() -> None:
    assert is_flapping(at(0, -10, -20, -59), NOON)
    assert not is_flapping(at(0, -10, -20, -60), NOON)


def test_what_is_yet_to_come_does_not_count() -> None:
    assert episodes_lately(at(1, 0, -1), NOON) == 2


def test_the_limits_can_be_others() -> None:
    assert is_flapping(at(0, -4), NOON, FlappingLimits(episodes=2, within=timedelta(minutes=5)))


def test_it_is_calm_an_hour_after_the_fourth_last_beginning() -> None:
    assert calm_at(at(0, -10, -20), NOON) is None
    assert calm_at(at(-30, -20, 0, -10), NOON) == NOON + timedelta(minutes=30)
    assert calm_at(at(-40, -30, -20, 0, -10), NOON) == NOON + timedelta(minutes=30)


@given(st.lists(moments, max_size=12), moments)
def test_without_another_beginning_it_is_calm_then_and_not_before(
    starts: list[datetime], now: datetime
) -> None:
    calm = calm_at(starts, now)
    lately = [start for start in starts if start <= now]
    assert (calm is not None) is is_flapping(starts, now)
    if calm is not None:
        assert not is_flapping(lately, calm)
        assert is_flapping(lately, calm - timedelta(seconds=1))
        assert now < calm <= now + FLAPPING.within
