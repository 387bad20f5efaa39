"""The next update: five minutes, five more, every twenty, and every hour in a long incident."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.comms.cadence import NextUpdate, Timeliness, next_update
from kintsugi.core.shared.severity import Severity

AT = datetime(2025, 3, 1, 3, 0, tzinfo=UTC)


def minutes(*after: float) -> tuple[datetime, ...]:
    return tuple(AT + timedelta(minutes=one) for one in after)


@pytest.mark.parametrize(
    ("sent", "due"), [((), 5), ((4,), 9), ((4, 9), 29), ((4, 9, 28, 110), 130), ((4, 9, 125), 185)]
)
def test_an_update_is_due_after_the_one_before(sent: tuple[float, ...], due: float) -> None:
    found = next_update(Severity.SEV_1, AT, minutes(*sent))
    assert found is not None
    assert found.due_at == minutes(due)[0]
    assert next_update(Severity.SEV_2, AT, minutes(*sent)) == found


@pytest.mark.parametrize("severity", [None, Severity.SEV_3, Severity.SEV_4, Severity.SEV_5])
def test_a_milder_incident_has_no_cadence(severity: Severity | None) -> None:
    assert next_update(severity, AT, minutes(4)) is None


def test_a_promise_that_is_earlier_counts_and_a_later_one_does_not() -> None:
    def due(promised: float) -> datetime:
        found = next_update(Severity.SEV_1, AT, minutes(4, 9), minutes(promised)[0])
        assert found is not None
        return found.due_at

    assert due(15) == minutes(15)[0]
    assert due(60) == due(3) == minutes(29)[0]


def test_a_nudge_comes_at_four_fifths_and_overdue_at_the_minute() -> None:
    found = NextUpdate(minutes(20)[0], AT)
    assert [found.timeliness(one) for one in minutes(0, 15.9, 16, 19.9, 20, 90)] == [
        Timeliness.IN_TIME, Timeliness.IN_TIME, Timeliness.NUDGE, Timeliness.NUDGE,
        Timeliness.OVERDUE, Timeliness.OVERDUE,
    ]  # fmt: skip


@given(
    st.lists(st.integers(0, 600), max_size=6).map(sorted),
    st.sampled_from([Severity.SEV_1, Severity.SEV_2]),
)
def test_the_next_update_is_always_within_an_hour_of_the_last_word(
    sent: list[int], severity: Severity
) -> None:
    found = next_update(severity, AT, minutes(*sent))
    assert found is not None
    last = minutes(sent[-1])[0] if sent else AT
    assert timedelta() < found.due_at - last <= timedelta(hours=1)
    assert last <= found.nudge_at < found.due_at
