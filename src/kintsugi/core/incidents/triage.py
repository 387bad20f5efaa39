"""Triage: a checklist's questions, thresholds and roles, and what the answers to it come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity


class Comparison(Enum):
    """How a measurement is held against a threshold."""

    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="

    def holds(self, measured: float, limit: float) -> bool:
        """Whether the measurement is past the limit."""
        return {
            Comparison.ABOVE: measured > limit,
            Comparison.AT_LEAST: measured >= limit,
            Comparison.BELOW: measured < limit,
            Comparison.AT_MOST: measured <= limit,
        }[self]


@dataclass(frozen=True, slots=True)
class TriageQuestion:
    """A question to answer at once; a yes asks for `yes_action`, which may declare a severity."""

    question: str
    yes_action: str = ""
    declares: Severity | None = None


@dataclass(frozen=True, slots=True)
class TriageThreshold:
    """A metric and its limit in `unit` (`%`, `s` or none); past it the severity is raised by `steps`."""

    metric: str
    comparison: Comparison
    limit: float
    unit: str = ""
    steps: int = 0


@dataclass(frozen=True, slots=True)
class TriageRole:
    """A role, and the severities that ask for it."""

    role: str
    required_for: frozenset[Severity]


@dataclass(frozen=True, slots=True)
class TriageChecklist:
    """What to ask, what to measure, whom to get."""

    questions: tuple[TriageQuestion, ...] = ()
    thresholds: tuple[TriageThreshold, ...] = ()
    roles: tuple[TriageRole, ...] = ()


@dataclass(frozen=True, slots=True)
class TriageAnswers:
    """Answers by question, and measurements by metric in its unit; what is not there is not known."""

    questions: Mapping[str, bool] = field(default_factory=dict)
    measured: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TriageStep:
    """One reason for the severity: what was answered, and what the severity was after it."""

    reason: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Triage:
    """What the answers come to: the severity with its reasons in order, what to do, whom to get, what is open."""

    severity: Severity
    steps: tuple[TriageStep, ...]
    actions: tuple[str, ...]
    roles: tuple[str, ...]
    unanswered: tuple[str, ...]


_HIGH = frozenset({Severity.SEV_1, Severity.SEV_2})
GUIDE_CHECKLIST = TriageChecklist(
    questions=(
        TriageQuestion("Is the service completely down?", "Declare SEV-1", Severity.SEV_1),
        TriageQuestion("Are customers actively impacted?", "Check scope of impact"),
        TriageQuestion("Is there data loss or corruption?", "Escalate to data team"),
        TriageQuestion("Is this a security incident?", "Engage security team"),
    ),
    thresholds=(
        TriageThreshold("Error rate", Comparison.ABOVE, 10, "%", 1),
        TriageThreshold("Response time", Comparison.ABOVE, 5, "s", 0),
        TriageThreshold("Active users affected", Comparison.ABOVE, 1000, "", 1),
    ),
    roles=(
        TriageRole("Incident Commander", _HIGH),
        TriageRole("Communications Lead", _HIGH),
        TriageRole("Technical Lead", _HIGH | {Severity.SEV_3}),
        TriageRole("Scribe", frozenset({Severity.SEV_1})),
    ),
)
"""The guide's triage-checklist.yaml."""


def triage(
    answers: TriageAnswers,
    calculated: Severity,
    checklist: TriageChecklist = GUIDE_CHECKLIST,
    because: str = "calculated",
) -> Triage:
    """What the answers make of a calculated severity; `because` says where that one comes from.

    Each threshold that is passed raises it by its steps, never past SEV-1 (words.md: +1 is one step more
    severe); a yes that declares a more severe one wins. Nothing makes it milder. Raises InvalidValue for an
    answer to what the checklist does not ask.
    """
    _refuse_unknown(answers, checklist)
    now = calculated
    steps = [TriageStep(because, now)]
    for threshold in checklist.thresholds:
        if threshold.steps and passes(threshold, answers.measured.get(threshold.metric)):
            now = now.raised(threshold.steps)
            steps.append(TriageStep(f"{threshold.metric} {limit_text(threshold)}", now))
    said_yes = [one for one in checklist.questions if answers.questions.get(one.question)]
    for question in said_yes:
        if question.declares is not None and question.declares.value < now.value:
            now = question.declares
            steps.append(TriageStep(f"{question.question} Yes", now))
    return Triage(
        now, tuple(steps),
        tuple(one.yes_action for one in said_yes if one.yes_action),
        tuple(one.role for one in checklist.roles if now in one.required_for),
        tuple(
            [one.question for one in checklist.questions if one.question not in answers.questions]
            + [one.metric for one in checklist.thresholds if one.metric not in answers.measured]
        ),
    )  # fmt: skip


def limit_text(threshold: TriageThreshold) -> str:
    """The limit as people write it: `> 10%`, `> 5 s`, `> 1000`."""
    return f"{threshold.comparison.value} {measure_text(threshold.limit, threshold.unit)}"


def measure_text(number: float, unit: str = "") -> str:
    """A measurement as people write it: `12%`, `7.5 s`, `1500`; it reads back to the same number."""
    written = f"{number:.9f}".rstrip("0").rstrip(".")
    return f"{written} {unit}" if unit.isalpha() else f"{written}{unit}"


def passes(threshold: TriageThreshold, measured: float | None) -> bool:
    """Whether a measurement is past its limit; one that is not known is not."""
    return measured is not None and threshold.comparison.holds(measured, threshold.limit)


def _refuse_unknown(answers: TriageAnswers, checklist: TriageChecklist) -> None:
    asked = {one.question for one in checklist.questions}
    metrics = {one.metric for one in checklist.thresholds}
    for given, known, kind, field_name in (
        (answers.questions, asked, "question", "questions"),
        (answers.measured, metrics, "metric", "measured"),
    ):
        for name in given:
            if name not in known:
                raise InvalidValue(
                    f"{name[:60]!r} is no {kind} of the checklist", path=(field_name,),
                    expected=", ".join(sorted(known)) or "none",
                )  # fmt: skip
