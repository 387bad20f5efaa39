"""`kintsugi action`: the actions of a server, from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kintsugi.cli.options import Json
from kintsugi.cli.output import FINDINGS, fail, note, print_json, table
from kintsugi.cli.remote import WHERE, server
from kintsugi.core.shared.text import clean, one_line, shortened

if TYPE_CHECKING:
    from kintsugi.client.actions import Remote

app = typer.Typer(
    help=f"Actions: listed, and done.\n\n{WHERE}",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(metavar="ACTION", help="Its reference (ACT-7) or id.")]
Evidence = Annotated[
    str, typer.Option("--evidence", help="What shows that it works: a link, a drill, a graph.")
]


@app.callback()
def actions() -> None:
    """Actions on a server."""


@app.command(name="list")
def list_actions(
    mine: Annotated[bool, typer.Option("--mine", help="Those you own.")] = False,
    team: Annotated[
        str, typer.Option("--team", help="Those of a team's people; mine is every team you are in.")
    ] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Those that are late.")] = False,
    status: Annotated[
        str, typer.Option("--status", help="A status, or all. Default: those still open.")
    ] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 50,
    as_json: Json = False,
) -> None:
    """List actions, those due first at the top."""
    from itertools import islice

    from kintsugi.client import actions as remote

    if mine and team:
        fail("--mine and --team both say whose; keep one")
    if overdue and status:
        fail("--overdue and --status both say which; keep one")
    view = "overdue" if overdue else "" if status else "open"
    query = {
        "owner": "me" if mine else "", "team": team, "view": view,
        "status": "" if status.casefold() == "all" else status,
    }  # fmt: skip
    with server() as client:
        asked = {name: value for name, value in query.items() if value}
        found = list(islice(remote.listed(client.connection, asked), limit))
    if as_json:
        print_json({"items": [dict(one.data) for one in found]})
        return
    if not found:
        note("No action matches.")
        return
    rows = [
        (
            one.reference, one.status, one.priority or "none",
            one.due_on.isoformat() + (" late" if one.is_overdue else ""),
            _owner(one), _line(one.description),
        )
        for one in found
    ]  # fmt: skip
    heads = ("Action", "Status", "Priority", "Due", "Owner", "What")
    typer.echo(table([heads, *rows]))


@app.command()
def done(action: Name, evidence: Evidence = "", as_json: Json = False) -> None:
    """Say that an action is done."""
    _move(action, "DONE", evidence, as_json=as_json)


@app.command()
def verify(action: Name, evidence: Evidence = "", as_json: Json = False) -> None:
    """Say that an action that is done works, with what shows it."""
    _move(action, "VERIFIED", evidence, as_json=as_json)


def _move(name: str, status: str, evidence: str, *, as_json: bool) -> None:
    from kintsugi.client import ClientError
    from kintsugi.client import actions as remote

    with server() as client:
        found = remote.find(client.connection, name)
        try:
            made = remote.move(client.connection, found, status, evidence)
        except ClientError as error:
            if error.status != 412:
                raise
            note(f"kintsugi: somebody changed {found.reference} first; nothing of yours was saved")
            note("Look at it, and repeat the command if it still holds.")
            raise typer.Exit(FINDINGS) from error
        address = f"{client.connection.url}/actions/{made.reference}"
    if as_json:
        print_json(dict(made.data))
        return
    typer.echo(_told(made, address))


def _owner(action: Remote) -> str:
    """Who owns it; a name alone gets no reminders, which is said."""
    name = _line(action.owner)
    return f"{name} (no letters)" if name and not action.gets_letters else name or "nobody"


def _told(action: Remote, address: str) -> str:
    return f"{action.reference}  {action.status}  {_line(action.description)}\n{address}"


def _line(text: str) -> str:
    return shortened(one_line(clean(text)), 100)
