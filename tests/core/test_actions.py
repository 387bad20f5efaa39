"""Actions: due dates, the six points of a review, and the set as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.actions.item import (
    ActionItem,
    ActionStatus,
    ActionType,
    Horizon,
    Priority,
    due_date,
    horizon_of,
)
from kintsugi.core.actions.review import MAX_SCORE, SetLimits, planned, review_action, review_set
from kintsugi.core.actions.words import parse_priority, parse_status, parse_type
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from tests.strategies import actions

READY = ActionItem(
    description="Limit retries to 3 per request",
    id="A1",
    owner="alice",
    priority=Priority.HIGH,
    type=ActionType.PREVENT,
    due=date(2024, 4, 1),
    done_when="A load test with a dead backend shows at most 3 calls a request",
)
RESOLVED = date(2024, 3, 15)


def set_checks(*given_actions: ActionItem, limits: SetLimits | None = None) -> dict[str, bool]:
    return {check.name: check.holds for check in review_set(given_actions, limits or SetLimits())}


# --- one action ------------------------------------------------------------------------------


def test_an_action_with_all_parts_scores_six() -> None:
    review = review_action(READY)
    assert review.score == MAX_SCORE
    assert review.missing == ()
    assert review.findings == ()
    assert not review.is_weak


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"description": "Better retry limits"}, ("verb",)),
        ({"description": "Improve retries"}, ("strength",)),
        ({"description": "Train the on-call engineers on retries"}, ("strength",)),
        ({"owner": ""}, ("owner",)),
        ({"owner": "TBD"}, ("owner",)),
        ({"owner": "database team"}, ("owner",)),
        ({"owner": "devops@example.com"}, ("owner",)),
        ({"owner": "alice, bob"}, ("owner",)),
        ({"priority": None}, ("priority",)),
        ({"type": None}, ("type",)),
        ({"priority": None, "type": None}, ("priority", "type")),
        ({"due": None}, ("due",)),
        ({"id": ""}, ("tracker",)),
        ({"done_when": ""}, ("done_when",)),
        ({"done_when": "TBD"}, ("done_when",)),
    ],
)
def test_each_missing_part_is_named_and_costs_one_point(
    change: dict[str, object], missing: tuple[str, ...]
) -> None:
    review = review_action(replace(READY, **change))  # type: ignore[arg-type]
    assert review.missing == missing
    assert review.score == MAX_SCORE - 1
    assert all(point.advice for point in review.points if not point.earned)


@pytest.mark.parametrize(
    "change",
    [
        {"due": None, "horizon": Horizon.SHORT},
        {"id": "", "ticket": "https://tracker.example/SHOP-12"},
        {"owner": "bob.smith@example.com"},
        {"owner": "@alice"},
        {"owner": "Anna-Lena Groß"},
        {"description": "[alice] **Add** a limit of 3 retries"},
        {"description": "Automatically restart the worker"},
        {"description": "Added a limit of 3 retries"},
        {"description": "OPS-12: Shard the orders table"},
        {"description": "Write a runbook for a full connection pool"},
    ],
)
def test_other_ways_to_give_a_part_are_as_good(change: dict[str, object]) -> None:
    assert review_action(replace(READY, **change)).missing == ()  # type: ignore[arg-type]


def test_an_empty_action_scores_nothing() -> None:
    review = review_action(ActionItem(""))
    assert review.score == 0
    assert review.missing == ("verb", "owner", "priority", "type", "due", "tracker", "done_when")


@given(actions)
def test_the_score_is_the_number_of_points_earned(action: ActionItem) -> None:
    review = review_action(action)
    assert len(review.points) == MAX_SCORE
    assert review.score == sum(not point.missing for point in review.points)
    for finding in review.findings:
        assert action.description[finding.start : finding.end] == finding.quote


@given(actions)
def test_filling_in_a_part_never_lowers_the_score(action: ActionItem) -> None:
    for name in ("owner", "priority", "type", "due", "id", "done_when"):
        fuller = replace(action, **{name: getattr(READY, name)})
        assert review_action(fuller).score >= review_action(action).score


# --- all actions -----------------------------------------------------------------------------

MITIGATING = replace(READY, type=ActionType.MITIGATE)
TRAINING = replace(READY, description="Conduct team training on database management")


def test_a_good_set_has_nothing_against_it() -> None:
    good = (
        READY,
        replace(MITIGATING, priority=Priority.LOW),
        replace(READY, priority=Priority.CRITICAL),
    )
    assert set_checks(*good) == {
        "priorities": True,
        "prevention": True,
        "strength": True,
        "count": True,
    }


def test_three_actions_of_one_priority_are_not_prioritised() -> None:
    assert set_checks(READY, READY, READY)["priorities"] is False
    assert "priorities" not in set_checks(READY, READY)


def test_without_any_priority_the_set_is_not_asked_to_differ() -> None:
    bare = replace(READY, priority=None)
    assert "priorities" not in set_checks(bare, bare, bare)


@pytest.mark.parametrize(
    ("kind", "holds"),
    [
        (ActionType.PREVENT, True), (ActionType.DETECT, True), (ActionType.MITIGATE, False),
        (ActionType.PROCESS, False), (ActionType.DOCUMENT, False), (None, False),
    ],
)  # fmt: skip
def test_one_action_must_prevent_or_detect(kind: ActionType | None, holds: bool) -> None:
    assert set_checks(replace(READY, type=kind))["prevention"] is holds


def test_only_training_is_a_weak_set() -> None:
    documenting = replace(READY, description="Update the wiki page on retries")
    assert set_checks(TRAINING, documenting)["strength"] is False
    assert set_checks(TRAINING, READY)["strength"] is True


def test_more_than_ten_actions_are_too_many() -> None:
    assert set_checks(*[READY] * 10)["count"] is True
    assert set_checks(*[READY] * 11)["count"] is False
    assert set_checks(READY, READY, limits=SetLimits(max_actions=1))["count"] is False


def test_actions_decided_against_do_not_count() -> None:
    dropped = replace(READY, status=ActionStatus.WONT_DO, reason="not worth it")
    risk = replace(READY, status=ActionStatus.ACCEPTED_RISK)
    assert planned([dropped, risk, MITIGATING]) == (MITIGATING,)
    assert set_checks(dropped, MITIGATING)["prevention"] is False
    assert review_set([dropped, risk]) == ()


@given(st.lists(actions, max_size=5), st.randoms())
def test_the_order_of_the_actions_does_not_matter(drawn: list[ActionItem], chance: Random) -> None:
    turned = list(drawn)
    chance.shuffle(turned)
    assert set_checks(*turned) == set_checks(*drawn)


# --- dates and words -------------------------------------------------------------------------


@pytest.mark.parametrize(("severity", "days"), [(1, 15), (2, 30), (3, 56), (5, 56)])
def test_without_a_date_the_severity_gives_the_time_there_is(severity: int, days: int) -> None:
    assert due_date(ActionItem("x"), Severity(severity), RESOLVED) == RESOLVED + timedelta(
        days=days
    )


def test_a_typed_date_goes_before_the_horizon_and_that_before_the_severity() -> None:
    short = ActionItem("x", horizon=Horizon.SHORT)
    assert due_date(short, Severity.SEV_1, RESOLVED) == RESOLVED + timedelta(days=30)
    assert due_date(replace(short, due=date(2025, 1, 1)), Severity.SEV_1, RESOLVED) == date(
        2025, 1, 1
    )


@pytest.mark.parametrize(
    ("days", "horizon"),
    [
        (-3, Horizon.IMMEDIATE),
        (7, Horizon.IMMEDIATE),
        (8, Horizon.SHORT),
        (31, Horizon.LONG),
        (400, Horizon.LONG),
    ],
)
def test_a_date_stands_under_the_first_horizon_that_reaches_it(days: int, horizon: Horizon) -> None:
    action = ActionItem("x", due=RESOLVED + timedelta(days=days))
    assert horizon_of(action, None, RESOLVED) is horizon


def test_an_accepted_risk_stays_open_and_only_finished_work_is_done() -> None:
    assert [status for status in ActionStatus if status.is_done] == [
        ActionStatus.DONE,
        ActionStatus.VERIFIED,
    ]
    assert not ActionStatus.ACCEPTED_RISK.is_closed
    assert ActionStatus.WONT_DO.seed_word == "completed"
    assert ActionStatus.ACCEPTED_RISK.seed_word == "open"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("P0", Priority.CRITICAL),
        ("p3", Priority.LOW),
        ("high", Priority.HIGH),
        ("Urgent", Priority.CRITICAL),
    ],
)
def test_priorities_are_read_in_the_seeds_words(written: str, expected: Priority) -> None:
    assert parse_priority(written) is expected


def test_states_and_types_are_read_in_the_seeds_words() -> None:
    assert parse_status("completed") is parse_status("[x]") is ActionStatus.DONE
    assert parse_status("open") is ActionStatus.TODO
    assert parse_type("Monitoring enhancement") is ActionType.DETECT
    with pytest.raises(InvalidValue, match="expected CRITICAL, HIGH, MEDIUM, LOW"):
        parse_priority("whenever")
