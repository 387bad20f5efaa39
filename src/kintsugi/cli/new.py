"""`kintsugi postmortem new`: start a postmortem, asking for what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import typer

from kintsugi.cli import options
from kintsugi.cli.inputs import Batch
from kintsugi.cli.interview import Interview
from kintsugi.cli.layout import Audience, Format, choose_template, layout_of
from kintsugi.cli.output import BAD_INPUT, fail, note, write_result
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.quality import assess_basic
from kintsugi.core.postmortems.titles import default_title
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import parse_severity
from kintsugi.core.shared.times import (
    parse_date,
    zone_named,
)
from kintsugi.formats.scenarios import scenario_named

Answer = TypeVar("Answer")


def start(
    file: options.StartFile = "",
    title: options.Title = "",
    severity: options.SeverityLevel = "",
    incident: options.IncidentId = "",
    day: options.Day = "",
    zone: options.Zone = "",
    template: options.TemplateName = "",
    scenario: options.ScenarioName = "",
    non_interactive: options.NonInteractive = False,
    output: options.Output = None,
    force: options.Force = False,
) -> None:
    """Start a postmortem: Markdown to go on writing, with a question wherever something is missing."""
    if output is not None and output.is_file() and not force:
        fail(f"{output}: this file is there already; --force replaces it")
    layout = layout_of(
        Format.MD,
        choose_template(template, Audience.INTERNAL),
        front_matter=True,
        scenario=scenario,
    )
    kind = scenario_named(scenario) if scenario else None
    postmortem = _begun(file, zone)
    postmortem = replace(
        postmortem,
        title=title or postmortem.title,
        severity=_option("--severity", parse_severity, severity) or postmortem.severity,
        incident_id=incident or postmortem.incident_id,
        date=_option("--date", parse_date, day) or postmortem.date,
        zone=zone or postmortem.zone,
        scenario=scenario or postmortem.scenario,
    )
    if not non_interactive:
        postmortem = Interview(postmortem, kind).held()
    if not postmortem.title:
        postmortem = replace(postmortem, title=default_title(postmortem))
    write_result(layout.write(postmortem), output)
    assessed = assess_basic(postmortem)
    missing = f"; missing: {', '.join(assessed.missing)}" if assessed.missing else ""
    note(f"Completeness {assessed.value:g} of 100{missing}")


def _begun(file: str, zone: str) -> Postmortem:
    if not file:
        if zone:
            zone_named(zone)
        return Postmortem("")
    batch = Batch([file], zone)
    for _, postmortem in batch.records():
        return postmortem
    raise typer.Exit(BAD_INPUT)


def _option(name: str, parse: Callable[[str], Answer], written: str) -> Answer | None:
    if not written:
        return None
    try:
        return parse(written)
    except InvalidValue as error:
        raise error.under(name) from error
