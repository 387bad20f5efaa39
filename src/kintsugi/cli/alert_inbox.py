"""`kintsugi alert list|show|ack|resolve|verdict|explain`: the alerts of a server, from the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kintsugi.cli.inputs import read_text
from kintsugi.cli.options import Json
from kintsugi.cli.output import FINDINGS, fail, note, print_json, table
from kintsugi.cli.remote import console, server, shown, zone_of
from kintsugi.core.shared.text import clean, one_line, plural, shortened

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from kintsugi.client.alerts import Alert, Done

Ids = Annotated[list[str], typer.Argument(metavar="ALERT...", help="Their ids, as list has them.")]


def list_alerts(
    state: Annotated[
        str,
        typer.Option(
            "--state", help="firing, acknowledged, resolved, or all. Default: those open."
        ),
    ] = "open",
    severity: Annotated[
        list[str] | None, typer.Option("--severity", help="SEV-1 to SEV-5; may be repeated.")
    ] = None,
    service: Annotated[str, typer.Option("--service", help="The service they are about.")] = "",
    source: Annotated[str, typer.Option("--source", help="Who sent them: a name or an id.")] = "",
    rule: Annotated[str, typer.Option("--rule", help="The check that found them.")] = "",
    label: Annotated[
        list[str] | None, typer.Option("--label", metavar="NAME=VALUE", help="A label they have.")
    ] = None,
    verdict: Annotated[
        str, typer.Option("--verdict", help="useful, noise, duplicate, nothing_to_do, any or none.")
    ] = "",
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Those in no incident, which wait for a person.")
    ] = False,
    text: Annotated[str, typer.Option("--text", help="Words of their title or description.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 25,
    as_json: Json = False,
) -> None:
    """List alerts, newest first."""
    from itertools import islice

    from kintsugi.client import alerts as remote

    query: dict[str, str | Sequence[str]] = {
        "state": "" if state.casefold() == "all" else state, "severity": severity or (),
        "service": service, "source": source, "rule": rule, "label": _labels(label),
        "verdict": verdict, "waiting": "yes" if waiting else "", "text": text,
    }  # fmt: skip
    with server() as client:
        found = list(islice(remote.listed(client.connection, query), limit))
        if as_json:
            print_json([dict(one.data) for one in found])
        elif found:
            typer.echo(_list(found, zone_of(client)))
        else:
            note("No alert matches.")


def show(
    alert: Annotated[str, typer.Argument(metavar="ALERT", help="Its id, as list has it.")],
    as_json: Json = False,
) -> None:
    """Print an alert: what it says, what happened to it, and what the rules make of it."""
    from kintsugi.client import alerts as remote

    with server() as client:
        found = remote.find(client.connection, alert)
        if as_json:
            print_json(dict(found.data))
        else:
            _print_record(found, zone_of(client), f"{client.connection.url}/alerts/{found.id}")


def acknowledge(alerts: Ids, as_json: Json = False) -> None:
    """Say that you look at alerts, all of them or none."""
    from kintsugi.client import alerts as remote

    with server() as client:
        _answer(remote.acknowledge(client.connection, alerts), "acknowledged", as_json=as_json)


def resolve(
    alerts: Ids,
    reason: Annotated[str, typer.Option("--reason", help="Why; their history keeps it.")] = "",
    as_json: Json = False,
) -> None:
    """Say that alerts are over, all of them or none. They stay shut until they begin anew."""
    from kintsugi.client import alerts as remote

    with server() as client:
        _answer(remote.resolve(client.connection, alerts, reason), "resolved", as_json=as_json)


def verdict(
    verdict: Annotated[
        str,
        typer.Argument(
            metavar="VERDICT", help="useful, noise, duplicate or nothing_to_do; none takes it back."
        ),
    ],
    alerts: Ids,
    as_json: Json = False,
) -> None:
    """Say whether alerts were worth the interruption."""
    from kintsugi.client import alerts as remote

    said = None if verdict.casefold() == "none" else verdict
    with server() as client:
        _answer(remote.judge(client.connection, alerts, said), "judged", as_json=as_json)


def explain(
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="A message as a tool sends it; - is standard input."),
    ],
    format_name: Annotated[str, typer.Option("--format", help="The format it is in.")] = "",
    source: Annotated[str, typer.Option("--source", help="The source that would send it.")] = "",
    as_json: Json = False,
) -> None:
    """Say step by step what would happen to a message now, and why. Nothing is written.

    Exit code 1 when it cannot be read.
    """
    from kintsugi.client import alerts as remote

    if bool(format_name) == bool(source):
        fail("give either --format or --source")
    body = read_text(file)
    with server() as client:
        told = remote.explain(client.connection, body, format_name=format_name, source=source)
    if as_json:
        print_json(dict(told))
    else:
        typer.echo(_explained(told))
    if told["problem"]:
        raise typer.Exit(FINDINGS)


def _labels(written: Sequence[str] | None) -> list[str]:
    """As the API has them: with a colon."""
    found = []
    for one in written or ():
        name, equals, value = one.partition("=")
        if not (name.strip() and equals):
            fail(f"--label {one}: expected NAME=VALUE, such as region=eu")
        found.append(f"{name.strip()}:{value}")
    return found


def _list(found: Sequence[Alert], zone: ZoneInfo) -> str:
    rows = [
        (
            one.id, one.state, one.severity or "none", _line(one.service, 24) or "none",
            shown(one.raised_at, zone), _line(one.title),
        )
        for one in found
    ]  # fmt: skip
    return table([("Alert", "State", "Severity", "Service", "Raised", "Title"), *rows])


def _print_record(one: Alert, zone: ZoneInfo, address: str) -> None:
    from datetime import datetime

    from rich.table import Table
    from rich.text import Text

    page, data = console(), one.data
    page.print(Text(_line(one.title, 300), "bold"))
    facts = Table(box=None, pad_edge=False, show_header=False)
    facts.add_column(no_wrap=True)
    facts.add_column(overflow="fold")
    quality = data["qualityOf"]
    for name, said in (
        ("State", f"{one.state}, {plural(data['events'], 'message')}"),
        ("Severity", one.severity or "none"), ("Service", one.service), ("Rule", one.rule),
        ("Source", one.source), ("Raised", shown(one.raised_at, zone)),
        ("Description", data["description"]),
        ("Labels", ", ".join(f"{name}={value}" for name, value in data["labels"].items())),
        ("Runbook", data["runbookUrl"]), ("Incident", one.incident_id or ""),
        ("Verdict", one.verdict or ""),
        ("Quality", f"{quality['score']} ({quality['grade']}) {'; '.join(quality['issues'])}"),
        ("Page", address),
    ):  # fmt: skip
        if said:
            facts.add_row(name, Text(clean(said)))
    page.print(facts)
    page.print()
    for line in data["history"]:
        told = ": ".join(part for part in (_line(line["actor"]), _line(line["detail"])) if part)
        page.print(
            Text(f"{shown(datetime.fromisoformat(line['at']), zone)}  {line['kind']}  {told}")
        )
    page.print()
    for step in data["steps"]:
        page.print(Text(f"{step['name']}: {clean(step['said'])}"))


def _answer(done: Done, word: str, *, as_json: bool) -> None:
    if as_json:
        print_json(dict(done.data))
        return
    rest = done.alerts - done.changed
    typer.echo(
        f"{plural(done.changed, 'alert')} {word}" + (f", {rest:,} as before" if rest else "")
    )


def _explained(told: Mapping[str, Any]) -> str:
    if told["problem"]:
        return f"cannot be read as {told['format']}: {clean(told['problem'])}"
    lines = [f"note: {clean(text)}" for text in told["notes"]]
    for event in told["events"]:
        lines.append(_line(event["title"]))
        lines += [f"  {step['name']}: {clean(step['said'])}" for step in event["steps"]]
    for change in told["changes"]:
        named = ", ".join(change["services"])
        lines.append(f"change: {_line(change['summary'])}" + (f" ({named})" if named else ""))
    if told["left"]:
        lines.append(f"and {plural(told['left'], 'more event')}")
    return "\n".join(lines) or "It holds no alert and no change."


def _line(text: str, most: int = 100) -> str:
    return shortened(one_line(clean(text)), most)
