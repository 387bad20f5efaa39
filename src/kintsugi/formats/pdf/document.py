"""The PDF of a postmortem: the same head, sections and drawing as in HTML, on A4."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from kintsugi.core.analysis.why_analysis import WhyAnalysis
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.errors import DomainError
from kintsugi.core.shared.text import clean
from kintsugi.formats.document.masthead import INTERNAL, Masthead, masthead_of
from kintsugi.formats.document.parts import Parts, parts_of
from kintsugi.formats.pdf.inlines import breakable, inlines_of
from kintsugi.formats.pdf.nodes import nodes_of
from kintsugi.formats.safe_markdown import parse_inline, plain
from kintsugi.formats.svg.shapes import shape
from kintsugi.formats.svg.timeline import timeline_svg
from kintsugi.formats.svg.why_tree import why_tree_svgs

if TYPE_CHECKING:
    import typst

_WIDTH = 704
_TALLEST = 900
"""Of a drawing on a page, in the same pixels: with its heading it still fits on one."""
_SIZE = re.compile(r' width="([\d.]+)" height="([\d.]+)"')
_SEVERITY_COLOURS = {
    1: ("#b42318", "#b42318", "#ffffff"),
    2: ("#fdebdd", "#c25a12", "#8a3b00"),
    3: ("#e7eef9", "#4a78be", "#1e4a8c"),
}
_OTHER_COLOURS = ("#ffffff", "#85857d", "#4f4f49")


class PdfIsNotInstalled(DomainError):
    """PDF needs typst, which comes with an extra: pip install 'kintsugi[pdf]'."""

    def __init__(self) -> None:
        super().__init__("PDF needs typst, which comes with an extra: pip install 'kintsugi[pdf]'")


def write_pdf(postmortem: Postmortem, body_markdown: str, *, audience: str = INTERNAL) -> bytes:
    """The document as PDF, made from the same rendered template as the HTML. The same input gives the same bytes.

    Everything typed reaches typst as data, in JSON; only our template is code. Raises
    PdfIsNotInstalled without the extra `pdf`.
    """
    try:
        import typst  # noqa: PLC0415 - 80 MB that most installations do without
    except ImportError as error:
        raise PdfIsNotInstalled from error
    content = json.dumps(_content(postmortem, body_markdown, audience), ensure_ascii=True)
    compiled = typst.compile(
        (files("kintsugi.formats.pdf") / "templates" / "postmortem.typ").read_bytes(),
        font_paths=fonts(),
        format="pdf",
        sys_inputs={"document": content},
        timestamp=_written_at(postmortem) or datetime(1970, 1, 1, tzinfo=UTC),
    )
    return bytes(compiled)


@cache
def fonts() -> typst.Fonts:
    """Inter, then what typst and the system have for other scripts; read once."""
    import typst  # noqa: PLC0415 - as above

    with as_file(files("kintsugi.formats") / "assets" / "inter") as folder:
        return typst.Fonts(font_paths=[str(folder)])


def _content(postmortem: Postmortem, body_markdown: str, audience: str) -> dict[str, object]:
    masthead = masthead_of(postmortem, audience)
    parts = parts_of(body_markdown)
    written_at = _written_at(postmortem)
    return {
        "title": inlines_of(parse_inline(masthead.title), 40),
        "plain_title": plain(masthead.title),
        "reference": masthead.reference,
        "status": _badge(masthead.status_word, masthead.status_shape, _OTHER_COLOURS),
        "severity": _severity(masthead),
        "when": "".join(words.text for words in masthead.when),
        "duration": masthead.duration,
        "note": masthead.duration_note,
        "people": [
            [group.role, breakable(", ".join(group.names), 40)] for group in masthead.people
        ],
        "authors": [
            name for group in masthead.people if group.role == "Owner" for name in group.names
        ],
        "keywords": [clean(tag) for tag in postmortem.tags],
        "written": [written_at.year, written_at.month, written_at.day] if written_at else [],
        "lead": nodes_of(parts.lead),
        "sections": _sections(postmortem, parts, audience),
        "empty": [breakable(part.title, 40) for part in parts.sections if part.is_empty],
    }


def _sections(postmortem: Postmortem, parts: Parts, audience: str) -> list[dict[str, object]]:
    """The sections that say something, the drawing in the first about the timeline."""
    drawn = parts.drawn(postmortem)
    drawing = drawn and timeline_svg(
        drawn, width=_WIDTH, with_events=audience == INTERNAL, is_on_paper=True
    )
    whys = _whys(postmortem, audience)
    sections: list[dict[str, object]] = []
    for part in parts.sections:
        is_drawn = bool(drawing) and part is parts.timeline
        if is_drawn or not part.is_empty:
            sections.append(
                {
                    "title": inlines_of(part.heading, 50),
                    "drawing": drawing if is_drawn else "",
                    "blocks": nodes_of(part.tokens),
                    "whys": whys if part is parts.whys else [],
                }
            )
    return sections


def _whys(postmortem: Postmortem, audience: str) -> list[dict[str, object]]:
    """The drawings of the why-tree, in parts that are read on a page, each with its share of the text's width."""
    if not postmortem.whys or audience != INTERNAL:
        return []
    drawn = why_tree_svgs(WhyAnalysis(postmortem.title, postmortem.whys), is_on_paper=True)
    return [
        {
            "svg": svg, "share": _share(svg),
            "caption": f"Drawing {number} of {len(drawn)}" if len(drawn) > 1 else "",
        }
        for number, svg in enumerate(drawn, 1)
    ]  # fmt: skip


def _share(svg: str) -> float:
    """How much of the text's width a drawing takes, in percent, so that no page is too small for it."""
    size = _SIZE.search(svg)
    wide, high = (float(size[1]), float(size[2])) if size else (_WIDTH, _WIDTH)
    return 100 * min(1.0, wide / _WIDTH, _TALLEST * wide / (high * _WIDTH))


def _severity(masthead: Masthead) -> list[str]:
    if not masthead.severity:
        return []
    colours = _SEVERITY_COLOURS.get(masthead.severity, _OTHER_COLOURS)
    return _badge(masthead.severity_label, masthead.severity_shape, colours)


def _badge(word: str, drawn: str, colours: tuple[str, str, str]) -> list[str]:
    ground, line, ink = colours
    return [word, shape(drawn, colour=ink), ground, line, ink]


def _written_at(postmortem: Postmortem) -> datetime | None:
    """When the text was last changed, as far as known: never the time of the export, which would differ each time."""
    moment = postmortem.updated_at or postmortem.published_at or postmortem.created_at
    if moment is None or not 1970 < moment.year < 9999:
        return None
    return moment.astimezone(UTC).replace(microsecond=0)
