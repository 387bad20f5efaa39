"""The guide's severity calculator: every combination of its levels, and criteria of a team's own."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.incidents.severity import (
    DEFAULT_CRITERIA,
    NOTHING_KNOWN,
    ResponseRequirements,
    SeverityCriteria,
    calculate_severity,
    response_requirements,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity

GUIDE = json.loads(
    (Path(__file__).parents[1] / "fixtures/guide_severities.json").read_text("utf-8")
)
"""The guide's own tables, and the severities its own code gave: one digit for each combination of
(absent or each level) of the four categories, the last category turning fastest."""

answers = st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from(sorted(levels))
        for name, levels in DEFAULT_CRITERIA.categories.items()
    },
)


def combinations() -> list[dict[str, str]]:
    criteria: Mapping[str, Mapping[str, int]] = GUIDE["criteria"]
    choices = itertools.product(*[[None, *levels] for levels in criteria.values()])
    return [
        {category: level for category, level in zip(criteria, choice, strict=True) if level}
        for choice in choices
    ]


def test_the_defaults_are_the_guides_table() -> None:
    ours = {name: dict(levels) for name, levels in DEFAULT_CRITERIA.categories.items()}
    assert ours == GUIDE["criteria"]


def test_every_combination_of_levels_gives_the_guides_severity() -> None:
    expected = [int(digit) for digit in GUIDE["severities"]]
    assert len(expected) == 6**4
    assert [calculate_severity(each).severity.value for each in combinations()] == expected


@pytest.mark.parametrize("severity", list(Severity))
def test_each_severity_asks_for_what_the_guide_says(severity: Severity) -> None:
    guide: dict[str, Any] = GUIDE["requirements"][str(severity.value)]
    time = guide["response_time"]
    assert response_requirements(severity) == ResponseRequirements(
        None if time is None else timedelta(minutes=time),
        tuple(guide["notification"]),
        guide["incident_commander"],
        guide["status_page"],
        guide["customer_comms"],
    )


def test_with_nothing_known_it_is_sev_5_and_says_so() -> None:
    result = calculate_severity({})
    assert result.severity is Severity.SEV_5
    assert result.note == NOTHING_KNOWN
    assert result.levels == result.deciding == ()
    assert result.requirements == response_requirements(Severity.SEV_5)


def test_with_something_known_there_is_no_note() -> None:
    assert calculate_severity({"security": "no_security_impact"}).note == ""


@given(answers)
def test_the_worst_category_wins(impacts: dict[str, str]) -> None:
    result = calculate_severity(impacts)
    alone = [calculate_severity({name: level}).severity.value for name, level in impacts.items()]
    assert result.severity.value == min(alone, default=5)
    assert {level.severity for level in result.deciding} <= {result.severity}
    assert bool(result.deciding) == bool(impacts)


@given(answers, st.randoms())
def test_the_order_of_the_answers_does_not_matter(impacts: dict[str, str], chance: Random) -> None:
    listed = list(impacts.items())
    chance.shuffle(listed)
    assert calculate_severity(dict(listed)).severity is calculate_severity(impacts).severity


@given(answers, answers)
def test_another_answer_never_makes_it_milder(known: dict[str, str], more: dict[str, str]) -> None:
    both = more | known
    assert calculate_severity(both).severity.value <= calculate_severity(known).severity.value


def test_an_unknown_category_names_those_there_are() -> None:
    with pytest.raises(
        InvalidValue, match="'weather' is not a category; expected user_impact, revenue_impact"
    ):
        calculate_severity({"weather": "bad"})


def test_an_unknown_level_names_those_there_are_and_where() -> None:
    with pytest.raises(InvalidValue, match="small_subset and individual") as caught:
        calculate_severity({"user_impact": "everyone"})
    assert caught.value.path == ("user_impact",)


def test_a_team_may_add_a_category() -> None:
    categories = dict(DEFAULT_CRITERIA.categories) | {"reputation": {"front_page": 5, "none": 1}}
    criteria = SeverityCriteria(categories=categories)
    assert calculate_severity({"reputation": "front_page"}, criteria).severity is Severity.SEV_1


def test_points_that_the_matrix_does_not_have_are_refused() -> None:
    with pytest.raises(InvalidValue, match=r"categories\.user_impact\.all_users: 6 points"):
        SeverityCriteria(categories={"user_impact": {"all_users": 6}})


def test_criteria_without_category_or_level_are_refused() -> None:
    with pytest.raises(InvalidValue, match="no category"):
        SeverityCriteria(categories={})
    with pytest.raises(InvalidValue, match="has no level"):
        SeverityCriteria(categories={"security": {}})


@pytest.mark.parametrize(
    ("written", "severity"),
    [
        (1, 1), ("1", 1), ("sev1", 1), ("SEV1", 1), ("SEV-1", 1), ("sev 2", 2), ("Severity 3", 3), ("critical", 1),
        ("Major", 2), ("minor", 3), ("low", 4), (5, 5),
    ],
)  # fmt: skip
def test_a_severity_is_read_as_any_seed_writes_it(written: str | int, severity: int) -> None:
    assert parse_severity(written) is Severity(severity)


@pytest.mark.parametrize(
    "written", [0, 6, -1, True, "", "sev", "SEV-9", "sev12", "urgent", "P1", "²"]
)
def test_an_unknown_severity_names_the_allowed(written: str | int) -> None:
    with pytest.raises(InvalidValue, match="SEV-1, SEV-2, SEV-3, SEV-4 or SEV-5"):
        parse_severity(written)


@given(st.sampled_from(Severity), st.integers(0, 10))
def test_a_severity_is_raised_step_by_step_and_never_past_sev_1(
    severity: Severity, steps: int
) -> None:
    assert severity.raised(steps).value == max(1, severity.value - steps)


def test_only_sev_1_and_2_are_high() -> None:
    assert [severity.is_high for severity in Severity] == [True, True, False, False, False]
