"""`kintsugi postmortem list|pull|push|publish`: postmortems between a server and files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kintsugi.cli.inputs import read_text
from kintsugi.cli.options import Json
from kintsugi.cli.output import FINDINGS, fail, note, print_json, table, write_result
from kintsugi.cli.remote import server
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import one_line

if TYPE_CHECKING:
    from typing import NoReturn

    from kintsugi.client import ClientError, Connection
    from kintsugi.client.postmortems import Remote
    from kintsugi.core.postmortems.document import Postmortem

VERSION = "version"
"""The key of the front matter that says which version was pulled."""

Name = Annotated[str, typer.Argument(metavar="NAME", help="Its reference (PM-7) or id.")]


def list_all(
    status: Annotated[
        str, typer.Option("--status", help="DRAFT, IN_REVIEW, PUBLISHED or ARCHIVED.")
    ] = "",
    service: Annotated[str, typer.Option("--service", help="A service it is about.")] = "",
    text: Annotated[str, typer.Option("--text", help="Words in it.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 50,
    as_json: Json = False,
) -> None:
    """List the postmortems on a server, the newest first."""
    from itertools import islice

    from kintsugi.client import postmortems

    query = {"status": status, "service": service, "text": text}
    with server() as client:
        asked = {key: value for key, value in query.items() if value}
        found = list(islice(postmortems.listed(client.connection, asked), limit))
    if as_json:
        print_json({"items": found})
        return
    rows = [
        (
            one["reference"], one["status"], one["severity"] or "none",
            f"{one['completeness']:.0f}", one_line(one["title"]),
        )
        for one in found
    ]  # fmt: skip
    typer.echo(table([("Postmortem", "Status", "Severity", "Complete", "Title"), *rows]))


def pull(
    name: Name,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file. [default: <reference>.md]")
    ] = None,
    template: Annotated[
        str, typer.Option("--template", "-t", help="The template to lay it out by.")
    ] = "standard",
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a postmortem of a server to a Markdown file that `push` brings back."""
    from kintsugi.client import postmortems

    with server() as client:
        remote = postmortems.find(client.connection, name)
        target = output or Path(f"{remote.reference}.md")
        if target.exists() and not force:
            fail(f"{target}: this file is there already; --force replaces it")
        text = postmortems.markdown(client.connection, remote.id, template)
    write_result(with_version(text, remote), target)
    note(f"{remote.reference} at version {remote.version} is in {target}")


def push(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A Markdown file, pulled or new.")],
    incident: Annotated[
        str,
        typer.Option("--incident", help="The incident of a new one. [default: its incident_id]"),
    ] = "",
    as_json: Json = False,
) -> None:
    """Send a Markdown file to the server: what changed in it, or a new draft.

    Sections that others changed meanwhile stay theirs. Of a section that both changed nothing is
    sent, and the command ends with 1.
    """
    from kintsugi.client import ClientError, postmortems

    text = read_text(file)
    postmortem, version = read_versioned(text, file)
    with server() as client:
        if version is None:
            made = _created(client.connection, postmortem, incident)
            changed = ["everything"]
        else:
            remote = postmortems.find(client.connection, postmortem.id)
            changed = postmortems.changed_since(client.connection, remote, postmortem, version)
            try:
                made = (
                    postmortems.send(client.connection, remote, postmortem, changed, version)
                    if changed
                    else remote
                )
            except ClientError as error:
                if error.status != 412:
                    raise
                _tell_race(remote, error)
    if file != "-":
        write_result(with_version(text, made, postmortem), Path(file))
    if as_json:
        print_json(dict(made.data))
        return
    said = ", ".join(name.replace("_", " ") for name in changed) or "nothing changed"
    typer.echo(f"{made.reference}  {made.status}  version {made.version}  ({said})")


def publish(name: Name, as_json: Json = False) -> None:
    """Publish what is in review and approved; says what stands in the way."""
    from kintsugi.client import postmortems

    with server() as client:
        remote = postmortems.find(client.connection, name)
        made = postmortems.move(client.connection, remote, "PUBLISHED")
    if as_json:
        print_json(dict(made.data))
        return
    typer.echo(f"{made.reference}  {made.status}  version {made.version}")


def _created(connection: Connection, postmortem: Postmortem, incident: str) -> Remote:
    from dataclasses import replace

    from kintsugi.client import postmortems

    named = incident or postmortem.incident_id
    if not named:
        fail("a new postmortem needs its incident: give --incident, or incident_id in the file")
    return postmortems.create(connection, replace(postmortem, incident_id=named))


def read_versioned(text: str, file: str) -> tuple[Postmortem, int | None]:
    """The postmortem of a file, and the version it was pulled at; None for a new one."""
    from kintsugi.formats.files import read_record
    from kintsugi.formats.front_matter import split_front_matter, with_front_matter

    split = split_front_matter(text, file=file)
    data = dict(split.data)
    version = data.pop(VERSION, None)
    if version is None:
        return read_record(text, file=file).postmortem, None
    if not isinstance(version, int):
        raise InvalidValue(
            f"is {version!r}", path=(VERSION,), expected="the number that pull wrote"
        )
    return read_record(with_front_matter(data, split.body), file=file).postmortem, version


def with_version(text: str, remote: Remote, local: Postmortem | None = None) -> str:
    """The file's text with the id and the version of the server's.

    What the server knew and the file did not (the incident's day, its severity) is written down in
    the file too, or the next push would take it away.
    """
    from kintsugi.core.postmortems.revisions import SECTIONS
    from kintsugi.formats.front_matter import split_front_matter, with_front_matter
    from kintsugi.formats.own_json import own_data

    split = split_front_matter(text)
    data = dict(split.data) | {"id": remote.reference, VERSION: remote.version}
    if local is not None and VERSION not in split.data:
        here, there = own_data(local), own_data(remote.postmortem)
        data |= {key: there[key] for key in SECTIONS if key in there and key not in here}
    return with_front_matter(data, split.body)


def _tell_race(remote: Remote, error: ClientError) -> NoReturn:
    current = error.current or {}
    names = ", ".join(key for key in current if key not in ("id", "reference", "version"))
    note(
        f"kintsugi: somebody changed {names} of {remote.reference} first; nothing of yours was sent"
    )
    note(
        f"Pull it to another file (kintsugi postmortem pull {remote.reference} -o theirs.md) and compare."
    )
    raise typer.Exit(FINDINGS)
