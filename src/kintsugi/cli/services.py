"""`kintsugi service`: the catalog of a server, from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kintsugi.cli.inputs import read_bytes, shown
from kintsugi.cli.options import Json
from kintsugi.cli.output import note, print_json, table
from kintsugi.cli.remote import WHERE, server
from kintsugi.core.shared.text import clean, plural

if TYPE_CHECKING:
    from kintsugi.client.services import Applied

app = typer.Typer(
    help=f"The catalog of services, made what a file says.\n\n{WHERE}",
    no_args_is_help=True,
)


@app.callback()
def services() -> None:
    """The services of a server's catalog."""


@app.command()
def apply(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Services in YAML or JSON; - is standard input.")
    ],
    prune: Annotated[
        bool, typer.Option("--prune", help="Retire the services that the file does not name.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make the catalog say what a file says, all or nothing.

    The file is the whole truth for each service it names; others stay as they are.
    """
    from kintsugi.client import ClientError
    from kintsugi.client.services import apply_services
    from kintsugi.formats.services_file import read_services

    read = read_services(read_bytes(file), file=shown(file))
    with server() as client:
        try:
            done = apply_services(client.connection, read.specs, prune=prune, dry_run=dry_run)
        except ClientError as error:
            if not error.errors or not error.errors[0].field.startswith("services"):
                raise
            wrong = error.errors[0]
            raise read.refused(wrong.field, clean(wrong.problem), clean(wrong.expected)) from error
    if as_json:
        print_json(done.data)
        return
    _print(done)
    if dry_run:
        note("Dry run: nothing was written.")


def _print(done: Applied) -> None:
    rows = [("made", name, "") for name in done.created]
    rows += [("changed", name, ", ".join(fields)) for name, fields in done.changed]
    rows += [("unchanged", name, "") for name in done.unchanged]
    rows += [("retired", name, "") for name in done.retired]
    if rows:
        typer.echo(clean(table(rows)))
    counted = plural(len(rows), "service")
    typer.echo(
        f"{counted}: {len(done.created)} made, {len(done.changed)} changed,"
        f" {len(done.unchanged)} unchanged, {len(done.retired)} retired"
    )
