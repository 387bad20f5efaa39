"""Metrics and suggested actions drafted from the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.actions.item import ActionType, Priority
from kintsugi.core.actions.review import review_action
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.milestones import Milestones
from kintsugi.core.incidents.timeline import EventKind, TimelineEvent
from kintsugi.core.language.wording import blamed_people, disguised_fixes
from kintsugi.core.postmortems.automation import draft_metrics, suggest_actions
from kintsugi.core.postmortems.document import LinkKind, Postmortem, SupportingLink
from kintsugi.core.shared.severity import Severity
from tests.strategies import postmortems, simple_events


def lasting(minutes: float, **fields: object) -> Postmortem:
    start = datetime(2024, 3, 15, 10, tzinfo=UTC)
    events = (
        TimelineEvent(start, "Alert"),
        TimelineEvent(start + timedelta(minutes=minutes), "All clear"),
    )
    return Postmortem(title="[Database] Outage - Jan 15, 2025", timeline=events, **fields)  # type: ignore[arg-type]


def types(postmortem: Postmortem) -> list[ActionType | None]:
    return [suggestion.action.type for suggestion in suggest_actions(postmortem)]


def test_the_total_is_first_to_last_event_whatever_order_they_are_told_in() -> None:
    told = lasting(75)
    assert draft_metrics(told).total_duration == timedelta(minutes=75)
    turned = replace(told, timeline=told.timeline[::-1])
    assert draft_metrics(turned) == draft_metrics(told)


def test_milestones_go_before_events_and_the_typed_duration_comes_last() -> None:
    start = datetime(2024, 3, 15, 10, tzinfo=UTC)
    stones = Milestones(
        impact_start=start,
        mitigated=start,
        recovered=start + timedelta(minutes=20),
        resolved=start + timedelta(minutes=30),
    )
    told = lasting(75, milestones=stones, impact=Impact(duration=timedelta(minutes=25)))
    metrics = draft_metrics(told)
    assert metrics.total_duration == timedelta(minutes=30)
    assert metrics.customer_impact_duration == timedelta(minutes=20)
    assert [each.name for each in metrics.durations] == ["Time to mitigate", "Time to recover"]
    typed_only = Postmortem(title="x", impact=Impact(duration=timedelta(minutes=25)))
    assert draft_metrics(typed_only).total_duration == timedelta(minutes=25)


def test_the_customers_part_is_not_taken_to_be_the_total() -> None:
    assert draft_metrics(lasting(75)).customer_impact_duration is None


def test_without_times_nothing_is_known() -> None:
    metrics = draft_metrics(Postmortem(title="x"))
    assert metrics.total_duration is None
    assert (metrics.messages_sent, metrics.rollbacks_performed, metrics.durations) == (0, 0, ())


def test_messages_and_rollbacks_are_counted_by_kind_and_never_by_words() -> None:
    events = (
        TimelineEvent(None, "Message queue full; rollback discussed"),
        TimelineEvent(None, "Status page updated", kind=EventKind.MESSAGE),
        TimelineEvent(None, "Support informed", kind=EventKind.MESSAGE),
        TimelineEvent(None, "Went back to 1.4", kind=EventKind.ROLLBACK),
    )
    metrics = draft_metrics(Postmortem(title="x", timeline=events))
    assert (metrics.messages_sent, metrics.rollbacks_performed) == (2, 1)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (60, [ActionType.DOCUMENT]),
        (61, [ActionType.DOCUMENT, ActionType.DETECT]),
        (120, [ActionType.DOCUMENT, ActionType.DETECT]),
        (120.5, [ActionType.DOCUMENT, ActionType.DETECT, ActionType.MITIGATE]),
    ],
)
def test_longer_incidents_suggest_more(minutes: float, expected: list[ActionType]) -> None:
    assert types(lasting(minutes)) == expected


def test_the_guides_priorities_are_kept() -> None:
    found = [suggestion.action.priority for suggestion in suggest_actions(lasting(200))]
    assert found == [Priority.HIGH, Priority.HIGH, Priority.MEDIUM]


@pytest.mark.parametrize(
    "change",
    [
        {"links": (SupportingLink("https://x.example/rb", kind=LinkKind.RUNBOOK),)},
        {"timeline": (TimelineEvent(None, "Followed it", kind=EventKind.RUNBOOK),)},
    ],
)
def test_a_runbook_that_was_used_is_not_asked_for(change: dict[str, object]) -> None:
    assert types(replace(lasting(10), **change)) == []  # type: ignore[arg-type]


def test_the_word_runbook_in_the_timeline_is_no_runbook() -> None:
    told = Postmortem(title="x", timeline=(TimelineEvent(None, "No runbook was found"),))
    assert types(told) == [ActionType.DOCUMENT]


def test_each_suggestion_says_what_it_was_derived_from() -> None:
    reasons = [suggestion.because for suggestion in suggest_actions(lasting(200))]
    assert reasons == [
        "the timeline has no runbook event and no runbook is linked",
        "the incident lasted 3 h 20 min, more than 1 h",
        "the incident lasted 3 h 20 min, more than 2 h",
    ]


def test_a_suggestion_names_the_incident_without_its_date() -> None:
    assert "“Database: Outage”" in suggest_actions(lasting(10))[0].action.description
    untitled = Postmortem(title="")
    assert "for this kind of incident:" in suggest_actions(untitled)[0].action.description


def test_the_alert_is_asked_for_within_the_severitys_time() -> None:
    done = suggest_actions(lasting(90, severity=Severity.SEV_1))[1].action.done_when
    assert "within 5 min of the start of impact" in done


TITLES = st.lists(
    st.sampled_from(
        "training platform docs site down improve wiki operator manager reminder of the for [API] Outage"
        " investigation runbook - careful alerts checklist “quoted” 📈".split()
    ),
    max_size=8,
).map(" ".join)


@given(
    st.one_of(TITLES, st.text(max_size=200)),
    st.sampled_from([10, 90, 500]),
    st.one_of(st.none(), st.sampled_from(Severity)),
)
def test_every_suggestion_passes_our_own_review_and_wording(
    title: str, minutes: int, severity: Severity | None
) -> None:
    for suggestion in suggest_actions(replace(lasting(minutes, severity=severity), title=title)):
        review = review_action(suggestion.action)
        assert review.findings == ()
        assert not review.is_weak
        assert set(review.missing) == {"owner", "tracker"}
        wording = suggestion.action.description.replace(title, "")
        assert blamed_people(wording) == disguised_fixes(wording) == ()
        assert (
            blamed_people(suggestion.action.done_when)
            == disguised_fixes(suggestion.action.done_when)
            == ()
        )


@given(postmortems())
def test_nothing_drafted_is_negative(postmortem: Postmortem) -> None:
    metrics = draft_metrics(postmortem)
    for length in (metrics.total_duration, metrics.customer_impact_duration):
        assert length is None or length >= timedelta(0)
    assert 0 <= metrics.messages_sent + metrics.rollbacks_performed <= len(postmortem.timeline)


@given(st.lists(simple_events, max_size=6), st.randoms())
def test_the_order_of_dated_events_does_not_matter(
    told: list[TimelineEvent], chance: Random
) -> None:
    turned = list(told)
    chance.shuffle(turned)
    first, second = (Postmortem(title="x", timeline=tuple(events)) for events in (told, turned))
    assert draft_metrics(first) == draft_metrics(second)
    assert suggest_actions(first) == suggest_actions(second)
