"""`kintsugi pattern`: what incidents of a server have in common, and a person's word on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kintsugi.cli.options import Json
from kintsugi.cli.output import note, print_json, table
from kintsugi.cli.remote import WHERE, server
from kintsugi.core.shared.text import one_line, shortened

if TYPE_CHECKING:
    from kintsugi.client.patterns import RemoteDecision

app = typer.Typer(
    help=f"Patterns: what incidents have in common, and whether a fix held.\n\n{WHERE}",
    no_args_is_help=True,
)

Incident = Annotated[
    str, typer.Argument(metavar="INCIDENT", help="Its reference (INC-42), id or external id.")
]
Class = Annotated[
    str, typer.Argument(metavar="CLASS", help="Its key, such as configuration_change.")
]


@app.callback()
def patterns() -> None:
    """Patterns of incidents on a server."""


@app.command(name="list")
def list_patterns(
    days: Annotated[int, typer.Option("--days", min=1, help="So many days until now.")] = 365,
    service: Annotated[str, typer.Option("--service", help="Incidents of this service.")] = "",
    as_json: Json = False,
) -> None:
    """List the classes of cause that incidents were confirmed to be of, or that their words suggest."""
    from kintsugi.client import patterns as remote

    asked: dict[str, str | int] = {"days": days} | ({"service": service} if service else {})
    with server() as client:
        found, data = remote.listed(client.connection, asked)
    if as_json:
        print_json(dict(data))
        return
    rows = [
        (one.key, one.title, str(one.incidents), one.last_at.date().isoformat() if one.last_at else "",
         str(one.waiting or ""))
        for one in found if one.incidents or one.waiting
    ]  # fmt: skip
    if not rows:
        note("No incident has a class, and none is suggested.")
        return
    typer.echo(table([("Class", "What it is", "Incidents", "Last", "Suggested"), *rows]))


@app.command()
def show(key: Class, as_json: Json = False) -> None:
    """Show one class: its incidents, what is still open, and whether its fixes held."""
    from kintsugi.client import patterns as remote

    with server() as client:
        data = remote.find(client.connection, key)
    if as_json:
        print_json(dict(data))
        return
    typer.echo(f"{data['title']} ({data['key']})")
    for said in data["says"]:
        typer.echo(said)
    rows = [
        (one["reference"], one["beganAt"][:10], one["severity"] or "", one["title"])
        for one in data["incidents"]
    ]
    if rows:
        typer.echo(table([("Incident", "Began", "Severity", "What"), *rows]))
    else:
        note("No incident is confirmed to be of this class.")
    opened = [
        (one["reference"], one["dueOn"], _line(one["description"])) for one in data["openActions"]
    ]
    if opened:
        typer.echo(table([("Open action", "Due", "What"), *opened]))


@app.command()
def suggest(incident: Incident, as_json: Json = False) -> None:
    """Show the classes of an incident: what people said, and what its words suggest, with the reason."""
    from kintsugi.client import patterns as remote

    with server() as client:
        found = remote.decisions(client.connection, incident)
    _print(found, as_json=as_json)


@app.command()
def confirm(incident: Incident, key: Class, as_json: Json = False) -> None:
    """Say that an incident is of a class; only what is confirmed counts."""
    _decide(incident, key, "confirmed", as_json=as_json)


@app.command()
def refuse(incident: Incident, key: Class, as_json: Json = False) -> None:
    """Say that an incident is not of a class; it is suggested no more."""
    _decide(incident, key, "refused", as_json=as_json)


def _decide(incident: str, key: str, decision: str, *, as_json: bool) -> None:
    from kintsugi.client import patterns as remote

    with server() as client:
        found = remote.decide(client.connection, incident, key, decision)
    _print(found, as_json=as_json)


def _print(found: list[RemoteDecision], *, as_json: bool) -> None:
    if as_json:
        keys = ("key", "title", "decision", "by_name", "why")
        names = ("key", "title", "decision", "byName", "why")
        print_json({"items": [
            {name: getattr(one, key) or None for key, name in zip(keys, names, strict=True)} for one in found
        ]})  # fmt: skip
        return
    if not found:
        note("No class is confirmed, and its words suggest none.")
        return
    rows = [
        (one.key, f"{one.decision} by {one.by_name}" if one.decision else "suggested", one.why)
        for one in found
    ]
    typer.echo(table([("Class", "Said", "Why"), *rows]))


def _line(text: str) -> str:
    return shortened(one_line(text), 80)
