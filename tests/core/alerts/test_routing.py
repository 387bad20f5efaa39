"""Which rule decides about an alert: the first that is on and whose condition holds, else nobody's but a person's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given

from kintsugi.core.alerts.labels import facts
from kintsugi.core.alerts.matchers import find_whole, parse_matchers
from kintsugi.core.alerts.routing import (
    DEFAULT_RULES,
    UNROUTED,
    Condition,
    Outcome,
    OutcomeKind,
    Part,
    Rule,
    Unmet,
    WhenResolved,
    route,
    unmet,
)
from kintsugi.core.alerts.weekly_hours import Span, WeeklyHours
from kintsugi.core.shared.severity import Severity
from tests.core.alerts.strategies import NOON, labels, moments, rules

WORK = WeeklyHours("UTC", (Span((0, 1, 2, 3, 4), time(9), time(17)),))


def alert(severity: Severity | None = Severity.SEV_2, **labels: str) -> dict[str, str]:
    return facts(
        labels, title="Disk nearly full", rule="DiskFull", service="orders",
        severity=severity, source="Prometheus", kind="monitoring",
    )  # fmt: skip


def rule(name: str, condition: Condition, kind: OutcomeKind = OutcomeKind.OPEN) -> Rule:
    return Rule(f"rul_{name}", name, is_enabled=True, condition=condition, outcome=Outcome(kind))


def missing(condition: Condition, facts: dict[str, str], now: datetime = NOON) -> Unmet | None:
    return unmet(condition, facts, now, find_whole)


def test_the_first_rule_that_applies_decides_alone() -> None:
    rules = (
        rule("test", Condition(matchers=parse_matchers("env=test")), OutcomeKind.WAIT),
        rule("orders", Condition(services=("orders",))),
        rule("all", Condition(), OutcomeKind.JOIN),
    )
    assert route(rules, alert(env="test"), NOON, find_whole).rule is rules[0]
    assert route(rules, alert(env="prod"), NOON, find_whole).rule is rules[1]
    assert route(rules[::2], alert(env="prod"), NOON, find_whole).rule is rules[2]


def test_a_rule_that_is_off_decides_nothing() -> None:
    off = replace(rule("all", Condition()), is_enabled=False)
    assert route([off], alert(), NOON, find_whole).rule is None


def test_what_no_rule_is_for_waits_for_a_person() -> None:
    found = route([], alert(), NOON, find_whole)
    assert (found.rule, found.outcome) == (None, UNROUTED)
    assert UNROUTED.kind is OutcomeKind.WAIT


@pytest.mark.parametrize("severity", [None, *Severity])
def test_as_shipped_critical_and_major_alerts_open_an_incident_and_the_rest_waits(
    severity: Severity | None,
) -> None:
    found = route(DEFAULT_RULES, alert(severity), NOON, find_whole)
    is_high = severity is not None and severity.is_high
    assert found.outcome.kind is (OutcomeKind.OPEN if is_high else OutcomeKind.WAIT)
    if is_high:
        assert found.outcome.grouping.by == ("service", "rule")
        assert found.outcome.grouping.window == timedelta(minutes=5)
        assert found.outcome.when_resolved is WhenResolved.RESOLVE


def test_severity_and_service_are_the_alerts_own_whatever_its_labels_say() -> None:
    found = {**alert(Severity.SEV_3), "severity": "SEV-1", "service": "x"}
    assert missing(Condition(severities=(Severity.SEV_1,)), found) == Unmet(Part.SEVERITY)
    assert missing(Condition(severities=(Severity.SEV_3,)), found) is None
    assert missing(Condition(services=("x",)), found) == Unmet(Part.SERVICE)
    assert missing(Condition(services=("db", "orders")), found) is None


def test_an_alert_without_a_severity_is_for_no_rule_that_names_one() -> None:
    assert missing(Condition(severities=tuple(Severity)), alert(None)) == Unmet(Part.SEVERITY)


def test_matchers_mean_labels() -> None:
    first, second = parse_matchers("env=prod, host=~db-.*")
    both = Condition(matchers=(first, second))
    assert missing(both, alert(env="prod", host="db-1")) is None
    assert missing(both, alert(env="prod", host="web-1")) == Unmet(Part.MATCHER, second)
    assert missing(both, alert(host="db-1")) == Unmet(Part.MATCHER, first)


def test_a_rule_can_be_for_working_hours_or_for_all_others() -> None:
    night = NOON.replace(hour=3)
    assert missing(Condition(during=WORK), alert()) is None
    assert missing(Condition(during=WORK), alert(), night) == Unmet(Part.DURING)
    assert missing(Condition(not_during=WORK), alert()) == Unmet(Part.NOT_DURING)
    assert missing(Condition(not_during=WORK), alert(), night) is None


@given(rules(), labels, moments)
def test_the_rule_found_applies_and_none_before_it_does(
    rules: tuple[Rule, ...], labels: dict[str, str], now: datetime
) -> None:
    def applies(one: Rule) -> bool:
        return one.is_enabled and unmet(one.condition, labels, now, find_whole) is None

    found = route(rules, labels, now, find_whole)
    if found.rule is None:
        assert not any(map(applies, rules))
    else:
        before = rules[: rules.index(found.rule)]
        assert applies(found.rule)
        assert not any(map(applies, before))
        assert found.outcome == found.rule.outcome
