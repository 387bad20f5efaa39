"""`kintsugi incident criteria`: what has to hold before an incident on a server is resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kintsugi.cli.options import Json
from kintsugi.cli.output import fail, print_json, table
from kintsugi.cli.remote import server
from kintsugi.core.shared.text import clean, one_line

if TYPE_CHECKING:
    from kintsugi.client.recovery import RemoteCriterion, RemoteRecovery

app = typer.Typer(
    help="Recovery criteria: what has to hold before an incident is resolved.",
    no_args_is_help=True,
)
Name = Annotated[
    str, typer.Argument(metavar="INCIDENT", help="Its reference (INC-42), id or external id.")
]
Number = Annotated[str, typer.Argument(metavar="CRITERION", help="Its number or id.")]
Note = Annotated[str, typer.Option("--note", help="What shows it; it is kept in the timeline.")]
Evidence = Annotated[str, typer.Option("--evidence", help="A link, such as to a graph.")]
Expected = Annotated[
    str, typer.Option("--expected", help="The value it is seen by, such as 'error rate < 0.1%'.")
]


@app.command(name="list")
def list_criteria(incident: Name, as_json: Json = False) -> None:
    """List the recovery criteria of an incident, and what is offered for its severity."""
    from kintsugi.client import recovery

    with server() as client:
        _answer_all(recovery.criteria(client.connection, incident), as_json=as_json)


@app.command()
def add(
    incident: Name,
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="What has to hold.")] = "",
    expected: Expected = "",
    offered: Annotated[
        bool, typer.Option("--offered", help="Add all that is offered for its severity.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add a recovery criterion to an incident."""
    from kintsugi.client import recovery

    if bool(text.strip()) == offered:
        fail("expected a TEXT, or --offered")
    with server() as client:
        _answer_all(recovery.add(client.connection, incident, text, expected), as_json=as_json)


@app.command()
def met(
    incident: Name,
    criterion: Number,
    note: Note = "",
    evidence: Evidence = "",
    as_json: Json = False,
) -> None:
    """Say that a criterion is met."""
    _settle(incident, criterion, "met", note, evidence, as_json=as_json)


@app.command()
def override(
    incident: Name,
    criterion: Number,
    note: Annotated[str, typer.Option("--note", help="Why the incident is over without it.")],
    evidence: Evidence = "",
    as_json: Json = False,
) -> None:
    """Say that an incident is over without a criterion, and why."""
    _settle(incident, criterion, "overridden", note, evidence, as_json=as_json)


@app.command()
def reopen(incident: Name, criterion: Number, note: Note = "", as_json: Json = False) -> None:
    """Say that a criterion does not hold after all."""
    _settle(incident, criterion, "open", note, "", as_json=as_json)


@app.command()
def edit(
    incident: Name,
    criterion: Number,
    text: Annotated[
        str | None, typer.Option("--text", help="What has to hold.", show_default=False)
    ] = None,
    expected: Annotated[
        str | None,
        typer.Option("--expected", help="The value it is seen by.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Change the words of an open criterion."""
    said = {
        name: value for name, value in (("text", text), ("expected", expected)) if value is not None
    }
    if not said:
        fail("expected --text or --expected")
    _change(incident, criterion, said, as_json=as_json)


@app.command()
def remove(incident: Name, criterion: Number) -> None:
    """Take an open criterion away."""
    from kintsugi.client import recovery

    with server() as client:
        recovery.remove(client.connection, incident, criterion)
    typer.echo(f"criterion {criterion} removed")


def _settle(
    incident: str, criterion: str, status: str, note: str, evidence: str, *, as_json: bool
) -> None:
    said = {"status": status, "note": note, "evidence": evidence}
    _change(incident, criterion, said, as_json=as_json)


def _change(incident: str, criterion: str, said: dict[str, str], *, as_json: bool) -> None:
    from kintsugi.client import recovery

    with server() as client:
        made = recovery.change(client.connection, incident, criterion, said)
    if as_json:
        print_json(made.data)
    else:
        typer.echo(table([_row(made)]))


def _answer_all(found: RemoteRecovery, *, as_json: bool) -> None:
    if as_json:
        print_json(found.data)
        return
    rows = [_row(one) for one in found.criteria]
    typer.echo(table(rows) if rows else "No recovery criterion is recorded.")
    if found.offered:
        typer.echo("Offered:")
        for one in found.offered:
            typer.echo(f"  {clean(one_line(one))}")


def _row(one: RemoteCriterion) -> tuple[str, ...]:
    words = f"{one.text} ({one.expected})" if one.expected else one.text
    settled = f"{one.by}: {one.note}" if one.note and one.by else one.by
    who = settled if one.status != "open" else ""
    return str(one.number), one.status, clean(one_line(words)), clean(one_line(who))
