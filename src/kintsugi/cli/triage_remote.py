"""`kintsugi triage --incident`: answers that are added to those of an incident on a server."""

from __future__ import annotations

from dataclasses import dataclass

import typer

from kintsugi.cli.output import fail, print_json
from kintsugi.cli.remote import server
from kintsugi.cli.triage_answers import answers_typed, as_text, question_named
from kintsugi.client import triage
from kintsugi.core.incidents.triage import TriageChecklist
from kintsugi.core.incidents.triage_record import Answers
from kintsugi.core.shared.text import clean, one_line


@dataclass(frozen=True, slots=True)
class Said:
    """What the options of the command say: answers, levels of the calculator, and answers that are taken back."""

    yes: list[str]
    no: list[str]
    measured: list[str]
    impacts: dict[str, str]
    unknown: list[str]

    def is_empty(self) -> bool:
        """Whether nothing is answered, nor taken back."""
        return not (self.yes or self.no or self.measured or self.impacts or self.unknown)


def answer_incident(
    incident: str,
    said: Said,
    severity: str,
    reason: str,
    *,
    show: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Show how triage of an incident stands, or add answers to it and set its severity."""
    with server() as client:
        asked = triage.checklist(client.connection)
        if show:
            typer.echo(client.connection.get("/api/triage").data["text"], nl=False)
            return
        found = triage.triage_of(client.connection, incident)
        if not said.is_empty() or severity:
            found = triage.answer(
                client.connection, incident, _merged(asked, found.said, said),
                made_from=found.version, severity=severity, reason=reason, preview=dry_run,
            )  # fmt: skip
    if as_json:
        print_json(found.data)
        return
    text = clean(as_text(found.found, asked))
    now = found.severity or "no severity"
    if found.severity != found.found.severity.label:
        text += f"\nThe incident has {clean(one_line(now))}."
    typer.echo(text)


def _merged(asked: TriageChecklist, before: Answers, said: Said) -> Answers:
    """The answers there are, with those of the options in their place."""
    typed = answers_typed(asked, said.yes, said.no, said.measured)
    gone = {_named(asked, one) for one in said.unknown}
    return Answers(
        {name: one for name, one in {**before.questions, **typed.questions}.items() if name not in gone},
        {name: one for name, one in {**before.measured, **typed.measured}.items() if name not in gone},
        {name: one for name, one in {**before.impacts, **said.impacts}.items() if name not in gone},
    )  # fmt: skip


def _named(asked: TriageChecklist, written: str) -> str:
    """The metric, category or question of a word."""
    wanted = written.strip().casefold()
    metrics = [one.metric for one in asked.thresholds if one.metric.casefold() == wanted]
    categories = ("user_impact", "revenue_impact", "data_integrity", "security")
    if found := metrics or [one for one in categories if one == wanted.replace("-", "_")]:
        return found[0]
    if not wanted:
        fail("--unknown: expected a question or metric")
    return question_named(asked, written)
