"""`kintsugi faulttree`: solve, check, convert and draw fault trees in files, with no server."""

from __future__ import annotations

import random
import time
from typing import Annotated

import typer

from kintsugi.cli.faulttree_output import solution_data, solution_text
from kintsugi.cli.inputs import read_bytes, shown
from kintsugi.cli.options import Json, Output
from kintsugi.cli.output import BAD_INPUT, FINDINGS, fail, note, print_json, write_result
from kintsugi.core.analysis.faulttree.advice import paths_of
from kintsugi.core.analysis.faulttree.budget import MAX_NODES, Budget
from kintsugi.core.analysis.faulttree.model import FaultTree
from kintsugi.core.analysis.faulttree.solution import EXACT
from kintsugi.core.analysis.faulttree.solve import Question, solve
from kintsugi.core.analysis.faulttree.validation import top_of
from kintsugi.core.shared.errors import DomainError
from kintsugi.core.shared.text import either, plural
from kintsugi.formats.faulttree.files import WRITERS, read_fault_tree
from kintsugi.formats.faulttree.shipped import EXAMPLES, example_text
from kintsugi.formats.faulttree.tree_file import TreeFile

app = typer.Typer(
    help="Fault trees: what must fail together, and how probable it is.", no_args_is_help=True
)

TreeName = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="A fault tree as text, YAML, JSON or Open-PSA MEF; - is standard input.",
    ),
]
TreeNames = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help="Fault trees as text, YAML, JSON or Open-PSA MEF; - is standard input.",
    ),
]
ListUpTo = Annotated[
    int,
    typer.Option("--cut-sets", min=0, max=1_000_000, help="List so many; all are counted."),
]
Ranked = Annotated[bool, typer.Option("--importance", help="Rank the events by what they mean.")]
Samples = Annotated[
    int,
    typer.Option("--uncertainty", min=0, max=1_000_000, help="Monte Carlo with so many samples."),
]
Seed = Annotated[int, typer.Option("--seed", help="Where the samples' chance begins.")]
MostNodes = Annotated[
    int, typer.Option("--max-nodes", min=1, max=100_000_000, help="The largest diagram.")
]
Timeout = Annotated[float, typer.Option("--timeout", min=0, help="Seconds to work at most.")]
Form = Annotated[str, typer.Option("--to", help="One of text, yaml, json, mef, mermaid.")]
Fixed = Annotated[
    bool, typer.Option("--paper", help="Fixed light colours, for what knows no CSS variables.")
]


@app.callback()
def faulttrees() -> None:
    """Fault trees: what must fail together, and how probable it is."""


@app.command(name="solve")
def solve_file(
    file: TreeName,
    cut_sets: ListUpTo = 20,
    importance: Ranked = False,
    uncertainty: Samples = 0,
    seed: Seed = 1,
    max_nodes: MostNodes = MAX_NODES,
    timeout: Timeout = 60,
    as_json: Json = False,
) -> None:
    """Solve a fault tree: exact probability, minimal cut sets, and more if asked.

    Exits 1 when the nodes or the time did not suffice for all that was asked; the answer says which part.
    """
    read = _read(file)
    tree = _sound(read)
    began = time.monotonic()
    question = Question(
        cut_sets=cut_sets,
        wants_importance=importance,
        samples=uncertainty,
        chance=random.Random(seed).random,  # noqa: S311 - a sample, and the same for the same seed
    )
    budget = Budget(max_nodes, lambda: time.monotonic() - began > timeout)
    found = solve(tree, question, budget)
    seconds = time.monotonic() - began
    for text in found.notes:
        note(f"{shown(file)}: note: {text}")
    if as_json:
        print_json(solution_data(found, paths_of(tree, found.top), seconds=seconds, seed=seed))
    else:
        typer.echo(solution_text(found, seed=seed))
    is_exact = found.probability.method == found.cut_sets.method == EXACT
    if (
        not is_exact
        or found.cut_sets.single_count is None
        or (uncertainty and found.uncertainty is None)
    ):
        raise typer.Exit(FINDINGS)


@app.command()
def check(files: TreeNames, as_json: Json = False) -> None:
    """Check fault trees: what cannot be solved, and what is suspicious.

    Exits 0 when all are sound, 1 when there are warnings alone, 2 when a tree cannot be solved or read.
    """
    results = []
    worst = 0
    for file in files:
        try:
            read = read_fault_tree(read_bytes(file), file=shown(file))
            found = [(one.is_warning, text) for one, text in read.findings()]
        except DomainError as error:
            read, found = None, [(False, str(error))]
        for is_warning, _ in found:
            worst = max(worst, FINDINGS if is_warning else BAD_INPUT)
        if as_json:
            results.append(
                {
                    "file": file, "form": read.form if read else None,
                    "findings": [
                        {"level": "warning" if is_warning else "error", "text": text}
                        for is_warning, text in found
                    ],
                }
            )  # fmt: skip
            continue
        for is_warning, text in found:
            note(f"{'warning' if is_warning else 'error'}: {text}")
        if read is not None and all(is_warning for is_warning, _ in found):
            typer.echo(f"{shown(file)}: {_size(read.tree)}; top event {top_of(read.tree)}")
    if as_json:
        print_json(results)
    if worst:
        raise typer.Exit(worst)


@app.command()
def convert(file: TreeName, to: Form, output: Output = None) -> None:
    """Write a fault tree in another form."""
    writer = WRITERS.get(to)
    if writer is None:
        fail(f"--to: {to!r} is not known; expected {either(list(WRITERS))}")
    write_result(writer(_sound(_read(file))), output)


@app.command()
def draw(file: TreeName, output: Output = None, paper: Fixed = False) -> None:
    """Draw a fault tree as SVG."""
    from kintsugi.formats.svg import fault_tree_svg

    tree = _sound(_read(file))
    # A picture in a file of its own has no page around it to take colours from.
    is_on_paper = paper or output is not None
    write_result(fault_tree_svg(tree, top_of(tree), is_on_paper=is_on_paper) + "\n", output)


@app.command()
def example(
    name: Annotated[str, typer.Argument(metavar="NAME", help=" or ".join(EXAMPLES))],
    output: Output = None,
) -> None:
    """Print an example tree to start from."""
    write_result(example_text(name), output)


def _read(file: str) -> TreeFile:
    read = read_fault_tree(read_bytes(file), file=shown(file))
    for text in read.notes:
        note(f"{shown(file)}: note: {text}")
    return read


def _sound(read: TreeFile) -> FaultTree:
    tree = read.sound()
    for finding, text in read.findings():
        if finding.is_warning:
            note(f"warning: {text}")
    return tree


def _size(tree: FaultTree) -> str:
    parts = [plural(len(tree.gates), "gate"), plural(len(tree.events), "basic event")]
    if tree.houses:
        parts.append(plural(len(tree.houses), "house event"))
    if tree.common_causes:
        parts.append(plural(len(tree.common_causes), "common cause"))
    return ", ".join(parts)
