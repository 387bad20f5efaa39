"""`kintsugi demo`: a set of sample postmortems, to see what there is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kintsugi.cli.output import fail, note, with_progress, write_result


def write_samples(
    folder: Annotated[
        Path, typer.Argument(help="Where to write them; made if it is not there.")
    ] = Path("demo-postmortems"),
) -> None:
    """Write six sample postmortems as Markdown, HTML, PDF and JSON, with the records they come from."""
    from kintsugi.cli.layout import Audience, Format, Layout
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
        write_result(Layout(Format.MD, template).write(sample.postmortem), place / "postmortem.md")
        write_result(
            Layout(Format.HTML, template).write(sample.postmortem), place / "postmortem.html"
        )
        outside = Layout(Format.HTML, shipped_template("external"), Audience.EXTERNAL)
        write_result(outside.write(sample.postmortem), place / "for-customers.html")
        try:
            write_result(
                Layout(Format.PDF, template).write(sample.postmortem), place / "postmortem.pdf"
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
