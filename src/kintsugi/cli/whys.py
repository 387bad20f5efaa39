"""`kintsugi whys`: a why-tree of a file, what it still asks for, and what it comes to."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any

import typer

from kintsugi.cli.inputs import read_bytes, shown
from kintsugi.cli.options import Json
from kintsugi.cli.output import fail, note, print_json
from kintsugi.core.analysis.factors import FACTOR_CATEGORIES
from kintsugi.core.analysis.five_whys import Why, walk
from kintsugi.core.analysis.why_analysis import (
    WhyAnalysis,
    WhyHint,
    as_guide,
    causes,
    factors,
    hints,
    open_ends,
    recommendations,
)
from kintsugi.core.analysis.why_wording import wording_hints
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.core.shared.text import one_line, plural
from kintsugi.formats.codec import encode
from kintsugi.formats.whys import read_whys, whys_markdown, whys_mermaid


class Form(Enum):
    """What a why-tree is written as."""

    TEXT = "text"
    MARKDOWN = "markdown"
    MERMAID = "mermaid"


File = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="A Markdown outline, or YAML or JSON; - is standard input."
    ),
]
Written = Annotated[Form, typer.Option("--format", help="What to print.")]
Declared = Annotated[
    str,
    typer.Option(
        "--severity", metavar="SEVERITY", help="The incident's: SEV-1 and SEV-2 ask for two factors."
    ),
]  # fmt: skip


def whys(
    file: File, form: Written = Form.TEXT, severity: Declared = "", as_json: Json = False
) -> None:
    """Show a why-tree: where it stopped, what it still asks for, and the factors in it.

    A numbered list is a chain, a nested list a tree; problem, whys and the guide's analysis are read as YAML and
    JSON. Nothing said in an answer ends it: people do, by marking it as actionable and within our control.
    """
    declared = _severity(severity)
    analysis, notes = read_whys(read_bytes(file), file=shown(file))
    for text in notes:
        note(f"{shown(file)}: note: {text}")
    if as_json:
        print_json(_as_data(analysis, declared))
    elif form is Form.MARKDOWN:
        typer.echo(whys_markdown(analysis), nl=False)
    elif form is Form.MERMAID:
        typer.echo(whys_mermaid(analysis), nl=False)
    else:
        typer.echo(_as_text(analysis, declared))


def _severity(written: str) -> Severity | None:
    if not written:
        return None
    try:
        return parse_severity(written)
    except InvalidValue as error:
        fail(f"--severity: {error}")


def _as_data(analysis: WhyAnalysis, severity: Severity | None) -> dict[str, Any]:
    return {
        **as_guide(analysis),
        "whys": encode(analysis.whys),
        "factors": [{"text": one.text, "category": one.category} for one in factors(analysis)],
        "open_ends": [one.answer or one.question for one in open_ends(analysis)],
        "halve_detection": analysis.halve_detection,
        "halve_mitigation": analysis.halve_mitigation,
        "hints": _hint_data(hints(analysis, severity)),
        "wording": _hint_data(wording_hints(analysis)),
    }


def _hint_data(found: tuple[WhyHint, ...]) -> list[dict[str, str]]:
    return [{"text": one.text, "reason": one.reason, "about": one.about} for one in found]


def _as_text(analysis: WhyAnalysis, severity: Severity | None) -> str:
    parts = [one_line(analysis.problem) or "The problem is not named"]
    parts += [_told(level, why) for level, why in walk(analysis.whys)]
    for name, text in (
        ("Would halve detection", analysis.halve_detection),
        ("Would halve mitigation", analysis.halve_mitigation),
    ):
        parts += [f"{name}: {one_line(text)}"] if text else []
    stopped = causes(analysis)
    parts.append("")
    if stopped:
        parts.append("Actionable, within our control:")
        parts += [f"  {one_line(one.answer)}" for one in stopped]
        parts += [f"  -> {text}" for text in recommendations(analysis)]
    else:
        parts.append("No answer is marked as actionable and within our control.")
    people = wording_hints(analysis)
    parts += _asked(people, f"{plural(len(people), 'line')} about people:")
    open_ = hints(analysis, severity)
    return "\n".join([*parts, *_asked(open_, f"{plural(len(open_), 'thing')} to think about:")])


def _told(level: int, why: Why) -> str:
    marks = [
        FACTOR_CATEGORIES.get(why.category, why.category),
        f"{why.confidence.value} confidence" if why.confidence else "",
        one_line(why.evidence),
    ]
    said = "; ".join(mark for mark in marks if mark)
    indent = "  " * level
    return (
        f"{indent}{one_line(why.question)}\n{indent}  {one_line(why.answer) or '-'}"
        + (f"  ({said})" if said else "")
        + ("  [actionable]" if why.is_actionable else "")
    )


def _asked(found: tuple[WhyHint, ...], heading: str) -> list[str]:
    """The hints under a heading, those that ask the same of several answers together."""
    if not found:
        return []
    told: dict[str, list[WhyHint]] = {}
    for one in found:
        told.setdefault(one.text, []).append(one)
    lines = ["", heading]
    for text, same in told.items():
        lines.append(f"  {text}")
        lines += [
            f"    {one_line(one.about)}: {one.reason}" if one.about else f"    {one.reason}"
            for one in same
        ]
    return lines
