"""Where we differ from the five documents we were designed after; docs/reference/seed-differences.md says why."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from kintsugi.core.actions.item import ActionItem, ActionStatus, ActionType, Horizon, Priority
from kintsugi.core.actions.review import review_action
from kintsugi.core.analysis.factors import ContributingFactor
from kintsugi.core.analysis.five_whys import Why, depth_of, ends
from kintsugi.core.incidents.calibration import Verdict, calibrate
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.milestones import Milestones
from kintsugi.core.incidents.severity import calculate_severity
from kintsugi.core.incidents.severity_score import severity_score
from kintsugi.core.incidents.timeline import EventKind, TimelineEvent
from kintsugi.core.postmortems.automation import draft_metrics, suggest_actions
from kintsugi.core.postmortems.document import LinkKind, Postmortem, SupportingLink
from kintsugi.core.postmortems.external import external_view
from kintsugi.core.postmortems.quality import assess_basic
from kintsugi.core.postmortems.seed_sections import build_impact, build_summary, build_timeline
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.money import Money
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.core.shared.times import parse_clock
from kintsugi.demo.records import demo_record
from kintsugi.formats.files import read_record
from kintsugi.formats.markdown.templating import render, shipped_template
from kintsugi.formats.records import Record
from kintsugi.formats.scenarios import SCENARIOS, scenario_named
from kintsugi.formats.seed_json import seed_data


def read(**fields: object) -> Record:
    return read_record(json.dumps({"title": "T"} | fields))


def shown(template: str, postmortem: Postmortem) -> str:
    return render(shipped_template(template), postmortem)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2024, 3, 15, hour, minute, tzinfo=UTC)


UNSORTED = (
    TimelineEvent(at(11), "Resolved"),
    TimelineEvent(at(9), "Alert fired"),
    TimelineEvent(at(10), "Rollback message posted"),
)


# --- the generator ------------------------------------------------------------------------------


def test_there_is_a_fifth_severity_and_its_word_is_sev5() -> None:
    assert parse_severity("SEV5") is Severity.SEV_5
    assert seed_data(Postmortem("T", severity=Severity.SEV_5))["severity"] == "sev5"


def test_an_unknown_severity_is_refused_with_the_allowed_ones() -> None:
    with pytest.raises(InvalidValue, match="SEV-1, SEV-2, SEV-3, SEV-4 or SEV-5"):
        parse_severity("sev6")


def test_a_record_without_severity_or_date_says_so() -> None:
    assert build_summary(Postmortem("T")).startswith(
        "Incident: T\nSeverity: not set\nDate: unknown"
    )
    assert (seed_data(Postmortem("T"))["severity"], seed_data(Postmortem("T"))["date"]) == ("", "")


def test_events_with_a_moment_are_told_in_the_order_of_time() -> None:
    text = build_timeline(Postmortem("T", timeline=UNSORTED))
    assert text.index("Alert fired") < text.index("Rollback message") < text.index("Resolved")


def test_clock_times_are_told_in_the_order_in_which_they_are_listed() -> None:
    record = read(timeline=["23:50 - begins", "00:10 - ends"])
    assert build_timeline(record.postmortem) == "  23:50: begins\n  00:10: ends"


def test_a_time_is_written_in_utc_whatever_its_offset_was() -> None:
    record = read(timeline=[{"timestamp": "2024-03-15T09:15:00+01:00", "description": "x"}])
    assert build_timeline(record.postmortem) == "  2024-03-15T08:15:00Z: x"


@pytest.mark.parametrize(("typed", "written"), [(45, "45"), (45.0, "45"), (45.5, "45.5")])
def test_a_whole_number_of_minutes_is_written_without_a_point(typed: float, written: str) -> None:
    record = read(impact={"duration_minutes": typed})
    assert f"Duration: {written} minutes" in build_impact(record.postmortem)


def test_revenue_in_another_currency_keeps_it_and_scores_with_a_rate_alone() -> None:
    impact = Impact(revenue=Money(Decimal(20000), "EUR"))
    assert "Revenue Impact: 20,000.00 EUR" in build_impact(Postmortem("T", impact=impact))
    assert severity_score(impact).value == 0
    assert "no dollar rate" in severity_score(impact).not_scored[0].reason
    assert severity_score(replace(impact, revenue_usd_rate=Decimal("1.1"))).value == 10


@pytest.mark.parametrize("field", ["affected_users", "duration_minutes", "revenue_impact_usd"])
def test_a_negative_number_is_refused(field: str) -> None:
    with pytest.raises(Exception, match="negative"):
        read(impact={field: -1})


def test_what_is_not_known_scores_nothing_and_is_written_as_the_seeds_default() -> None:
    impact = read().postmortem.impact
    assert (impact.affected_users, impact.data_loss) == (None, None)
    text = build_impact(Postmortem("T", impact=impact))
    assert "Affected Users: 0\nAffected Services: None" in text
    assert "Data Loss: No" in text


def test_a_priority_that_is_not_set_is_medium_in_the_seeds_json() -> None:
    data = seed_data(Postmortem("T", action_items=(ActionItem("x"),)))
    assert data["action_items"][0]["priority"] == "medium"


STATUS_WORDS = {
    ActionStatus.TODO: "open", ActionStatus.ACCEPTED_RISK: "open", ActionStatus.IN_PROGRESS: "in_progress",
    ActionStatus.DONE: "completed", ActionStatus.VERIFIED: "completed", ActionStatus.WONT_DO: "completed",
}  # fmt: skip


@pytest.mark.parametrize("status", ActionStatus)
def test_six_action_statuses_become_the_seeds_three(status: ActionStatus) -> None:
    data = seed_data(Postmortem("T", action_items=(ActionItem("x", status=status),)))
    assert data["action_items"][0]["status"] == STATUS_WORDS[status]


@pytest.mark.parametrize("status", ActionStatus)
def test_only_done_and_verified_are_ticked(status: ActionStatus) -> None:
    text = shown("product", Postmortem("T", action_items=(ActionItem("x", status=status),)))
    assert ("- [x] x" in text) is (status in (ActionStatus.DONE, ActionStatus.VERIFIED))


def test_the_basic_document_lists_the_actions_too() -> None:
    assert "## Action Items\n\n- [ ] A1: Add connection pool metrics (HIGH) - alice" in shown(
        "basic", demo_record()
    )


def test_the_score_never_sets_or_judges_the_declared_severity() -> None:
    found = calibrate(Severity.SEV_2, demo_record().impact)
    assert severity_score(demo_record().impact).value == 45
    assert (found.measured.severity, found.verdict) == (Severity.SEV_3, Verdict.DECLARED_TOO_HIGH)
    longer = replace(demo_record().impact, duration=timedelta(hours=9))
    assert severity_score(longer).value > 45
    assert calibrate(Severity.SEV_2, longer).measured.severity is Severity.SEV_3


def test_under_eighty_is_flagged() -> None:
    assert not assess_basic(demo_record()).is_flagged
    assert assess_basic(replace(demo_record(), action_items=())).value == 75
    assert assess_basic(replace(demo_record(), action_items=())).is_flagged


# --- the product's documents --------------------------------------------------------------------


def test_an_id_from_elsewhere_is_kept_and_none_is_made_up() -> None:
    assert read(incidentId="inc_123").postmortem.incident_id == "inc_123"
    assert read().postmortem.incident_id == ""


def test_the_impact_in_words_stands_beside_the_numbers() -> None:
    record = read(impact="All endpoints failed for about 1,200 users.", affected_users=1250)
    assert record.postmortem.impact.text == "All endpoints failed for about 1,200 users."
    assert record.postmortem.impact.affected_users == 1250


def test_a_title_is_made_of_service_what_happened_and_day() -> None:
    record = read_record(
        json.dumps(
            {"date": "2025-01-15", "services": ["Database"], "summary": "Production outage. More."}
        )
    )
    assert record.postmortem.title == "[Database] Production outage - Jan 15, 2025"
    assert any("no title" in note for note in record.notes)


# --- the guide ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answers", [{"weather": "bad"}, {"user_impact": "many"}, {"data_integrity": "no_loss"}]
)
def test_an_unknown_category_or_level_is_refused(answers: dict[str, str]) -> None:
    with pytest.raises(InvalidValue, match="is not a"):
        calculate_severity(answers)


def test_with_nothing_known_it_is_sev_5_and_says_so() -> None:
    found = calculate_severity({})
    assert (found.severity, found.note) == (Severity.SEV_5, "nothing known yet")
    assert found.requirements.response_time is None


def test_a_postmortem_is_dated_by_its_incident() -> None:
    assert read(timeline=[{"timestamp": "2024-03-15T23:30:00Z", "event": "x"}]).postmortem.date == (
        date(2024, 3, 15)
    )
    assert "- **Date**: 2024-03-15" in shown(
        "auto", replace(Postmortem("T"), date=date(2024, 3, 15))
    )
    assert "- **Date**: Unknown" in shown("auto", Postmortem("T"))


def test_the_total_duration_is_from_first_to_last_in_time_and_never_negative() -> None:
    assert draft_metrics(Postmortem("T", timeline=UNSORTED)).total_duration == timedelta(hours=2)


def test_fewer_than_two_times_give_no_duration() -> None:
    assert draft_metrics(Postmortem("T", timeline=UNSORTED[:1])).total_duration is None
    assert "- Total Duration: unknown" in shown("auto", Postmortem("T"))


def test_messages_and_rollbacks_are_counted_by_kind_and_not_by_word() -> None:
    by_word = draft_metrics(Postmortem("T", timeline=UNSORTED))
    assert (by_word.messages_sent, by_word.rollbacks_performed) == (0, 0)
    kinds = (EventKind.MESSAGE, EventKind.ROLLBACK, EventKind.NOTE)
    events = tuple(replace(event, kind=kind) for event, kind in zip(UNSORTED, kinds, strict=True))
    by_kind = draft_metrics(Postmortem("T", timeline=events))
    assert (by_kind.messages_sent, by_kind.rollbacks_performed) == (1, 1)


def test_the_customers_part_is_from_impact_to_recovery_and_not_the_total() -> None:
    stones = Milestones(impact_start=at(9, 30), recovered=at(10), resolved=at(11))
    metrics = draft_metrics(Postmortem("T", timeline=UNSORTED, milestones=stones))
    assert metrics.customer_impact_duration == timedelta(minutes=30)
    assert draft_metrics(Postmortem("T", timeline=UNSORTED)).customer_impact_duration is None


def _suggested(postmortem: Postmortem) -> list[str]:
    return [suggestion.action.description for suggestion in suggest_actions(postmortem)]


def test_whether_a_runbook_was_used_is_read_from_kinds_and_links() -> None:
    named = Postmortem("T", timeline=(TimelineEvent(at(9), "Looked for a Runbook; none found"),))
    assert _suggested(named)[0].startswith("Write a runbook")
    used = replace(
        named, timeline=(TimelineEvent(at(9), "Followed the pool page", kind=EventKind.RUNBOOK),)
    )
    linked = replace(named, links=(SupportingLink("https://x.example/r", "", LinkKind.RUNBOOK),))
    assert _suggested(used) == _suggested(linked) == []


def test_what_we_suggest_passes_our_own_action_check() -> None:
    stones = Milestones(impact_start=at(6), resolved=at(11))
    suggested = suggest_actions(Postmortem("[API] Errors - Mar 15, 2024", milestones=stones))
    offered = [one.action for one in suggested]
    assert len(offered) == 3
    for name in SCENARIOS:
        offered += scenario_named(name).actions
    for action in offered:
        review = review_action(action)
        assert review.findings == (), action.description
        assert set(review.missing) <= {"owner", "tracker"}, action.description


def test_no_template_or_scenario_offers_a_bare_training() -> None:
    for name in SCENARIOS:
        for action in scenario_named(name).actions:
            assert not re.search(r"\btrain(?:ing)?\b", action.description, re.IGNORECASE)
    assert "strength" in review_action(ActionItem("Conduct team training on databases")).missing


def test_suggestions_stand_apart_from_the_actions_and_are_never_added() -> None:
    postmortem = replace(demo_record(), impact=Impact(duration=timedelta(hours=3)), timeline=())
    text = shown("auto", postmortem)
    assert text.index("## Action Items") < text.index("## Suggested Actions")
    assert "Write a runbook for “" not in text[: text.index("## Suggested Actions")]
    assert "Improve monitoring and alerting" not in text


def test_a_severity_that_is_not_known_is_unknown_and_no_number() -> None:
    assert "- **Severity**: Unknown" in shown("auto", Postmortem("T"))


def test_a_time_without_a_zone_is_utc_and_is_pointed_out_once() -> None:
    times = ["2024-03-15T09:15:00", "2024-03-15T10:15:00"]
    record = read(timeline=[{"timestamp": time, "event": "x"} for time in times])
    assert record.postmortem.timeline[0].time == at(9, 15)
    assert record.notes == ("2 times without a zone are taken as UTC",)


def test_no_word_in_an_answer_ends_the_whys() -> None:
    whys = (
        Why("Why?", "Lack of a checklist", whys=(Why("Why that?", "Missing owner"), Why("And?", "x"))),
    )  # fmt: skip
    assert depth_of(whys) == 2
    assert not any(why.is_actionable for why in ends(whys))


def test_the_time_column_promises_utc_only_where_every_time_is_a_moment() -> None:
    assert "| Time (UTC) | Event |" in shown("standard", Postmortem("T", timeline=UNSORTED))
    assert "| Time | Event | Who |" in shown("standard", demo_record())


def test_the_six_boxes_are_shown_once_a_factor_has_a_category() -> None:
    plain = shown("standard", demo_record())
    assert "Recent deployment" not in plain
    factors = (ContributingFactor("a", "recent_deployment"), ContributingFactor("b", "process_gap"))
    ticked = shown("standard", replace(demo_record(), contributing_factors=factors))
    assert "- [x] Recent deployment\n- [ ] Configuration change" in ticked
    assert "- [x] Other: Process gap" in ticked


def test_p3_is_the_fourth_priority() -> None:
    record = read(action_items=[{"title": "x", "priority": "P3"}])
    assert record.postmortem.action_items[0].priority is Priority.LOW
    assert Priority.CRITICAL.code == "P0"


# --- the practices and the report ---------------------------------------------------------------


def test_an_action_without_a_horizon_stands_where_its_due_date_falls() -> None:
    actions = (
        ActionItem("first", due=date(2024, 3, 20)),
        ActionItem("second", horizon=Horizon.LONG),
        ActionItem("third"),
    )
    day = date(2024, 3, 15)
    text = shown(
        "executive",
        Postmortem("T", severity=Severity.SEV_2, date=day, action_items=actions),
    )
    at_once, short, long = (
        text.index(f"### {title}") for title in ("Immediate (", "Short-term (", "Long-term (")
    )
    assert at_once < text.index("first") < short < text.index("third") < long
    assert long < text.index("second")


def test_the_third_column_is_there_when_some_event_has_it() -> None:
    assert "Actions Taken" not in shown("executive", demo_record())
    events = (TimelineEvent(at(9), "Alert", action_taken="On-call notified"),)
    assert "| Time (UTC) | Event | Actions Taken |" in shown(
        "executive", Postmortem("T", timeline=events)
    )


def test_measures_already_taken_stand_apart_from_open_actions() -> None:
    done = ActionItem(
        "Add a review step", type=ActionType.MITIGATE, status=ActionStatus.DONE, is_measure=True
    )
    text = shown("report", Postmortem("T", action_items=(done, ActionItem("Alert on lag"))))
    measures = text[text.index("## Corrective") : text.index("## Impact")]
    assert "- [x] Add a review step" in measures
    assert "Alert on lag" not in measures
    assert "Add a review step" not in text[text.index("## Action Items") :]


def test_morning_and_afternoon_are_written_with_24_hours() -> None:
    assert [str(parse_clock(text)) for text in ("09:50 AM", "1:05 pm", "12:10 am")] == [
        "09:50",
        "13:05",
        "00:10",
    ]


def test_a_customer_reads_only_what_was_written_for_customers() -> None:
    text = shown("external", external_view(demo_record()))
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Summary"]
    assert "alice" not in text
