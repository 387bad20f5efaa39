"""Which alerts are one thing, and for how long a group takes more."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.alerts.grouping import LONGEST, Grouping, group_key, key_hash, still_open
from tests.core.alerts.strategies import NOON, groupings, labels

BY_SERVICE = Grouping(("service", "rule"), timedelta(minutes=5))
ORDERS = {"alert.service": "orders", "alert.rule": "DiskFull", "host": "db-1"}


def takes_more(
    grouping: Grouping, last: timedelta, opened: timedelta, *, is_open: bool = False
) -> bool:
    return still_open(
        grouping, last_at=NOON - last, opened_at=NOON - opened, now=NOON, has_open_incident=is_open
    )


def test_a_key_is_what_the_alerts_have_in_common() -> None:
    assert group_key(BY_SERVICE, ORDERS) == 'service="orders", rule="DiskFull"'
    assert group_key(BY_SERVICE, {**ORDERS, "host": "db-2"}) == group_key(BY_SERVICE, ORDERS)
    assert group_key(Grouping(("host",)), ORDERS) == 'host="db-1"'


def test_what_is_absent_is_empty() -> None:
    assert group_key(Grouping(("service", "host")), {}) == 'service="", host=""'


def test_without_a_rule_the_title_stands_for_one() -> None:
    one, other = ({"alert.title": title} for title in ("Disk is full", "Card payments fail"))
    assert group_key(BY_SERVICE, one) == 'service="", rule="Disk is full"'
    assert group_key(BY_SERVICE, one) != group_key(BY_SERVICE, other)
    assert group_key(BY_SERVICE, {**ORDERS, "alert.title": "x"}) == group_key(BY_SERVICE, ORDERS)


def test_by_nothing_all_alerts_are_one_group() -> None:
    assert group_key(Grouping(()), ORDERS) == group_key(Grouping(()), {})


def test_two_rules_never_share_a_group() -> None:
    assert key_hash("rul_1", "x") != key_hash("rul_2", "x")
    assert len(key_hash("rul_1", "\ud800")) == 32


def test_a_group_takes_more_within_its_window_after_the_last() -> None:
    minute = timedelta(minutes=1)
    assert takes_more(BY_SERVICE, 5 * minute, 60 * minute)
    assert not takes_more(BY_SERVICE, 6 * minute, 6 * minute)


def test_a_group_takes_more_as_long_as_its_incident_is_open() -> None:
    assert takes_more(BY_SERVICE, 2 * LONGEST, 3 * LONGEST, is_open=True)


def test_a_group_without_an_incident_ends_after_a_day_however_steady_its_alerts() -> None:
    assert takes_more(BY_SERVICE, timedelta(0), LONGEST)
    assert not takes_more(BY_SERVICE, timedelta(0), LONGEST + timedelta(seconds=1))


def test_a_window_of_zero_groups_nothing() -> None:
    alone = Grouping(("service",), timedelta(0))
    assert not takes_more(alone, timedelta(0), timedelta(0))
    assert not takes_more(alone, timedelta(0), timedelta(0), is_open=True)


@given(groupings, labels, labels)
def test_a_key_is_shared_exactly_when_all_values_are(
    grouping: Grouping, one: dict[str, str], other: dict[str, str]
) -> None:
    def values(facts: dict[str, str]) -> list[str]:
        return [
            facts.get(f"alert.{name}" if name in ("service", "rule") else name, "")
            for name in grouping.by
        ]

    assert (group_key(grouping, one) == group_key(grouping, other)) is (
        values(one) == values(other)
    )


@given(groupings, st.integers(0, 9_000), st.integers(0, 9_000))
def test_a_group_that_takes_nothing_more_never_does_again(
    grouping: Grouping, sooner: int, later: int
) -> None:
    sooner, later = sorted((sooner, later))
    now, then = timedelta(seconds=sooner), timedelta(seconds=later)
    assert takes_more(grouping, now, now) or not takes_more(grouping, then, then)
