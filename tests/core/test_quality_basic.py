"""Completeness in profile `basic`: the generator seed's eight rules to the letter."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.actions.item import ActionItem
from kintsugi.core.analysis.factors import ContributingFactor
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.quality import assess_basic, missing_fields, seed_quality
from tests.strategies import postmortems, simple_events

EVENT = TimelineEvent(None, "something happened")
OWNED = ActionItem("Add a limit", owner="alice")
FULL = Postmortem(
    title="Database connection pool exhaustion",
    summary="Errors for 45 minutes.",
    root_cause="Connection leak in retry logic.",
    trigger="Traffic spike.",
    timeline=(EVENT, EVENT, EVENT),
    contributing_factors=(ContributingFactor("No pool metrics"),),
    what_went_well=("Fast detection",),
    what_went_poorly=("No runbook",),
    action_items=(OWNED,),
)


def test_a_complete_record_scores_100() -> None:
    assessed = assess_basic(FULL)
    assert assessed.value == 100
    assert assessed.missing == ()
    assert not assessed.is_flagged


def test_an_empty_record_scores_nothing_and_misses_six_fields_in_the_seeds_order() -> None:
    assessed = assess_basic(Postmortem(title="x"))
    assert assessed.value == 0
    assert assessed.is_flagged
    assert assessed.missing == (
        "root_cause",
        "trigger",
        "timeline",
        "summary",
        "what_went_well",
        "what_went_poorly",
    )


@pytest.mark.parametrize(
    ("field", "empty", "cost"),
    [
        ("root_cause", "", 20), ("trigger", "", 10), ("timeline", (), 15), ("contributing_factors", (), 10),
        ("what_went_well", (), 10), ("what_went_poorly", (), 10), ("action_items", (), 25), ("summary", "", 0),
    ],
)  # fmt: skip
def test_each_part_costs_what_the_seed_says(field: str, empty: object, cost: int) -> None:
    assert assess_basic(replace(FULL, **{field: empty})).value == 100 - cost  # type: ignore[arg-type]


@pytest.mark.parametrize(("count", "points"), [(0, 0), (1, 5), (2, 5), (3, 15), (4, 15)])
def test_three_events_are_asked_for_and_one_counts_a_little(count: int, points: int) -> None:
    assessed = assess_basic(Postmortem(title="x", timeline=(EVENT,) * count))
    assert assessed.value == points


def test_one_action_without_owner_costs_the_ten_points_of_owners() -> None:
    unowned = replace(FULL, action_items=(OWNED, ActionItem("Remove the flag")))
    assert assess_basic(unowned).value == 90
    owners = next(part for part in assess_basic(unowned).points if part.part == "action owners")
    assert owners.reason == "1 without an owner"


def test_under_80_is_flagged_and_80_is_not() -> None:
    assert not assess_basic(replace(FULL, trigger="", what_went_well=())).is_flagged
    assert assess_basic(replace(FULL, trigger="", timeline=())).is_flagged


@given(postmortems())
def test_the_score_is_the_sum_of_its_points(postmortem: Postmortem) -> None:
    assessed = assess_basic(postmortem)
    assert 0 <= assessed.value <= 100
    assert assessed.value == sum(part.points for part in assessed.points)
    assert all(0 <= part.points <= part.maximum and part.reason for part in assessed.points)
    assert sum(part.maximum for part in assessed.points) == 100


@given(postmortems())
def test_the_quick_score_is_the_explained_one(postmortem: Postmortem) -> None:
    assert seed_quality(postmortem) == assess_basic(postmortem).value


CONTENT = st.fixed_dictionaries(
    {},
    optional={
        "summary": st.just("It broke."),
        "root_cause": st.just("A leak."),
        "trigger": st.just("A deploy."),
        "contributing_factors": st.just((ContributingFactor("Shared disk"),)),
        "what_went_well": st.just(("Paging",)),
        "what_went_poorly": st.just(("Dashboards",)),
        "resolution": st.just("Restarted."),
    },
)


@given(postmortems(), CONTENT, st.lists(simple_events, max_size=3), st.booleans())
def test_adding_content_never_lowers_it(
    before: Postmortem, written: dict[str, str], events: list[TimelineEvent], adds_action: bool
) -> None:
    action = (OWNED,) if adds_action else ()
    after = replace(
        before,
        **{name: getattr(before, name) or value for name, value in written.items()},  # type: ignore[arg-type]
        timeline=(*before.timeline, *events),
        action_items=(*before.action_items, *action),
    )
    assert seed_quality(after) >= seed_quality(before)
    assert set(missing_fields(after)) <= set(missing_fields(before))


@given(postmortems(), st.randoms())
def test_the_order_of_lists_does_not_matter(postmortem: Postmortem, chance: Random) -> None:
    def shuffled(values: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(chance.sample(values, len(values)))

    turned = replace(
        postmortem,
        timeline=shuffled(postmortem.timeline),  # type: ignore[arg-type]
        action_items=shuffled(postmortem.action_items),  # type: ignore[arg-type]
        what_went_well=shuffled(postmortem.what_went_well),  # type: ignore[arg-type]
    )
    assert assess_basic(turned) == assess_basic(postmortem)
