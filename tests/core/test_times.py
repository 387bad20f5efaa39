"""Reading times, and giving clock times their date: midnight, jitter, and clocks that change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import (
    MAX_JITTER,
    ClockTime,
    When,
    between,
    minutes,
    parse_clock,
    parse_date,
    parse_duration,
    parse_when,
    resolve_clock_times,
    written_duration,
    written_time,
    written_when,
    zone_named,
)

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2024, 3, 15)


def clock(text: str) -> ClockTime:
    read = parse_clock(text)
    assert read is not None
    return read


def resolved(*listed: str, day: date = DAY, zone: ZoneInfo | None = None) -> list[str]:
    whens = resolve_clock_times([parse_when(text).when for text in listed], day, zone or UTC)
    return [written_when(when) for when in whens]


# --- reading ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14:35", "14:35"), ("9:05:30", "09:05:30"), ("09:50 AM", "09:50"),
        ("12:10 am", "00:10"), ("12:10 p.m.", "12:10"),
        ("14h35", "14:35"), ("10:00:00.250", "10:00:00.250000"), (" 07:01 ", "07:01"),
    ],
)  # fmt: skip
def test_a_clock_time_is_read_as_people_write_it(text: str, expected: str) -> None:
    assert str(clock(text)) == expected


@pytest.mark.parametrize("text", ["", "24:00", "10:60", "13:00 PM", "0:30 am", "noon", "10", "1:2"])
def test_other_text_is_no_clock_time(text: str) -> None:
    assert parse_clock(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-06 14:23 UTC", "2024-02-06T14:23Z", "2024-02-06T15:23:00+01:00", "2024-02-06 09:23-05:00",
        "2024-02-06T14:23:00.000+00:00",
    ],
)  # fmt: skip
def test_a_moment_is_read_with_its_offset(text: str) -> None:
    read = parse_when(text)
    assert read.when == datetime(2024, 2, 6, 14, 23, tzinfo=UTC)
    assert not read.is_naive


def test_a_moment_without_offset_is_taken_in_the_zone_and_says_so() -> None:
    read = parse_when("2024-07-01 12:00", BERLIN)
    assert read.is_naive
    assert read.when == datetime(2024, 7, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2024-13-01 10:00", "2024-02-30T10:00Z", "0001-01-01T00:00+14:00"]
)
def test_what_is_no_time_says_what_would_be(text: str) -> None:
    with pytest.raises(InvalidValue, match="expected an ISO time"):
        parse_when(text)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_written_moment_reads_back(moment: datetime) -> None:
    assert parse_when(written_when(moment)).when == moment


@given(st.times())
def test_a_written_clock_time_reads_back(at: time) -> None:
    assert parse_clock(written_time(at)) == ClockTime(at)


@pytest.mark.parametrize(
    "text", ["2024-03-15", "15 March 2024", "Mar 15, 2024", "March 15 2024", "2024-03-15T10:00Z"]
)
def test_a_date_is_read_in_plain_forms(text: str) -> None:
    assert parse_date(text) == DAY


@pytest.mark.parametrize("text", ["03/04/2024", "15.03.2024", "today", "", "2024-02-30"])
def test_an_ambiguous_or_impossible_date_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="is not a date"):
        parse_date(text)


def test_a_zone_is_an_iana_name() -> None:
    assert zone_named("Europe/Berlin") == BERLIN
    for name in ("Mars/Olympus", "../etc/passwd", "", "CEST-nonsense"):
        with pytest.raises(InvalidValue, match="is not a time zone"):
            zone_named(name)


# --- clock times get their date --------------------------------------------------------------


def test_clock_times_stand_on_the_day() -> None:
    assert resolved("09:15", "10:00") == ["2024-03-15T09:15:00Z", "2024-03-15T10:00:00Z"]


def test_clock_times_cross_midnight() -> None:
    assert resolved("23:50", "00:10", "00:40") == [
        "2024-03-15T23:50:00Z",
        "2024-03-16T00:10:00Z",
        "2024-03-16T00:40:00Z",
    ]


def test_clock_times_cross_two_midnights() -> None:
    assert [text[:10] for text in resolved("22:00", "06:00", "05:00")] == [
        "2024-03-15",
        "2024-03-16",
        "2024-03-17",
    ]


def test_a_late_note_stays_on_its_day() -> None:
    assert resolved("10:00", "09:40", "10:05") == [
        "2024-03-15T10:00:00Z",
        "2024-03-15T09:40:00Z",
        "2024-03-15T10:05:00Z",
    ]


def test_a_late_note_after_midnight_belongs_to_the_day_before() -> None:
    assert resolved("23:50", "00:05", "23:58", "00:10") == [
        "2024-03-15T23:50:00Z",
        "2024-03-16T00:05:00Z",
        "2024-03-15T23:58:00Z",
        "2024-03-16T00:10:00Z",
    ]


def test_a_step_back_of_an_hour_is_the_next_day() -> None:
    assert resolved("10:00", "09:00")[1] == "2024-03-16T09:00:00Z"
    assert resolved("10:00", "09:01")[1] == "2024-03-15T09:01:00Z"


def test_clock_times_are_those_of_the_zone() -> None:
    assert resolved("09:00", day=date(2024, 7, 1), zone=BERLIN) == ["2024-07-01T07:00:00Z"]
    assert resolved("09:00", day=date(2024, 1, 1), zone=BERLIN) == ["2024-01-01T08:00:00Z"]


def test_when_clocks_go_back_the_order_tells_which_reading_it_was() -> None:
    # On 27 October 2024 Berlin reads 02:00 to 03:00 twice: at 00:00 and at 01:00 UTC.
    assert resolved("02:50", "02:10", "03:05", day=date(2024, 10, 27), zone=BERLIN) == [
        "2024-10-27T00:50:00Z",
        "2024-10-27T01:10:00Z",
        "2024-10-27T02:05:00Z",
    ]


def test_a_time_that_the_clocks_skipped_is_the_moment_of_the_change() -> None:
    # On 31 March 2024 Berlin has no 02:30: after 01:59 comes 03:00, at 01:00 UTC.
    assert resolved("01:50", "02:30", day=date(2024, 3, 31), zone=BERLIN) == [
        "2024-03-31T00:50:00Z",
        "2024-03-31T01:00:00Z",
    ]


def test_a_moment_sets_the_day_for_the_clock_times_after_it() -> None:
    assert resolved("2024-05-01T08:00Z", "09:00") == [
        "2024-05-01T08:00:00Z",
        "2024-05-01T09:00:00Z",
    ]


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_first_and_last_day_there_is_do_not_break_it(day: date) -> None:
    assert len(resolved("10:00", "00:30", "23:50", day=day)) == 3


@given(st.lists(st.integers(0, 600), min_size=1, max_size=12), st.integers(0, 1439))
def test_steps_forward_keep_their_length_across_midnights(steps: list[int], start: int) -> None:
    first = datetime(2024, 3, 15, tzinfo=UTC) + timedelta(minutes=start)
    moments = [first]
    for step in steps:
        moments.append(moments[-1] + timedelta(minutes=step))
    listed: list[When] = [ClockTime(moment.time()) for moment in moments]
    assert resolve_clock_times(listed, DAY, UTC) == moments


@given(
    st.lists(st.times().map(ClockTime), max_size=8),
    st.sampled_from([UTC, BERLIN, ZoneInfo("America/New_York")]),
)
def test_no_clock_time_falls_back_by_more_than_the_jitter(
    listed: list[ClockTime], zone: ZoneInfo
) -> None:
    moments = resolve_clock_times(listed, date(2024, 10, 26), zone)
    latest: datetime | None = None
    for moment in moments:
        assert isinstance(moment, datetime)
        assert latest is None or moment > latest - MAX_JITTER
        latest = moment if latest is None else max(latest, moment)


# --- durations -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("45", 45), ("45 minutes", 45), ("1 h 30 min", 90), ("1.5 hours", 90), ("1h30m", 90), ("PT1H30M", 90),
        ("P1DT1H", 1500),
        ("~20 min", 20), ("2 days", 2880), ("30 s", 0.5), ("1,200", 1200),
        ("1,234,567.5", 1234567.5), ("30,5", 30.5),
        ("0,125", 0.125), ("1 hour and 5 minutes", 65), ("0", 0),
    ],
)  # fmt: skip
def test_a_duration_is_read_as_people_write_it(text: str, expected: float) -> None:
    assert minutes(parse_duration(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "-5",
        "45 parsecs",
        "1 month",
        "inf",
        "nan",
        "11 years",
        "5270401",
        "10 min later",
    ],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"), (40, "40 s"), (90, "1 min 30 s"), (2700, "45 min"), (5400, "1 h 30 min"), (7200, "2 h"),
        (183_600, "2 d 3 h"), (-300, "-5 min"),
    ],
)  # fmt: skip
def test_a_duration_is_written_for_readers(seconds: int, expected: str) -> None:
    assert written_duration(timedelta(seconds=seconds)) == expected


def test_between_two_clock_times_lies_at_most_one_midnight() -> None:
    assert between(clock("23:50"), clock("00:10")) == timedelta(minutes=20)
    assert between(clock("10:00"), clock("10:00")) == timedelta(0)


def test_nothing_lies_between_a_moment_and_a_clock_time() -> None:
    assert between(datetime(2024, 1, 1, tzinfo=UTC), clock("10:00")) is None
    assert between(None, clock("10:00")) is None
