"""`kintsugi alert send` and `kintsugi change send`: a script tells of what is wrong, and of what it changed."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from kintsugi.cli.options import Json
from kintsugi.cli.output import fail, print_json
from kintsugi.cli.remote import sender, server, source_key
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, one_line
from kintsugi.core.shared.times import ClockTime, parse_when, written_moment

change_app = typer.Typer(
    help="What was changed, told to a server.\n\n"
    "KINTSUGI_URL says where the server is, KINTSUGI_SOURCE_KEY or KINTSUGI_TOKEN who tells.",
    no_args_is_help=True,
)


@change_app.callback()
def changes() -> None:
    """What was changed."""


KeyFile = Annotated[
    str,
    typer.Option("--key-file", metavar="FILE", help="A file with the source's key."),
]
Services = Annotated[
    list[str] | None, typer.Option("--service", help="A service of the catalog that it is about.")
]
Links = Annotated[list[str] | None, typer.Option("--link", metavar="URL", help="Where to look.")]


def send(
    title: Annotated[
        str,
        typer.Argument(metavar="[TITLE]", help="What is wrong, in one line.", show_default=False),
    ] = "",
    key: Annotated[
        str, typer.Option("--key", help="What tells it from others. Default: all that is said.")
    ] = "",
    severity: Annotated[
        str,
        typer.Option("--severity", help="A word such as critical or warning, or SEV-1 to SEV-5."),
    ] = "",
    service: Annotated[str, typer.Option("--service", help="The service that is affected.")] = "",
    rule: Annotated[str, typer.Option("--rule", help="The check that found it.")] = "",
    description: Annotated[str, typer.Option("--description", help="What is known.")] = "",
    runbook: Annotated[str, typer.Option("--runbook", metavar="URL", help="What to do.")] = "",
    label: Annotated[
        list[str] | None, typer.Option("--label", metavar="NAME=VALUE", help="Tells alerts apart.")
    ] = None,
    link: Links = None,
    acknowledge: Annotated[
        bool, typer.Option("--acknowledge", help="Say that somebody looks at the alert of --key.")
    ] = False,
    resolve: Annotated[
        bool, typer.Option("--resolve", help="Say that the alert of --key is over.")
    ] = False,
    key_file: KeyFile = "",
    as_json: Json = False,
) -> None:
    """Tell of an alert with the key of a source, and print the key by which it is ended.

    Told of again it stays one alert. The source has the format pagerduty.
    """
    from kintsugi.client.sending import Telling

    if acknowledge and resolve:
        fail("--acknowledge and --resolve both say what it does; keep one")
    if (acknowledge or resolve) and not key:
        fail(f"{'--resolve' if resolve else '--acknowledge'} needs the alert's --key")
    if not title and not (acknowledge or resolve):
        fail("TITLE is missing: what is wrong, in one line")
    told = Telling(
        title=title, key=key, severity=severity, services=(service,) if service else (), rule=rule,
        description=description, runbook=runbook, links=tuple(link or ()), details=_pairs(label, "--label"),
    )  # fmt: skip
    with sender(key_file) as client:
        match (acknowledge, resolve):
            case (True, _):
                made = client.acknowledge(key)
            case (_, True):
                made = client.resolve(key)
            case _:
                made = client.trigger(told)
    if as_json:
        print_json({"key": made})
    else:
        typer.echo(made)


@change_app.command(name="send")
def send_change(
    summary: Annotated[
        str, typer.Argument(metavar="SUMMARY", help="What was changed, in one line.")
    ],
    service: Services = None,
    at: Annotated[
        str,
        typer.Option(
            "--at", help="When it was done; a time without a zone is in UTC. Default: now."
        ),
    ] = "",
    origin: Annotated[str, typer.Option("--origin", help="What or who did it, such as CI.")] = "",
    link: Links = None,
    detail: Annotated[
        list[str] | None,
        typer.Option("--detail", metavar="NAME=VALUE", help="More, such as revision=4f2c."),
    ] = None,
    key_file: KeyFile = "",
    as_json: Json = False,
) -> None:
    """Tell of a change: a deployment, a flag, a configuration. Incidents of its services show it.

    With the key of a source, as a pipeline has it, else with KINTSUGI_TOKEN.
    """
    from kintsugi.client.alerts import add_change
    from kintsugi.client.sending import Telling

    details, at = _pairs(detail, "--detail"), _moment(at)
    if source_key(os.environ, key_file):
        told = Telling(
            title=summary, services=tuple(service or ()), origin=origin, happened_at=at,
            links=tuple(link or ()), details=details,
        )  # fmt: skip
        with sender(key_file) as client:
            client.change(told)
        made: dict[str, object] = {"summary": summary}
    else:
        with server() as client_of_api:
            made = dict(
                add_change(
                    client_of_api.connection, summary, at=at or None, origin=origin,
                    services=service or (), links=link or (), details=details,
                )
            )  # fmt: skip
    if as_json:
        print_json(made)
    else:
        typer.echo(f"told: {one_line(clean(summary))}")


def _moment(written: str) -> str:
    """A moment as it is sent; empty for none. A sender is not told that its time was no time, so it is seen here."""
    if not written:
        return ""
    try:
        read = parse_when(written).when
    except InvalidValue as error:
        fail(f"--at: {error.problem}; expected {error.expected}")
    if isinstance(read, ClockTime):
        fail(f"--at: {written!r} has no date; expected a time such as 2026-03-31T09:00Z")
    return written_moment(read)


def _pairs(written: list[str] | None, option: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in written or ():
        name, equals, value = one.partition("=")
        if not (name.strip() and equals):
            fail(f"{option} {one}: expected NAME=VALUE, such as region=eu")
        found[name.strip()] = value
    return found
