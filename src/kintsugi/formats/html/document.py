"""The HTML file of a postmortem, put together from its head, its sections, its drawn timeline and its drawn whys."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from kintsugi.core.analysis.why_analysis import WhyAnalysis
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.formats.document.masthead import INTERNAL, masthead_of
from kintsugi.formats.html.parts import HtmlPart, html_parts
from kintsugi.formats.html.style import page_style, policy, style
from kintsugi.formats.safe_markdown import inline_html, plain
from kintsugi.formats.svg.shapes import shape
from kintsugi.formats.svg.timeline import timeline_svgs
from kintsugi.formats.svg.why_tree import why_tree_svgs

WIDE, NARROW = 704, 340
"""The timeline is drawn twice, for a page and for a phone; the style shows one of them."""


def write_html(postmortem: Postmortem, body_markdown: str, *, audience: str = INTERNAL) -> str:
    """One HTML file, complete in itself: no script, no address it fetches from.

    `body_markdown` is the rendered template. Its title gives way to a head made from the postmortem;
    the timeline is drawn in the first section whose heading names it. Any audience but `internal`
    sees neither the people in the head nor the events in the drawing.
    """
    masthead = masthead_of(postmortem, audience)
    parts = html_parts(body_markdown)
    with_events = audience == INTERNAL
    own_style = page_style(masthead.reference)
    sections = [_section(part) for part in parts.sections]
    drawn = parts.drawn(postmortem)
    drawings = timeline_svgs(drawn, (WIDE, NARROW), with_events=with_events) if drawn else []
    return _template().render(
        masthead=masthead,
        status_shape=Markup(shape(masthead.status_shape)),  # noqa: S704 - our own
        severity_shape=Markup(shape(masthead.severity_shape)),  # noqa: S704 - our own
        page_title=plain(masthead.title),
        title=Markup(inline_html(masthead.title)),  # noqa: S704 - made safe by safe_markdown
        lead=Markup(parts.lead),  # noqa: S704 - as above
        sections=sections,
        empty=[part.title for part in parts.sections if part.is_empty],
        timeline_id=parts.timeline.id if parts.timeline else "",
        whys_id=parts.whys.id if parts.whys else "",
        whys=[Markup(svg) for svg in _whys(postmortem, audience)],  # noqa: S704 - escaped by formats.svg
        drawings=[Markup(svg) for svg in drawings],  # noqa: S704 - escaped by formats.svg
        styles=[Markup(sheet) for sheet in (style(), own_style)],  # noqa: S704 - our own
        policy=policy(style(), own_style),
    )


def _whys(postmortem: Postmortem, audience: str) -> list[str]:
    """The drawings of the why-tree; none where there is none, or for readers outside."""
    if not postmortem.whys or audience != INTERNAL:
        return []
    return why_tree_svgs(WhyAnalysis(postmortem.title, postmortem.whys))


def _section(part: HtmlPart) -> dict[str, object]:
    return {
        "id": part.id,
        "title": part.title,
        "heading": Markup(part.heading),  # noqa: S704 - made safe by safe_markdown
        "body": Markup(part.body),  # noqa: S704 - as above
        "is_empty": part.is_empty,
    }


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("kintsugi.formats.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("postmortem.html")
