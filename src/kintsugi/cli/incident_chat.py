"""`kintsugi incident chat`: what was said in a chat, into the timeline of an incident on a server."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from kintsugi.cli.incident_command import Name
from kintsugi.cli.options import Json
from kintsugi.cli.output import fail, note, print_json, table
from kintsugi.cli.remote import server, shown, zone_of
from kintsugi.core.incidents.chat import MOST_TAKEN
from kintsugi.core.shared.text import clean, one_line, plural, shortened

if TYPE_CHECKING:
    from collections.abc import Collection
    from zoneinfo import ZoneInfo

    from kintsugi.client.chat import RemoteChat
    from kintsugi.client.records import Incident

WIDTH = 100
_RANGE = re.compile(r"(?P<first>\d{1,6})(?:-(?P<last>\d{1,6}))?")


File = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="Copied text, a Slack export's day, or a whole one as ZIP; - is standard input.",
    ),
]
Zone = Annotated[str, typer.Option("--zone", help="IANA zone of times that have none. Default: yours.")]  # fmt: skip
Day = Annotated[
    str,
    typer.Option(
        "--date", metavar="DAY", help="The day of the first message, where the text has none."
    ),
]
Channels = Annotated[
    list[str] | None,
    typer.Option(
        "--channel", help="Of a ZIP, this channel, or one day of it: incidents/2026-03-02."
    ),
]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", metavar="NUMBER=KIND", help="What a message is, such as 3=decision."),
]


def chat(
    incident: Name,
    file: File,
    zone: Zone = "",
    on: Day = "",
    take_all: Annotated[bool, typer.Option("--all", help="Take all that people wrote.")] = False,
    only: Annotated[
        str, typer.Option("--only", metavar="NUMBERS", help="Take these, such as 1,4-6.")
    ] = "",
    key: Annotated[
        str, typer.Option("--key", metavar="NUMBERS", help="Those that are key moments.")
    ] = "",
    kind: Kinds = None,
    channel: Channels = None,
    as_json: Json = False,
) -> None:
    """Show the messages of a chat with their numbers; with --all or --only, have them enter the timeline.

    Those that are in it already are passed over, so the same text may be given again.
    """
    from kintsugi.cli.inputs import read_bytes
    from kintsugi.cli.inputs import shown as file_name
    from kintsugi.client import chat as remote
    from kintsugi.core.shared.times import zone_named
    from kintsugi.formats.chat import is_export, read_chat, read_export
    from kintsugi.formats.plain import decode_text

    if take_all and only:
        fail("--all and --only are two ways to choose; keep one")
    if (key or kind) and not (take_all or only):
        fail("--key and --kind say what is taken; add --all or --only")
    wanted, keys = _numbers(only, "--only"), _numbers(key, "--key")
    kinds = dict(_kind(one) for one in kind or [])
    content, name, now = read_bytes(file), file_name(file), datetime.now(UTC)
    if channel and not is_export(content):
        fail("--channel chooses from a ZIP of a Slack export; this file is none")
    with server() as client:
        if is_export(content):
            first, last = _days(client.incident(incident), now)
            text = read_export(content, first, last, channel or [], name)
        else:
            text = decode_text(content, file=name).replace("\r\n", "\n")
        # Read here first, so that what cannot be read is told with the file's name.
        read_chat(text, now, zone=zone_named(zone or "UTC"), file=name)
        asked = (client.connection, incident, text)
        found = remote.preview(*asked, zone, on)
        if not (take_all or only):
            _print(found, zone_of(client), as_json=as_json)
            return
        chosen = [
            {"number": one, "kind": kinds.get(one, "note"), "important": one in keys}
            for one in ([one.number for one in found.messages if one.is_proposed] if take_all else wanted)
        ]  # fmt: skip
        parts = [chosen[at : at + MOST_TAKEN] for at in range(0, len(chosen), MOST_TAKEN)]
        taken = [entry for part in parts for entry in remote.take(*asked, part, zone, on)]
    if as_json:
        print_json(taken)
    else:
        typer.echo(f"{plural(len(taken), 'message')} entered the timeline.")


def _days(incident: Incident, now: datetime) -> tuple[date, date]:
    """The days of an incident, and one around them: files of an export are days of its workspace's zone."""
    known = incident.milestones
    began = known.impact_start or known.detected or known.declared or now
    around = timedelta(days=1)
    return began.date() - around, (known.resolved or now).date() + around


def _print(found: RemoteChat, zone: ZoneInfo, *, as_json: bool) -> None:
    if as_json:
        print_json(found.data)
        return
    for told in found.notes:
        note(f"note: {told}")
    if found.left_out:
        note(f"note: {found.left_out} left out: who came and went, and what is empty")
    rows = [
        (
            str(one.number),
            "in the timeline" if one.is_in else one.problem or "automatic" * one.is_automatic,
            shown(one.at, zone), clean(one_line(one.author)), shortened(clean(one_line(one.text)), WIDTH),
        )
        for one in found.messages
    ]  # fmt: skip
    typer.echo(table(rows) if rows else "No messages.")


def _numbers(written: str, option: str) -> Collection[int]:
    """`1,4-6` as numbers, in their order; ends the command for what is none."""
    found: dict[int, None] = {}
    for part in filter(None, (one.strip() for one in written.split(","))):
        match = _RANGE.fullmatch(part)
        first = int(match["first"]) if match else 0
        last = int(match["last"] or first) if match else 0
        if match is None or last < first:
            fail(f"{option} {written}: expected numbers such as 1,4-6")
        found |= dict.fromkeys(range(first, last + 1))
    return list(found)


def _kind(written: str) -> tuple[int, str]:
    number, _, word = written.partition("=")
    if not number.strip().isdecimal() or not word:
        fail(f"--kind {written}: expected NUMBER=KIND, such as 3=decision")
    return int(number), word.strip()
