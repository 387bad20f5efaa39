"""`kintsugi kb`: a knowledge base of postmortems in a folder; no server is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kintsugi.cli import options
from kintsugi.cli.importing import ForeignFiles, imported
from kintsugi.cli.inputs import STDIN, Batch, read_bytes
from kintsugi.cli.output import BAD_INPUT, FINDINGS, fail, note, print_json
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.errors import DomainError
from kintsugi.core.shared.severity import parse_severity
from kintsugi.core.shared.text import plural
from kintsugi.core.shared.times import parse_date

if TYPE_CHECKING:
    from kintsugi.formats.folder.base import Added, KnowledgeBase, NewPostmortem
    from kintsugi.formats.markdown.templating import Template

app = typer.Typer(
    help="Keep postmortems as a knowledge base in a folder, in git or anywhere.",
    no_args_is_help=True,
)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the knowledge base.")]
Records = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FILE]...", help="Records in JSON, YAML or our Markdown; - is standard input."
    ),
]
Replace = Annotated[
    bool,
    typer.Option("--replace", help="Write anew what is there already, by the same title and day."),
]


@app.callback()
def knowledge_base() -> None:
    """A knowledge base of postmortems in a folder."""


@app.command()
def init(folder: Folder) -> None:
    """Make a knowledge base, or what is missing of one; what is there stays as it is."""
    from kintsugi.formats.folder.base import KnowledgeBase

    if folder.exists() and not folder.is_dir():
        fail(f"{folder}: this is no folder")
    for file in KnowledgeBase(folder, _waiting).init():
        print(file)  # noqa: T201 - the result


@app.command()
def add(
    folder: Folder,
    files: Records = None,
    title: options.Title = "",
    severity: options.SeverityLevel = "",
    day: options.Day = "",
    template: options.TemplateName = "",
    zone: options.Zone = "",
    replace_known: Replace = False,
) -> None:
    """Add postmortems of records, or begin one by its title; the index is written anew."""
    if bool(files) == bool(title):
        fail("name the files to add, or --title to begin a postmortem")
    if files and (severity or day):
        fail("--severity and --date are for a postmortem that begins with --title")
    base, chosen = _base(folder), _template(template)
    batch = Batch(files or [], zone)
    new = [_new(postmortem, chosen) for _, postmortem in batch.records()]
    if title:
        begun = Postmortem(
            title,
            severity=parse_severity(severity) if severity else None,
            date=parse_date(day) if day else _today(),
            zone=zone,
        )
        new.append(_new(begun, chosen))
    _tell(base.add(new, _today(), replace=replace_known) if new else [])
    if batch.failed:
        raise typer.Exit(BAD_INPUT)


@app.command(name="import")
def import_files(
    folder: Folder,
    files: ForeignFiles,
    template: options.TemplateName = "",
    zone: options.Zone = "",
    replace_known: Replace = False,
) -> None:
    """Add postmortems that others wrote in Markdown; each keeps its original among its artifacts."""
    base, chosen = _base(folder), _template(template)
    batch = Batch(files, zone)
    new = []
    for file, postmortem, _ in imported(batch):
        try:
            one = _new(postmortem, chosen)
        except DomainError as error:
            batch.refuse(str(error))
            continue
        name = "original.md" if file == STDIN else Path(file).name
        new.append(one if file == STDIN else replace(one, original=(name, read_bytes(file))))
    _tell(base.add(new, _today(), replace=replace_known) if new else [])
    if batch.failed:
        raise typer.Exit(BAD_INPUT)


@app.command()
def index(folder: Folder) -> None:
    """Write the index in the README, and each timeline.json, anew where they do not say what is there."""
    changed, problems = _base(folder).index()
    for file in changed:
        print(file)  # noqa: T201 - the result
    for problem in problems:
        note(f"kintsugi: {problem}")
    if problems:
        raise typer.Exit(BAD_INPUT)


@app.command()
def check(
    folder: Folder,
    as_json: options.Json = False,
    today: Annotated[
        str,
        typer.Option(
            "--today", help="Count as overdue what was due before this day. Default: today."
        ),
    ] = "",
) -> None:
    """Name what is wrong: files, schema, links, duplicate numbers, overdue actions, a stale index."""
    from kintsugi.formats.folder.checks import check as check_base

    found = check_base(_base(folder), parse_date(today) if today else _today())
    if as_json:
        print_json(
            [
                {
                    "file": one.file,
                    "line": one.line or None,
                    "rule": one.rule,
                    "message": one.message,
                }
                for one in found
            ]
        )
    else:
        for one in found:
            print(one.text())  # noqa: T201 - the result
        note(plural(len(found), "finding"))
    if found:
        raise typer.Exit(FINDINGS)


@app.command()
def sync(
    folder: Folder,
    drafts: Annotated[
        bool, typer.Option("--drafts", help="Also take what is not published yet.")
    ] = False,
    template: Annotated[
        str, typer.Option("--template", "-t", help="The template to lay them out by.")
    ] = "standard",
) -> None:
    """Bring the base and a server to say the same; sections that both changed are named and left as they are."""
    from kintsugi.cli.kb_sync import sync as brought_together
    from kintsugi.cli.remote import server

    base = _base(folder)
    with server() as client:
        done = brought_together(base, client.connection, _today(), drafts=drafts, template=template)
    for line in done.lines:
        print(line)  # noqa: T201 - the result
    for line in done.notes:
        note(f"kintsugi: {line}")
    if done.has_problems:
        raise typer.Exit(BAD_INPUT)
    if done.has_conflicts:
        raise typer.Exit(FINDINGS)


@app.command()
def schema() -> None:
    """Print the JSON Schema of timeline.json."""
    from kintsugi.formats.timeline_json import timeline_schema

    print_json(timeline_schema())


def _base(folder: Path) -> KnowledgeBase:
    from kintsugi.formats.folder.base import KnowledgeBase

    return KnowledgeBase.at(folder, _waiting)


def _waiting() -> None:
    note("note: another process writes to this base; waiting for it")


def _template(named: str) -> Template:
    from kintsugi.cli.layout import Audience, choose_template

    return choose_template(named, Audience.INTERNAL)


def _new(postmortem: Postmortem, template: Template) -> NewPostmortem:
    from kintsugi.formats.folder.base import NewPostmortem
    from kintsugi.formats.markdown.write import write_markdown

    return NewPostmortem(postmortem, write_markdown(postmortem, template, front_matter=True))


def _tell(done: Sequence[Added]) -> None:
    for one in done:
        print(one.folder)  # noqa: T201 - the result
        if one.outcome != "added":
            note(f"{one.folder}: {one.outcome}")


def _today() -> date:
    return datetime.now(UTC).astimezone().date()
