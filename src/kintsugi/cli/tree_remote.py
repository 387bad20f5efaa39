"""`kintsugi faulttree|whytree list|pull|push`: trees between a server and files."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kintsugi.cli.inputs import read_text
from kintsugi.cli.options import Json
from kintsugi.cli.output import FINDINGS, fail, note, print_json, table, write_result
from kintsugi.cli.remote import server
from kintsugi.core.shared.text import one_line, spoken

if TYPE_CHECKING:
    from kintsugi.client.trees import RemoteTree

why_app = typer.Typer(
    help="Why-trees on a server: listed, and carried to files and back.", no_args_is_help=True
)

_MARK = re.compile(
    r"[ \t]*(?:#|<!--)[ \t]*(?P<name>(?:FT|WT)-\d{1,9}) version (?P<version>\d{1,9})[ \t]*(?:-->)?[ \t]*"
)
"""The last line of a file that was pulled or pushed: which tree it is, and at which version."""

Name = Annotated[str, typer.Argument(metavar="NAME", help="Its reference or id.")]
Text = Annotated[str, typer.Option("--text", help="Words in it.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="At most so many.")]
Target = Annotated[
    Path | None, typer.Option("--output", "-o", help="The file. [default: named by its reference]")
]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]


@why_app.callback()
def whytrees() -> None:
    """Why-trees on a server: listed, and carried to files and back."""


def list_fault_trees(
    incident: Annotated[str, typer.Option("--incident", help="The incident they are about.")] = "",
    text: Text = "",
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List the fault trees on a server, the newest first."""
    from kintsugi.client.trees import FAULT_TREES

    _list(FAULT_TREES, "title", {"incidentId": incident, "text": text}, limit, as_json=as_json)


@why_app.command(name="list")
def list_why_trees(
    incident: Annotated[str, typer.Option("--incident", help="The incident they are about.")] = "",
    text: Text = "",
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List the why-trees on a server, the newest first."""
    from kintsugi.client.trees import WHY_TREES

    _list(WHY_TREES, "problem", {"incidentId": incident, "text": text}, limit, as_json=as_json)


def pull_fault_tree(name: Name, output: Target = None, force: Force = False) -> None:
    """Write a fault tree of a server to a file that `push` brings back; one in JSON as YAML."""
    from kintsugi.client import trees

    with server() as client:
        remote = trees.find(client.connection, trees.FAULT_TREES, name)
        text, form = str(remote.data["text"]), str(remote.data["form"])
        if form == "json":  # which has no comments to say the version in
            form = "yaml"
            text = trees.exported(client.connection, trees.FAULT_TREES, remote.id, form)
    endings = {"text": "txt", "yaml": "yaml", "mef": "xml"}
    _keep(remote, text, output or Path(f"{remote.reference}.{endings[form]}"), force=force)


@why_app.command(name="pull")
def pull_why_tree(name: Name, output: Target = None, force: Force = False) -> None:
    """Write a why-tree of a server to a Markdown outline that `push` brings back."""
    from kintsugi.client import trees
    from kintsugi.core.analysis.why_analysis import WhyAnalysis
    from kintsugi.formats.codec import decode
    from kintsugi.formats.reading import Reading
    from kintsugi.formats.whys import whys_markdown

    with server() as client:
        remote = trees.find(client.connection, trees.WHY_TREES, name)
    said = ("problem", "whys", "halveDetection", "halveMitigation")
    analysis = decode(WhyAnalysis, {key: remote.data[key] for key in said}, Reading())
    _keep(remote, whys_markdown(analysis), output or Path(f"{remote.reference}.md"), force=force)


def push_fault_tree(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A fault tree, pulled or new.")],
    title: Annotated[
        str, typer.Option("--title", help="Its title. [default: as it is; the file's name]")
    ] = "",
    incident: Annotated[str, typer.Option("--incident", help="What a new one is about.")] = "",
    as_json: Json = False,
) -> None:
    """Send a fault tree to the server: what changed in it, or a new one."""
    from kintsugi.client.trees import FAULT_TREES

    text, known = _read(file, "FT")
    body: dict[str, object] = {"text": text}
    if title:
        body["title"] = title
    if known is None:
        stem = "Fault tree" if file == "-" else Path(file).stem
        body = {"title": spoken(stem.replace("-", "_")), "incidentId": incident} | body
    _push(FAULT_TREES, file, text, known, body, as_json=as_json)


@why_app.command(name="push")
def push_why_tree(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A why-tree, as `kintsugi whys` reads it.")
    ],
    incident: Annotated[str, typer.Option("--incident", help="What a new one is about.")] = "",
    as_json: Json = False,
) -> None:
    """Send a why-tree to the server: all that the file says, or a new one about an incident."""
    from kintsugi.client.trees import WHY_TREES
    from kintsugi.formats.whys import read_whys

    text, known = _read(file, "WT")
    read_whys(text.encode(), file=file)  # what is wrong is said with the line of the file
    if known is None and not incident:
        fail("a new why-tree needs its incident: give --incident")
    body: dict[str, object] = {"text": text}
    if known is None:
        body["incidentId"] = incident
    _push(WHY_TREES, file, text, known, body, as_json=as_json)


def _list(rooms: str, titled: str, query: dict[str, str], limit: int, *, as_json: bool) -> None:
    from kintsugi.client import trees

    with server() as client:
        asked = {key: value for key, value in query.items() if value}
        found = list(islice(trees.listed(client.connection, rooms, asked), limit))
    if as_json:
        print_json({"items": found})
        return
    rows = [(one["reference"], f"{one['version']}", one_line(one[titled])) for one in found]
    typer.echo(table([("Tree", "Version", titled.capitalize()), *rows]))


def _keep(remote: RemoteTree, text: str, target: Path, *, force: bool) -> None:
    if target.exists() and not force:
        fail(f"{target}: this file is there already; --force replaces it")
    write_result(_marked(text, remote, target.suffix), target)
    note(f"{remote.reference} at version {remote.version} is in {target}")


def _read(file: str, kind: str) -> tuple[str, tuple[str, int] | None]:
    """A file's text without its mark, and the reference and version of the mark; None for a new tree."""
    text = read_text(file)
    body, _, last = text.rstrip().rpartition("\n")
    found = _MARK.fullmatch(last)
    if found is None:
        return text, None
    if not found["name"].startswith(kind):
        fail(f"{file}: it is {found['name']}, which is no tree of this kind")
    return body + "\n", (found["name"], int(found["version"]))


def _marked(text: str, remote: RemoteTree, ending: str) -> str:
    said = f"{remote.reference} version {remote.version}"
    is_markup = ending in (".md", ".xml") or text.lstrip().startswith("<")
    return f"{text.rstrip()}\n\n" + (f"<!-- {said} -->\n" if is_markup else f"# {said}\n")


def _push(
    rooms: str, file: str, text: str, known: tuple[str, int] | None, body: dict[str, object],
    *, as_json: bool,
) -> None:  # fmt: skip
    from kintsugi.client import ClientError, trees

    with server() as client:
        try:
            made = (
                trees.create(client.connection, rooms, body)
                if known is None
                else trees.change(client.connection, rooms, known[0], body, known[1])
            )
        except ClientError as error:
            if error.status != 412 or known is None:
                raise
            note(f"kintsugi: somebody changed {known[0]} first; nothing of yours was sent")
            note("Pull it to another file and compare.")
            raise typer.Exit(FINDINGS) from error
    if file != "-" and not text.lstrip().startswith(("{", "[")):
        write_result(_marked(text, made, Path(file).suffix), Path(file))
    elif file != "-":
        note(f"{file}: JSON holds no comment, so it does not say that it is {made.reference}")
    if as_json:
        print_json(dict(made.data))
        return
    typer.echo(f"{made.reference}  version {made.version}")
