"""Weekly hours go by the clock on the wall, past midnight and over both changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.alerts.weekly_hours import Span, WeeklyHours
from kintsugi.core.shared.errors import InvalidValue
from tests.core.alerts.strategies import hours

BERLIN = "Europe/Berlin"
WORK = WeeklyHours(BERLIN, (Span((0, 1, 2, 3, 4), time(9), time(17)),))
NIGHT = WeeklyHours(BERLIN, (Span((4,), time(22), time(6)),))
EVERY_DAY = tuple(range(7))


def berlin(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(BERLIN), fold=fold).astimezone(UTC)  # type: ignore[misc, arg-type]


def test_working_hours_begin_on_the_minute_and_end_before_it() -> None:
    monday = {(8, 59): False, (9, 0): True, (16, 59): True, (17, 0): False}
    for (hour, minute), is_in in monday.items():
        assert WORK.contains(berlin(2026, 3, 2, hour, minute)) is is_in
    assert not WORK.contains(berlin(2026, 3, 1, 12)), "Sunday"


def test_they_go_by_their_own_zone() -> None:
    assert WORK.contains(datetime(2026, 3, 2, 8, tzinfo=UTC))
    assert not WORK.contains(datetime(2026, 3, 2, 16, 30, tzinfo=UTC))


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    friday_night = {
        (6, 21): False,
        (6, 22): True,
        (6, 23): True,
        (7, 0): True,
        (7, 5): True,
        (7, 6): False,
    }
    for (day, hour), is_in in friday_night.items():
        assert NIGHT.contains(berlin(2026, 3, day, hour)) is is_in
    assert not NIGHT.contains(berlin(2026, 3, 6, 3)), "the night from Thursday to Friday"


def test_a_night_from_sunday_goes_into_monday() -> None:
    night = WeeklyHours(BERLIN, (Span((6,), time(22), time(6)),))
    assert night.contains(berlin(2026, 3, 2, 5))


def test_midnight_to_midnight_is_the_whole_day() -> None:
    saturday = WeeklyHours(BERLIN, (Span((5,), time(0), time(0)),))
    assert [saturday.contains(berlin(2026, 3, 7, hour)) for hour in (0, 12, 23)] == [True] * 3
    assert not saturday.contains(berlin(2026, 3, 8, 0))


@pytest.mark.parametrize(
    ("month", "day", "utc_hour"), [(3, 27, 8), (3, 30, 7), (10, 23, 7), (10, 26, 8)]
)
def test_nine_in_the_morning_stays_nine_before_and_after_each_change(
    month: int, day: int, utc_hour: int
) -> None:
    nine = datetime(2026, month, day, utc_hour, tzinfo=UTC)
    assert WORK.contains(nine)
    assert not WORK.contains(nine - timedelta(minutes=1))


def test_the_hour_that_is_skipped_in_spring_is_in_no_span() -> None:
    skipped = WeeklyHours(BERLIN, (Span(EVERY_DAY, time(2), time(3)),))
    day = datetime(2026, 3, 28, 23, tzinfo=UTC)
    quarters = [day + timedelta(minutes=15 * count) for count in range(23 * 4)]
    assert not any(skipped.contains(moment) for moment in quarters)
    assert skipped.contains(berlin(2026, 3, 30, 2, 30))


def test_the_hour_that_happens_twice_in_autumn_is_in_both_times() -> None:
    twice = WeeklyHours(BERLIN, (Span(EVERY_DAY, time(2), time(3)),))
    first, second = (berlin(2026, 10, 25, 2, 30, fold=fold) for fold in (0, 1))
    assert second - first == timedelta(hours=1)
    assert twice.contains(first)
    assert twice.contains(second)
    assert not twice.contains(second + timedelta(minutes=30))


@pytest.mark.parametrize(
    ("day", "length"), [((2026, 3, 28), 7), ((2026, 10, 24), 9), ((2026, 3, 7), 8)]
)
def test_a_night_over_the_change_is_an_hour_shorter_or_longer(
    day: tuple[int, int, int], length: int
) -> None:
    night = WeeklyHours(BERLIN, (Span((5,), time(22), time(6)),))
    start = berlin(*day, 20)
    quarters = [start + timedelta(minutes=15 * count) for count in range(14 * 4)]
    assert sum(night.contains(moment) for moment in quarters) == length * 4


def test_a_zone_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidValue, match="not a time zone"):
        WeeklyHours("Europe/Atlantis", WORK.spans).contains(berlin(2026, 3, 2))


def test_they_are_told_in_words() -> None:
    assert str(WORK) == "Mon, Tue, Wed, Thu and Fri 09:00 to 17:00 (Europe/Berlin)"
    assert str(WeeklyHours("UTC", (Span((5, 6), time(0), time(0)),))) == "Sat and Sun (UTC)"


@given(hours, st.integers(0, 60 * 24 * 366 // 5))
def test_a_moment_is_in_them_whatever_zone_it_is_told_in(hours: WeeklyHours, count: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=5 * count)
    assert hours.contains(moment) is hours.contains(moment.astimezone(ZoneInfo("Asia/Tokyo")))


@given(hours, st.integers(0, 60 * 24 * 366 // 5))
def test_a_span_and_what_it_leaves_out_make_up_the_day(hours: WeeklyHours, count: int) -> None:
    """Of one span on every day, and the span from its end to its beginning, each moment is in exactly one."""
    span = hours.spans[0]
    if span.begins == span.ends:
        return
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=5 * count)
    there = WeeklyHours(hours.zone, (Span(EVERY_DAY, span.begins, span.ends),))
    back = WeeklyHours(hours.zone, (Span(EVERY_DAY, span.ends, span.begins),))
    assert there.contains(moment) is not back.contains(moment)
