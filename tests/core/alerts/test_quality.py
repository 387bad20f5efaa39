"""The guide's score of an alert, and what of a tool's alert counts as metrics."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kintsugi
from kintsugi.core.alerts.event import AlertEvent, Happening
from kintsugi.core.alerts.listed import ListedAlert
from kintsugi.core.alerts.quality import (
    METRIC_LABELS,
    NAMELESS,
    WEIGHTS,
    evaluate_alert,
    metric_names,
    quality_of,
    quality_score,
)
from tests.core.alerts.guide_analyzer import GuideAnalyzer

LONG = "The share of failed payments is above 5% for five minutes."
GOOD = ListedAlert(
    "a-1", "Payments fail", LONG, service="checkout", metrics={"a": 1, "b": 2, "c": 3},
    runbook_url="https://runbooks.example/payments",
)  # fmt: skip
listed = st.builds(
    ListedAlert,
    id=st.text(max_size=3),
    title=st.one_of(st.sampled_from(["", "ALERT", "ALERT: disk", "Alert", "disk"]), st.text()),
    description=st.one_of(st.text(), st.integers(48, 53).map(lambda count: "x" * count)),
    service=st.sampled_from(["", "api", " "]),
    metrics=st.dictionaries(st.text(max_size=2), st.integers(), max_size=4),
    runbook_url=st.sampled_from([None, "", "https://x.example"]),
)


@given(listed)
def test_it_agrees_with_the_guides_own_code(alert: ListedAlert) -> None:
    guide = GuideAnalyzer().evaluate_alert(alert)
    assert evaluate_alert(alert).as_guide() == guide
    assert quality_score(alert) == guide["quality_score"]


def test_the_library_offers_it_with_the_guides_names() -> None:
    found = kintsugi.evaluate_alert(GOOD)
    assert (found.quality_score, found.grade, found.issues, found.actionable) == (
        100,
        "A",
        (),
        True,
    )


def test_the_weights_are_the_guides_and_add_up_to_a_hundred() -> None:
    weights = {"description": 20, "runbook": 25, "metrics": 20, "title": 15, "service": 20}
    assert dict(WEIGHTS) == weights
    assert sum(weights.values()) == 100


@pytest.mark.parametrize(("length", "points"), [(0, 0), (50, 0), (51, 20)])
def test_a_description_counts_from_51_characters(length: int, points: int) -> None:
    assert evaluate_alert(ListedAlert("1", description="x" * length)).quality_score == points


@pytest.mark.parametrize(("count", "points"), [(0, 0), (2, 0), (3, 20), (4, 20)])
def test_metrics_count_from_three(count: int, points: int) -> None:
    metrics = {f"m{place}": None for place in range(count)}
    assert evaluate_alert(ListedAlert("1", metrics=metrics)).quality_score == points


@pytest.mark.parametrize(
    ("title", "points"),
    [("", 0), ("ALERT", 0), ("ALERTING: disk", 0), ("Alert: disk", 15), ("disk ALERT", 15), (" ALERT", 15)],
)  # fmt: skip
def test_a_title_is_generic_when_it_begins_with_alert_in_capitals(title: str, points: int) -> None:
    assert evaluate_alert(ListedAlert("1", title)).quality_score == points


def test_every_point_is_explained() -> None:
    found = evaluate_alert(ListedAlert("1", "Payments fail", "short", service="checkout"))
    assert [(part.part, part.points, part.maximum, part.issue) for part in found.points] == [
        ("description", 0, 20, "Description too brief"),
        ("runbook", 0, 25, "Missing runbook"),
        ("metrics", 0, 20, "Insufficient metrics context"),
        ("title", 15, 15, ""),
        ("service", 20, 20, ""),
    ]
    assert (found.quality_score, found.grade, found.actionable) == (35, "F", False)


# --- what counts as a metric ---------------------------------------------------------------------


def event(
    title: str = "Payments fail",
    *,
    values: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> AlertEvent:
    return AlertEvent(
        Happening.TRIGGER, "k", title, LONG, service="checkout", labels=labels or {},
        annotations=annotations or {}, values=values or {}, runbook_url="https://runbooks.example/payments",
    )  # fmt: skip


def test_values_numeric_annotations_and_metric_labels_count_together() -> None:
    told = event(
        values={"B": "97.2"},
        annotations={"value": "7.2 %", "summary": "5 of 100 requests fail"},
        labels={"quantile": "0.99", "instance": "web-1", "shard": "3"},
    )
    assert metric_names(told.values, told.annotations, told.labels) == {"b", "value", "quantile"}
    assert quality_of(told).quality_score == 100
    assert quality_of(event(values={"B": "97.2"})).issues == ("Insufficient metrics context",)


@pytest.mark.parametrize(
    "value", ["7", "7.2%", "-3.5 ms", "1,024 MB", "> 90 %", "1.2e-3", "12 req/s", " 40 °C", "≈ 5"]
)
def test_an_annotation_that_is_a_number_counts(value: str) -> None:
    assert metric_names({}, {"current": value}, {}) == {"current"}


@pytest.mark.parametrize(
    "value", ["", "high", "web-1", "2026-11-21", "12:30", "10.0.0.1:9090", "5 of 7 pods", "{{ $value }}", "1 2", "NaN"]
)  # fmt: skip
def test_an_annotation_that_is_no_number_does_not_count(value: str) -> None:
    assert metric_names({}, {"current": value}, {}) == frozenset()


@pytest.mark.parametrize(
    "name", ["dashboard_id", "panelId", "__value__", "version", "Priority", "port", "org-id", "startDate"]
)  # fmt: skip
def test_an_annotation_whose_name_says_it_is_no_measurement_does_not_count(name: str) -> None:
    assert metric_names({}, {name: "12"}, {}) == frozenset()


@pytest.mark.parametrize(
    "value", ["", " ", "null", "NaN", "[no value]", "$EVENT_VALUE", "${v}", "{{ v }}"]
)
def test_a_value_that_was_never_filled_in_does_not_count(value: str) -> None:
    assert metric_names({"cpu": value}, {}, {"metric": value}) == frozenset()


def test_one_name_counts_once_however_it_is_spelled() -> None:
    names = metric_names({"metricValue": "1"}, {"metric_value": "2"}, {"metric-value": "3"})
    assert names == {"metricvalue"}


def test_labels_count_by_the_format_of_their_source() -> None:
    labels = {"MetricName": "CPUUtilization", "Namespace": "AWS/EC2", "host": "web-1"}
    assert metric_names({}, {}, labels, "cloudwatch") == {"metricname", "namespace"}
    assert metric_names({}, {}, labels, "alertmanager") == {"metricname"}
    assert metric_names({}, {}, labels, "a format nobody knows") == {"metricname"}


@given(
    st.sampled_from(sorted(METRIC_LABELS)),
    *[st.dictionaries(st.text(max_size=8), st.text(max_size=40), max_size=4) for _ in range(3)],
)
def test_any_alert_can_be_scored(
    source_format: str, values: dict[str, str], annotations: dict[str, str], labels: dict[str, str]
) -> None:
    told = event(values=values, annotations=annotations, labels=labels)
    assert quality_of(told, source_format).quality_score in (80, 100)


def test_the_name_our_decoders_give_to_a_nameless_alert_is_no_title() -> None:
    assert quality_of(event(NAMELESS)).issues == (
        "Insufficient metrics context",
        "Generic alert title",
    )
