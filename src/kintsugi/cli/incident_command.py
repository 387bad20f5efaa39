"""`kintsugi incident role`, `task`, `update` and `criteria`: command of an incident on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kintsugi.cli import incident_criteria
from kintsugi.cli.incident_update import update
from kintsugi.cli.options import Json
from kintsugi.cli.output import fail, print_json, table
from kintsugi.cli.remote import server, shown, zone_of
from kintsugi.core.shared.text import clean, one_line

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from kintsugi.client.command import RemoteRoles, RemoteTask

tasks_app = typer.Typer(help="Tasks of an incident on a server.", no_args_is_help=True)
Name = Annotated[
    str, typer.Argument(metavar="INCIDENT", help="Its reference (INC-42), id or external id.")
]
Number = Annotated[str, typer.Argument(metavar="TASK", help="Its number or id.")]


def add_to(app: typer.Typer) -> None:
    """Hang them under `kintsugi incident`."""
    app.command(name="role")(move_role)
    app.command(name="update")(update)
    app.add_typer(tasks_app, name="task")
    app.add_typer(incident_criteria.app, name="criteria")


def move_role(
    incident: Name,
    role: Annotated[
        str, typer.Argument(metavar="[ROLE]", help="Such as scribe. Default: show all.")
    ] = "",
    give: Annotated[
        str, typer.Option("--give", metavar="WHO", help="Have a user (e-mail, id or me) hold it.")
    ] = "",
    offer: Annotated[
        str, typer.Option("--offer", metavar="WHO", help="Ask a user to take it over from you.")
    ] = "",
    accept: Annotated[
        bool, typer.Option("--accept", help="Take over what you are offered.")
    ] = False,
    decline: Annotated[bool, typer.Option("--decline", help="Leave it with its holder.")] = False,
    release: Annotated[bool, typer.Option("--release", help="Have nobody hold it.")] = False,
    as_json: Json = False,
) -> None:
    """Show the roles of an incident, or move one on; a ROLE alone is taken by you."""
    from kintsugi.client import command

    asked = {"give": give, "offer": offer, "accept": accept, "decline": decline, "release": release}
    ways = [do for do, said in asked.items() if said]
    if len(ways) > 1:
        fail(f"--{ways[0]} and --{ways[1]} are two ways on; keep one")
    if ways and not role:
        fail(f"--{ways[0]} needs a ROLE")
    with server() as client:
        found = (
            command.move_role(
                client.connection, incident, role, ways[0] if ways else "give", give or offer
            )
            if role
            else command.roles(client.connection, incident)
        )
        if as_json:
            print_json(found.data)
        else:
            typer.echo(_roles(found))


@tasks_app.command(name="list")
def list_tasks(incident: Name, as_json: Json = False) -> None:
    """List the tasks of an incident."""
    from kintsugi.client import command

    with server() as client:
        found = command.tasks(client.connection, incident)
        if as_json:
            print_json([one.data for one in found])
            return
        zone = zone_of(client)
    typer.echo(table([_row(one, zone) for one in found]) if found else "No tasks.")


@tasks_app.command(name="add")
def add_task(
    incident: Name,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is to be done.")],
    who: Annotated[
        str, typer.Option("--for", metavar="WHO", help="A user: e-mail, id or me. Default: nobody.")
    ] = "",
    due: Annotated[
        str, typer.Option("--due", metavar="TIME", help="Such as '20 min', 14:30 or a full time.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Add a task to an incident."""
    from datetime import UTC, datetime

    from kintsugi.client import command
    from kintsugi.core.incidents.due import read_due
    from kintsugi.core.shared.errors import InvalidValue

    with server() as client:
        zone = zone_of(client)
        try:
            at = read_due(due, datetime.now(UTC), zone).isoformat() if due else None
        except InvalidValue as error:
            raise error.under("--due") from error
        made = command.add_task(client.connection, incident, text, who, at)
    _answer(made, zone, as_json=as_json)


@tasks_app.command(name="done")
def task_done(incident: Name, task: Number, as_json: Json = False) -> None:
    """Say that a task is done."""
    _settle(incident, task, "done", as_json=as_json)


@tasks_app.command(name="drop")
def task_dropped(incident: Name, task: Number, as_json: Json = False) -> None:
    """Say that a task need not be done any more."""
    _settle(incident, task, "dropped", as_json=as_json)


def _settle(incident: str, task: str, status: str, *, as_json: bool) -> None:
    from kintsugi.client import command

    with server() as client:
        made = command.settle_task(client.connection, incident, task, status)
        zone = zone_of(client)
    _answer(made, zone, as_json=as_json)


def _answer(task: RemoteTask, zone: ZoneInfo, *, as_json: bool) -> None:
    if as_json:
        print_json(task.data)
    else:
        typer.echo(table([_row(task, zone)]))


def _row(task: RemoteTask, zone: ZoneInfo) -> tuple[str, ...]:
    due = f"due {shown(task.due_at, zone)}" if task.due_at else "-"
    return (
        str(task.number), task.status, clean(one_line(task.assignee)) or "nobody",
        due + (" late" if task.is_overdue else ""), clean(one_line(task.text)),
    )  # fmt: skip


def _roles(found: RemoteRoles) -> str:
    rows = [
        (one.role, one.name + (f" (offered to {one.offered_name})" if one.offered_name else ""))
        for one in found.held
    ]
    rows += [(one, "nobody yet, asked for") for one in found.asked_for]
    cleaned = [tuple(clean(one_line(cell)) for cell in row) for row in rows]
    return table(cleaned) if rows else "Nobody holds a role."
