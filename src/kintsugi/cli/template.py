"""`kintsugi template`: the layouts and scenarios there are, to show, copy and check."""

from __future__ import annotations

from typing import Annotated

import typer

from kintsugi.cli import options
from kintsugi.cli.limits import time_limit
from kintsugi.cli.output import print_json, table
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.markdown.templating import (
    SHIPPED,
    parse_template,
    render,
    shipped_template,
    shipped_templates,
)
from kintsugi.formats.scenarios import SCENARIOS, parse_scenario, scenario_named, scenarios

app = typer.Typer(help="List, show and check templates and scenarios.", no_args_is_help=True)


@app.command(name="list")
def list_all(as_json: options.Json = False) -> None:
    """List our templates and scenarios."""
    layouts, kinds = list(shipped_templates()), list(scenarios())
    if as_json:
        print_json(
            [
                *(
                    {
                        "name": one.name,
                        "kind": "template",
                        "title": one.title,
                        "description": one.description,
                    }
                    for one in layouts
                ),
                *(
                    {
                        "name": one.name,
                        "kind": "scenario",
                        "title": one.title,
                        "description": one.description,
                    }
                    for one in kinds
                ),
            ]
        )
        return
    typer.echo("Templates\n" + table([(f"  {one.name}", one.description) for one in layouts]))
    typer.echo(
        "\nScenarios, to lay over any template\n"
        + table([(f"  {one.name}", one.description) for one in kinds])
    )


@app.command()
def show(name: Annotated[str, typer.Argument(help="A template or a scenario of ours.")]) -> None:
    """Print a template's or scenario's file, to copy and change."""
    if name in SHIPPED:
        typer.echo(shipped_template(name).source, nl=False)
    elif name in SCENARIOS:
        typer.echo(scenario_named(name).source, nl=False)
    else:
        raise InvalidValue(
            f"there is no template named {name[:60]!r}", expected=", ".join((*SHIPPED, *SCENARIOS))
        )


@app.command()
def check(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Templates or scenarios of your own.")
    ],
) -> None:
    """Check templates by reading them and rendering a full and an empty postmortem with each."""
    from kintsugi.cli.inputs import read_text
    from kintsugi.core.postmortems.document import Postmortem
    from kintsugi.demo.records import demo_record
    from kintsugi.formats.front_matter import split_front_matter
    from kintsugi.plugins.manager import plugin_sections

    for file in files:
        text = read_text(file)
        if split_front_matter(text, file=file).data.get("kind") == "scenario":
            parse_scenario(text, file=file)
        else:
            template = parse_template(text, file=file)
            for postmortem in (demo_record(), Postmortem("Empty")):
                with time_limit():
                    render(template, postmortem, sections=plugin_sections(template.sections))
        typer.echo(f"{file}: ok")
