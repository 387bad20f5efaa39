"""`kintsugi search`: what a server has with these words in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from kintsugi.cli.options import Json
from kintsugi.cli.output import fail, note, print_json
from kintsugi.cli.remote import server
from kintsugi.core.shared.text import clean, one_line, plural, shortened

KINDS = ("incident", "postmortem", "action", "alert")


def search(
    words: Annotated[
        list[str], typer.Argument(metavar="WORDS...", help="What to look for, and filters.")
    ],
    kind: Annotated[
        str, typer.Option("--kind", help="incident, postmortem, action or alert. Default: all.")
    ] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 10,
    as_json: Json = False,
) -> None:
    """Find incidents, postmortems, actions and alerts of a server by what they say, the best first."""
    from kintsugi.client import search as remote

    kind = kind.casefold().rstrip("s")
    if kind and kind not in KINDS:
        fail(f"--kind: {kind}: expected one of {', '.join(KINDS)}")
    with server() as client:
        found = remote.search(client.connection, " ".join(words), kind, limit)
    for said in found.notes:
        note(said)
    if as_json:
        print_json({
            "items": [dict(hit.data) for hit in found.hits], "counts": dict(found.counts),
            "countedUpTo": found.counted_up_to, "notes": list(found.notes),
        })  # fmt: skip
        return
    if not found.hits:
        note("Nothing matches.")
        return
    for hit in found.hits:
        facts = (hit.severity, hit.status.replace("_", " "), f"{hit.at:%Y-%m-%d}")
        typer.echo(
            f"{hit.name}  {_line(hit.title, 100)}  ({', '.join(one for one in facts if one)})"
        )
        if hit.snippet:
            typer.echo(f"    {_line(hit.snippet, 160)}")
    note(f"Found: {', '.join(_counted(found.counts, found.counted_up_to))}.")


def _counted(counts: Mapping[str, int], most: int) -> list[str]:
    return [
        f"{most:,}+ {name}s" if count > most else plural(count, name)
        for name, count in counts.items()
        if count
    ]


def _line(text: str, most: int) -> str:
    return shortened(one_line(clean(text)), most)
