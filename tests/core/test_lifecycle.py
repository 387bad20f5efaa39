from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.incidents.happened import past, read_happened
from kintsugi.core.incidents.lifecycle import (
    INCIDENT_CRITERIA,
    OPEN,
    TransitionRefused,
    is_open,
    milestone_of,
    move,
    possible,
    taken_back,
)
from kintsugi.core.incidents.milestones import Milestones
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.shared.errors import InvalidValue

INVESTIGATING, IDENTIFIED, MONITORING, RESOLVED, CLOSED = IncidentStatus
STATUSES = st.sampled_from(IncidentStatus)
NOW = datetime(2026, 3, 15, 0, 20, tzinfo=UTC)


def test_the_whole_way_forward() -> None:
    status = INVESTIGATING
    for to in (IDENTIFIED, MONITORING, RESOLVED, CLOSED):
        status = move(status, to)
    assert status is CLOSED


@pytest.mark.parametrize("status", OPEN)
def test_steps_may_be_skipped_up_to_resolved(status: IncidentStatus) -> None:
    assert move(status, RESOLVED) is RESOLVED


@pytest.mark.parametrize("status", OPEN)
def test_only_what_is_resolved_can_be_closed(status: IncidentStatus) -> None:
    with pytest.raises(TransitionRefused, match=rf"cannot go to closed while it is {status.value}"):
        move(status, CLOSED)


def test_the_open_three_go_back_and_forth() -> None:
    for status in OPEN:
        for to in OPEN:
            if to is not status:
                assert move(status, to) is to


@pytest.mark.parametrize("status", [RESOLVED, CLOSED])
def test_a_finished_incident_reopens_to_investigating_alone(status: IncidentStatus) -> None:
    assert move(status, INVESTIGATING) is INVESTIGATING
    for to in (IDENTIFIED, MONITORING):
        with pytest.raises(TransitionRefused, match=r"from here it can go to .*investigating"):
            move(status, to)


def test_staying_is_refused_and_says_what_is_possible() -> None:
    with pytest.raises(TransitionRefused) as refused:
        move(IDENTIFIED, IDENTIFIED)
    assert str(refused.value) == (
        "it is already identified; from here it can go to investigating or monitoring or resolved"
    )


@given(STATUSES, STATUSES)
def test_what_is_called_possible_is_what_move_allows(
    status: IncidentStatus, to: IncidentStatus
) -> None:
    if to in possible(status):
        assert move(status, to) is to
    else:
        with pytest.raises(TransitionRefused):
            move(status, to)


@given(STATUSES)
def test_no_status_is_a_dead_end(status: IncidentStatus) -> None:
    assert possible(status)
    assert is_open(status) == (status in OPEN)


@given(STATUSES, STATUSES)
def test_a_move_never_takes_back_the_milestone_it_sets(
    status: IncidentStatus, to: IncidentStatus
) -> None:
    names = set(Milestones.__dataclass_fields__)
    sets = milestone_of(to)
    assert sets is None or sets in names
    assert set(taken_back(status, to)) <= names - {sets}


def test_reopening_takes_back_that_it_was_over() -> None:
    assert taken_back(CLOSED, INVESTIGATING) == ("mitigated", "recovered", "resolved")
    assert taken_back(MONITORING, IDENTIFIED) == ("mitigated",)
    assert taken_back(IDENTIFIED, INVESTIGATING) == ()
    assert taken_back(MONITORING, RESOLVED) == ()
    assert taken_back(RESOLVED, CLOSED) == ()


def test_the_guides_five_criteria() -> None:
    assert len(INCIDENT_CRITERIA) == 5
    assert all(criterion.question.endswith("?") for criterion in INCIDENT_CRITERIA)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", NOW),
        ("-5m", NOW - timedelta(minutes=5)),
        ("- 1 h 10 min", NOW - timedelta(minutes=70)),
        ("00:10", datetime(2026, 3, 15, 0, 10, tzinfo=UTC)),
        ("23:50", datetime(2026, 3, 14, 23, 50, tzinfo=UTC)),
        ("2026-03-14T20:00:00+02:00", datetime(2026, 3, 14, 18, tzinfo=UTC)),
    ],
)
def test_when_it_happened_as_people_type_it(typed: str, expected: datetime) -> None:
    assert read_happened(typed, NOW) == expected


def test_a_clock_time_is_the_last_one_in_the_readers_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert read_happened("01:15", NOW, berlin) == datetime(2026, 3, 15, 0, 15, tzinfo=UTC)
    assert read_happened("2026-03-15 01:00", NOW, berlin) == datetime(2026, 3, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed", ["soon", "25:00", "-", "-x", "2026-03-16T00:00:00Z", "0900-01-01T00:00:00Z"]
)
def test_what_is_no_past_time_is_refused(typed: str) -> None:
    with pytest.raises(InvalidValue):
        read_happened(typed, NOW)


def test_clocks_that_differ_a_little_are_no_future() -> None:
    assert past(NOW + timedelta(seconds=30), NOW) == NOW + timedelta(seconds=30)
