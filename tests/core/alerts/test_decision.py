"""What becomes of one alert, and the words that tell why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.alerts import explain
from kintsugi.core.alerts.decision import Decision, Does, Policy, Subject, decide
from kintsugi.core.alerts.event import AlertEvent, AlertState, Happening
from kintsugi.core.alerts.fingerprint import fingerprint
from kintsugi.core.alerts.flapping import is_flapping
from kintsugi.core.alerts.grouping import Grouping
from kintsugi.core.alerts.lifecycle import Ending, Known, Step, next_step
from kintsugi.core.alerts.matchers import find_whole, parse_matchers
from kintsugi.core.alerts.routing import (
    DEFAULT_RULES,
    UNROUTED,
    Condition,
    Outcome,
    OutcomeKind,
    Rule,
    route,
)
from kintsugi.core.alerts.silences import Silence, SilenceKind
from kintsugi.core.alerts.weekly_hours import Span, WeeklyHours
from kintsugi.core.shared.severity import Severity
from tests.core.alerts.strategies import (
    NOON,
    events,
    known,
    labels,
    moments,
    rules,
    severities,
    silences,
    words,
)  # fmt: skip

DISK = Subject(
    labels={"host": "db-1", "env": "prod", "severity": "critical"},
    title="Disk nearly full", rule="DiskFull", service="orders", severity=Severity.SEV_1,
    source_id="src_1", source="Prometheus", kind="monitoring", starts=(NOON,), severity_word="critical",
)  # fmt: skip
SHIPPED = Policy(DEFAULT_RULES, (), find_whole)
QUIET = Silence(
    "sil_1", SilenceKind.SILENCE, parse_matchers('env="prod"'), NOON, NOON + timedelta(hours=2)
)
OFTEN = tuple(NOON - timedelta(minutes=10 * count) for count in range(4))
WORK = WeeklyHours("UTC", (Span((0, 1, 2, 3, 4), time(9), time(17)),))


def said(decision: Decision, name: str) -> str:
    return " ".join(step.said for step in decision.steps if step.name == name)


def with_rule(condition: Condition, outcome: Outcome) -> Policy:
    return Policy((Rule("rul_1", "Night", True, condition, outcome),), (), find_whole)


def test_a_critical_alert_opens_an_incident_as_shipped() -> None:
    found = decide(DISK, SHIPPED, NOON)
    assert (found.does, found.rule, found.severity) == (Does.OPEN, DEFAULT_RULES[0], Severity.SEV_1)
    assert (found.title, found.group_key) == (
        "Disk nearly full",
        'service="orders", rule="DiskFull"',
    )
    assert (found.silence, found.is_flapping, found.again_at) == (None, False, None)


def test_a_silenced_alert_opens_nothing_and_is_asked_about_again_when_that_ends() -> None:
    found = decide(DISK, replace(SHIPPED, silences=(QUIET,)), NOON)
    assert (found.does, found.silence, found.again_at) == (Does.SILENCED, QUIET, QUIET.ends_at)
    assert found.rule is DEFAULT_RULES[0], "what would be, were it heard"
    assert said(found, "silence") == 'A silence is for env="prod" until 2026-03-02 14:00 UTC.'


def test_a_flapping_alert_never_opens_an_incident() -> None:
    found = decide(replace(DISK, starts=OFTEN), SHIPPED, NOON)
    assert (found.does, found.is_flapping, found.again_at) == (
        Does.JOIN, True, NOON + timedelta(minutes=30),
    )  # fmt: skip
    assert said(found, "flapping") == "It began 4 times in 1 h; from 4 on it flaps."
    assert "opens nothing" in said(found, "outcome")


def test_an_alert_that_was_over_before_anybody_looked_opens_nothing() -> None:
    found = decide(replace(DISK, is_open=False), SHIPPED, NOON)
    assert (found.does, found.again_at) == (Does.JOIN, None)
    assert "over already" in said(found, "outcome")


def test_a_rule_can_fix_the_severity_and_word_the_title() -> None:
    outcome = Outcome(
        OutcomeKind.OPEN,
        Grouping(("host",)),
        Severity.SEV_4,
        "{service} on {host} {team}",
        is_private=True,
    )
    found = decide(DISK, with_rule(Condition(), outcome), NOON)
    assert (found.severity, found.title) == (Severity.SEV_4, "orders on db-1")
    assert found.group_key == 'host="db-1"'
    assert said(found, "incident") == (
        "Its severity is SEV-4, as the rule says. The alert has nothing for {team} of the title: nothing"
        " stands there. It is private."
    )


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        (
            Condition(severities=(Severity.SEV_2, Severity.SEV_3)),
            "severity is SEV-1, not SEV-2 or SEV-3",
        ),
        (Condition(services=("pay",)), "service is orders, not pay"),
        (Condition(parse_matchers("env=test")), 'env is "prod", and the rule asks for env="test"'),
        (Condition(parse_matchers("team=~a.*")), 'team=~"a.*" asks for team, and there is none'),
        (
            Condition(parse_matchers('severity="SEV-1"')),
            'severity as a label is "critical", and the rule asks for severity="SEV-1"',
        ),
        (
            Condition(during=replace(WORK, zone="Asia/Tokyo")),
            "it is not Mon, Tue, Wed, Thu and Fri 09:00 to 17:00 (Asia/Tokyo) now",
        ),
        (Condition(not_during=WORK), "it is Mon, Tue, Wed, Thu and Fri 09:00 to 17:00 (UTC) now"),
    ],
)
def test_it_tells_why_a_rule_does_not_apply(condition: Condition, why: str) -> None:
    found = decide(DISK, with_rule(condition, Outcome(OutcomeKind.OPEN)), NOON)
    assert found.does is Does.WAIT
    assert said(found, "rule") == f'Rule "Night" does not apply: {why}. No rule applies.'


def test_it_tells_of_rules_in_their_order_up_to_the_one_that_applies() -> None:
    outcome = Outcome(OutcomeKind.WAIT)
    rules = (
        Rule("1", "Off", False, Condition(), outcome),
        Rule("2", "Payments", True, Condition(services=("pay",)), outcome),
        Rule("3", "Orders", True, Condition(services=("orders",)), outcome),
        Rule("4", "All", True, Condition(), outcome),
    )
    steps = [
        step
        for step in decide(DISK, Policy(rules, (), find_whole), NOON).steps
        if step.name == "rule"
    ]
    assert [step.decided for step in steps] == ["off", "does not apply", "applies"]
    assert steps[-1].said == 'Rule "Orders" applies: service is orders.'


def test_a_word_that_is_no_severity_is_told() -> None:
    found = decide(replace(DISK, severity=None, severity_word="purple"), SHIPPED, NOON)
    assert (
        said(found, "severity")
        == 'The sender writes "purple", which is no severity to us: its source can map it.'
    )
    assert "severity is unknown, not SEV-1 or SEV-2" in said(found, "rule")


def test_without_any_rule_it_waits_and_says_so() -> None:
    found = decide(DISK, Policy((), (), find_whole), NOON)
    assert (found.does, found.outcome) == (Does.WAIT, UNROUTED)
    assert said(found, "rule") == "There are no rules."
    assert said(found, "outcome") == "It waits in the inbox for a person."


@pytest.mark.parametrize(
    ("happening", "ending", "is_known", "why"),
    [
        (Happening.TRIGGER, Ending.SENDER, False, "is wrong. Its fingerprint f has no alert yet: it is a new alert."),
        (Happening.TRIGGER, Ending.PERSON, True, "a person ended this episode, so it stays shut until it begins anew."),
        (Happening.TRIGGER, Ending.SENDER, True, "it is a late message about an episode that is over"),
        (Happening.ACKNOWLEDGE, Ending.SENDER, True, "nothing is open that could be acknowledged."),
        (Happening.RESOLVE, Ending.SENDER, False, "it is over: kept as a resolved alert, so that a late trigger"),
    ],
)  # fmt: skip
def test_it_tells_what_a_message_does(
    happening: Happening, ending: Ending, is_known: bool, why: str
) -> None:
    event = AlertEvent(happening, key="disk", title="Disk", starts_at=NOON)
    over = Known("alr_1", AlertState.RESOLVED, "x", None, NOON, NOON, NOON, NOON, ending)
    before = over if is_known else None
    told = explain.message(event, "f", before, next_step(before, event, "x", NOON))
    assert why in told.said


subjects = st.builds(
    Subject,
    labels=labels,
    title=words,
    rule=words,
    service=words,
    severity=severities,
    source_id=st.sampled_from(("src_1", "src_2")),
    source=words,
    kind=st.sampled_from(("monitoring", "customer")),
    starts=st.lists(moments, max_size=6).map(tuple),
    severity_word=words,
    is_open=st.booleans(),
)
policies = st.builds(
    Policy,
    rules(),
    st.lists(silences(), max_size=3).map(tuple),
    st.just(find_whole),
)


def test_it_tells_of_a_trigger_that_says_that_it_is_over() -> None:
    event = AlertEvent(Happening.TRIGGER, key="disk", title="Disk", starts_at=NOON, ends_at=NOON)
    step = next_step(None, event, "x", NOON)
    told = explain.message(event, "f", None, step)
    assert (told.decided, "that it is over." in told.said) == ("early", True)


@given(subjects, policies, moments)
def test_what_is_decided_keeps_the_promises(
    subject: Subject, policy: Policy, now: datetime
) -> None:
    found = decide(subject, policy, now)
    assert (found.does is Does.SILENCED) is (found.silence is not None)
    assert found.is_flapping is is_flapping(subject.starts, now)
    if found.does is Does.OPEN:
        assert subject.is_open
        assert not found.is_flapping
    assert found.rule is route(policy.rules, found.facts, now, find_whole).rule
    assert found.again_at is None or found.again_at > now
    assert found.title
    assert decide(subject, policy, now) == found, "asked twice, the same is said"


@given(subjects, policies, moments)
def test_the_steps_tell_what_was_decided(subject: Subject, policy: Policy, now: datetime) -> None:
    found = decide(subject, policy, now)
    by_name = {step.name: step.decided for step in found.steps}
    assert by_name["outcome"] == found.does.value
    assert (by_name["rule"] == "applies") is (found.rule is not None)
    assert (by_name["silence"] == "silenced") is (found.silence is not None)
    assert (by_name["flapping"] == "flapping") is found.is_flapping
    assert ("incident" in by_name) is (found.does is Does.OPEN)
    assert all(step.said.endswith(".") and "!" not in step.name for step in found.steps)


@given(st.one_of(st.none(), known), events(), moments)
def test_every_message_can_be_explained(
    before: Known | None, event: AlertEvent, now: datetime
) -> None:
    step = next_step(before, event, "same", now)
    told = explain.message(event, fingerprint("src_1", event.key), before, step)
    assert Step(told.decided) is step
    assert told.said.endswith(".")
