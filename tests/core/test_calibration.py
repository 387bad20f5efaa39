"""Declared severity held against the severity of the measured impact."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.incidents.calibration import (
    DerivationTable,
    Verdict,
    calibrate,
    derive_levels,
)
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.severity import DEFAULT_CRITERIA, SeverityCriteria, calculate_severity
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.money import Money
from kintsugi.core.shared.severity import Severity
from tests.strategies import impacts


def levels(impact: Impact) -> dict[str, str]:
    return {row.category: row.level for row in derive_levels(impact)}


def test_a_declared_severity_that_matches_says_so() -> None:
    found = calibrate(Severity.SEV_2, Impact(affected_users=12_000))
    assert (found.verdict, found.steps) == (Verdict.MATCH, 0)


def test_a_declared_severity_that_is_too_mild_says_by_how_much() -> None:
    found = calibrate(Severity.SEV_4, Impact(affected_users=12_000))
    assert (found.verdict, found.steps) == (Verdict.DECLARED_TOO_LOW, 2)


def test_a_declared_severity_that_is_too_bad_says_by_how_much() -> None:
    found = calibrate(Severity.SEV_1, Impact(affected_users=1))
    assert (found.verdict, found.steps) == (Verdict.DECLARED_TOO_HIGH, 4)


def test_without_measure_or_declaration_there_is_nothing_to_compare() -> None:
    assert calibrate(Severity.SEV_1, Impact(text="bad")).verdict is Verdict.UNKNOWN
    assert calibrate(None, Impact(affected_users=5)).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("impact", "expected"),
    [
        (Impact(affected_percent=95), {"user_impact": "all_users"}),
        (Impact(affected_percent=94.9), {"user_impact": "majority"}),
        (Impact(affected_percent=5), {"user_impact": "significant_subset"}),
        (Impact(affected_percent=0.5), {"user_impact": "small_subset"}),
        (Impact(affected_percent=0), {}),
        (Impact(affected_users=9_999), {"user_impact": "significant_subset"}),
        (Impact(affected_users=10_000_000), {"user_impact": "majority"}),
        (Impact(affected_users=1), {"user_impact": "individual"}),
        (Impact(affected_users=0), {}),
        (Impact(revenue=Money(Decimal("0.01"))), {"revenue_impact": "minor_loss"}),
        (Impact(revenue=Money(Decimal(10000))), {"revenue_impact": "moderate_loss"}),
        (Impact(revenue=Money(Decimal(0))), {"revenue_impact": "no_loss"}),
        (Impact(revenue=Money(Decimal(9), "EUR")), {}),
        (Impact(data_loss=True, data_corruption=False), {"data_integrity": "data_loss"}),
        (Impact(data_corruption=True), {"data_integrity": "data_corruption"}),
        (Impact(data_loss=False, data_corruption=False), {"data_integrity": "no_impact"}),
        (Impact(data_loss=False), {}),
    ],
)
def test_measured_impact_gives_levels(impact: Impact, expected: dict[str, str]) -> None:
    assert levels(impact) == expected


def test_a_percentage_of_users_goes_before_their_count() -> None:
    assert levels(Impact(affected_users=50_000, affected_percent=2)) == {
        "user_impact": "small_subset"
    }


def test_an_answered_level_wins_over_a_derived_one() -> None:
    found = calibrate(
        Severity.SEV_3, Impact(affected_users=50_000), stated={"user_impact": "significant_subset"}
    )
    assert found.verdict is Verdict.MATCH
    assert found.derived == ()


def test_each_derived_level_says_what_it_came_from() -> None:
    rows = derive_levels(Impact(affected_users=1_200))
    assert [row.because for row in rows] == ["affected_users 1,200 is at least 1,000"]


def test_a_high_score_alone_calibrates_nothing() -> None:
    many_services = Impact(affected_services=("a", "b", "c", "d"))
    assert calibrate(Severity.SEV_5, many_services).verdict is Verdict.UNKNOWN


def test_a_team_may_change_the_table() -> None:
    table = DerivationTable({"affected_users": ((10, "all_users"),)})
    found = calibrate(Severity.SEV_1, Impact(affected_users=10), table=table)
    assert found.verdict is Verdict.MATCH


def test_an_unknown_measure_is_refused() -> None:
    with pytest.raises(InvalidValue, match="'mood' is not a measure"):
        DerivationTable({"mood": ()})


@given(impacts)
def test_criteria_without_the_derived_category_do_not_break_it(impact: Impact) -> None:
    only_security = {"security": DEFAULT_CRITERIA.categories["security"]}
    found = calibrate(Severity.SEV_1, impact, criteria=SeverityCriteria(only_security))
    assert found.verdict is Verdict.UNKNOWN


@given(impacts, st.sampled_from(Severity))
def test_the_measured_severity_is_the_calculators(impact: Impact, declared: Severity) -> None:
    found = calibrate(declared, impact)
    assert found.measured.severity is calculate_severity(levels(impact)).severity
    assert (found.verdict is Verdict.UNKNOWN) == (not levels(impact))
    if found.verdict is not Verdict.UNKNOWN:
        assert found.steps == abs(declared.value - found.measured.severity.value)
