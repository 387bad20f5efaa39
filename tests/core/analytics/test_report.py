"""The guide's report: equal to its pandas code where that is right, and the same from rollups."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.analytics.facts import IncidentFact
from kintsugi.core.analytics.guide_rows import guide_report, told_rows
from kintsugi.core.analytics.report import (
    DAYS,
    incident_report,
    judged,
    patterns_of,
    report_of,
)
from kintsugi.core.analytics.rollups import (
    Counted,
    cause_words,
    merged,
    rollups_of,
    tally,
    tally_of,
)
from kintsugi.core.shared.distributions import Interval
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from tests.core.analytics.facts import at, fact, lists_of_facts

MADE = json.loads(
    (Path(__file__).parents[2] / "fixtures" / "incident_reports.json").read_text("utf-8")
)
CASES = [name for name in MADE if name != "how_made"]


def of_guide(row: dict[str, Any], name: str) -> IncidentFact:
    minutes, service = row["duration_minutes"], row.get("service")
    severity = row.get("severity")
    return IncidentFact(
        name,
        impact_start=datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC),
        duration=timedelta(minutes=minutes) if isinstance(minutes, int | float) else None,
        services=(service,) if service else (),
        severity=Severity(severity) if severity else None,
        root_cause=row.get("root_cause") or "",
    )


def facts_of(case: str) -> list[IncidentFact]:
    return [of_guide(row, str(place)) for place, row in enumerate(MADE[case]["incidents"])]


@pytest.mark.parametrize("case", CASES)
def test_it_is_the_guides_report_wherever_that_is_right(case: str) -> None:
    guide, facts = MADE[case]["report"], facts_of(case)
    ours = json.loads(json.dumps(incident_report(facts, period="30 days").as_guide()))
    assert ours["recommendations"] == guide["recommendations"]
    assert ours["summary"] == {
        **guide["summary"],
        "mttr_minutes": pytest.approx(guide["summary"]["mttr_minutes"], rel=1e-9),
        "mtbf_hours": guide["summary"]["mtbf_hours"]
        and pytest.approx(guide["summary"]["mtbf_hours"], rel=1e-9),
    }
    for key in ("by_service", "by_severity"):
        assert ours["patterns"][key] == guide["patterns"][key]
    for key, cells in (("by_hour", 24), ("by_day_of_week", 7)):
        own, theirs = ours["patterns"][key], guide["patterns"][key]
        assert own["distribution"] == theirs["distribution"]
        if len(theirs["distribution"]) == cells:
            assert own == theirs


def test_equal_words_and_services_stand_by_name_and_not_by_who_came_first() -> None:
    facts = facts_of("many")
    words = Counter(word for one in facts for word in cause_words(one.root_cause))
    ours = [word for word, _ in incident_report(facts).causes]
    assert ours == sorted(words, key=lambda word: (-words[word], word))[:10]
    guide = MADE["many"]["report"]["patterns"]["common_causes"]
    assert [words[word] for word in guide] == [words[word] for word in ours]
    tied = [fact("a", services=("zoo",)), fact("b", services=("ant",))]
    assert incident_report(tied).services == (("ant", 1), ("zoo", 1))


def test_the_quiet_hour_and_day_are_those_with_none() -> None:
    found = incident_report([fact("a", minutes=1), fact("b", days=1 / 24)])
    assert (found.peak_hour, found.quiet_hour) == (0, 2)
    patterns: Any = found.as_guide()["patterns"]
    assert patterns["by_day_of_week"]["least_incidents"] == "Friday"


def test_midnight_is_recommended_like_any_hour() -> None:
    found = incident_report([fact(str(n), days=n) for n in range(3)])
    assert found.recommendations == (
        "Most incidents occur at 0:00 - increase monitoring during this time",
    )


def test_what_is_undefined_is_null() -> None:
    assert incident_report([]).as_guide() == {
        "summary": {"total_incidents": 0, "mttr_minutes": None, "mtbf_hours": None, "period": ""},
        "patterns": {},
        "recommendations": [],
    }
    alone = incident_report([fact(minutes=None)])
    assert (alone.total, alone.mttr_minutes, alone.mtbf_hours) == (1, None, None)


def test_hours_and_days_are_those_of_the_zone() -> None:
    found = incident_report([fact(days=1)], zone=ZoneInfo("America/New_York"))
    assert (found.peak_hour, DAYS[found.days.index(1)]) == (19, "Wednesday")


# --- from rollups ---------------------------------------------------------------------------------


@given(lists_of_facts, st.randoms())
def test_rollups_give_the_same_report_however_they_are_put_together(
    facts: list[IncidentFact], chance: random.Random
) -> None:
    rows = list(rollups_of(facts))
    chance.shuffle(rows)
    zone = ZoneInfo("Asia/Kathmandu")
    expected = incident_report(facts, period="x", zone=zone)
    assert report_of(tally_of(rows), period="x", zone=zone) == expected
    by_day = merged(rows, timedelta(days=1))
    assert report_of(tally_of(by_day), period="x", zone=zone) == expected
    one_by_one = [row for one in facts for row in rollups_of([one])]
    assert merged(one_by_one) == rollups_of(facts)
    assert len({(row.bucket, row.kind, row.name) for row in by_day}) == len(by_day)


def test_a_rollup_counts_within_its_quarter_of_an_hour() -> None:
    rows = rollups_of(
        [
            fact(
                "a",
                minutes=20,
                services=("x", "y"),
                severity=Severity.SEV_2,
                root_cause="the disk, the disk",
            ),
            fact("b", days=14 / 1440, services=("x",)),
        ]
    )
    assert [(row.kind, row.name, row.count) for row in rows] == [
        (Counted.TIME, "", 2), (Counted.SERVICE, "x", 2), (Counted.SERVICE, "y", 1),
        (Counted.SEVERITY, "2", 1), (Counted.WORD, "disk", 2),
    ]  # fmt: skip
    time = rows[0]
    assert (time.bucket, time.measured, time.length) == (at(), 2, timedelta(minutes=50))
    assert (time.first, time.last) == (at(), at(0, 14))


# --- whether it is more than chance ---------------------------------------------------------------


def test_a_busy_hour_is_more_than_chance_and_an_even_one_is_not() -> None:
    busy = {one.name: one for one in patterns_of(incident_report(facts_of("a busy hour")))}
    assert busy["hour"].is_more_than_chance
    even = {one.name: one for one in patterns_of(incident_report(facts_of("many")))}
    assert not even["hour"].is_more_than_chance
    assert even["service"].is_more_than_chance
    few = patterns_of(incident_report(facts_of("one")))
    assert [one.is_more_than_chance for one in few] == [None, None]


def test_each_recommendation_stands_beside_what_the_figures_say_of_it() -> None:
    report = incident_report(facts_of("many"))
    found = judged(report, Interval(50, 90))
    assert [one.recommendation for one in found] == list(report.recommendations)
    assert [one.is_more_than_chance for one in found] == [False, False, True]
    assert "between 50 and 90 min" in found[0].because
    assert judged(report, Interval(70, 90))[0].is_more_than_chance is True
    assert judged(report, None)[0].is_more_than_chance is None


# --- the guide's own dictionaries -----------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_the_guides_rows_give_the_report_of_their_incidents(case: str) -> None:
    rows = MADE[case]["incidents"]
    expected = incident_report(facts_of(case), period="30 days")
    found = guide_report(rows, period="30 days")
    assert found.mttr_minutes == pytest.approx(expected.mttr_minutes, rel=1e-12)
    assert replace(found, mttr_minutes=None) == replace(expected, mttr_minutes=None)


times = st.datetimes(datetime(2024, 1, 1), datetime(2025, 12, 31)).map(  # noqa: DTZ001 - with a zone or none below
    datetime.isoformat
)
guide_rows = st.fixed_dictionaries(
    {"timestamp": st.builds("{}{}".format, times, st.sampled_from(["", "Z", "+00:00", "-03:30"]))},
    optional={
        "duration_minutes": st.none()
        | st.integers(-5, 900)
        | st.floats(allow_nan=True)
        | st.sampled_from(["12", "soon", "nan", True, [1]]),
        "service": st.none() | st.sampled_from(["", "a", "b", 7]),
        "severity": st.none() | st.sampled_from([1, 2, 3.0, "sev2", "9", "", [1]]),
        "root_cause": st.none() | st.sampled_from(["", "Disk is full", "the disk, again", 5]),
    },
)


@given(st.lists(guide_rows, max_size=12))
def test_columns_and_single_rows_count_alike(rows: list[dict[str, object]]) -> None:
    one_by_one = report_of(tally(told_rows(rows)))
    found = guide_report(rows)
    assert (found.mttr_minutes is None) == (one_by_one.mttr_minutes is None)
    if found.mttr_minutes is not None and one_by_one.mttr_minutes is not None:
        assert math.isclose(found.mttr_minutes, one_by_one.mttr_minutes, rel_tol=1e-9, abs_tol=1e-7)
    assert replace(found, mttr_minutes=None) == replace(one_by_one, mttr_minutes=None)
    zone = ZoneInfo("Asia/Kathmandu")
    assert guide_report(rows, zone=zone).hours == report_of(tally(told_rows(rows)), zone=zone).hours


@pytest.mark.parametrize(
    "written", [None, 5, "soon", "10:00", "2025-13-01T00:00:00", "2025-01-01x00:00:00"]
)
def test_a_time_that_is_none_is_refused_by_its_place(written: object) -> None:
    with pytest.raises(InvalidValue) as refused:
        guide_report([{"timestamp": "2025-01-01T00:00:00"}, {"timestamp": written}])
    assert refused.value.field == "[1].timestamp"
