"""`kintsugi demo`: the product with a year of an invented company in it, or a set of sample postmortems."""

from __future__ import annotations

import ipaddress
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kintsugi.cli.output import fail, note, with_progress, write_result

PASSWORD = "golden-joinery"  # noqa: S105 - everybody may know it: the demo listens on this machine alone
"""Of every person in the demo."""


def demo(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="With --files: where to write them, made if it is not there.  [default: demo-postmortems]"
        ),
    ] = None,
    files: Annotated[
        bool, typer.Option("--files", help="Write six sample postmortems to FOLDER instead.")
    ] = False,
    database: Annotated[
        Path, typer.Option("--database", help="The SQLite file; made if it is not there.")
    ] = Path("demo-kintsugi.db"),
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=0, max=65_535, help="The port. [default: KINTSUGI_PORT or 8000]"
        ),
    ] = None,
    host: Annotated[
        str, typer.Option("--host", help="The address; one of this machine only.")
    ] = "127.0.0.1",
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help="Make the database, and start nothing.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Make the demo database again, up to this minute.")
    ] = False,
) -> None:
    """Open Kintsugi with a year of an invented company in it: 12 services, 40 incidents, 25 postmortems."""
    if files:
        _write_samples(folder or Path("demo-postmortems"))
        return
    if folder is not None:
        fail(f"{folder}: a folder goes with --files, which writes the sample postmortems")
    if not _is_here(host):
        fail(
            f"--host {host}: everybody knows the demo's password, so it opens on this machine only"
        )
    _have_database(database, fresh=fresh)
    if no_serve:
        return
    from kintsugi.cli.serve import serve
    from kintsugi.demo.company.place import address

    # The settings of `serve` come from the environment, and the demo's database is one of them.
    os.environ.pop("KINTSUGI_DATABASE_URL_FILE", None)
    os.environ["KINTSUGI_DATABASE_URL"] = address(database)
    serve(port=port, host=host)


def _is_here(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _have_database(file: Path, *, fresh: bool) -> None:
    """Make the demo's database unless it is there, and say what is in it. Nothing else is ever overwritten."""
    from kintsugi.demo.company import place
    from kintsugi.demo.company.story import company

    holds = place.what_is(file)
    if holds is place.Holds.OTHER:
        fail(f"{file}: this is no demo database, and stays as it is; name another with --database")
    if not file.absolute().parent.is_dir():
        fail(f"{file}: there is no folder {file.parent}")
    told = company()
    if fresh or holds is place.Holds.NOTHING:
        from kintsugi.demo.company.making import make

        now = datetime.now(UTC)
        make(file, told, now, PASSWORD, lambda all_: with_progress(all_, "Making"))
        note(
            f"A year of {told.name} is in {file}: {len(told.services)} services, {len(told.people)} people, "
            f"{len(told.stories)} incidents, {len(told.papers)} postmortems."
        )
    else:
        note(f"{told.name} as you left it is in {file}; --fresh makes it again, up to this minute.")
    note(f"Sign in as one of these, each with the password {PASSWORD}")
    for person in told.people.values():
        note(f"  {person.email:24} {person.role.value:10} {person.name}")


def _write_samples(folder: Path) -> None:
    """Write six sample postmortems as Markdown, HTML, PDF and JSON, with the records they come from."""
    from kintsugi.cli.layout import Audience, Format, layout_of
    from kintsugi.demo.records import samples
    from kintsugi.formats.markdown.templating import shipped_template
    from kintsugi.formats.own_json import write_json
    from kintsugi.formats.pdf import PdfIsNotInstalled

    if folder.exists() and not folder.is_dir():
        fail(f"{folder}: this is a file; name a folder")
    folder.mkdir(parents=True, exist_ok=True)
    without_pdf = ""
    listed = list(samples())
    for sample in with_progress(listed, "Writing"):
        place = folder / sample.name
        place.mkdir(exist_ok=True)
        template = shipped_template("standard")
        write_result(sample.source, place / "record.yaml")
        write_result(write_json(sample.postmortem), place / "postmortem.json")
        write_result(
            layout_of(Format.MD, template).write(sample.postmortem), place / "postmortem.md"
        )
        write_result(
            layout_of(Format.HTML, template).write(sample.postmortem), place / "postmortem.html"
        )
        outside = layout_of(Format.HTML, shipped_template("external"), Audience.EXTERNAL)
        write_result(outside.write(sample.postmortem), place / "for-customers.html")
        try:
            write_result(
                layout_of(Format.PDF, template).write(sample.postmortem), place / "postmortem.pdf"
            )
        except PdfIsNotInstalled as error:
            without_pdf = str(error)
    if without_pdf:
        note(f"kintsugi: no PDFs were written: {without_pdf}")
    typer.echo(f"{len(listed)} sample postmortems are in {folder}/:")
    for sample in listed:
        severity = sample.postmortem.severity.label if sample.postmortem.severity else ""
        typer.echo(f"  {sample.name}/  {severity}  {sample.postmortem.title}")
    typer.echo(f"Open {folder / listed[0].name / 'postmortem.html'} in a browser.")
    typer.echo(f"Then try: kintsugi postmortem check {folder / listed[0].name / 'record.yaml'}")
