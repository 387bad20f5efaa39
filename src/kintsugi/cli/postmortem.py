"""`kintsugi postmortem`: generate, check and export documents from files; no server is needed."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kintsugi.cli import check, importing, new, options, postmortem_remote
from kintsugi.cli.inputs import STDIN, Batch, shown
from kintsugi.cli.layout import Audience, Format, Keys, choose_template, layout_of
from kintsugi.cli.output import BAD_INPUT, fail, note, print_json, write_result
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.errors import DomainError
from kintsugi.formats.errors import InputError
from kintsugi.formats.scenarios import scenario_named

if TYPE_CHECKING:
    from kintsugi.plugins.layout import Layout

app = typer.Typer(help="Write, check and convert postmortems.", no_args_is_help=True)
app.command(name="new")(new.start)
app.command(name="check")(check.check)
app.command(name="import")(importing.import_files)
app.command(name="list")(postmortem_remote.list_all)
app.command(name="pull")(postmortem_remote.pull)
app.command(name="push")(postmortem_remote.push)
app.command(name="publish")(postmortem_remote.publish)

FormatOption = Annotated[Format, typer.Option("--format", "-f", help="What to write.")]
ProfileOption = Annotated[
    Audience,
    typer.Option("--profile", help="Whom it is for; external has no names, hosts or links."),
]


@app.command()
def generate(
    files: options.Files = None,
    form: FormatOption = Format.MD,
    template: options.TemplateName = "",
    output: options.Output = None,
    profile: ProfileOption = Audience.INTERNAL,
    zone: options.Zone = "",
    scenario: options.ScenarioName = "",
    front_matter: options.FrontMatter = None,
    public_host: options.PublicHosts = None,
    demo: Annotated[bool, typer.Option("--demo", help="Use the generator's demo record.")] = False,
) -> None:
    """Turn incident records into structured, scored postmortems.

    JSON has the generator's keys: sections as text, actions, completeness as quality_score.
    """
    layout = _layout(form, template, profile, scenario, front_matter, public_host, Keys.SEED)
    if demo:
        if files:
            fail("--demo takes no FILE")
        from kintsugi.demo.records import demo_record

        write_result(layout.write(demo_record()), output)
        return
    _write_all(files, layout, zone, output)


@app.command()
def export(
    files: options.Files = None,
    form: FormatOption = Format.JSON,
    template: options.TemplateName = "",
    output: options.Output = None,
    profile: ProfileOption = Audience.INTERNAL,
    zone: options.Zone = "",
    front_matter: options.FrontMatter = None,
    keys: Annotated[
        Keys,
        typer.Option(
            "--keys", help="Keys of JSON: ours, read back without loss, or the generator's."
        ),
    ] = Keys.OWN,
    public_host: options.PublicHosts = None,
) -> None:
    """Convert postmortems from one format to another; what is exported reads back to the same value."""
    _write_all(
        files, _layout(form, template, profile, "", front_matter, public_host, keys), zone, output
    )


@app.command()
def schema() -> None:
    """Print the JSON Schema of our JSON and YAML."""
    from kintsugi.formats.own_json import json_schema

    print_json(json_schema())


def _layout(
    form: Format, template: str, profile: Audience, scenario: str, front_matter: bool | None,
    public_hosts: list[str] | None, keys: Keys,
) -> Layout:  # fmt: skip
    if scenario:
        scenario_named(scenario)
    chosen = choose_template(template, profile)
    return layout_of(
        form, chosen, profile, front_matter=front_matter, scenario=scenario, keys=keys,
        public_hosts=public_hosts or (),
    )  # fmt: skip


def _write_all(files: list[str] | None, layout: Layout, zone: str, output: Path | None) -> None:
    if not files:
        fail("no FILE is given; name records, - for standard input, or --demo")
    _refuse_screen(layout, output)
    if len(files) > 1:
        _make_folder(output)
    if layout.audience is Audience.EXTERNAL:
        note(
            "note: read it before you send it; only names, hosts and links that the record knows are taken out"
        )
    batch = Batch(files, zone)
    targets = _Targets(output, layout, files)
    for file, postmortem in batch.records():
        try:
            write_result(layout.write(_known_scenario(postmortem, shown(file))), targets.of(file))
        except DomainError as error:
            batch.refuse(str(error))
    if batch.failed:
        raise typer.Exit(BAD_INPUT)


def _refuse_screen(layout: Layout, output: Path | None) -> None:
    if output is None and layout.format is Format.PDF and sys.stdout.isatty():
        fail("a PDF is not for the screen; write it to a file: -o FILE.pdf")


def _make_folder(output: Path | None) -> None:
    if output is None or (output.exists() and not output.is_dir()):
        fail("several files need a folder to write to: -o FOLDER")
    output.mkdir(parents=True, exist_ok=True)


def _known_scenario(postmortem: Postmortem, file: str) -> Postmortem:
    """The postmortem as it is; a scenario we do not have is named, not fatal."""
    if postmortem.scenario:
        try:
            scenario_named(postmortem.scenario)
        except DomainError as error:
            note(f"{file}: note: {error}")
            return replace(postmortem, scenario="")
    return postmortem


@dataclass(slots=True)
class _Targets:
    """Where each input's document goes; never over an input that could not be had back from it."""

    output: Path | None
    layout: Layout
    inputs: list[str]
    taken: set[Path] = field(default_factory=set)

    def of(self, file: str) -> Path | None:
        """The target of one input. Raises InputError when it is an input that would be lost."""
        target = self.output
        if target is None:
            return None
        if target.is_dir():
            target = self._in_folder(target, file)
        if not self.layout.reads_back and any(_is_same(target, other) for other in self.inputs):
            raise InputError(
                "this would replace the file it is made from, which cannot be had back from it",
                file=str(target), expected="another -o",
            )  # fmt: skip
        return target

    def _in_folder(self, folder: Path, file: str) -> Path:
        """A name after the input's; a second input of the same name gets a number."""
        stem, ending = ("stdin" if file == STDIN else Path(file).stem), self.layout.format.value
        target, number = folder / f"{stem}.{ending}", 1
        while target in self.taken:
            number += 1
            target = folder / f"{stem}-{number}.{ending}"
        self.taken.add(target)
        return target


def _is_same(target: Path, file: str) -> bool:
    return file != STDIN and target.exists() and Path(file).exists() and target.samefile(file)
