"""Roles by their words, what a severity asks for, and times to come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.incidents.command import COMMANDER, EXPERT, ROLES, asked_for, role_named
from kintsugi.core.incidents.due import read_due
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity

NOW = datetime(2025, 3, 29, 23, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("written", "role"),
    [
        ("scribe", "Scribe"), ("technical_lead", "Technical Lead"), ("SME", EXPERT), ("ic", COMMANDER),
        (" Incident  commander ", COMMANDER), ("Data wrangler", "Data wrangler"),
    ],
)  # fmt: skip
def test_a_role_is_known_by_its_words(written: str, role: str) -> None:
    assert role_named(written) == role


@pytest.mark.parametrize("written", ["", "   ", "x" * 61])
def test_no_role_and_one_that_is_too_long_are_refused(written: str) -> None:
    with pytest.raises(InvalidValue, match="role"):
        role_named(written)


def test_a_severity_asks_for_the_roles_of_the_guide_until_somebody_holds_them() -> None:
    assert asked_for(Severity.SEV_1, []) == (
        COMMANDER,
        "Communications Lead",
        "Technical Lead",
        "Scribe",
    )
    assert asked_for(Severity.SEV_2, [COMMANDER]) == ("Communications Lead", "Technical Lead")
    assert (
        asked_for(Severity.SEV_1, ROLES)
        == asked_for(Severity.SEV_5, [])
        == asked_for(None, [])
        == ()
    )


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("20 min", 20), ("in 2 h", 120), ("+90s", 1.5), ("1h 30m", 90), ("2025-03-30T00:00:00Z", 30)],
)
def test_a_time_to_come_is_a_length_or_a_moment(typed: str, minutes: float) -> None:
    assert read_due(typed, NOW) == NOW + timedelta(minutes=minutes)


def test_a_clock_time_is_the_next_one_in_the_readers_zone_across_a_change_of_clocks() -> None:
    # 00:30 in Berlin; at 02:00 the clocks go on to 03:00.
    assert read_due("01:00", NOW, BERLIN) == datetime(2025, 3, 30, 0, 0, tzinfo=UTC)
    assert read_due("04:00", NOW, BERLIN) == datetime(2025, 3, 30, 2, 0, tzinfo=UTC)
    assert read_due("00:15", NOW, BERLIN) == datetime(2025, 3, 30, 22, 15, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["soon", "", "-5m", "2025-03-29T23:00:00Z", "400 days", "25:00"])
def test_what_is_no_time_to_come_is_refused(typed: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_due(typed, NOW)
    assert refused.value.expected


@given(st.text(max_size=30))
def test_any_text_is_a_time_to_come_or_refused(typed: str) -> None:
    try:
        found = read_due(typed, NOW, BERLIN)
    except InvalidValue:
        found = NOW
    assert found >= NOW
