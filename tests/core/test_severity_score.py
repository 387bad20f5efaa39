"""The generator seed's severity score, at and around each of its thresholds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.severity_score import seed_score, severity_score
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.money import Money
from tests.strategies import impacts

DEMO = Impact(
    affected_users=5000,
    affected_services=("api", "web-app"),
    duration=timedelta(minutes=45),
    revenue=Money(Decimal(15000)),
)
WORST = Impact(
    affected_users=10_001,
    affected_services=("a", "b", "c", "d"),
    duration=timedelta(minutes=241),
    revenue=Money(Decimal("100000.01")),
    data_loss=True,
)


def points(impact: Impact, rule: str) -> int:
    return next(part.points for part in severity_score(impact).points if part.rule == rule)


def test_the_seeds_demo_scores_45() -> None:
    score = severity_score(DEMO)
    assert score.value == 45
    assert [part.points for part in score.points] == [20, 5, 10, 10, 0]


def test_the_worst_impact_scores_100() -> None:
    score = severity_score(WORST)
    assert score.value == 100
    assert sum(part.maximum for part in score.points) == 100


def test_nothing_known_scores_nothing() -> None:
    assert severity_score(Impact()).value == 0


@pytest.mark.parametrize(
    ("users", "expected"),
    [(0, 0), (100, 0), (101, 10), (1000, 10), (1001, 20), (10_000, 20), (10_001, 30)],
)
def test_users_score_above_each_threshold(users: int, expected: int) -> None:
    assert points(Impact(affected_users=users), "affected users") == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, 0), (15, 0), (15.5, 5), (16, 5), (60, 5), (61, 15), (240, 15), (241, 25)],
)
def test_minutes_score_above_each_threshold(minutes: float, expected: int) -> None:
    assert points(Impact(duration=timedelta(minutes=minutes)), "duration") == expected


@pytest.mark.parametrize(("count", "expected"), [(0, 0), (1, 5), (3, 15), (4, 20), (6, 20)])
def test_services_score_5_each_up_to_20(count: int, expected: int) -> None:
    names = tuple(f"service-{number}" for number in range(count))
    assert points(Impact(affected_services=names), "affected services") == expected


@pytest.mark.parametrize(
    ("dollars", "expected"),
    [("0", 0), ("0.01", 5), ("10000", 5), ("10000.01", 10), ("100000", 10), ("100000.01", 15)],
)
def test_dollars_score_above_each_threshold(dollars: str, expected: int) -> None:
    assert points(Impact(revenue=Money(Decimal(dollars))), "revenue") == expected


def test_another_currency_without_a_rate_is_not_scored_and_says_so() -> None:
    score = severity_score(Impact(revenue=Money(Decimal(1_000_000), "EUR")))
    assert score.value == 0
    assert [part.rule for part in score.not_scored] == ["revenue"]
    assert "no dollar rate is given for EUR" in score.not_scored[0].reason


def test_another_currency_is_scored_by_its_rate() -> None:
    impact = Impact(revenue=Money(Decimal(9500), "EUR"), revenue_usd_rate=Decimal("1.10"))
    assert points(impact, "revenue") == 10


def test_what_is_not_known_is_told_apart_from_none() -> None:
    unknown = {part.rule: part.reason for part in severity_score(Impact()).points}
    assert unknown["affected users"] == unknown["data loss"] == "not known"
    known = {part.rule: part.reason for part in severity_score(Impact(data_loss=False)).points}
    assert known["data loss"] == "no data was lost"


@given(impacts)
def test_the_score_is_the_sum_of_its_points(impact: Impact) -> None:
    score = severity_score(impact)
    assert 0 <= score.value <= 100
    assert score.value == sum(part.points for part in score.points)
    assert all(0 <= part.points <= part.maximum and part.reason for part in score.points)


@given(impacts)
def test_the_quick_score_is_the_explained_one(impact: Impact) -> None:
    assert seed_score(impact) == severity_score(impact).value


@given(impacts, st.integers(0, 10**6), st.timedeltas(timedelta(0), timedelta(days=9)))
def test_more_impact_never_scores_less(impact: Impact, users: int, longer: timedelta) -> None:
    worse = replace(
        impact,
        affected_users=(impact.affected_users or 0) + users,
        duration=(impact.duration or timedelta(0)) + longer,
        affected_services=(*impact.affected_services, "one more"),
        data_loss=True,
    )
    assert seed_score(worse) >= seed_score(impact)


@pytest.mark.parametrize(
    "bad",
    [
        {"affected_users": -1},
        {"duration": timedelta(minutes=-1)},
        {"affected_percent": 101.0},
        {"affected_percent": float("nan")},
        {"revenue": Money(Decimal(-1))},
        {"revenue_usd_rate": Decimal(0)},
    ],
)
def test_impossible_impact_is_refused_by_field(bad: dict[str, object]) -> None:
    with pytest.raises(InvalidValue) as caught:
        Impact(**bad)  # type: ignore[arg-type]
    assert caught.value.path == tuple(bad)
