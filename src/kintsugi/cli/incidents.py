"""`kintsugi incident`: incidents on a server, from the command line."""

from __future__ import annotations

import sys
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from kintsugi.cli.options import Json
from kintsugi.cli.output import FINDINGS, fail, note, print_json
from kintsugi.cli.remote import WHERE, console, server, shown, zone_of
from kintsugi.core.shared.text import clean, one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from rich.text import Text

    from kintsugi.client import Client, Entry, Incident

app = typer.Typer(
    help=f"Incidents: declared, listed, commanded, told about.\n\n{WHERE}",
    no_args_is_help=True,
)

Name = Annotated[
    str, typer.Argument(metavar="INCIDENT", help="Its reference (INC-42), id or external id.")
]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept in the timeline.")]


@app.callback()
def incidents() -> None:
    """Incidents on a server."""


@app.command()
def declare(
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What is wrong, in one line.")],
    severity: Annotated[
        str, typer.Option("--severity", help="SEV-1 to SEV-5. Default: none yet.")
    ] = "",
    impact: Annotated[
        list[str] | None,
        typer.Option(
            "--impact", metavar="CATEGORY=LEVEL", help="Calculate the severity from impact instead."
        ),
    ] = None,
    hurts: Annotated[
        str, typer.Option("--hurts", help="Who and what it hurts, as far as known.")
    ] = "",
    users: Annotated[
        int | None, typer.Option("--affected-users", min=0, help="How many users are affected.")
    ] = None,
    share: Annotated[
        float | None,
        typer.Option("--affected-percent", min=0, max=100, help="Which share of users is."),
    ] = None,
    service: Annotated[
        list[str] | None, typer.Option("--service", help="A service that is affected.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A word to find it by.")] = None,
    summary: Annotated[str, typer.Option("--summary", help="What is known so far.")] = "",
    detection: Annotated[
        str,
        typer.Option(
            "--detection", help="How it was noticed: monitoring, customer, internal or synthetic."
        ),
    ] = "",
    external_id: Annotated[
        str, typer.Option("--external-id", help="Its id in another system; may be declared once.")
    ] = "",
    private: Annotated[
        bool, typer.Option("--private", help="Only you and those you let in see it.")
    ] = False,
    drill: Annotated[bool, typer.Option("--drill", help="An exercise, in no statistic.")] = False,
    as_json: Json = False,
) -> None:
    """Declare an incident. It asks nothing, and happens once however often it has to be sent."""
    from kintsugi.core.incidents.impact import Impact

    impacts = _impacts(impact or [])
    if severity and impacts:
        fail("--severity and --impact both say how severe it is; keep one")
    with server() as client:
        made = client.declare(
            title, severity=severity or None, impacts=impacts or None, summary=summary,
            impact=Impact(hurts, affected_users=users, affected_percent=share),
            services=service or [], tags=tag or [], external_id=external_id or None,
            private=private, drill=drill, detection=detection or None,
        )  # fmt: skip
        _answer(client, made, as_json=as_json)


@app.command(name="list")
def list_incidents(
    status: Annotated[
        str, typer.Option("--status", help="A status, or open for all in which somebody works.")
    ] = "",
    severity: Annotated[str, typer.Option("--severity", help="SEV-1 to SEV-5.")] = "",
    service: Annotated[str, typer.Option("--service", help="A service that is affected.")] = "",
    tag: Annotated[str, typer.Option("--tag", help="One of its tags.")] = "",
    text: Annotated[str, typer.Option("--text", help="Words of its title or summary.")] = "",
    external_id: Annotated[str, typer.Option("--external-id", help="Its id elsewhere.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 25,
    as_json: Json = False,
) -> None:
    """List incidents, newest first."""
    from kintsugi.client import Wanted

    wanted = Wanted(status, severity, service, tag, text, external_id)
    with server() as client:
        found = list(islice(client.incidents(wanted), limit))
        if as_json:
            print_json([one.data for one in found])
        elif found:
            _print_list(found, zone_of(client))
        else:
            note("No incident matches.")


@app.command()
def show(
    incident: Name,
    entries: Annotated[
        int, typer.Option("--entries", min=0, help="How many of the last entries to print.")
    ] = 10,
    as_json: Json = False,
) -> None:
    """Print an incident's record, with the last entries of its timeline."""
    with server() as client:
        found = client.incident(incident)
        last = list(deque(client.timeline(found.id), entries)) if entries else []
        if as_json:
            print_json({"incident": found.data, "timeline": [entry.data for entry in last]})
        else:
            _print_record(client, found, last)


@app.command(name="note")
def add_note(
    incident: Name,
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="What happened; - reads standard input.")
    ],
    at: Annotated[str, typer.Option("--at", help="When it happened. Default: now.")] = "",
    kind: Annotated[
        str, typer.Option("--kind", help="note, action, decision, deploy and so on.")
    ] = "note",
    important: Annotated[
        bool, typer.Option("--important", help="Mark it, for those who read only the marked.")
    ] = False,
    evidence: Annotated[
        str, typer.Option("--evidence", help="A link to its source, or recollection.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Add something that happened to the timeline. It stays."""
    said = sys.stdin.read() if text == "-" else text
    with server() as client:
        entry = client.note(
            incident, said, happened_at=at or None, kind=kind, important=important,
            evidence=evidence,
        )  # fmt: skip
        if as_json:
            print_json(entry.data)
        else:
            typer.echo(f"noted at {shown(entry.happened_at, zone_of(client))}")


@app.command()
def status(
    incident: Name,
    status: Annotated[
        str,
        typer.Argument(
            metavar="STATUS", help="investigating, identified, monitoring, resolved or closed."
        ),
    ],
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Bring an incident to a status."""
    _change(
        incident,
        lambda client, found: client.change_status(found, status, reason=reason),
        as_json=as_json,
    )


@app.command()
def severity(
    incident: Name,
    severity: Annotated[str, typer.Argument(metavar="SEVERITY", help="SEV-1 to SEV-5.")],
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Give an incident another severity."""
    _change(
        incident,
        lambda client, found: client.change_severity(found, severity, reason=reason),
        as_json=as_json,
    )


@app.command()
def resolve(incident: Name, reason: Reason = "", as_json: Json = False) -> None:
    """Bring an incident to resolved."""
    _change(
        incident,
        lambda client, found: client.change_status(found, "resolved", reason=reason),
        as_json=as_json,
    )


def _change(name: str, make: Callable[[Client, Incident], Incident], *, as_json: bool) -> None:
    """Read an incident and change it; of a lost race, say who was quicker and with what."""
    from kintsugi.client import ClientError

    with server() as client:
        found = client.incident(name)
        try:
            changed = make(client, found)
        except ClientError as error:
            if error.status != 412:
                raise
            _tell_race(client, found)
        else:
            _answer(client, changed, as_json=as_json)


def _tell_race(client: Client, found: Incident) -> None:
    """Say what others did between the read and the change, and end the command."""
    zone = zone_of(client)
    newer = [entry for entry in client.timeline(found.id) if entry.sequence > found.version]
    people = sorted({clean(entry.actor) for entry in newer}) or ["Somebody"]
    note(
        f"kintsugi: {', '.join(people)} changed {found.reference} first; nothing of yours was saved"
    )
    for entry in newer:
        note(f"  {shown(entry.happened_at, zone)}  {_said(entry)}")
    note("Look at it, and repeat the command if it still holds.")
    raise typer.Exit(FINDINGS)


def _answer(client: Client, incident: Incident, *, as_json: bool) -> None:
    if as_json:
        print_json(incident.data)
        return
    what = "  ".join(
        [
            incident.reference,
            incident.severity or "no severity",
            incident.status,
            _line(incident.title),
        ]
    )
    typer.echo(f"{what}\n{_address(client, incident)}")


def _address(client: Client, incident: Incident) -> str:
    return f"{client.connection.url}/incidents/{incident.reference}"


def _impacts(written: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in written:
        category, equals, level = (part.strip() for part in one.partition("="))
        if not (category and equals and level):
            fail(f"--impact {one}: expected CATEGORY=LEVEL, such as user_impact=majority")
        if found.setdefault(category, level) != level:
            fail(f"{category} is given twice: {found[category]} and {level}")
    return found


_STYLES = {"SEV-1": "bold red", "SEV-2": "red", "SEV-3": "yellow"}


def _severity(incident: Incident) -> Text:
    from rich.text import Text

    word = incident.severity or "none"
    return Text(word, _STYLES.get(word, ""))


def _print_list(found: list[Incident], zone: ZoneInfo) -> None:
    from rich.table import Table
    from rich.text import Text

    listed = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Incident", "Severity", "Status"):
        listed.add_column(heading, no_wrap=True)
    listed.add_column("Title", overflow="fold")
    listed.add_column("Services", overflow="fold")
    listed.add_column("Declared", overflow="fold")
    for one in found:
        listed.add_row(
            one.reference, _severity(one), one.status, Text(_line(one.title) + _marks(one)),
            Text(_line(", ".join(one.services))), shown(one.created_at, zone),
        )  # fmt: skip
    console().print(listed)


def _print_record(client: Client, one: Incident, entries: list[Entry]) -> None:
    from rich.table import Table
    from rich.text import Text

    from kintsugi.core.incidents.impact_facts import impact_facts

    zone, page = zone_of(client), console()
    page.print(Text(f"{one.reference}  {_line(one.title)}{_marks(one)}", "bold"))
    facts = Table(box=None, pad_edge=False, show_header=False)
    facts.add_column(no_wrap=True)
    facts.add_column(overflow="fold")
    facts.add_row("Status", one.status)
    facts.add_row("Severity", _severity(one))
    for label, said in (
        ("Summary", one.summary), ("Impact", one.impact),
        *impact_facts(one.impact_details), ("Services", ", ".join(one.services)),
        ("Tags", ", ".join(one.tags)), ("Noticed by", one.detection or ""),
        ("External id", one.external_id or ""),
    ):  # fmt: skip
        if said:
            facts.add_row(label, Text(clean(said)))
    milestones = one.milestones
    for label, when in (
        ("Impact start", milestones.impact_start), ("Detected", milestones.detected),
        ("Acknowledged", milestones.acknowledged), ("Declared", milestones.declared),
        ("Mitigated", milestones.mitigated), ("Recovered", milestones.recovered),
        ("Resolved", milestones.resolved),
    ):  # fmt: skip
        if when:
            facts.add_row(label, shown(when, zone))
    facts.add_row("Page", Text(_address(client, one)))
    page.print(facts)
    if entries:
        page.print()
        timeline = Table(box=None, pad_edge=False, show_header=False)
        timeline.add_column(no_wrap=True)
        timeline.add_column(no_wrap=True)
        timeline.add_column(overflow="fold")
        for entry in entries:
            mark = "●" if entry.important else "○"
            timeline.add_row(shown(entry.happened_at, zone), mark, Text(_said(entry)))
        page.print(timeline)


def _said(entry: Entry) -> str:
    return f"{_line(entry.actor)}: {clean(entry.text)}"


def _line(text: str) -> str:
    return one_line(clean(text))


def _marks(incident: Incident) -> str:
    marks = [
        word for word, holds in (("private", incident.private), ("drill", incident.drill)) if holds
    ]
    return f" ({', '.join(marks)})" if marks else ""
