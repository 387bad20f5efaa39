"""Completeness of a postmortem in profile `full`: 0 to 100, each point explained, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from kintsugi.core.postmortems import rules_actions, rules_analysis, rules_content, rules_timeline
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.quality import Completeness, assess_basic
from kintsugi.core.postmortems.rules import DEFAULT, Answer, Outcome, Rule, RuleLevel, Settings
from kintsugi.core.shared.errors import InvalidValue

FULL_RULES: tuple[Rule, ...] = (
    rules_content.required_fields,
    rules_content.summary,
    rules_content.impact,
    rules_content.people,
    rules_timeline.order,
    rules_timeline.timeline,
    rules_content.acronyms,
    rules_content.logs,
    rules_analysis.causes,
    rules_analysis.facts,
    rules_analysis.questions,
    rules_actions.each_action,
    rules_actions.all_actions,
)
"""The practice notes' rules 1 to 8, 15 to 18, 20 and 21. Rule 19 is about fault trees, which stand by themselves."""


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule gave: points of a maximum, and in words what is missing and what to do.

    A rule that does not apply has a maximum of 0.
    """

    id: str
    title: str
    level: RuleLevel
    outcome: Outcome
    points: float
    maximum: float
    explanation: str
    field: str
    source: str


@dataclass(frozen=True, slots=True)
class FullAssessment:
    """The results of the rules, and the required fields that are missing."""

    results: tuple[RuleResult, ...]
    missing: tuple[str, ...]
    flag_below: float = DEFAULT.flag_below

    @property
    def value(self) -> float:
        """0 to 100: the sum of the points, to one decimal."""
        return min(100.0, round(sum(result.points for result in self.results), 1))

    @property
    def failed(self) -> tuple[RuleResult, ...]:
        """The rules that are not met."""
        return tuple(result for result in self.results if result.outcome is Outcome.FAIL)

    @property
    def is_flagged(self) -> bool:
        """Whether it is below the threshold of the settings."""
        return self.value < self.flag_below


def assess_full(
    postmortem: Postmortem, *, settings: Settings = DEFAULT, rules: Sequence[Rule] = FULL_RULES
) -> FullAssessment:
    """Assess completeness by the practice notes' rules (profile `full`, beside the seed's `basic`).

    How the 100 points are made up: every rule that applies counts its weight, 6 if it is REQUIRED,
    2 if a WARNING, 1 if an INFO. Its maximum is that weight's share of 100 among the rules that
    apply, and it earns all of it, none, or a part (2 of 3 events, 4 of 6 parts of an action).
    With all rules applying, the eleven required fields make up 53 points. A team changes
    weights and numbers, or switches rules off, in `settings`, and adds rules of its own in `rules`.

    It measures completeness, not quality, and no person's work.
    Raises InvalidValue when two rules answer under the same id.
    """
    answers = [
        answer
        for rule in rules
        for answer in rule(postmortem, settings)
        if settings.asks(answer.asked.id)
    ]
    _refuse_twins(answers)
    weights = [
        0.0 if answer.share is None else settings.weight_of(answer.asked.id, answer.asked.level)
        for answer in answers
    ]
    whole = sum(weights)
    results = tuple(
        _result(answer, 100 * weight / whole if whole else 0.0)
        for answer, weight in zip(answers, weights, strict=True)
    )
    missing = tuple(
        answer.asked.field
        for answer in answers
        if answer.asked.level is RuleLevel.REQUIRED and answer.outcome is Outcome.FAIL
    )
    return FullAssessment(results, missing, settings.flag_below)


def _result(answer: Answer, maximum: float) -> RuleResult:
    asked = answer.asked
    points = maximum * (answer.share or 0.0)
    return RuleResult(
        asked.id, asked.title, asked.level, answer.outcome, points, maximum, answer.explanation,
        asked.field, asked.source,
    )  # fmt: skip


def _refuse_twins(answers: Sequence[Answer]) -> None:
    seen: set[str] = set()
    for answer in answers:
        if answer.asked.id in seen:
            raise InvalidValue(
                f"two rules answer as {answer.asked.id[:60]!r}", expected="one answer for each id"
            )
        seen.add(answer.asked.id)


class Profile(Enum):
    """How completeness is scored: as the generator seed does, or by all rules of the practice notes."""

    BASIC = "basic"
    FULL = "full"


def assess(
    postmortem: Postmortem, profile: Profile = Profile.BASIC, *, settings: Settings = DEFAULT
) -> Completeness | FullAssessment:
    """Assess completeness in this profile. Both answers have `value`, `missing` and `is_flagged`."""
    match profile:
        case Profile.BASIC:
            return assess_basic(postmortem)
        case Profile.FULL:
            return assess_full(postmortem, settings=settings)
        case _ as unreachable:
            assert_never(unreachable)
