"""The timeline: order, span, gaps, and counting by kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.incidents.timeline import (
    RECOLLECTION,
    EventKind,
    TimelineEvent,
    count_kind,
    gaps,
    in_order,
    span,
)
from kintsugi.core.shared.times import parse_when
from tests.strategies import events, simple_events


def at(*times: str) -> list[TimelineEvent]:
    return [TimelineEvent(parse_when(time).when, f"event at {time}") for time in times]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2024-03-15T{text}").replace(tzinfo=UTC)


@given(st.lists(simple_events), st.randoms())
def test_events_stand_by_time_whatever_order_they_are_told_in(
    told: list[TimelineEvent], chance: Random
) -> None:
    shuffled = list(told)
    chance.shuffle(shuffled)
    times = [event.time for event in in_order(shuffled)]
    assert times == [event.time for event in in_order(told)]
    assert times == sorted(event.time for event in told if isinstance(event.time, datetime))


@given(st.lists(events))
def test_ordering_loses_nothing_and_twice_is_once(told: list[TimelineEvent]) -> None:
    ordered = in_order(told)
    assert sorted(map(repr, ordered)) == sorted(map(repr, told))
    assert in_order(ordered) == ordered


def test_clock_times_stay_as_listed() -> None:
    told = at("23:50", "00:10")
    assert in_order(told) == tuple(told)


def test_the_span_of_unsorted_events_is_not_negative() -> None:
    told = at("2024-03-15T10:00Z", "2024-03-15T09:00Z", "2024-03-15T09:30Z")
    assert span(told) == timedelta(hours=1)


def test_the_span_of_clock_times_crosses_midnight() -> None:
    assert span(at("23:30", "00:15")) == timedelta(minutes=45)


def test_fewer_than_two_times_have_no_span() -> None:
    assert span([]) is None
    assert span(at("10:00")) is None
    assert span([*at("10:00"), TimelineEvent(None, "some time later")]) is None


def test_mixed_times_have_no_span() -> None:
    assert span(at("10:00", "2024-03-15T11:00Z")) is None


def test_a_gap_is_longer_than_the_limit_and_not_as_long() -> None:
    told = at("2024-03-15T10:00Z", "2024-03-15T10:15Z", "2024-03-15T10:31Z")
    found = gaps(told, timedelta(minutes=15))
    assert [(gap.after, gap.before, gap.length) for gap in found] == [
        (told[1], told[2], timedelta(minutes=16))
    ]


def test_gaps_after_mitigation_do_not_count() -> None:
    told = at("2024-03-15T10:00Z", "2024-03-15T11:00Z", "2024-03-15T15:00Z")
    assert len(gaps(told, timedelta(minutes=15))) == 2
    assert len(gaps(told, timedelta(minutes=15), until=moment("11:00"))) == 1


@given(
    st.lists(simple_events, max_size=8),
    st.randoms(),
    st.timedeltas(timedelta(0), timedelta(days=9000)),
)
def test_gaps_do_not_depend_on_the_telling(
    told: list[TimelineEvent], chance: Random, limit: timedelta
) -> None:
    shuffled = list(told)
    chance.shuffle(shuffled)
    lengths = [gap.length for gap in gaps(shuffled, limit)]
    assert lengths == [gap.length for gap in gaps(told, limit)]
    assert all(length > limit for length in lengths)


def test_events_are_counted_by_kind_and_never_by_words() -> None:
    told = [
        TimelineEvent(None, "Rollback of the message broker considered and rejected"),
        TimelineEvent(None, "Went back to 1.4", kind=EventKind.ROLLBACK),
    ]
    assert count_kind(told, EventKind.ROLLBACK) == 1
    assert count_kind(told, EventKind.MESSAGE) == 0


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ("", False),
        (" ", False),
        (RECOLLECTION, False),
        ("Recollection ", False),
        ("https://graphs.example/1", True),
    ],
)
def test_recollection_is_no_evidence(evidence: str, expected: bool) -> None:
    assert TimelineEvent(None, "x", evidence=evidence).has_source is expected
