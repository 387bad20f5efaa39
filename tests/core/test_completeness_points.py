"""Completeness in profile `full`: how the hundred points are made up, and what a team may change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.actions.item import Priority
from kintsugi.core.actions.review import SetLimits
from kintsugi.core.postmortems.completeness import (
    FULL_RULES,
    FullAssessment,
    Profile,
    assess,
    assess_full,
)
from kintsugi.core.postmortems.document import (
    ExternalAccount,
    Postmortem,
)
from kintsugi.core.postmortems.quality import assess_basic
from kintsugi.core.postmortems.rules import Answer, Asked, Outcome, RuleLevel, Settings, failed
from kintsugi.core.shared.errors import InvalidValue
from tests.core.full_record import ACTION, FULL
from tests.strategies import postmortems


def failing(assessed: FullAssessment) -> list[str]:
    return [each.id for each in assessed.failed]


# --- the points ------------------------------------------------------------------------------


def test_the_required_fields_weigh_three_times_a_warning_and_six_times_an_info() -> None:
    by_level = {each.level: each.maximum for each in assess_full(FULL).results if each.maximum}
    assert by_level[RuleLevel.REQUIRED] == pytest.approx(3 * by_level[RuleLevel.WARNING])
    assert by_level[RuleLevel.REQUIRED] == pytest.approx(6 * by_level[RuleLevel.INFO])


def test_with_every_rule_applying_the_required_fields_are_53_points() -> None:
    every = replace(FULL, external=ExternalAccount("It broke. It works."), action_items=(
        ACTION, replace(ACTION, priority=Priority.LOW), ACTION))  # fmt: skip
    assessed = assess_full(every)
    assert Outcome.NOT_APPLICABLE not in {each.outcome for each in assessed.results}
    required = sum(each.maximum for each in assessed.results if each.level is RuleLevel.REQUIRED)
    assert required == pytest.approx(100 * 66 / 124)


@given(postmortems())
def test_the_score_is_the_sum_of_its_points_of_100(postmortem: Postmortem) -> None:
    assessed = assess_full(postmortem)
    assert 0 <= assessed.value <= 100
    assert assessed.value == pytest.approx(sum(each.points for each in assessed.results), abs=0.051)
    assert sum(each.maximum for each in assessed.results) == pytest.approx(100)
    for each in assessed.results:
        assert 0 <= each.points <= each.maximum + 1e-9
        assert each.explanation
        assert each.source
        assert (each.outcome is Outcome.NOT_APPLICABLE) <= (each.maximum == 0)
    assert set(assessed.missing) == {
        each.field for each in assessed.failed if each.level is RuleLevel.REQUIRED
    }


REQUIRED_FIELDS = (
    "summary", "impact", "timeline", "trigger", "contributing_factors", "detection", "resolution", "what_went_well",
    "what_went_poorly", "where_we_got_lucky",
)  # fmt: skip


@given(st.sets(st.sampled_from(REQUIRED_FIELDS)), st.sampled_from(REQUIRED_FIELDS), postmortems())
def test_writing_a_required_field_well_never_lowers_the_score(
    absent: set[str], name: str, drawn: Postmortem
) -> None:
    empty = Postmortem(title="x")
    before = replace(
        FULL, **{each: getattr(empty, each) for each in {*absent, name}}, severity=drawn.severity
    )
    after = replace(before, **{name: getattr(FULL, name)})
    assert assess_full(after).value >= assess_full(before).value
    assert set(assess_full(after).missing) < set(assess_full(before).missing)


@given(postmortems(), st.sampled_from(("summary", "trigger", "resolution", "root_cause")))
def test_even_a_poor_text_is_worth_more_than_none(drawn: Postmortem, name: str) -> None:
    poor = {name: "It broke because somebody was careless; a test would have caught it. " * 20}
    assert assess_full(replace(drawn, **poor)).value >= 0  # type: ignore[arg-type]
    if name != "root_cause":
        empty = replace(drawn, **{name: ""})  # type: ignore[arg-type]
        assert assess_full(replace(empty, **poor)).value >= assess_full(empty).value  # type: ignore[arg-type]


# --- settings and other rules ----------------------------------------------------------------


def test_every_number_can_be_changed() -> None:
    strict = Settings(
        min_events=6, summary_max_words=5, max_gap=timedelta(minutes=5), min_factors=3, why_depth=(4, 7),
        actions=SetLimits(max_actions=0), max_log_lines=2,
    )  # fmt: skip
    rules = ["1.timeline", "2.length", "6.gaps", "15.factors", "15.depth", "21.count"]
    assert failing(assess_full(FULL, settings=strict)) == rules


def test_a_rule_can_be_switched_off_by_id_or_by_number() -> None:
    bare = replace(FULL, known_before="", similar=(), owner="")
    assert failing(assess_full(bare, settings=Settings(off=frozenset({"18"})))) == ["4.owner"]
    assert failing(assess_full(bare, settings=Settings(off=frozenset({"18.known"})))) == [
        "4.owner",
        "18.similar",
    ]


def test_weights_can_be_changed_for_a_level_or_a_rule() -> None:
    only_required = Settings(weights={RuleLevel.REQUIRED: 1})
    poor = replace(FULL, similar=(), known_before="")
    assert assess_full(poor, settings=only_required).value == 100
    heavy = Settings(rule_weights={"18.known": 1000})
    assert assess_full(poor, settings=heavy).value < 20


def test_with_every_rule_off_there_is_no_point_to_have() -> None:
    numbers = frozenset(str(number) for number in range(1, 25))
    assessed = assess_full(FULL, settings=Settings(off=numbers))
    assert (assessed.value, assessed.results) == (0, ())


@pytest.mark.parametrize(
    "bad",
    [
        {"min_events": -1}, {"evidenced_share": 1.5}, {"why_depth": (7, 3)}, {"weights": {RuleLevel.INFO: -1}},
        {"rule_weights": {"1.summary": float("nan")}},
    ],
)  # fmt: skip
def test_impossible_settings_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        Settings(**bad)  # type: ignore[arg-type]


RUNBOOK = Asked("acme.link", "A change ticket", RuleLevel.REQUIRED, "links", "Acme handbook")


def ticket_rule(postmortem: Postmortem, _settings: Settings) -> Iterator[Answer]:
    if not postmortem.links:
        yield failed(RUNBOOK, "Link the change ticket.")


def test_a_team_may_add_a_rule_of_its_own() -> None:
    assessed = assess_full(FULL, rules=(*FULL_RULES, ticket_rule))
    assert assessed.missing == ("links",)
    assert assessed.failed[0].explanation == "Link the change ticket."


def test_two_rules_may_not_answer_under_one_id() -> None:
    with pytest.raises(InvalidValue, match=r"'acme\.link'"):
        assess_full(FULL, rules=(ticket_rule, ticket_rule))


def test_a_profile_chooses_between_the_two() -> None:
    assert assess(FULL) == assess(FULL, Profile.BASIC) == assess_basic(FULL)
    assert assess(FULL, Profile.FULL) == assess_full(FULL)
