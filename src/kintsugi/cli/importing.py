"""`kintsugi postmortem import`: Markdown that others wrote, to ours or to a list of what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kintsugi.cli import options
from kintsugi.cli.inputs import STDIN, Batch, read_bytes, shown
from kintsugi.cli.output import BAD_INPUT, fail, note, print_json, with_progress, write_result
from kintsugi.core.shared.errors import DomainError
from kintsugi.formats.errors import InputError

if TYPE_CHECKING:
    from kintsugi.core.postmortems.document import Postmortem

ForeignFiles = Annotated[
    list[str], typer.Argument(metavar="FILE...", help="Markdown; - is standard input.")
]


def import_files(
    files: ForeignFiles,
    as_json: options.Json = False,
    output: options.Output = None,
    template: options.TemplateName = "",
    zone: options.Zone = "",
) -> None:
    """Read postmortems that others wrote in Markdown: timelines, action items, times, severity.

    Writes our Markdown, in which every word of the source stands; with --json prints what was found.
    """
    if as_json and (output or template):
        fail("--json prints what was found; -o and --template are for Markdown")
    from kintsugi.cli.layout import Audience, choose_template
    from kintsugi.formats.markdown.write import write_markdown

    chosen = choose_template(template, Audience.INTERNAL)
    batch = Batch(files, zone)
    targets = _Targets(output, files)
    found: list[dict[str, object]] = []
    for file, postmortem, told in imported(batch):
        found.append(told)
        if as_json:
            continue
        try:
            text = write_markdown(postmortem, chosen, front_matter=True)
            write_result(text, targets.of(file))
        except DomainError as error:
            batch.refuse(str(error))
    if as_json:
        print_json(found)
    if batch.failed:
        raise typer.Exit(BAD_INPUT)


def imported(batch: Batch) -> Iterator[tuple[str, Postmortem, dict[str, object]]]:
    """Each file that can be read, its postmortem and what was found; others are named and passed over."""
    from kintsugi.formats.foreign.files import import_file

    for file in with_progress(batch.files, "Importing"):
        try:
            postmortem, told, notes = import_file(
                read_bytes(file), file=shown(file), zone=batch.zone
            )
        except DomainError as error:
            batch.refuse(str(error))
            continue
        for text in notes:
            note(f"{shown(file)}: note: {text}")
        yield file, postmortem, told


@dataclass(slots=True)
class _Targets:
    """Where each file's Markdown goes: never over the file it was made from."""

    output: Path | None
    inputs: list[str]
    taken: set[Path] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.output is None or len(self.inputs) < 2:
            return
        if self.output.exists() and not self.output.is_dir():
            fail("several files need a folder to write to: -o FOLDER")
        self.output.mkdir(parents=True, exist_ok=True)

    def of(self, file: str) -> Path | None:
        """The target of one file. Raises InputError when it is one of the inputs."""
        target = self.output
        if target is not None and target.is_dir():
            target = self._in_folder(target, file)
        if target is not None and any(_is_same(target, other) for other in self.inputs):
            raise InputError(
                "this would replace a file that is imported",
                file=str(target),
                expected="another -o",
            )
        return target

    def _in_folder(self, folder: Path, file: str) -> Path:
        stem = "stdin" if file == STDIN else Path(file).name.removesuffix(".md")
        target, number = folder / f"{stem}.md", 1
        while target in self.taken:
            number += 1
            target = folder / f"{stem}-{number}.md"
        self.taken.add(target)
        return target


def _is_same(target: Path, file: str) -> bool:
    return file != STDIN and target.exists() and Path(file).exists() and target.samefile(file)
