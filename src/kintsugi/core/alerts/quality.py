"""What an alert tells whoever it wakes: the guide's score, grade, issues and whether it is actionable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Protocol

from kintsugi.core.alerts.listed import ListedAlert

ACTIONABLE_FROM = 60
"""An alert with fewer points is noise to the guide."""

LONGER_THAN = 50
"""A description of more characters than this says something."""

ENOUGH_METRICS = 3
GENERIC_TITLE = "ALERT"
NAMELESS = "Alert without a name"
"""The title our decoders give to an alert that came with none."""

GRADES = ((90, "A"), (75, "B"), (60, "C"), (40, "D"), (0, "F"))
"""The least score of each grade, best first."""


@dataclass(frozen=True, slots=True)
class QualityPoints:
    """One of the guide's five questions: what it gave of its maximum, and the issue if it gave nothing."""

    part: str
    points: int
    maximum: int
    issue: str = ""


_PARTS = (
    ("description", 20, "Description too brief"),
    ("runbook", 25, "Missing runbook"),
    ("metrics", 20, "Insufficient metrics context"),
    ("title", 15, "Generic alert title"),
    ("service", 20, "Service not identified"),
)
_ANSWERS = tuple(
    (QualityPoints(part, 0, weight, issue), QualityPoints(part, weight, weight))
    for part, weight, issue in _PARTS
)
WEIGHTS: Mapping[str, int] = MappingProxyType({part: weight for part, weight, _ in _PARTS})
"""The points of each question, in the guide's order."""


@dataclass(frozen=True, slots=True)
class AlertQuality:
    """The answers to the five questions, and under the guide's own names what follows from them."""

    points: tuple[QualityPoints, ...]

    @property
    def quality_score(self) -> int:
        """0 to 100."""
        return sum(part.points for part in self.points)

    @property
    def grade(self) -> str:
        """A, B, C, D or F."""
        return grade_of(self.quality_score)

    @property
    def issues(self) -> tuple[str, ...]:
        """What is missing, in the guide's words and order."""
        return tuple(part.issue for part in self.points if part.issue)

    @property
    def actionable(self) -> bool:
        """Whether it has ACTIONABLE_FROM points or more."""
        return self.quality_score >= ACTIONABLE_FROM

    def as_guide(self) -> dict[str, object]:
        """The dictionary that the guide's evaluate_alert returns."""
        return {
            "quality_score": self.quality_score, "grade": self.grade, "issues": list(self.issues),
            "actionable": self.actionable,
        }  # fmt: skip


class Told(Protocol):
    """What a message from a monitoring tool tells: an AlertEvent, and the Alert that is kept of it."""

    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def service(self) -> str: ...
    @property
    def runbook_url(self) -> str: ...
    @property
    def values(self) -> Mapping[str, str]: ...
    @property
    def annotations(self) -> Mapping[str, str]: ...
    @property
    def labels(self) -> Mapping[str, str]: ...


def evaluate_alert(alert: ListedAlert) -> AlertQuality:
    """The quality of an alert with the guide's fields, by the guide's five questions."""
    return _answered(
        alert.title, alert.description, alert.service, alert.runbook_url, len(alert.metrics)
    )


def quality_of(alert: Told, source_format: str = "") -> AlertQuality:
    """The quality of an alert as a tool sent it; `source_format` is the format of its source, such as cloudwatch."""
    metrics = len(metric_names(alert.values, alert.annotations, alert.labels, source_format))
    title = "" if alert.title == NAMELESS else alert.title
    return _answered(title, alert.description, alert.service, alert.runbook_url, metrics)


def quality_score(alert: ListedAlert) -> int:
    """The score alone, for when nobody asks why; the same number as `evaluate_alert`."""
    description, title = alert.description, alert.title
    return (
        (20 if description and len(description) > LONGER_THAN else 0)
        + (25 if alert.runbook_url else 0)
        + (20 if len(alert.metrics) >= ENOUGH_METRICS else 0)
        + (15 if title and not title.startswith(GENERIC_TITLE) else 0)
        + (20 if alert.service else 0)
    )


def grade_of(score: int) -> str:
    """The grade of a score: A from 90, B from 75, C from 60, D from 40, else F."""
    return next(grade for least, grade in GRADES if score >= least or least == 0)


def _answered(
    title: str, description: str, service: str, runbook_url: str | None, metrics: int
) -> AlertQuality:
    answers = (
        len(description) > LONGER_THAN,
        bool(runbook_url),
        metrics >= ENOUGH_METRICS,
        bool(title) and not title.startswith(GENERIC_TITLE),
        bool(service),
    )
    return AlertQuality(tuple(_ANSWERS[place][given] for place, given in enumerate(answers)))


# --- what counts as a metric ----------------------------------------------------------------------

METRIC_LABELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "": ("metric", "metric_name", "metric_value", "value", "threshold", "quantile", "le"),
        "alertmanager": ("__name__",),
        "alertmanager-api": ("__name__",),
        "grafana": ("__name__",),
        "cloudwatch": ("namespace",),
    }
)
"""Labels that say what was measured or against which bound, by the format of the source; "" for every source."""

_NUMBER = re.compile(
    r"[<>=~≈]{0,2} {0,2}[-+]?[0-9]{1,18}(?:[.,][0-9]{1,18}){0,4}(?:[eE][-+]?[0-9]{1,3})?"
    r" {0,2}[%‰]?(?:[A-Za-zµμ°]{1,12}(?:/[A-Za-z]{1,12})?)?"
)
_BEGINS_NUMBER = frozenset("0123456789 -+<>=~≈")
_PLACEHOLDER = re.compile(r"\{\{|\$[A-Za-z_{]")
_NO_VALUE = frozenset(["", "null", "none", "nan", "n/a", "[no value]", "<no value>", "<nil>"])
NO_MEASURE = frozenset(
    "id uid uuid key number version port priority severity level timestamp time date at line phone pager"
    " year code".split()
)
"""An annotation whose name ends so is no measurement, though it be a number."""

_NAME_PARTS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


def metric_names(
    values: Mapping[str, str],
    annotations: Mapping[str, str],
    labels: Mapping[str, str],
    source_format: str = "",
) -> frozenset[str]:
    """What of an alert counts as metrics, by name, each name once.

    Values that came with it; annotations that are a number, with or without a unit, and whose name does not
    say that it is an id, a version and the like; labels of METRIC_LABELS. Nothing counts whose value is
    empty or a placeholder that was never filled in.
    """
    found = [_plain(name) for name, value in values.items() if _is_filled(value)]
    for name, value in annotations.items():
        if value[:1] in _BEGINS_NUMBER and _is_measure(name, value):
            found.append(_plain(name))
    known = _LABELS_OF.get(source_format, _LABELS_OF[""])
    for name, value in labels.items():
        plain = _plain(name)
        if plain in known and _is_filled(value):
            found.append(plain)
    return frozenset(found)


def _is_filled(value: str) -> bool:
    text = value.strip()
    return text.casefold() not in _NO_VALUE and not _PLACEHOLDER.match(text)


def _is_measure(name: str, value: str) -> bool:
    if name.startswith("__") or not _NUMBER.fullmatch(value.strip()):
        return False
    parts = _NAME_PARTS.findall(name)
    return not parts or parts[-1].casefold() not in NO_MEASURE


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    """A name as it is compared: MetricName, metric_name and metric-name are one."""
    return "".join(letter for letter in name.casefold() if letter.isalnum()) or name


_LABELS_OF = {
    source: frozenset(_plain(name) for name in (*METRIC_LABELS[""], *names))
    for source, names in METRIC_LABELS.items()
}
