"""What the options of `kintsugi triage` say, and what answers come to as text."""

from __future__ import annotations

from kintsugi.cli.output import fail
from kintsugi.core.incidents.triage import Triage, TriageAnswers, TriageChecklist, limit_text
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import one_line
from kintsugi.formats.triage import read_measure


def answers_typed(
    asked: TriageChecklist, yes: list[str], no: list[str], measured: list[str]
) -> TriageAnswers:
    """The answers that options give; what cannot be one ends the command."""
    said: dict[str, bool] = {}
    for words, is_yes in ((yes, True), (no, False)):
        for written in words:
            question = question_named(asked, written)
            if said.setdefault(question, is_yes) != is_yes:
                fail(f"{question} is answered yes and no")
    values = {}
    for written in measured:
        name, found, value = written.rpartition("=")
        wanted = name.strip().casefold()
        threshold = next((one for one in asked.thresholds if one.metric.casefold() == wanted), None)
        if not found or threshold is None:
            known = ", ".join(one.metric for one in asked.thresholds)
            fail(f"--measured {written}: expected METRIC=VALUE, with one of: {known}")
        try:
            values[threshold.metric] = read_measure(value, threshold.unit)
        except InvalidValue as error:
            raise error.under(f"--measured {threshold.metric}") from error
    return TriageAnswers(said, values)


def question_named(asked: TriageChecklist, written: str) -> str:
    """The question of a number from 1, or whose words hold what was written, if only one does."""
    if written.isdecimal() and 1 <= int(written[:6]) <= len(asked.questions):
        return asked.questions[int(written[:6]) - 1].question
    wanted = written.strip().casefold()
    found = [
        one.question for one in asked.questions if wanted and wanted in one.question.casefold()
    ]
    if len(found) != 1:
        known = "; ".join(f"{n}: {one.question}" for n, one in enumerate(asked.questions, 1))
        fail(
            f"{written!r} is {'no question' if not found else 'more than one question'} of: {known}"
        )
    return found[0]


def as_text(found: Triage, asked: TriageChecklist) -> str:
    """The severity with its reasons, what to do, whom to get, and what is open."""
    lines = [found.severity.label]
    lines += [f"  {one.severity.label}  {one_line(one.reason)}" for one in found.steps]
    for title, told in (("Do", found.actions), ("Get", found.roles)):
        if told:
            lines += [f"{title}:", *(f"  {one_line(one)}" for one in told)]
    if found.unanswered:
        limits = {one.metric: f" ({limit_text(one)})" for one in asked.thresholds}
        numbers = {one.question: f"{n}. " for n, one in enumerate(asked.questions, 1)}
        lines += ["Open:"]
        lines += [
            f"  {numbers.get(one, '')}{one_line(one)}{limits.get(one, '')}"
            for one in found.unanswered
        ]
    return "\n".join(lines)
