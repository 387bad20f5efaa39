"""`kintsugi triage`: the answers to a checklist, the severity they come to, what to do and whom to get."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from kintsugi.cli import options
from kintsugi.cli.output import fail, print_json
from kintsugi.cli.triage_answers import answers_typed, as_text
from kintsugi.core.incidents.severity import calculate_severity
from kintsugi.core.incidents.triage import GUIDE_CHECKLIST, Triage, TriageChecklist, triage
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.formats.triage import checklist_data, read_checklist

HELP = """Answer a triage checklist: the severity, what to do and whom to get.

Questions are answered by their number or their words. What is not answered stays open and is listed.
With --incident the answers are added to those of an incident on a server, and set its severity.
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
Incident = Annotated[
    str,
    typer.Option(
        "--incident", metavar="INCIDENT", help="Add the answers to this one, on a server."
    ),
]
Unknown = Annotated[
    list[str] | None,
    typer.Option(
        "--unknown",
        metavar="ANSWER",
        help="Take back an answer of the incident: a question or metric.",
    ),
]
SetSeverity = Annotated[
    str,
    typer.Option(
        "--set",
        metavar="SEVERITY",
        help="Set another severity than the answers give, with a --reason.",
    ),
]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept in the timeline.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what it comes to, and keep nothing.")]
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
    incident: Incident = "",
    unknown: Unknown = None,
    set_severity: SetSeverity = "",
    reason: Reason = "",
    dry_run: DryRun = False,
    as_json: options.Json = False,
) -> None:
    """Answer a triage checklist."""
    stated = _stated(user_impact, revenue_impact, data_integrity, security)
    if incident:
        from kintsugi.cli.triage_remote import Said, answer_incident

        if severity or checklist:
            fail("--severity and --checklist are the server's with --incident; leave them out")
        said = Said(yes or [], no or [], measured or [], stated, unknown or [])
        answer_incident(
            incident,
            said,
            set_severity,
            reason,
            show=show_checklist,
            dry_run=dry_run,
            as_json=as_json,
        )
        return
    if unknown or set_severity or reason or dry_run:
        fail("--unknown, --set, --reason and --dry-run need an --incident")
    asked = _checklist(checklist)
    if show_checklist:
        from kintsugi.formats.plain import dump_yaml

        typer.echo(dump_yaml(checklist_data(asked)), nl=False)
        return
    if severity and stated:
        fail("--severity and impacts are both given; one of them is where triage begins")
    begins = _severity(severity) if severity else calculate_severity(stated).severity
    found = triage(answers_typed(asked, yes or [], no or [], measured or []), begins, asked)
    if as_json:
        print_json(_as_data(found))
    else:
        typer.echo(as_text(found, asked))


def _stated(
    user_impact: str, revenue_impact: str, data_integrity: str, security: str
) -> dict[str, str]:
    said = {
        "user_impact": user_impact, "revenue_impact": revenue_impact,
        "data_integrity": data_integrity, "security": security,
    }  # fmt: skip
    return {name: level for name, level in said.items() if level}


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


def _as_data(found: Triage) -> dict[str, Any]:
    return {
        "severity": found.severity.label,
        "steps": [{"reason": one.reason, "severity": one.severity.label} for one in found.steps],
        "actions": list(found.actions),
        "roles": list(found.roles),
        "unanswered": list(found.unanswered),
    }
