"""`kintsugi triage`: the answers to a checklist, the severity they come to, what to do and whom to get."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from kintsugi.cli import options
from kintsugi.cli.output import fail, print_json
from kintsugi.core.incidents.severity import calculate_severity
from kintsugi.core.incidents.triage import (
    GUIDE_CHECKLIST,
    Triage,
    TriageAnswers,
    TriageChecklist,
    limit_text,
    triage,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.core.shared.text import one_line
from kintsugi.formats.triage import checklist_data, read_checklist, read_measure

HELP = """Answer a triage checklist: the severity, what to do and whom to get.

Questions are answered by their number or their words. What is not answered stays open and is listed.
"""
Yes = Annotated[
    list[str] | None,
    typer.Option("--yes", "-y", metavar="QUESTION", help="A question whose answer is yes."),
]
No = Annotated[
    list[str] | None,
    typer.Option("--no", "-n", metavar="QUESTION", help="A question whose answer is no."),
]
Measured = Annotated[
    list[str] | None,
    typer.Option("--measured", "-m", metavar="METRIC=VALUE", help="Such as 'Error rate=12%'."),
]
Calculated = Annotated[
    str, typer.Option("--severity", metavar="SEVERITY", help="Begin with this severity.")
]
ChecklistFile = Annotated[
    str, typer.Option("--checklist", metavar="FILE", help="A checklist of your own, YAML or JSON.")
]
ShowChecklist = Annotated[
    bool, typer.Option("--show-checklist", help="Print the checklist as YAML, to copy and change.")
]


def answer(
    yes: Yes = None,
    no: No = None,
    measured: Measured = None,
    severity: Calculated = "",
    user_impact: options.UserImpact = "",
    revenue_impact: options.RevenueImpact = "",
    data_integrity: options.DataIntegrity = "",
    security: options.Security = "",
    checklist: ChecklistFile = "",
    show_checklist: ShowChecklist = False,
    as_json: options.Json = False,
) -> None:
    """Answer a triage checklist."""
    asked = _checklist(checklist)
    if show_checklist:
        from kintsugi.formats.plain import dump_yaml

        typer.echo(dump_yaml(checklist_data(asked)), nl=False)
        return
    stated = {
        name: level
        for name, level in (
            ("user_impact", user_impact), ("revenue_impact", revenue_impact),
            ("data_integrity", data_integrity), ("security", security),
        )
        if level
    }  # fmt: skip
    if severity and stated:
        fail("--severity and impacts are both given; one of them is where triage begins")
    begins = _severity(severity) if severity else calculate_severity(stated).severity
    found = triage(_answers(asked, yes or [], no or [], measured or []), begins, asked)
    if as_json:
        print_json(_as_data(found))
    else:
        typer.echo(_as_text(found, asked))


def _checklist(file: str) -> TriageChecklist:
    if not file:
        return GUIDE_CHECKLIST
    from kintsugi.cli.inputs import read_text
    from kintsugi.formats.errors import InputError
    from kintsugi.formats.plain import line_of, load_yaml

    text = read_text(file)
    try:
        return read_checklist(load_yaml(text, file=file))
    except InvalidValue as error:
        raise InputError.from_value(error, file=file, line=line_of(text, error.path)) from error


def _severity(written: str) -> Severity:
    try:
        return parse_severity(written)
    except InvalidValue as error:
        raise error.under("--severity") from error


def _answers(
    asked: TriageChecklist, yes: list[str], no: list[str], measured: list[str]
) -> TriageAnswers:
    said: dict[str, bool] = {}
    for words, is_yes in ((yes, True), (no, False)):
        for written in words:
            question = _question(asked, written)
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


def _question(asked: TriageChecklist, written: str) -> str:
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


def _as_data(found: Triage) -> dict[str, Any]:
    return {
        "severity": found.severity.label,
        "steps": [{"reason": one.reason, "severity": one.severity.label} for one in found.steps],
        "actions": list(found.actions),
        "roles": list(found.roles),
        "unanswered": list(found.unanswered),
    }


def _as_text(found: Triage, asked: TriageChecklist) -> str:
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
