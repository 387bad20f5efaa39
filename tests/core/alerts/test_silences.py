"""What a silence keeps quiet, when, and which silences cannot be made."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.alerts.labels import facts
from kintsugi.core.alerts.matchers import Matcher, find_whole, matches, parse_matchers
from kintsugi.core.alerts.silences import (
    Silence,
    SilenceKind,
    SilenceState,
    checked,
    for_services,
    silence_for,
)
from kintsugi.core.shared.errors import InvalidValue
from tests.core.alerts.strategies import NOON, labels, moments, silences

HOUR = timedelta(hours=1)
QUIET = Silence(
    "sil_1", SilenceKind.SILENCE, parse_matchers('env="test"'), starts_at=NOON, ends_at=NOON + HOUR
)
TEST = {"env": "test", "service": "orders"}


def test_it_holds_from_its_start_until_its_end() -> None:
    at = {NOON - HOUR: "pending", NOON: "active", NOON + HOUR: "expired"}
    assert [QUIET.state(moment) for moment in at] == [SilenceState(word) for word in at.values()]
    found = [silence_for([QUIET], TEST, moment, find_whole) for moment in at]
    assert found == [None, QUIET, None]


def test_it_is_for_what_satisfies_all_its_matchers() -> None:
    both = replace(QUIET, matchers=parse_matchers('env="test", service=~"pay.*"'))
    assert silence_for([both], TEST, NOON, find_whole) is None
    assert silence_for([both], {**TEST, "service": "payments"}, NOON, find_whole) is both


def test_it_may_be_for_one_source() -> None:
    ours = replace(QUIET, source_id="src_1")
    assert silence_for([ours], TEST, NOON, find_whole, "src_1") is ours
    assert silence_for([ours], TEST, NOON, find_whole, "src_2") is None


def test_of_several_the_one_that_ends_last_is_named() -> None:
    longer = replace(QUIET, id="sil_2", ends_at=NOON + 2 * HOUR)
    for order in ([QUIET, longer], [longer, QUIET]):
        assert silence_for(order, TEST, NOON, find_whole) is longer


def test_a_maintenance_window_is_for_services_by_whatever_label_a_tool_tells_them() -> None:
    window = replace(QUIET, kind=SilenceKind.MAINTENANCE, matchers=for_services(["orders", "a.b"]))
    for service, is_quiet in {"orders": True, "a.b": True, "axb": False, "": False}.items():
        alert = facts(
            {"service": "something-else"},
            title="", rule="", service=service, severity=None, source="", kind="",
        )  # fmt: skip
        assert (silence_for([window], alert, NOON, find_whole) is window) is is_quiet
    assert for_services(["orders"]) == (Matcher("alert.service", "orders"),)


@pytest.mark.parametrize(
    ("silence", "said"),
    [
        (replace(QUIET, ends_at=NOON), "endsAt: is not after the start"),
        (replace(QUIET, starts_at=NOON - 2 * HOUR, ends_at=NOON - HOUR), "endsAt: has passed"),
        (replace(QUIET, matchers=()), "matchers: a silence has 1 to 50 matchers"),
        (
            replace(QUIET, matchers=parse_matchers('env=~".*"')),
            "matchers: every alert would be quiet",
        ),
        (
            replace(QUIET, matchers=parse_matchers('env!="x"')),
            "matchers: every alert would be quiet",
        ),
        (replace(QUIET, comment="x" * 2_001), "comment: has more than 2,000 characters"),
    ],
)
def test_what_cannot_be_meant_is_refused(silence: Silence, said: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        checked(silence, NOON, find_whole)
    assert str(refused.value).startswith(said)


def test_what_can_be_meant_may_be_made() -> None:
    assert checked(QUIET, NOON, find_whole) is QUIET


@given(st.lists(silences(), max_size=5), labels, moments, st.sampled_from(("src_1", "src_2")))
def test_an_alert_is_quiet_only_by_a_silence_that_is_active_and_for_it(
    found: list[Silence], labels: dict[str, str], now: datetime, source_id: str
) -> None:
    fitting = [
        one
        for one in found
        if one.state(now) is SilenceState.ACTIVE
        and one.source_id in ("", source_id)
        and matches(one.matchers, labels, find_whole)
    ]
    quiet = silence_for(found, labels, now, find_whole, source_id)
    if quiet is None:
        assert fitting == []
    else:
        assert quiet in fitting
        assert quiet.ends_at == max(one.ends_at for one in fitting)


@given(st.lists(silences(), max_size=4), silences(), labels, moments)
def test_one_more_silence_makes_nothing_louder(
    found: list[Silence], more: Silence, labels: dict[str, str], now: datetime
) -> None:
    was_quiet = silence_for(found, labels, now, find_whole) is not None
    assert not was_quiet or silence_for([*found, more], labels, now, find_whole) is not None
