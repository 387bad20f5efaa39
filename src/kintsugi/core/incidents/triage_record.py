"""Triage in the record of an incident: what was answered, what it comes to, and how a change of it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from kintsugi.core.incidents.calibration import calibrate
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.severity import NOTHING_KNOWN, calculate_severity
from kintsugi.core.incidents.triage import (
    Triage,
    TriageAnswers,
    TriageChecklist,
    limit_text,
    measure_text,
    passes,
    triage,
)
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import plural, spoken

YES, NO = "yes", "no"
AS_SAID = "as somebody said"


class AnswerKind(Enum):
    """What an answer is to: a question, a metric, or a category of the severity calculator."""

    QUESTION = "question"
    METRIC = "metric"
    IMPACT = "impact"


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was given, numbered within its incident; an empty value takes an earlier one back."""

    number: int
    kind: AnswerKind
    name: str
    value: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answers:
    """All that is answered: questions, measurements in the unit of their limit, and levels of the calculator."""

    questions: Mapping[str, bool] = field(default_factory=dict)
    measured: Mapping[str, float] = field(default_factory=dict)
    impacts: Mapping[str, str] = field(default_factory=dict)

    def values(self) -> dict[tuple[AnswerKind, str], str]:
        """Each answer as it is kept, by what it answers."""
        found = {
            (AnswerKind.QUESTION, name): YES if said else NO
            for name, said in self.questions.items()
        }
        found |= {
            (AnswerKind.METRIC, name): measure_text(number)
            for name, number in self.measured.items()
        }
        return found | {(AnswerKind.IMPACT, name): level for name, level in self.impacts.items()}


@dataclass(frozen=True, slots=True)
class Change:
    """An answer that is another now; an empty text is not known."""

    kind: AnswerKind
    name: str
    before: str
    after: str


def current(
    kept: Iterable[KeptAnswer], until: int | None = None
) -> dict[tuple[AnswerKind, str], KeptAnswer]:
    """The answers that count, by what they answer; with `until`, those that counted at that number."""
    found: dict[tuple[AnswerKind, str], KeptAnswer] = {}
    for one in kept:
        if until is None or one.number <= until:
            found[one.kind, one.name] = one
    return {key: one for key, one in found.items() if one.value}


def answers_of(
    kept: Mapping[tuple[AnswerKind, str], KeptAnswer], checklist: TriageChecklist
) -> Answers:
    """What was answered of what the checklist asks now; the rest stays in the record and counts no more."""
    asked = {one.question for one in checklist.questions}
    metrics = {one.metric for one in checklist.thresholds}
    return Answers(
        {name: one.value == YES for (kind, name), one in kept.items() if kind is AnswerKind.QUESTION and name in asked},
        {name: float(one.value) for (kind, name), one in kept.items() if kind is AnswerKind.METRIC and name in metrics},
        {name: one.value for (kind, name), one in kept.items() if kind is AnswerKind.IMPACT},
    )  # fmt: skip


def assessed(
    said: Answers, numbers: Impact, stated: Severity | None, checklist: TriageChecklist
) -> Triage:
    """What the answers come to, by words.md's rule: the calculator's severity, raised, unless one is declared.

    It begins with what the calculator makes of the answered categories and the impact in numbers.
    Where no category is answered, a severity that somebody `stated` counts unless the numbers give a
    more severe one; with nothing to go by it begins with SEV-5, as the guide. Raises InvalidValue.
    """
    calculated = calculate_severity(said.impacts) if said.impacts else None
    found = calibrate(None, numbers, stated=said.impacts).measured
    begins, because = found.severity, NOTHING_KNOWN
    if found.levels:
        because = ", ".join(
            f"{spoken(one.category)}: {spoken(one.level).lower()}" for one in found.deciding
        )
    if (
        calculated is None
        and stated is not None
        and (not found.levels or stated.value < begins.value)
    ):
        begins, because = stated, AS_SAID
    return triage(TriageAnswers(said.questions, said.measured), begins, checklist, because)


def changes(before: Answers, after: Answers) -> tuple[Change, ...]:
    """What is answered otherwise, in the order in which it is answered."""
    was, now = before.values(), after.values()
    return tuple(
        Change(*key, was.get(key, ""), now.get(key, ""))
        for key in dict.fromkeys((*now, *was))
        if was.get(key, "") != now.get(key, "")
    )


def told(changed: Change, checklist: TriageChecklist) -> str:
    """One change in words, with its consequence: `Error rate 12%, past > 10%: 1 step more severe`."""
    before = f" (before: {_value(changed, changed.before, checklist)})" if changed.before else ""
    name = spoken(changed.name) if changed.kind is AnswerKind.IMPACT else changed.name
    if not changed.after:
        return f"{name.rstrip('?')} is not known any more{before}"
    between = ": " if changed.kind is AnswerKind.IMPACT else " "
    value = _value(changed, changed.after, checklist)
    return f"{name}{between}{value}{_consequence(changed, checklist)}{before}"


def _value(changed: Change, kept: str, checklist: TriageChecklist) -> str:
    if changed.kind is AnswerKind.METRIC:
        units = {one.metric: one.unit for one in checklist.thresholds}
        return measure_text(float(kept), units.get(changed.name, ""))
    return spoken(kept).lower()


def _consequence(changed: Change, checklist: TriageChecklist) -> str:
    if not has_consequences(changed, checklist):
        return ""
    if changed.kind is AnswerKind.QUESTION:
        asked = next(one for one in checklist.questions if one.question == changed.name)
        return f": {asked.yes_action}"
    limit = next(one for one in checklist.thresholds if one.metric == changed.name)
    raised = f": {plural(limit.steps, 'step')} more severe" if limit.steps else ""
    return f", past {limit_text(limit)}{raised}"


def has_consequences(changed: Change, checklist: TriageChecklist) -> bool:
    """Whether an answer asks for something, or is past its limit."""
    if changed.kind is AnswerKind.QUESTION:
        return changed.after == YES and any(
            one.question == changed.name and one.yes_action for one in checklist.questions
        )
    return changed.kind is AnswerKind.METRIC and any(
        one.metric == changed.name and passes(one, float(changed.after) if changed.after else None)
        for one in checklist.thresholds
    )
