"""A why-tree as Markdown, YAML and JSON that read back to the same value, and as a Mermaid flowchart."""

from __future__ import annotations

import json

from kintsugi.core.analysis.five_whys import walk
from kintsugi.core.analysis.why_analysis import WhyAnalysis
from kintsugi.formats.codec import encode
from kintsugi.formats.markdown.escape import line
from kintsugi.formats.markdown.sections import why_lines
from kintsugi.formats.plain import dump_yaml


def whys_markdown(analysis: WhyAnalysis) -> str:
    """The problem as the heading, the tree as a nested list, and what would have halved the times."""
    named = (
        ("Halve detection", analysis.halve_detection),
        ("Halve mitigation", analysis.halve_mitigation),
    )
    parts = [
        f"# {line(analysis.problem)}" if analysis.problem else "",
        "\n".join(why_lines(analysis.whys)),
        "\n".join(f"{name}: {line(text)}" for name, text in named if text),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def whys_json(analysis: WhyAnalysis) -> str:
    """The analysis as JSON that `read_whys` reads back."""
    return json.dumps(encode(analysis), ensure_ascii=False, indent=2) + "\n"


def whys_yaml(analysis: WhyAnalysis) -> str:
    """The analysis as YAML that `read_whys` reads back."""
    return dump_yaml(encode(analysis))


def whys_mermaid(analysis: WhyAnalysis) -> str:
    """A flowchart from the problem down: boxes are answers, arrows their questions; round boxes can be acted on."""
    rows = ["flowchart TD", f'  p["{_quoted(analysis.problem or "The problem")}"]']
    above = ["p"]
    for number, (level, why) in enumerate(walk(analysis.whys), 1):
        name = f"w{number}"
        begins, ends = ('(["', '"])') if why.is_actionable else ('["', '"]')
        del above[level:]
        rows.append(f"  {name}{begins}{_quoted(why.answer or 'Not answered')}{ends}")
        rows.append(f'  {above[-1]} -->|"{_quoted(why.question or "Why?")}"| {name}')
        above.append(name)
    return "\n".join(rows) + "\n"


def _quoted(text: str) -> str:
    """A text within quotes: Mermaid's own entities for what would end it or begin markup."""
    one = " ".join(text.split()).replace("#", "#35;")
    for sign, entity in (
        ('"', "#quot;"),
        ("<", "#lt;"),
        (">", "#gt;"),
        ("`", "#96;"),
        ("\\", "#92;"),
    ):
        one = one.replace(sign, entity)
    return one
