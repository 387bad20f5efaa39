"""What a period's incidents say: the measures, told apart and put together."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.analytics.comparison import Direction
from kintsugi.core.analytics.durations import ALL_SPANS, SPANS, lengths_between, recovery_lengths
from kintsugi.core.analytics.facts import ActionFact, IncidentFact, Period, in_period, problems_of
from kintsugi.core.analytics.follow_up import action_figures, postmortem_figures
from kintsugi.core.analytics.measures import measures, recurrence
from kintsugi.core.analytics.reliability import reliability, union_length
from kintsugi.core.analytics.slices import NOT_NAMED, Dimension, Step, periods, sliced
from kintsugi.core.analytics.trends import DURATION, FREQUENCY, trends
from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.money import Money
from kintsugi.core.shared.severity import Severity
from tests.core.analytics.facts import DAYS, NOW, START, WHOLE, at, fact, lists_of_facts

DAY = timedelta(days=1)
TIMES = ("impact_start", "detected", "declared", "recovered", "resolved", "postmortem_at")


# --- whatever the incidents -----------------------------------------------------------------------


@given(lists_of_facts, st.randoms())
def test_the_order_of_incidents_does_not_matter(
    facts: list[IncidentFact], chance: random.Random
) -> None:
    again = facts.copy()
    chance.shuffle(again)
    assert measures(facts, WHOLE, NOW) == measures(again, WHOLE, NOW)
    assert trends(facts, WHOLE) == trends(again, WHOLE)
    assert postmortem_figures(facts, WHOLE, NOW) == postmortem_figures(again, WHOLE, NOW)


@given(lists_of_facts, st.integers(-12, 14))
def test_the_zone_in_which_times_are_written_changes_nothing(
    facts: list[IncidentFact], hours: int
) -> None:
    zone = timezone(timedelta(hours=hours))
    moved = [
        replace(
            one,
            **{
                name: when.astimezone(zone)
                for name in TIMES
                if (when := getattr(one, name)) is not None
            },
        )
        for one in facts
    ]
    assert measures(moved, WHOLE, NOW) == measures(facts, WHOLE, NOW)


@given(lists_of_facts)
def test_every_incident_is_counted_once_or_said_to_be_left_out(facts: list[IncidentFact]) -> None:
    half = Period(START, at(DAYS / 2))
    found = measures(facts, half, NOW)
    assert found.n + found.left_out + found.outside == len(facts)
    assert sum(count for _, count in found.severity.counts) == found.n
    assert sum(count for _, count in found.detection.sources) == found.n
    assert found.impact.unmeasured + found.duration.pooled.n == found.n
    assert found.reliability.failures.count == found.n
    for one in (found.duration, *found.spans):
        assert one.pooled.n + one.open + one.missing + len(one.backwards) == found.n
        assert sum(part.summary.n for part in one.by_severity) == one.pooled.n
        assert sum(part.summary.n for part in one.by_detection) == one.pooled.n
        assert sum(part.summary.total for part in one.by_severity) == pytest.approx(
            one.pooled.total
        )
    known = found.recurrence.recurring.n + found.recurrence.without_class
    assert known == found.n


@given(lists_of_facts, st.sampled_from(Dimension))
def test_slices_add_up_to_all_and_say_where_they_overlap(
    facts: list[IncidentFact], by: Dimension
) -> None:
    found = sliced(facts, by)
    assert found.n == len(facts)
    assert {one.id for _, group in found.groups for one in group} == {one.id for one in facts}
    if not found.overlapping:
        assert sum(len(group) for _, group in found.groups) == len(facts)


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2025, 12, 31)),  # noqa: DTZ001 - put into UTC below
    st.integers(0, 400 * 24),
    st.sampled_from(Step),
    st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Apia", "America/New_York"]),
)
def test_the_steps_of_a_period_follow_one_another_and_are_all_of_it(
    since: datetime, hours: int, step: Step, zone: str
) -> None:
    start = since.replace(tzinfo=UTC)
    whole = Period(start, start + timedelta(hours=hours))
    found = periods(whole, step, ZoneInfo(zone))
    assert sum((one.length for one in found), timedelta(0)) == whole.length
    if found:
        assert (found[0].since, found[-1].until) == (whole.since, whole.until)
        assert all(one.until == two.since for one, two in pairwise(found))


# --- durations ------------------------------------------------------------------------------------


def test_lengths_are_real_time_where_the_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    night = datetime(2025, 3, 30, 1, 30, tzinfo=berlin), datetime(2025, 3, 30, 3, 30, tzinfo=berlin)
    assert IncidentFact("x", impact_start=night[0], resolved=night[1]).lasted == timedelta(hours=1)
    assert Period(*night).length == timedelta(hours=1)
    with pytest.raises(InvalidValue, match="detected: has no zone"):
        IncidentFact("x", detected=datetime(2025, 3, 30))  # noqa: DTZ001 - that is the point


def test_every_two_milestones_have_a_span_and_the_fields_five_have_their_names() -> None:
    assert len(ALL_SPANS) == 21
    assert set(SPANS) <= set(ALL_SPANS)
    assert [span.key for span in SPANS] == [
        "time_to_detect", "time_to_acknowledge", "time_to_mitigate", "time_to_recover", "time_to_resolve",
    ]  # fmt: skip


def test_a_span_says_what_is_open_missing_and_backwards() -> None:
    facts = [
        fact("a", detected=at(0, 5)),
        fact("b", detected=at(-1)),
        fact("c"),
        fact("d", minutes=None, is_open=True),
    ]
    found = lengths_between(facts, SPANS[0], NOW)
    assert (found.pooled.listed, found.backwards, found.missing, found.open) == ((5,), ("b",), 1, 1)
    assert found.until_end.open == 1


def test_severities_are_never_pooled_without_saying_so() -> None:
    facts = [fact(str(n), minutes=n, severity=Severity(1 + n % 2 * 3)) for n in range(1, 15)]
    found = recovery_lengths(facts, NOW)
    assert found.is_mixed
    assert found.pooled_from == "SEV-1 (7), SEV-4 (7)"
    assert [part.summary.median for part in found.by_severity] == [8, 7]


def test_a_typed_duration_goes_before_the_milestones() -> None:
    assert fact(minutes=30, duration=timedelta(minutes=45)).lasted == timedelta(minutes=45)
    assert fact(minutes=30).lasted == timedelta(minutes=30)
    assert fact(minutes=-5).lasted is None


def test_what_is_wrong_with_times_is_said() -> None:
    def said(one: IncidentFact) -> list[str]:
        return [problem.problem for problem in problems_of(one, NOW)]

    assert said(fact()) == []
    assert said(IncidentFact("x")) == ["has no time at which it began"]
    assert said(fact(minutes=None)) == ["has no end"]
    assert said(fact(minutes=None, is_open=True)) == []
    assert said(fact(minutes=-5)) == ["resolved is before impact start", "ends before it begins"]
    assert said(fact(detected=at(-1))) == []
    assert said(fact(acknowledged=at(0, 9), mitigated=at(0, 8))) == [
        "mitigated is before acknowledged"
    ]
    assert said(fact(days=DAYS + 1)) == ["begins in the future"]


# --- MTBF -----------------------------------------------------------------------------------------


def test_mtbf_is_uptime_over_failures_and_the_mean_gap_has_its_own_name() -> None:
    facts = [fact("a", days=10, minutes=1440), fact("b", days=20, minutes=1440)]
    found = reliability(facts, WHOLE, NOW)
    assert found.mtbf_hours == (DAYS - 2) * 24 / 2
    assert found.mean_gap_hours == 240
    assert found.availability == pytest.approx((DAYS - 2) / DAYS)
    assert found.mtbf_interval.low < found.mtbf_hours < found.mtbf_interval.high


def test_overlapping_incidents_are_down_once_and_an_open_one_until_now() -> None:
    facts = [
        fact("a", minutes=2880),
        fact("b", days=1, minutes=2880),
        fact("c", days=55, minutes=None, is_open=True),
    ]
    assert reliability(facts, WHOLE, NOW).down == 8 * DAY
    lost = reliability([fact("d", minutes=None)], WHOLE, NOW)
    assert (lost.down, lost.without_end) == (timedelta(0), 1)


@pytest.mark.long
@pytest.mark.parametrize("mean_hours", [60, 240])
def test_the_interval_of_mtbf_holds_the_true_one(mean_hours: float) -> None:
    chance = random.Random(mean_hours)  # noqa: S311 - a simulation, not a secret
    runs, hits = 1000, 0
    for _ in range(runs):
        facts: list[IncidentFact] = []
        hour = 0.0
        while (hour := hour + chance.expovariate(1 / mean_hours)) < DAYS * 24:
            length = min(chance.uniform(0, 4), DAYS * 24 - hour)
            facts.append(fact(str(len(facts)), days=hour / 24, minutes=length * 60))
            hour += length
        interval = reliability(facts, WHOLE, NOW).mtbf_interval
        hits += interval.low <= mean_hours <= interval.high
    assert 0.94 <= hits / runs <= 0.99


def test_without_failures_mtbf_is_not_infinite_but_unknown() -> None:
    found = reliability([], WHOLE, NOW)
    assert (found.mtbf_hours, found.mean_gap_hours) == (None, None)
    assert found.mtbf_interval.low == pytest.approx(DAYS * 24 / 3.6889, rel=1e-4)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=12))
def test_a_union_counts_every_minute_once(pairs: list[tuple[int, int]]) -> None:
    minutes = {minute for start, end in pairs for minute in range(start, end)}
    spans = [(at(minutes=start), at(minutes=end)) for start, end in pairs]
    assert union_length(spans) == timedelta(minutes=len(minutes))


# --- severity, impact, detection, recurrence ------------------------------------------------------


def test_money_of_two_currencies_is_never_added() -> None:
    facts = [
        fact("a", revenue=Money(Decimal("10.50"), "USD")), fact("b", revenue=Money(Decimal(5), "EUR")),
        fact("c", revenue=Money(Decimal("0.25"), "USD")), fact("d", minutes=None),
    ]  # fmt: skip
    found = measures(facts, WHOLE, NOW).impact
    assert found.revenue == (Money(Decimal(5), "EUR"), Money(Decimal("10.75"), "USD"))
    assert (found.minutes, found.worst_id, found.unmeasured, found.without_revenue) == (
        90,
        "c",
        1,
        1,
    )


def test_detection_gaps_are_the_late_ones_and_those_of_customers() -> None:
    facts = [
        fact("late", severity=Severity.SEV_1, detected=at(0, 6)),
        fact("soon", severity=Severity.SEV_1, detected=at(0, 5)),
        fact(
            "own",
            severity=Severity.SEV_1,
            detected=at(0, 9),
            detection_target=timedelta(minutes=10),
        ),
        fact("told", detection=DetectionMethod.CUSTOMER),
    ]
    found = measures(facts, WHOLE, NOW).detection
    assert [(gap.incident_id, gap.is_late, gap.by_customers) for gap in found.gaps] == [
        ("late", True, False), ("told", False, True),
    ]  # fmt: skip
    assert (found.late.count, found.late.n) == (1, 3)


def test_an_incident_recurs_within_twelve_months_of_one_of_its_class() -> None:
    facts = [
        fact("a", days=-400, classes=("certificate",)),
        fact("b", days=1, classes=("certificate",)),
        fact("c", days=2, classes=("certificate", "disk")),
        fact("d", days=3, classes=("disk",)),
        fact("e", days=4),
        fact("f", days=5, classes=("disk",), is_drill=True),
    ]
    found = recurrence(facts, WHOLE)
    assert found.recurring_ids == ("c", "d")
    assert (found.recurring.n, found.recurring.value, found.without_class) == (3, None, 1)


def test_drills_and_what_has_no_beginning_are_left_out_aloud() -> None:
    facts = [fact("a"), fact("b", is_drill=True), IncidentFact("c"), fact("d", days=-3)]
    found = measures(facts, WHOLE, NOW)
    assert (found.n, found.left_out, found.outside) == (1, 2, 1)
    assert [one.id for one in in_period(facts, WHOLE)] == ["a"]
    assert [(one.incident_id, one.problem) for one in found.problems] == [
        ("c", "has no time at which it began")
    ]


# --- postmortems and actions ----------------------------------------------------------------------


def test_postmortem_completion_is_of_those_required_and_due() -> None:
    facts = [
        fact("done", is_postmortem_required=True, postmortem_at=at(3)),
        fact("none", is_postmortem_required=True),
        fact("fresh", days=DAYS - 1, is_postmortem_required=True),
        fact("open", minutes=None, is_open=True, is_postmortem_required=True),
        fact("asked", is_postmortem_required=False),
        fact("unknown"),
    ]
    found = postmortem_figures(facts, WHOLE, NOW)
    assert (found.completed.count, found.completed.n, found.not_due) == (1, 2, 2)
    assert (found.unpublished, found.undecided) == (("none",), 1)
    assert (found.days_to_publish.closed, found.days_to_publish.open) == (1, 2)


def test_actions_are_closed_by_the_cohort_of_their_creation() -> None:
    actions = [
        ActionFact("1", at(1), closed=at(5), verified=at(6)),
        ActionFact("2", at(1), due=at(10)),
        ActionFact("3", at(2), due=at(DAYS + 10)),
        ActionFact("4", at(-30), closed=at(3)),
    ]
    found = action_figures(actions, WHOLE, NOW)
    assert (found.closed.count, found.closed.n, found.verified.count) == (1, 3, 1)
    assert (found.overdue.count, found.overdue.n, found.overdue_ids) == (1, 2, ("2",))
    assert list(found.open_age.listed) == [58, 59]
    assert (found.days_to_close.closed, found.days_to_close.open) == (1, 2)


# --- slices and trends ----------------------------------------------------------------------------


def test_an_incident_of_two_services_stands_under_both_and_one_of_none_under_not_named() -> None:
    found = sliced(
        [fact("a", services=("x", "y")), fact("b"), fact("c", services=("y",))], Dimension.SERVICE
    )
    assert [(name, [one.id for one in group]) for name, group in found.groups] == [
        ("x", ["a"]), ("y", ["a", "c"]), (NOT_NAMED, ["b"]),
    ]  # fmt: skip
    assert (found.n, found.overlapping) == (3, 1)


def test_too_many_steps_are_refused() -> None:
    with pytest.raises(InvalidValue, match="longer ones"):
        periods(Period(START, START + 5000 * DAY), Step.DAY, UTC)


def test_a_months_half_as_many_incidents_are_a_trend_only_with_enough_of_them() -> None:
    later = Period(at(DAYS), at(2 * DAYS))
    few = [fact(f"a{n}", days=n) for n in range(10)] + [
        fact(f"b{n}", days=DAYS + n) for n in range(5)
    ]
    many = [fact(f"a{n}", days=n / 4) for n in range(100)] + [
        fact(f"b{n}", days=DAYS + n / 4, minutes=5) for n in range(50)
    ]
    assert {one.key: one.trend.direction for one in trends(few, later)}[
        FREQUENCY
    ] is Direction.NOT_SEEN
    found = {one.key: one.trend.direction for one in trends(many, later)}
    assert (found[FREQUENCY], found[DURATION]) == (Direction.DOWN, Direction.DOWN)
    assert found["time_to_detect"] is Direction.TOO_FEW
