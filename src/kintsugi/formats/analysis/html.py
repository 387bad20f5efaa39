"""An analysis as one HTML file, complete in itself, in the look of a postmortem."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from kintsugi.core.analytics.analysis import Analysis
from kintsugi.formats.analysis.blocks import Columns, Grid, Input, shapes, unbroken
from kintsugi.formats.analysis.sections import TITLE, headline, period_words, sections_of
from kintsugi.formats.document.parts import free_id
from kintsugi.formats.html.style import page_style, policy, style
from kintsugi.formats.svg.columns import columns_svg

WIDE, NARROW = 704, 340


def write_analysis_html(found: Analysis, given: Input) -> str:
    """The page: no script, no address it fetches from. Each chart has its numbers in its description."""
    taken: set[str] = set()
    sections = [
        {
            "id": free_id(section.title, taken),
            "title": section.title,
            "blocks": [_block(block) for block in section.blocks],
        }
        for section in sections_of(found, given)
    ]
    own_style = page_style(TITLE)
    return _template().render(
        title=TITLE,
        period=period_words(found),
        sources=", ".join(given.sources),
        headline=headline(found),
        sections=sections,
        styles=[Markup(sheet) for sheet in (style(), own_style)],  # noqa: S704 - our own
        policy=policy(style(), own_style),
    )


def _block(block: str | Grid | Columns) -> dict[str, object]:
    if isinstance(block, Grid):
        return {
            "kind": "table",
            "heads": block.heads,
            "rows": [[unbroken(cell) for cell in row] for row in block.rows],
            "shapes": shapes(block),
        }
    if isinstance(block, Columns):
        drawings = [
            columns_svg(block.title, block.bars, usual=block.usual, width=width)
            for width in (WIDE, NARROW)
        ]
        return {
            "kind": "chart",
            "title": block.title,
            "drawings": [Markup(svg) for svg in drawings],  # noqa: S704 - escaped by formats.svg
            "rows": block.bars,
        }
    return {"kind": "text", "text": block}


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("kintsugi.formats.analysis"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("analysis.html")
