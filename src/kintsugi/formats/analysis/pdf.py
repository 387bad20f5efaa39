"""An analysis as PDF: the same sections and drawings as in HTML, on A4."""

from __future__ import annotations

import json
from importlib.resources import files

from kintsugi.core.analytics.analysis import Analysis
from kintsugi.core.shared.text import clean
from kintsugi.formats.analysis.blocks import Columns, Grid, Input, shapes, unbroken
from kintsugi.formats.analysis.sections import TITLE, headline, period_words, sections_of
from kintsugi.formats.pdf.document import PdfIsNotInstalled, fonts
from kintsugi.formats.pdf.inlines import breakable
from kintsugi.formats.svg.columns import columns_svg
from kintsugi.formats.svg.elements import ON_PAPER

_LONGEST_WORD = 40


def write_analysis_pdf(found: Analysis, given: Input) -> bytes:
    """The document. The same input gives the same bytes; all text reaches typst as data.

    Raises PdfIsNotInstalled without the extra `pdf`.
    """
    try:
        import typst  # noqa: PLC0415 - 80 MB that most installations do without
    except ImportError as error:
        raise PdfIsNotInstalled from error
    content = {
        "title": TITLE,
        "period": period_words(found),
        "sources": _text(", ".join(given.sources)),
        "headline": [[_text(word) for word in one] for one in headline(found)],
        "sections": [
            {"title": section.title, "blocks": [_block(block) for block in section.blocks]}
            for section in sections_of(found, given)
        ],
    }
    compiled = typst.compile(
        (files("kintsugi.formats.analysis") / "templates" / "analysis.typ").read_bytes(),
        font_paths=fonts(),
        format="pdf",
        sys_inputs={"document": json.dumps(content, ensure_ascii=True)},
        timestamp=found.now.replace(microsecond=0),
    )
    return bytes(compiled)


def _block(block: str | Grid | Columns) -> list[object]:
    if isinstance(block, Grid):
        cells = [_text(cell) for row in block.rows for cell in row]
        return ["table", [_text(head) for head in block.heads], cells, shapes(block)]
    if isinstance(block, Columns):
        svg = columns_svg(block.title, block.bars, usual=block.usual, palette=ON_PAPER)
        return ["chart", block.title, svg]
    return ["text", _text(block)]


def _text(words: str) -> str:
    return unbroken(breakable(clean(words), _LONGEST_WORD))
