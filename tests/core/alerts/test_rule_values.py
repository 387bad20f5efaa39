"""Rules as plain data: what is written reads back, and what cannot be is refused with its place."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.alerts.grouping import Grouping
from kintsugi.core.alerts.matchers import Matcher, find_whole
from kintsugi.core.alerts.routing import Condition, Outcome, OutcomeKind, WhenResolved
from kintsugi.core.alerts.rule_values import (
    parse_condition,
    parse_matchers,
    parse_outcome,
    written_condition,
    written_matchers,
    written_outcome,
)
from kintsugi.core.alerts.weekly_hours import Span, WeeklyHours
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from tests.core.alerts.strategies import conditions, matchers, outcomes

WRITTEN = {
    "matchers": [{"name": "env", "value": "prod|eu", "isRegex": True, "isEqual": True}],
    "severities": ["SEV-1", "SEV-2"],
    "services": ["checkout"],
    "during": {
        "zone": "Europe/Berlin",
        "hours": [{"days": ["mon", "fri"], "from": "22:00", "to": "06:00"}],
    },
    "notDuring": None,
}
CONDITION = Condition(
    (Matcher("env", "prod|eu", is_regex=True),),
    (Severity.SEV_1, Severity.SEV_2),
    ("checkout",),
    during=WeeklyHours("Europe/Berlin", (Span((0, 4), time(22), time(6)),)),
)


def test_a_condition_has_the_keys_of_the_api() -> None:
    assert written_condition(CONDITION) == WRITTEN
    assert parse_condition(WRITTEN, find_whole) == CONDITION


def test_an_outcome_has_the_keys_of_the_api() -> None:
    written = {
        "kind": "open",
        "grouping": {"by": ["service"], "windowSeconds": 300},
        "severity": "SEV-2",
        "title": "{service}: {title}",
        "services": [],
        "tags": ["night"],
        "isPrivate": True,
        "whenResolved": "resolve",
    }
    outcome = Outcome(
        OutcomeKind.OPEN, Grouping(("service",), timedelta(minutes=5)), Severity.SEV_2,
        "{service}: {title}", tags=("night",), is_private=True, when_resolved=WhenResolved.RESOLVE,
    )  # fmt: skip
    assert written_outcome(outcome) == written
    assert parse_outcome(written) == outcome


def test_what_is_left_out_is_empty() -> None:
    assert parse_condition({}, find_whole) == Condition()
    assert parse_outcome({"kind": "wait"}) == Outcome(OutcomeKind.WAIT)
    assert parse_outcome({"kind": "open", "title": "", "severity": None}) == Outcome(
        OutcomeKind.OPEN
    )


def test_people_may_write_it_shorter() -> None:
    written = {
        "matchers": ['env=~"prod|eu"'],
        "severities": [1, "sev2"],
        "services": ["checkout", "checkout"],
        "during": {"zone": "Europe/Berlin", "hours": [{"days": ["Friday", "Mon"], "from": "10:00 PM", "to": "6:00"}]},
    }  # fmt: skip
    assert parse_condition(written, find_whole) == CONDITION
    whole = parse_condition({"during": {"zone": "UTC", "hours": [{"to": "24:00"}]}}, find_whole)
    assert whole.during == WeeklyHours("UTC", (Span(tuple(range(7)), time(0), time(0)),))


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ([], ""),
        ({"sevrities": []}, "sevrities"),
        ({"matchers": "env=prod"}, "matchers"),
        ({"matchers": [{"name": "env", "value": "(", "isRegex": True}]}, "matchers[0].value"),
        ({"matchers": ["a=b", "env=~("]}, "matchers[1]"),
        ({"matchers": [{"value": "x"}]}, "matchers[0].name"),
        ({"matchers": [{"name": "a", "value": 1}]}, "matchers[0].value"),
        ({"matchers": [{"name": "a", "isRegex": "yes"}]}, "matchers[0].isRegex"),
        ({"matchers": ["a=b"] * 51}, "matchers"),
        ({"severities": ["purple"]}, "severities[0]"),
        ({"severities": [{}]}, "severities[0]"),
        ({"services": [""]}, "services[0]"),
        ({"during": {"zone": "Atlantis", "hours": [{}]}}, "during.zone"),
        ({"during": {"zone": "UTC", "hours": []}}, "during.hours"),
        ({"during": {"zone": "UTC", "hours": [{"days": ["x"]}]}}, "during.hours[0].days[0]"),
        ({"during": {"zone": "UTC", "hours": [{"days": []}]}}, "during.hours[0].days"),
        ({"notDuring": {"zone": "UTC", "hours": [{"from": "25:00"}]}}, "notDuring.hours[0].from"),
    ],
)
def test_a_condition_that_cannot_be_is_refused_with_its_place(written: object, place: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_condition(written, find_whole)
    assert refused.value.field == place


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ({}, "kind"),
        ({"kind": "drop"}, "kind"),
        ({"kind": "open", "severity": 7}, "severity"),
        ({"kind": "open", "grouping": {"windowSeconds": -1}}, "grouping.windowSeconds"),
        ({"kind": "open", "grouping": {"windowSeconds": 86_401}}, "grouping.windowSeconds"),
        ({"kind": "open", "grouping": {"by": [1]}}, "grouping.by[0]"),
        ({"kind": "open", "isPrivate": 1}, "isPrivate"),
        ({"kind": "open", "title": "x" * 501}, "title"),
        ({"kind": "open", "whenResolved": "close"}, "whenResolved"),
        ({"kind": "open", "delete": True}, "delete"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused_with_its_place(written: object, place: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_outcome(written)
    assert refused.value.field == place


@given(conditions)
def test_a_condition_reads_back(condition: Condition) -> None:
    written = json.loads(json.dumps(written_condition(condition)))
    assert parse_condition(written, find_whole) == condition


@given(outcomes)
def test_an_outcome_reads_back(outcome: Outcome) -> None:
    assert parse_outcome(json.loads(json.dumps(written_outcome(outcome)))) == outcome


@given(st.lists(matchers, max_size=4, unique=True))
def test_matchers_read_back(found: list[Matcher]) -> None:
    assert (
        list(parse_matchers(json.loads(json.dumps(written_matchers(found))), find_whole)) == found
    )


junk = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from("matchers severities during zone hours days kind grouping by x".split()),
            inner,
            max_size=3,
        ),
    ),
)  # fmt: skip


@given(junk)
def test_whatever_is_sent_is_read_or_refused(written: object) -> None:
    for read in (lambda one: parse_condition(one, find_whole), parse_outcome):
        with suppress(InvalidValue):
            read(written)
