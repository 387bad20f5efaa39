"""Completeness in profile `full`: each rule met and not met."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kintsugi.core.actions.item import ActionItem, ActionStatus, ActionType, Priority
from kintsugi.core.analysis.five_whys import Why
from kintsugi.core.incidents.detection import Detection
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.milestones import Milestones
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.completeness import (
    FullAssessment,
    RuleResult,
    assess_full,
)
from kintsugi.core.postmortems.document import (
    ExternalAccount,
    GlossaryTerm,
    Postmortem,
    ResponseEvaluation,
)
from kintsugi.core.postmortems.rules import Outcome, Settings
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.times import parse_when
from tests.core.full_record import ACTION, FULL, WHYS, at, event


def result(postmortem: Postmortem, rule: str, settings: Settings | None = None) -> RuleResult:
    assessed = assess_full(postmortem, settings=settings or Settings())
    return next(each for each in assessed.results if each.id == rule)


def failing(assessed: FullAssessment) -> list[str]:
    return [each.id for each in assessed.failed]


def test_a_complete_postmortem_scores_100() -> None:
    assessed = assess_full(FULL)
    assert failing(assessed) == []
    assert assessed.value == 100
    assert assessed.missing == ()
    assert not assessed.is_flagged


def test_an_empty_postmortem_scores_nothing_and_misses_eleven_fields() -> None:
    assessed = assess_full(Postmortem(title="x"))
    assert assessed.value == 0
    assert assessed.is_flagged
    assert assessed.missing == (
        "summary", "impact", "timeline", "trigger", "contributing_factors", "detection", "resolution", "what_went_well",
        "what_went_poorly", "where_we_got_lucky", "action_items",
    )  # fmt: skip


FAILURES: list[tuple[str, dict[str, object], list[str], str]] = [
    ("no summary", {"summary": ""}, ["1.summary"], "Not written yet"),
    ("a placeholder", {"summary": "TBD"}, ["1.summary"], "Not written yet"),
    ("no impact", {"impact": Impact()}, ["1.impact"], "who was affected"),
    ("no trigger", {"trigger": ""}, ["1.trigger"], "set it off"),
    ("no factor", {"contributing_factors": ()}, ["1.factors"], "at least one condition"),
    ("no detection", {"detection": Detection()}, ["1.detection"], "how it was noticed"),
    ("no resolution", {"resolution": ""}, ["1.resolution"], "what ended it"),
    ("nothing went well", {"what_went_well": ("TBD",)}, ["1.went_well"], "kept"),
    ("nothing went poorly", {"what_went_poorly": ()}, ["1.went_poorly"], "slowed"),
    ("no luck", {"where_we_got_lucky": ()}, ["1.lucky"], "made it worse"),
    ("no action", {"action_items": ()}, ["1.actions"], "no_action_because"),
    ("long summary", {"summary": "For 45 minutes it failed. " * 31}, ["2.length"], "155 words"),
    ("two paragraphs", {"summary": "For 45 minutes.\n\nIt failed."}, ["2.length"], "2 paragraphs"),
    ("no number", {"summary": "Requests failed for a while."}, ["2.number"], "how long it lasted"),
    (
        "customers read much",
        {"external": ExternalAccount("One. Two. Three. Four.")},
        ["2.external"],
        "4 sentences",
    ),
    (
        "customers read little",
        {"external": ExternalAccount("It broke.")},
        ["2.external"],
        "1 sentence;",
    ),
    ("impact without number", {"impact": Impact("Users saw errors")}, ["3.number"], "Add one"),
    ("impact without whom", {"impact": Impact("5% of requests failed")}, ["3.who"], "which users"),
    ("no owner", {"owner": ""}, ["4.owner"], "Nobody owns it yet"),
    ("two owners", {"owner": "alice and bob"}, ["4.owner"], "is not one person"),
    ("a team as owner", {"owner": "platform team"}, ["4.owner"], "is not one person"),
    ("no facilitator", {"facilitator": ""}, ["4.facilitator"], "who will lead the meeting"),
    ("owner facilitates", {"owner": "carol"}, ["4.facilitator"], "The owner also facilitates"),
    ("commander facilitates", {"facilitator": "Bob"}, ["4.outsider"], "took part in the response"),
    (
        "acronym",
        {"trigger": "The BGP session tripled."},
        ["7.acronyms"],
        "BGP: add to the glossary",
    ),
    (
        "person",
        {"root_cause": "Bob deployed the wrong version."},
        ["15.person"],
        "'Bob deployed' in the root cause",
    ),
    ("role", {"root_cause": "Human error."}, ["15.person"], "'Human error' in the root cause"),
    (
        "person at the end of the whys",
        {
            "whys": (
                replace(
                    WHYS,
                    whys=(
                        replace(
                            WHYS.whys[0],
                            whys=(Why("Why?", "The engineer forgot the flag", is_actionable=True),),
                        ),
                    ),
                ),
            )
        },
        ["15.person"],
        "in the whys",
    ),
    (
        "one factor",
        {"contributing_factors": FULL.contributing_factors[:1]},
        ["15.factors"],
        "A single cause",
    ),
    (
        "one kind of factor",
        {"contributing_factors": (FULL.contributing_factors[0],) * 2},
        ["15.factors"],
        "1 category",
    ),
    ("no why", {"whys": ()}, ["15.depth"], "for SEV-2 ask at least 3 times"),
    ("shallow why", {"whys": (Why("Why?", "Because", is_actionable=True),)}, ["15.depth"], "1 why"),
    (
        "open end",
        {
            "whys": (
                replace(WHYS, whys=(replace(WHYS.whys[0], whys=(Why("Why?", "No finally"),)),)),
            )
        },
        ["15.ends"],
        "not marked as actionable",
    ),
    ("fix as fact", {"lead_up": "A test would have caught it."}, ["16.facts"], "in the lead-up"),
    (
        "half an answer",
        {"response": ResponseEvaluation(halve_detection="Alert")},
        ["17.halve"],
        "time to mitigate",
    ),
    ("backlog not looked at", {"known_before": ""}, ["18.known"], "backlog"),
    ("no search", {"similar": ()}, ["18.similar"], "or write none"),
    (
        "poor action",
        {"action_items": (replace(ACTION, due=None, owner=""),)},
        ["20.each"],
        "A1 has 4 of 6 (missing owner, due)",
    ),
    ("all high", {"action_items": (ACTION,) * 3}, ["21.priorities"], "priority HIGH"),
    (
        "only mitigating",
        {"action_items": (replace(ACTION, type=ActionType.MITIGATE),)},
        ["21.prevention"],
        "PREVENT or DETECT",
    ),
    (
        "only training",
        {"action_items": (replace(ACTION, description="Remind everyone of limits"),)},
        ["20.each", "21.strength"],
        "missing strength",
    ),
    (
        "eleven actions",
        {"action_items": (*(ACTION,) * 10, replace(ACTION, priority=Priority.LOW))},
        ["21.count"],
        "11 actions",
    ),
]


@pytest.mark.parametrize(
    ("change", "rules", "words"),
    [each[1:] for each in FAILURES],
    ids=[each[0] for each in FAILURES],
)
def test_each_rule_fails_by_itself_and_says_what_to_do(
    change: dict[str, object], rules: list[str], words: str
) -> None:
    assessed = assess_full(replace(FULL, **change))  # type: ignore[arg-type]
    assert failing(assessed) == rules
    assert words in assessed.failed[0].explanation
    assert assessed.value < 100


def test_every_rule_is_seen_to_fail_and_to_pass() -> None:
    by_name = {rule for each in FAILURES for rule in each[2]} | {
        "1.timeline", "3.when", "5.order", "5.duration", "6.lead_up", "6.gaps", "6.sources", "6.evidence", "8.logs",
    }  # fmt: skip
    assert {each.id for each in assess_full(FULL).results} == by_name | {"3.estimates"}


# --- times -----------------------------------------------------------------------------------


def test_two_events_are_two_thirds_of_the_points() -> None:
    found = result(replace(FULL, timeline=FULL.timeline[:2]), "1.timeline")
    assert found.outcome is Outcome.FAIL
    assert found.points == pytest.approx(found.maximum * 2 / 3)
    assert "Add 1 more" in found.explanation


def test_impact_without_times_or_with_clock_times_only_is_partly_dated() -> None:
    clocks = Milestones(impact_start=parse_when("09:15").when, recovered=parse_when("10:00").when)
    bare = result(replace(FULL, milestones=Milestones()), "3.when")
    undated = result(replace(FULL, milestones=clocks), "3.when")
    dated = result(replace(FULL, milestones=clocks, zone="Europe/Berlin"), "3.when")
    assert (bare.points, dated.outcome) == (0, Outcome.PASS)
    assert 0 < undated.points < undated.maximum


def test_milestones_out_of_order_are_explained() -> None:
    wrong = replace(FULL, milestones=replace(FULL.milestones, mitigated=at("09:16")))
    assert result(wrong, "5.order").explanation.startswith("mitigated comes 1 min before detected;")
    early = replace(FULL, milestones=replace(FULL.milestones, detected=at("09:12")))
    assert result(early, "5.order").outcome is Outcome.PASS


def test_a_typed_duration_that_the_record_contradicts_is_flagged() -> None:
    wrong = replace(FULL, impact=replace(FULL.impact, duration=timedelta(minutes=20)))
    found = result(wrong, "5.duration")
    assert found.outcome is Outcome.FAIL
    assert "20 min is written and the milestones give 45 min" in found.explanation


def test_a_duration_from_the_timeline_alone_is_flagged_more_mildly() -> None:
    wrong = replace(FULL, milestones=Milestones())
    found = result(wrong, "5.duration")
    assert "first to last event give 50 min" in found.explanation
    assert found.points == pytest.approx(found.maximum / 2)


def test_a_timeline_without_lead_up_is_told() -> None:
    late = replace(FULL, timeline=FULL.timeline[1:])
    assert "what led up to it?" in result(late, "6.lead_up").explanation
    unknown = replace(FULL, milestones=replace(FULL.milestones, impact_start=None))
    assert result(unknown, "6.lead_up").outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("first", "start", "outcome"),
    [
        ("09:10", "09:15", Outcome.PASS),
        ("23:50", "00:10", Outcome.PASS),
        ("09:20", "09:15", Outcome.FAIL),
    ],
)
def test_a_lead_up_in_clock_times_may_cross_midnight(
    first: str, start: str, outcome: Outcome
) -> None:
    told = replace(
        FULL,
        timeline=(TimelineEvent(parse_when(first).when, "Deploy"),),
        milestones=Milestones(impact_start=parse_when(start).when),
    )
    assert result(told, "6.lead_up").outcome is outcome


def test_an_action_counts_by_its_six_points() -> None:
    poor = replace(ACTION, due=None, owner="", type=None)
    found = result(replace(FULL, action_items=(ACTION, poor)), "20.each")
    assert found.points == pytest.approx(found.maximum * (6 + 3) / 12)


@pytest.mark.parametrize(
    ("second", "outcome"),
    [("09:33", Outcome.FAIL), ("09:32", Outcome.PASS), ("09:31", Outcome.PASS)],
)
def test_a_gap_over_15_minutes_while_unmitigated_is_told(second: str, outcome: Outcome) -> None:
    timeline = (
        event("09:10", "Mail sent"),
        event("09:17", "Alert"),
        event(second, "Seen"),
        event("09:45", "Done"),
    )
    found = result(replace(FULL, timeline=timeline), "6.gaps")
    assert found.outcome is outcome
    assert ("16 min after 2024-03-15T09:17:00Z (Alert)" in found.explanation) == (
        outcome is Outcome.FAIL
    )


def test_gaps_before_the_impact_and_after_mitigation_are_nobodys_business() -> None:
    timeline = (
        event("08:00", "Deploy"),
        event("09:20", "Alert"),
        event("09:35", "Seen"),
        event("11:00", "Review"),
    )
    assert result(replace(FULL, timeline=timeline), "6.gaps").outcome is Outcome.PASS


def test_four_of_five_events_with_evidence_are_enough() -> None:
    bare, told = (
        replace(FULL.timeline[0], evidence=""),
        replace(FULL.timeline[1], evidence="recollection"),
    )
    four = replace(FULL, timeline=(bare, *FULL.timeline[1:]))
    three = replace(FULL, timeline=(bare, told, *FULL.timeline[2:]))
    assert result(four, "6.evidence").outcome is Outcome.PASS
    assert result(four, "6.sources").explanation.startswith("1 of 5 events")
    assert "3 of 5 events have evidence" in result(three, "6.evidence").explanation


def test_recollection_is_a_source_but_no_evidence() -> None:
    told = tuple(replace(each, evidence="recollection") for each in FULL.timeline)
    assert result(replace(FULL, timeline=told), "6.sources").outcome is Outcome.PASS
    assert result(replace(FULL, timeline=told), "6.evidence").points == 0


def test_a_long_log_is_told_by_its_first_line() -> None:
    log = "\n".join(f"2024-03-15T10:00:{second:02d}Z ERROR pool" for second in range(41))
    found = result(replace(FULL, resolution=f"We saw:\n{log}"), "8.logs")
    assert "resolution holds 41 lines of log" in found.explanation


# --- what applies ----------------------------------------------------------------------------


def test_a_recorded_reason_stands_for_an_action() -> None:
    without = replace(
        FULL, action_items=(), no_action_because="The service is switched off next week."
    )
    assessed = assess_full(without)
    assert assessed.missing == ()
    assert assessed.value == 100


def test_the_harder_questions_are_asked_for_sev_1_and_2_only() -> None:
    bare = replace(
        FULL, facilitator="", whys=(), contributing_factors=FULL.contributing_factors[:1]
    )
    assert failing(assess_full(bare)) == ["4.facilitator", "15.factors", "15.depth"]
    assert failing(assess_full(replace(bare, severity=Severity.SEV_3))) == []
    assert failing(assess_full(replace(bare, severity=None))) == []


def test_an_action_decided_against_is_not_reviewed() -> None:
    dropped = ActionItem("maybe", status=ActionStatus.WONT_DO)
    assert failing(assess_full(replace(FULL, action_items=(ACTION, dropped)))) == []


def test_an_actor_that_is_a_program_is_no_person() -> None:
    told = replace(FULL.timeline[1], actor="PagerDuty")
    cause = replace(FULL, timeline=(*FULL.timeline, told), root_cause="PagerDuty dropped the page.")
    assert result(cause, "15.person").outcome is Outcome.PASS


def test_estimates_are_pointed_out_and_cost_nothing() -> None:
    rough = replace(
        FULL, impact=Impact("About 5,000 users", affected_users=5000, estimated=("affected_users",))
    )
    found = result(rough, "3.estimates")
    assert found.outcome is Outcome.PASS
    assert "affected_users and About 5" in found.explanation
    assert found.maximum == 0


def test_a_glossary_answers_for_an_acronym() -> None:
    told = replace(FULL, trigger="The BGP session.", glossary=(GlossaryTerm("BGP", "routing"),))
    assert result(told, "7.acronyms").outcome is Outcome.PASS
