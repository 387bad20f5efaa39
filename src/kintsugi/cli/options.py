"""Options that several commands share, and the long ones, as types."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILE...", help="Records in JSON, YAML or our Markdown; - is standard input."
    ),
]
CheckedFiles = Annotated[
    list[str],
    typer.Argument(metavar="FILE...", help="Records or postmortems; - is standard input."),
]
StartFile = Annotated[
    str,
    typer.Argument(
        metavar="[FILE]", help="A record to start from; - is standard input.", show_default=False
    ),
]
TemplateName = Annotated[
    str,
    typer.Option(
        "--template", "-t", help="One of ours by name, or a file's path.", show_default="standard"
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="A file; for several inputs a folder. Default: standard output."
    ),
]
Zone = Annotated[
    str, typer.Option("--zone", help="IANA zone of times that have none, such as Europe/Berlin.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ScenarioName = Annotated[
    str, typer.Option("--scenario", help="Ask this scenario's questions in empty sections.")
]
FrontMatter = Annotated[
    bool | None,
    typer.Option(
        "--front-matter/--no-front-matter",
        help="Overrides what the template says.",
        show_default=False,
    ),
]
PublicHosts = Annotated[
    list[str] | None,
    typer.Option("--public-host", help="Keep links to this host in the external profile."),
]
MinScore = Annotated[
    float | None,
    typer.Option("--min-score", min=0, max=100, help="Exit 1 when a completeness is below this."),
]
Require = Annotated[bool, typer.Option("--require", help="Exit 1 when a field is missing.")]

Title = Annotated[str, typer.Option("--title", help="What happened, in a line.")]
SeverityLevel = Annotated[str, typer.Option("--severity", help="SEV-1 to SEV-5.")]
IncidentId = Annotated[str, typer.Option("--incident", help="The incident's id.")]
Day = Annotated[str, typer.Option("--date", help="The day it began, such as 2025-01-15.")]
NonInteractive = Annotated[
    bool, typer.Option("--non-interactive", help="Ask nothing; leave questions in the text.")
]

Force = Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")]

UserImpact = Annotated[
    str, typer.Option(help="all_users, majority, significant_subset, small_subset, individual")
]
RevenueImpact = Annotated[
    str, typer.Option(help="complete_loss, major_loss, moderate_loss, minor_loss, no_loss")
]
DataIntegrity = Annotated[
    str, typer.Option(help="data_loss, data_corruption, data_inconsistency, data_delay, no_impact")
]
Security = Annotated[
    str,
    typer.Option(
        help="active_breach, vulnerability_exploited, vulnerability_exposed, "
        "potential_vulnerability, no_security_impact"
    ),
]
Level = Annotated[
    list[str] | None,
    typer.Option(
        "--level", metavar="CATEGORY=LEVEL", help="A level in any category of the criteria."
    ),
]
FromRecord = Annotated[
    str,
    typer.Option(
        "--from", metavar="FILE", help="Derive levels from this record; - is standard input."
    ),
]
Declared = Annotated[str, typer.Option("--declared", help="Hold this severity against the result.")]
CriteriaFile = Annotated[
    str,
    typer.Option(
        "--criteria", metavar="FILE", help="Criteria and matrix of your own (YAML or JSON)."
    ),
]
ShowCriteria = Annotated[
    bool,
    typer.Option("--show-criteria", help="Print the criteria in use as YAML, to copy and change."),
]
