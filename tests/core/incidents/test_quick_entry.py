"""One line typed in a hurry is read as its writer means it, and never lost."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.incidents.quick_entry import (
    QuickNote,
    QuickRole,
    QuickSeverity,
    QuickStatus,
    QuickTask,
    read_quick_entry,
)
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.severity import Severity

NOW = datetime(2026, 11, 21, 2, 12, tzinfo=UTC)
ZURICH = ZoneInfo("Europe/Zurich")


def read(text: str) -> object:
    return read_quick_entry(text, NOW, ZURICH)


def test_plain_words_are_a_note_now() -> None:
    assert read("  Pool restarted ") == QuickNote("Pool restarted")


def test_a_time_in_front_says_when_in_the_writers_zone() -> None:
    assert read("03:10 Pool restarted") == QuickNote(
        "Pool restarted", at=datetime(2026, 11, 21, 2, 10, tzinfo=UTC)
    )
    assert read("-5m Pool restarted") == QuickNote("Pool restarted", at=NOW - timedelta(minutes=5))


def test_a_clock_time_still_to_come_is_yesterdays() -> None:
    assert read("23:50 Paged") == QuickNote("Paged", at=datetime(2026, 11, 20, 22, 50, tzinfo=UTC))


@pytest.mark.parametrize("text", ["/decide 03:10 Stay on EU", "03:10 /decide Stay on EU"])
def test_a_decision_takes_its_time_before_or_after_the_command(text: str) -> None:
    at = datetime(2026, 11, 21, 2, 10, tzinfo=UTC)
    assert read(text) == QuickNote("Stay on EU", EventKind.DECISION, at)


def test_a_status_and_a_severity_carry_their_reason() -> None:
    assert read("/status monitoring fix is out") == QuickStatus(
        IncidentStatus.MONITORING, "fix is out"
    )
    assert read("/status mitigated fix is out") == QuickStatus(
        IncidentStatus.MONITORING, "fix is out"
    )
    assert read("/STATUS Resolved") == QuickStatus(IncidentStatus.RESOLVED, "")
    assert read("/sev 2: half of the EU") == QuickSeverity(Severity.SEV_2, "half of the EU")
    assert read("/sev sev-1 all of it") == QuickSeverity(Severity.SEV_1, "all of it")


def test_an_update_is_a_message_that_counts() -> None:
    assert read("/update Rolling back") == QuickNote(
        "Rolling back", EventKind.MESSAGE, important=True
    )
    assert read("/message Rolling back") == QuickNote("Rolling back", EventKind.MESSAGE)


def test_a_role_and_a_task_are_read_with_whose_they_are() -> None:
    assert read("/role technical_lead") == QuickRole("Technical Lead")
    assert read("/task Look at the pool") == QuickTask("Look at the pool", is_mine=False)
    assert read("/task me: look at the pool") == QuickTask("look at the pool", is_mine=True)
    assert read("/task me") == QuickTask("me", is_mine=False)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("/page @sam look", "there is no command /page"),
        ("/decide", "/decide has no text"),
        (
            "/status fixed",
            "/status knows investigating, identified, monitoring, resolved, closed",
        ),
        ("/sev 9 bad", "/sev knows 1 to 5"),
        ("/sev 2", "/sev needs a reason after the severity"),
        ("-5m /status resolved", "/status takes effect now, so it takes no time"),
    ],
)
def test_a_wrong_command_stays_a_note_and_says_why(text: str, problem: str) -> None:
    assert read(text) == QuickNote(text, problem=problem)


@pytest.mark.parametrize(
    "text", ["/etc/hosts was wrong", "1/2 of pods", "25:99 is no time", "-5m", "03:10", "- a dash"]
)
def test_what_only_looks_like_a_command_or_a_time_is_a_note_word_for_word(text: str) -> None:
    assert read(text) == QuickNote(text)


@given(st.text())
def test_no_line_is_refused_and_no_word_of_a_note_is_lost(text: str) -> None:
    found = read(text)
    if isinstance(found, QuickNote) and found.kind is EventKind.NOTE and found.at is None:
        assert found.text == text.strip() or text.strip().casefold().startswith("/note")
