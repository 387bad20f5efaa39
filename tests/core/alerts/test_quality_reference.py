"""docs/reference/alert-quality.md says what the code does."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from kintsugi.core.alerts.fatigue import THRESHOLDS, FatigueLevel
from kintsugi.core.alerts.listed import ListedAlert
from kintsugi.core.alerts.precision import Verdict
from kintsugi.core.alerts.quality import GRADES, METRIC_LABELS, NO_MEASURE, evaluate_alert
from kintsugi.core.alerts.suggestions import SuggestionKind
from kintsugi.formats.alerts import FORMATS

PAGE = (Path(__file__).parents[3] / "docs/reference/alert-quality.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table rows under a heading."""
    text = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_weights_and_grades_are_in_the_reference() -> None:
    told = [row for row in rows("Score") if len(row) == 4]
    points = evaluate_alert(ListedAlert("1")).points
    assert [(row[0], int(row[1]), row[3]) for row in told] == [
        (f"`{part.part}`", part.maximum, part.issue) for part in points
    ]
    grades = [row for row in rows("Score") if len(row) == 2]
    assert [(int(row[1]), row[0].strip("`")) for row in grades] == list(GRADES)


def test_every_format_is_in_the_reference_with_its_metric_labels() -> None:
    told = {
        row[0].strip("`"): re.findall(r"`([^`]+)`", row[2])
        for row in rows("What counts as a metric")
    }
    assert set(told) == set(FORMATS)
    assert {name: tuple(labels) for name, labels in told.items() if labels} == {
        name: labels for name, labels in METRIC_LABELS.items() if name
    }


@pytest.mark.parametrize("word", [*METRIC_LABELS[""], *sorted(NO_MEASURE)])
def test_every_common_label_and_name_that_is_no_measurement_is_in_the_reference(word: str) -> None:
    assert f"`{word}`" in PAGE


def test_the_levels_of_fatigue_are_in_the_reference() -> None:
    told = {row[0].strip("`"): row[1:] for row in rows("Fatigue") if row[0].strip("`").isupper()}
    assert list(told) == [level.value for level in reversed(FatigueLevel)]
    for level, rate, noise in THRESHOLDS:
        assert told[level.value] == [str(rate), f"{noise}%"]


def test_every_verdict_suggestion_and_field_is_in_the_reference() -> None:
    suggestions = " ".join(row[0] for row in rows("The worst rules"))
    assert set(re.findall(r"`(\w+)`", suggestions)) == {kind.value for kind in SuggestionKind}
    assert [row[0].strip("`") for row in rows("A list of alerts")] == [
        one.name for one in fields(ListedAlert)
    ]
    for verdict in Verdict:
        assert f"`{verdict.value}`" in PAGE
