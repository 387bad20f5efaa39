"""The seven milestones, the durations between them, and those that stand the wrong way round."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from kintsugi.core.incidents.milestones import Milestones, durations, out_of_order
from kintsugi.core.shared.times import parse_when
from tests.strategies import milestones


def stones(**times: str) -> Milestones:
    return Milestones(
        **{name: parse_when(f"2024-03-15T{text}Z").when for name, text in times.items()}
    )


FULL = stones(
    impact_start="10:00", detected="10:05", acknowledged="10:07", declared="10:10", mitigated="10:40",
    recovered="11:00", resolved="11:30",
)  # fmt: skip


def test_each_duration_says_from_what_to_what() -> None:
    assert [
        (each.name, each.start, each.end, each.length / timedelta(minutes=1))
        for each in durations(FULL)
    ] == [
        ("Time to detect", "impact_start", "detected", 5),
        ("Time to acknowledge", "detected", "acknowledged", 2),
        ("Time to mitigate", "impact_start", "mitigated", 40),
        ("Time to recover", "impact_start", "recovered", 60),
        ("Time to resolve", "declared", "resolved", 80),
    ]


def test_only_durations_with_both_ends_are_given() -> None:
    assert [each.name for each in durations(stones(impact_start="10:00", mitigated="10:30"))] == [
        "Time to mitigate"
    ]
    assert durations(Milestones()) == []


def test_customers_are_affected_until_recovery() -> None:
    assert FULL.impact_duration() == timedelta(minutes=60)
    assert FULL.total_duration() == timedelta(minutes=90)


def test_without_recovery_or_start_the_next_best_is_taken() -> None:
    assert stones(impact_start="10:00", resolved="10:30").impact_duration() == timedelta(minutes=30)
    assert stones(detected="10:05", recovered="10:30").total_duration() == timedelta(minutes=25)
    assert stones(detected="10:05", recovered="10:30").impact_duration() is None


def test_milestones_the_wrong_way_round_give_no_duration() -> None:
    wrong = stones(impact_start="10:00", resolved="09:00")
    assert wrong.total_duration() is None
    assert wrong.impact_duration() is None


def test_milestones_in_order_are_not_remarked_on() -> None:
    assert out_of_order(FULL) == []


def test_two_the_wrong_way_round_are_named_with_the_difference() -> None:
    found = out_of_order(stones(detected="10:05", acknowledged="10:01", resolved="11:00"))
    assert [(each.earlier, each.later, each.by) for each in found] == [
        ("detected", "acknowledged", timedelta(minutes=4))
    ]


def test_detection_may_come_before_impact() -> None:
    assert out_of_order(stones(impact_start="10:00", detected="09:50", mitigated="10:20")) == []


def test_mitigation_before_impact_is_seen_behind_an_early_detection() -> None:
    found = out_of_order(stones(impact_start="10:00", detected="09:50", mitigated="09:55"))
    assert [(each.earlier, each.later) for each in found] == [("impact_start", "mitigated")]


@pytest.mark.parametrize("name", ["detected", "resolved"])
def test_a_clock_time_beside_a_moment_is_no_contradiction(name: str) -> None:
    mixed = Milestones(
        **{"impact_start": datetime(2024, 3, 15, 10, tzinfo=UTC), name: parse_when("09:00").when}
    )
    assert out_of_order(mixed) == []
    assert durations(mixed) == []


@given(milestones)
def test_no_total_is_negative(drawn: Milestones) -> None:
    for length in (drawn.total_duration(), drawn.impact_duration()):
        assert length is None or length >= timedelta(0)


@given(milestones)
def test_known_milestones_stand_in_their_expected_order(drawn: Milestones) -> None:
    names = [name for name, _ in drawn.known()]
    expected = [
        "impact_start",
        "detected",
        "acknowledged",
        "declared",
        "mitigated",
        "recovered",
        "resolved",
    ]
    assert names == [name for name in expected if getattr(drawn, name) is not None]
    for wrong in out_of_order(drawn):
        assert wrong.by > timedelta(0)
