"""`kintsugi incident update`: a message about an incident, looked at or sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kintsugi.cli.options import Json
from kintsugi.cli.output import fail, note, print_json
from kintsugi.cli.remote import server
from kintsugi.core.shared.text import clean, one_line, plural

if TYPE_CHECKING:
    from kintsugi.client.messages import RemoteMessage

Many = list[str] | None
Incident = Annotated[
    str, typer.Argument(metavar="INCIDENT", help="Its reference (INC-42), id or external id.")
]
Template = Annotated[
    str,
    typer.Option("--template", help="initial, update, resolution, customer_facing, or your own."),
]
Audience = Annotated[str, typer.Option("--audience", help="responders, stakeholders or customers.")]
Values = Annotated[
    Many,
    typer.Option("--set", metavar="NAME=VALUE", help="A variable that the record does not fill."),
]
NotAvailable = Annotated[
    Many, typer.Option("--not-available", metavar="NAME", help="Say that it is not available.")
]
To = Annotated[
    Many, typer.Option("--to", metavar="WHO", help="One more: an e-mail, a team or a webhook.")
]
LeaveOut = Annotated[
    Many,
    typer.Option("--leave-out", metavar="WHO", help="One of the list who does not get it."),
]
Subject = Annotated[str, typer.Option("--subject", help="Instead of the usual one.")]
Looks = Annotated[
    bool, typer.Option("--preview", "--dry-run", help="Print it and who gets it; send nothing.")
]
Confirms = Annotated[
    bool, typer.Option("--confirm", help="Send it outside a private incident, or of a drill.")
]


def update(
    incident: Incident,
    template: Template = "update",
    audience: Audience = "",
    values: Values = None,
    not_available: NotAvailable = None,
    to: To = None,
    leave_out: LeaveOut = None,
    subject: Subject = "",
    preview: Looks = False,
    confirm: Confirms = False,
    as_json: Json = False,
) -> None:
    """Send a message about an incident to the stakeholders of its severity.

    A variable that is neither in the record nor given is refused by its name.
    """
    from kintsugi.client import messages

    said = messages.Said(
        template, audience, dict(_pair(one) for one in values or []), not_available or (), subject,
        to or (), leave_out or (),
    )  # fmt: skip
    with server() as client:
        made = (
            messages.preview(client.connection, incident, said)
            if preview
            else messages.send(client.connection, incident, said, is_confirmed=confirm)
        )
    if as_json:
        print_json(made.data)
    else:
        typer.echo(clean(made.text), nl=False)
        for told in _notes(made, is_sent=not preview):
            note(told)
    if made.missing:
        fail(f"still missing: {', '.join(made.missing)}; --set each, or --not-available")


def _notes(made: RemoteMessage, *, is_sent: bool) -> list[str]:
    """What stands on stderr beside the text: what to mind, and who gets it."""
    word = "Sent" if is_sent else "Would go"
    names = ", ".join(clean(one_line(one)) for one in made.recipients)
    count = plural(len(made.recipients), "recipient")
    told = f"{word} to {made.audience}, {count}: {names}" if names else f"{word} to nobody"
    return [clean(one_line(one)) for one in made.warnings] + [told]


def _pair(written: str) -> tuple[str, str]:
    name, found, value = written.partition("=")
    if not found:
        fail(f"--set {written}: expected NAME=VALUE, such as progress='Rolling back'")
    return name.strip(), value
