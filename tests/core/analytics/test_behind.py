"""A number and the list of incidents behind it are the same."""

from __future__ import annotations

import pytest
from hypothesis import given

from kintsugi.core.analytics.behind import BEHIND, those_behind
from kintsugi.core.analytics.durations import ALL_SPANS, SPANS, lengths_between
from kintsugi.core.analytics.facts import IncidentFact, Period
from kintsugi.core.analytics.follow_up import postmortem_figures
from kintsugi.core.analytics.measures import measures
from kintsugi.core.analytics.report import DAYS as WEEKDAYS
from kintsugi.core.analytics.report import incident_report
from kintsugi.core.analytics.slices import NOT_NAMED, Dimension, sliced
from kintsugi.core.shared.errors import InvalidValue
from tests.core.analytics.facts import DAYS, NOW, START, at, fact, lists_of_facts

HALF = Period(START, at(DAYS / 2))


@given(lists_of_facts)
def test_every_number_has_as_many_incidents_behind_it(facts: list[IncidentFact]) -> None:
    def behind(names: str) -> int:
        return len(those_behind(facts, names, HALF, NOW))

    found, follow = measures(facts, HALF, NOW), postmortem_figures(facts, HALF, NOW)
    shares = {
        "high": "rated", "noticed:customer": "noticed", "late": "timed", "recurring": "classed", "published": "due",
    }  # fmt: skip
    told = (
        found.severity.high, found.detection.by_customers, found.detection.late,
        found.recurrence.recurring, follow.completed,
    )  # fmt: skip
    for (counted, every), one in zip(shares.items(), told, strict=True):
        assert (behind(counted), behind(every)) == (one.count, one.n)
    assert behind("unpublished") == len(follow.unpublished)
    assert behind("unclassed") == found.recurrence.without_class
    for length in (found.duration, *found.spans):
        assert behind(f"took:{length.key}") == length.pooled.n
        assert behind(f"running:{length.key}") == length.open
        assert behind(f"lacking:{length.key}") == length.missing
        assert behind(f"backwards:{length.key}") == len(length.backwards)
        for part in length.by_detection:
            assert behind(f"took:{length.key},noticed:{part.label}") == part.summary.n
    inside = those_behind(facts, "", HALF, NOW)
    report = incident_report(inside)
    assert [behind(f"hour:{hour:02d}") for hour in range(24)] == list(report.hours)
    assert [behind(f"day:{day}") for day in WEEKDAYS] == list(report.days)
    for name, group in sliced(inside, Dimension.CLASS).groups:
        assert name == NOT_NAMED or behind(f"class:{name}") == len(group)
    for by in (Dimension.SERVICE, Dimension.TEAM, Dimension.TAG):
        without = dict(sliced(inside, by).groups).get(NOT_NAMED, ())
        assert behind(f"unnamed:{by.value}") == len(without)


def test_every_span_has_its_incidents() -> None:
    facts = [fact("a", detected=at(0, 5)), fact("b", detected=at(-1)), fact("c")]
    for span in ALL_SPANS:
        n = lengths_between(facts, span, NOW).pooled.n
        assert len(those_behind(facts, f"took:{span.key}", HALF, NOW)) == n
    assert SPANS[0].key == "time_to_detect"


@pytest.mark.parametrize("names", ["x", "took:x", "unnamed:x", "late,soon"])
def test_a_name_that_is_behind_nothing_is_refused(names: str) -> None:
    with pytest.raises(InvalidValue, match="behind no number"):
        those_behind([], names, HALF, NOW)
    assert "late" in BEHIND
