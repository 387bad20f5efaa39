"""`kintsugi source`: who may send alerts to a server, and with which key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kintsugi.cli.options import Json
from kintsugi.cli.output import note, print_json, table
from kintsugi.cli.remote import WHERE, server, shown, zone_of
from kintsugi.core.shared.text import clean, one_line

if TYPE_CHECKING:
    from kintsugi.client.alerts import Source

app = typer.Typer(
    help=f"Sources: who may send alerts, and with which key.\n\n{WHERE}",
    no_args_is_help=True,
)


@app.callback()
def sources() -> None:
    """Sources of alerts."""


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What people call it.")],
    format_name: Annotated[
        str,
        typer.Option(
            "--format", help="What it speaks: alertmanager, pagerduty, generic and so on."
        ),
    ],
    service: Annotated[
        str, typer.Option("--service", help="The service of alerts that name none.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Make a source and print its key, this once. Who may: admins."""
    from kintsugi.client import alerts as remote

    with server() as client:
        made = remote.add_source(client.connection, name, format_name, service=service)
    _print_key(made, as_json=as_json)


@app.command(name="list")
def list_sources(as_json: Json = False) -> None:
    """List sources by name, with when each was last heard."""
    from kintsugi.client import alerts as remote

    with server() as client:
        found = list(remote.sources(client.connection))
        zone = zone_of(client) if found and not as_json else None
    if as_json:
        print_json([dict(one.data) for one in found])
    elif zone is None:
        note("No source is there yet.")
    else:
        rows = [
            (
                one_line(clean(one.name)), one.format,
                "retired" if one.retired_at
                else shown(one.last_event_at, zone) if one.last_event_at else "nothing yet",
            )
            for one in found
        ]  # fmt: skip
        typer.echo(table([("Source", "Format", "Last heard"), *rows]))


@app.command()
def rotate(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Its name or id.")],
    overlap: Annotated[
        float | None,
        typer.Option("--overlap", min=0, help="Hours for which older keys hold. Default: 24."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a new key of a source and print it, this once. Older keys hold for some hours more."""
    from kintsugi.client import alerts as remote

    with server() as client:
        made = remote.rotate(client.connection, source, overlap)
    _print_key(made, as_json=as_json)


def _print_key(made: Source, *, as_json: bool) -> None:
    """The key alone, so that a script can keep it; where it goes to stands beside it for a person."""
    if as_json:
        print_json(dict(made.data))
        return
    typer.echo(made.key)
    note(f"{one_line(clean(made.name))} sends to {made.address.replace(made.key, 'KEY')}")
