"""Severity criteria from a team's file, and the defaults as a file to copy."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.incidents.calibration import (
    DEFAULT_TABLE,
    MEASURES,
    DerivationTable,
    Verdict,
    calibrate,
)
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.severity import DEFAULT_CRITERIA, SeverityCriteria, calculate_severity
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.formats.criteria import criteria_data, read_criteria

DOCS = (Path(__file__).parents[2] / "docs/reference/severity-criteria.md").read_text("utf-8")
EXAMPLE, DEFAULTS = (
    yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)
)
DEFAULT = (DEFAULT_CRITERIA, DEFAULT_TABLE)


@pytest.mark.parametrize("nothing", [None, {}, {"categories": None}, {"matrix": {}}])
def test_an_empty_file_is_the_defaults(nothing: object) -> None:
    assert read_criteria(nothing) == DEFAULT


def test_the_defaults_in_the_docs_are_the_defaults() -> None:
    assert criteria_data() == DEFAULTS


def test_the_defaults_read_back() -> None:
    assert read_criteria(criteria_data()) == DEFAULT
    assert read_criteria(yaml.safe_load(yaml.safe_dump(criteria_data()))) == DEFAULT
    assert read_criteria(json.loads(json.dumps(criteria_data()))) == DEFAULT


def test_the_example_in_the_docs_does_what_it_says() -> None:
    criteria, table = read_criteria(EXAMPLE)
    assert calculate_severity({"user_impact": "large_seller"}, criteria).severity is Severity.SEV_2
    assert calculate_severity({"user_impact": "all_users"}, criteria).severity is Severity.SEV_1
    assert "security" not in criteria.categories
    sev_2 = criteria.requirements[Severity.SEV_2]
    assert (sev_2.response_time, sev_2.customer_comms) == (timedelta(minutes=20), True)
    assert sev_2.notification == DEFAULT_CRITERIA.requirements[Severity.SEV_2].notification
    found = calibrate(Severity.SEV_1, Impact(affected_users=50_000), criteria=criteria, table=table)
    assert found.verdict is Verdict.MATCH
    assert table.steps["revenue_usd"] == DEFAULT_TABLE.steps["revenue_usd"]


def test_every_measure_and_key_stands_in_the_docs() -> None:
    for name in (*MEASURES, *criteria_data(), "response_time", "notification"):
        assert f"`{name}`" in DOCS


def test_the_error_in_the_docs_is_the_one_that_comes() -> None:
    with pytest.raises(InvalidValue) as caught:
        read_criteria({"categories": {"user_impact": {"large_seller": 9}}})
    assert str(caught.value) in DOCS


def test_a_level_taken_away_is_not_derived_either() -> None:
    criteria, table = read_criteria({"categories": {"user_impact": {"majority": None}}})
    assert "majority" not in criteria.categories["user_impact"]
    assert [level for _, level in table.steps["affected_users"]] == [
        "significant_subset",
        "small_subset",
        "individual",
    ]


def test_a_category_taken_away_takes_its_measures_with_it() -> None:
    criteria, table = read_criteria({"categories": {"revenue_impact": None}})
    assert "revenue_impact" not in criteria.categories
    assert "revenue_usd" not in table.steps


def test_a_measure_can_be_switched_off() -> None:
    _, table = read_criteria({"derivation": {"revenue_usd": None}})
    assert set(table.steps) == {"affected_percent", "affected_users"}


def test_no_limit_is_a_response_time_too() -> None:
    criteria, _ = read_criteria(
        {"requirements": {"sev4": {"response_time": None, "notification": "backlog"}}}
    )
    assert criteria.requirements[Severity.SEV_4].response_time is None
    assert criteria.requirements[Severity.SEV_4].notification == ("backlog",)


def test_steps_may_be_written_in_any_order_and_either_form() -> None:
    pairs = {"derivation": {"affected_users": [[1, "individual"], [500, "majority"]]}}
    named = {
        "derivation": {
            "affectedUsers": [
                {"atLeast": 500, "level": "majority"},
                {"at_least": 1, "level": "individual"},
            ]
        }
    }
    assert read_criteria(pairs) == read_criteria(named)


def test_points_may_be_added_to_the_matrix() -> None:
    criteria, _ = read_criteria({"matrix": {"6": "SEV-1"}, "categories": {"safety": {"injury": 6}}})
    assert calculate_severity({"safety": "injury"}, criteria).severity is Severity.SEV_1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([1], "a list is not a mapping; expected names and their values"),
        (
            {"category": {}},
            "category: is not a key here; expected categories, matrix, requirements, derivation",
        ),
        (
            {"categories": {"a": {}}},
            "categories.a: the category has no level; expected level: points",
        ),
        (
            {"categories": {"a": 5}},
            "categories.a: 5 is not a mapping; expected names and their values",
        ),
        (
            {"categories": {"a": {"b": "many"}}},
            "categories.a.b: 'many' is not a whole number; expected points such as 5",
        ),
        (
            {"categories": {"a": {"b": True}}},
            "categories.a.b: True is not a whole number; expected points such as 5",
        ),
        (
            {"categories": dict.fromkeys(DEFAULT_CRITERIA.categories)},
            "categories: no category is given; expected at least one",
        ),
        (
            {"matrix": {"x": "SEV-1"}},
            "matrix.x: 'x' is not a whole number; expected points such as 5",
        ),
        ({"matrix": {5: "bad"}}, "matrix.5: 'bad' is not a severity; expected SEV-1"),
        ({"matrix": {5: "SEV-4"}}, "matrix.5: 5 points give SEV-4, which is milder than for 4"),
        (
            {"matrix": {5: None}},
            "categories.user_impact.all_users: 5 points have no severity; expected 1, 2, 3 and 4",
        ),
        ({"requirements": {"SEV-9": {}}}, "requirements.SEV-9: 'SEV-9' is not a severity"),
        (
            {"requirements": {"SEV-1": {}, 1: {}}},
            "requirements.1: is given twice; expected SEV-1 once",
        ),
        (
            {"requirements": {1: {"pager": True}}},
            "requirements.1.pager: is not a key here; expected response_time",
        ),
        (
            {"requirements": {1: {"status_page": "maybe"}}},
            "requirements.1.status_page: 'maybe' is neither; expected true or false",
        ),
        (
            {"requirements": {1: {"response_time": -1}}},
            "requirements.1.response_time: the duration is negative",
        ),
        (
            {"requirements": {1: {"response_time": "soon"}}},
            "requirements.1.response_time: 'soon' is not a duration",
        ),
        (
            {"requirements": {1: {"notification": ["a", 3]}}},
            "requirements.1.notification[1]: 3 is not a name",
        ),
        (
            {"derivation": {"mood": []}},
            "derivation.mood: is not a key here; expected affected_percent, affected_users, revenue_usd",
        ),
        ({"derivation": {"affected_users": 5}}, "derivation.affected_users: 5 is not a list"),
        (
            {"derivation": {"affected_users": [[1]]}},
            "derivation.affected_users[0]: a list is not a step",
        ),
        (
            {"derivation": {"affected_users": [["x", "majority"]]}},
            "derivation.affected_users[0]: 'x' is not an amount",
        ),
        (
            {"derivation": {"affected_users": [[float("nan"), "majority"]]}},
            "derivation.affected_users[0]: nan is not an amount",
        ),
        (
            {"derivation": {"affected_users": [[1, "nope"]]}},
            "derivation.affected_users[0]: 'nope' is not a level of user_impact",
        ),
        (
            {"derivation": {"affected_users": [[1, "majority"], [1, "individual"]]}},
            "derivation.affected_users[1]: 1 stands here twice",
        ),
    ],
)
def test_a_mistake_says_where_it_is_and_what_would_be_right(data: object, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        read_criteria(data)
    assert str(caught.value).startswith(message)


NAMES = st.text("abc_", min_size=1, max_size=6)
LEVELS = st.dictionaries(NAMES, st.integers(1, 5), min_size=1, max_size=4)


@st.composite
def teams(draw: st.DrawFn) -> tuple[SeverityCriteria, DerivationTable]:
    """Criteria that a team could have: some defaults gone, some things of its own."""
    kept = draw(st.sets(st.sampled_from(sorted(DEFAULT_CRITERIA.categories)), min_size=1))
    categories: dict[str, Any] = {name: DEFAULT_CRITERIA.categories[name] for name in kept}
    for name in kept:
        gone = draw(st.sampled_from([*categories[name], ""]))
        categories[name] = {level: n for level, n in categories[name].items() if level != gone}
    categories |= draw(st.dictionaries(NAMES, LEVELS, max_size=3))
    changed = draw(st.dictionaries(st.sampled_from(Severity), st.timedeltas(timedelta(0), timedelta(days=9)).map(
        lambda time: timedelta(minutes=time // timedelta(minutes=1))), max_size=3))  # fmt: skip
    requirements = {
        severity: replace(asked, response_time=changed.get(severity, asked.response_time))
        for severity, asked in DEFAULT_CRITERIA.requirements.items()
    }
    criteria = SeverityCriteria(categories, DEFAULT_CRITERIA.matrix, requirements)
    steps = {}
    for measure, category in MEASURES.items():
        if category in categories and draw(st.booleans()):
            level = st.sampled_from(sorted(categories[category]))
            drawn = draw(st.dictionaries(st.integers(0, 10**6), level, min_size=1, max_size=3))
            steps[measure] = tuple(sorted(drawn.items(), reverse=True))
    return criteria, DerivationTable(MappingProxyType(steps))


@given(teams())
def test_what_is_written_reads_back_to_the_same_criteria(
    team: tuple[SeverityCriteria, DerivationTable],
) -> None:
    assert read_criteria(criteria_data(*team)) == team
    assert read_criteria(json.loads(json.dumps(criteria_data(*team)))) == team
