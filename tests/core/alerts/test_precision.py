"""Verdicts, and the precision of rules and sources."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.alerts.precision import (
    JudgedAlert,
    Precision,
    Verdict,
    precision_of,
    precision_per_rule,
    precision_per_source,
)

NOW = datetime(2025, 1, 15, 12, tzinfo=UTC)


def judged(*verdicts: Verdict, source: str = "prometheus", rule: str = "Disk") -> list[JudgedAlert]:
    return [
        JudgedAlert(f"alr_{place}", source, rule, verdict, NOW - timedelta(hours=place))
        for place, verdict in enumerate(verdicts)
    ]


def test_precision_is_the_share_of_useful_verdicts_with_its_exact_interval() -> None:
    found = precision_of("p", "Disk", judged(*[Verdict.USEFUL] * 5, *[Verdict.NOISE] * 5))
    assert (found.value, found.judged, found.useful, found.listed) == (0.5, 10, 5, ())
    assert found.interval is not None
    assert (round(found.interval.low, 4), round(found.interval.high, 4)) == (0.1871, 0.8129)


def test_noise_duplicates_and_nothing_to_do_were_all_not_worth_the_interruption() -> None:
    found = precision_of("p", "Disk", judged(*[Verdict.USEFUL] * 3, *list(Verdict)[1:]))
    assert found.value == 0.5
    assert found.counts == {
        Verdict.USEFUL: 3, Verdict.NOISE: 1, Verdict.DUPLICATE: 1, Verdict.NOTHING_TO_DO: 1,
    }  # fmt: skip


def test_fewer_than_six_verdicts_are_listed_and_not_summed_up() -> None:
    five = precision_of("p", "Disk", judged(*[Verdict.NOISE] * 5))
    assert (five.value, five.interval) == (None, None)
    assert [alert.alert_id for alert in five.listed] == [
        "alr_0",
        "alr_1",
        "alr_2",
        "alr_3",
        "alr_4",
    ]
    six = precision_of("p", "Disk", judged(*[Verdict.NOISE] * 6))
    assert (six.value, six.listed) == (0, ())


def test_the_listed_are_the_newest_first() -> None:
    shuffled = judged(*[Verdict.NOISE] * 3)[::-1]
    assert [alert.alert_id for alert in precision_of("p", "r", shuffled).listed] == (
        ["alr_0", "alr_1", "alr_2"]
    )


def test_the_same_rule_of_two_sources_is_two_rules_and_a_source_has_all_of_its() -> None:
    alerts = [
        *judged(*[Verdict.USEFUL] * 6, source="a"), *judged(*[Verdict.NOISE] * 6, source="b"),
        *judged(*[Verdict.NOISE] * 6, source="a", rule="CPU"),
    ]  # fmt: skip
    rules = precision_per_rule(alerts, {("a", "Disk"): 90})
    assert [(one.source, one.rule, one.value, one.raised) for one in rules] == [
        ("a", "CPU", 0, 6), ("a", "Disk", 1, 90), ("b", "Disk", 0, 6),
    ]  # fmt: skip
    sources = precision_per_source(alerts, {"a": 200})
    assert [(one.source, one.value, one.raised) for one in sources] == [
        ("a", 0.5, 200),
        ("b", 0, 6),
    ]


def test_it_can_be_made_of_counts_alone() -> None:
    found = Precision("p", "Disk", {Verdict.USEFUL: 30, Verdict.NOISE: 10}, raised=400)
    assert (found.value, found.judged, found.raised) == (0.75, 40, 400)


def test_no_verdict_says_nothing() -> None:
    found = precision_of("p", "Disk", [], raised=12)
    assert (found.value, found.interval, found.judged, found.raised) == (None, None, 0, 12)


@given(st.lists(st.sampled_from(Verdict), max_size=40))
def test_counts_add_up_and_the_share_lies_in_its_interval(verdicts: list[Verdict]) -> None:
    found = precision_of("p", "Disk", judged(*verdicts))
    assert found.counts == Counter(verdicts)
    assert found.judged == len(verdicts)
    if found.value is not None:
        assert found.interval is not None
        assert found.interval.low <= found.value <= found.interval.high
