"""A postmortem typeset for reading: its head, its sections and its drawn timeline, in the words of the exports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from markupsafe import Markup

from kintsugi.core.analysis.why_analysis import WhyAnalysis
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.formats.document.masthead import INTERNAL, Masthead, masthead_of
from kintsugi.formats.errors import InputError
from kintsugi.formats.html.parts import HtmlPart, HtmlParts, html_parts
from kintsugi.formats.markdown.templating import Template, render, shipped_template
from kintsugi.formats.safe_markdown import inline_html
from kintsugi.formats.svg.timeline import timeline_svgs
from kintsugi.formats.svg.why_tree import why_tree_svg
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.plugins.manager import plugin_sections
from kintsugi.server.postmortems import service as postmortems

_ALERT = re.compile(r"(?<=>)/alerts/[A-Za-z0-9_-]+(?=</td>)")
"""An alert of ours as the source of an event: an address inside the service, which exports leave as it is."""
WIDE, NARROW = 704, 340
"""The timeline is drawn twice, for a page and for a phone, as in the HTML export."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the page; `has_actions` where the actions stand, as a table with their states."""

    id: str
    title: str
    heading: Markup
    body: Markup
    is_empty: bool
    has_actions: bool


@dataclass(frozen=True, slots=True)
class Typeset:
    """All that a page or an address for readers outside shows of a document; `problem` of its template, if any."""

    masthead: Masthead
    title: Markup
    lead: Markup
    sections: Sequence[Section]
    timeline_id: str
    drawings: Sequence[Markup]
    whys_id: str = ""
    whys: Markup = Markup("")
    problem: str = ""

    @property
    def empty(self) -> list[str]:
        """The titles of the sections that nobody has written yet."""
        return [section.title for section in self.sections if section.is_empty]


@dataclass(frozen=True, slots=True)
class _Text:
    """A document with a template, told apart by its version: what one version says never changes."""

    id: str
    version: int
    template_name: str
    document: Postmortem = field(compare=False)
    template: Template | None = field(compare=False)
    problem: str = field(compare=False)


def typeset(work: UnitOfWork, stored: postmortems.Stored) -> Typeset:
    """The document in the template it was begun with; in ours when its own fails, and then it says so."""
    document = replace(stored.document, id=stored.reference)
    template, problem = None, ""
    try:
        template = postmortems.templates.template_for(work, stored.template, stored.template_text)
    except InputError as error:
        problem = error.problem
    return _inside(_Text(stored.id, stored.version, stored.template, document, template, problem))


@lru_cache(maxsize=32)
def _inside(text: _Text) -> Typeset:
    """Kept for the next reader. After a change, what did not change is taken from what was set before."""
    problem = text.problem
    if text.template is not None:
        try:
            return _typeset(text.document, _body(text.document, text.template), INTERNAL, "")
        except InputError as error:
            problem = error.problem
    body = _body(text.document, shipped_template(postmortems.templates.USUAL))
    told = f"Its template {text.template_name} cannot be used: {problem}"
    return _typeset(text.document, body, INTERNAL, told)


def typeset_outside(document: Postmortem) -> Typeset:
    """The external view of a document, which the service has made, as the external export has it."""
    return _typeset(document, _body(document, shipped_template("external")), "external", "")


def _body(document: Postmortem, template: Template) -> str:
    return render(template, document, sections=plugin_sections(template.sections))


def _typeset(document: Postmortem, body: str, audience: str, problem: str) -> Typeset:
    masthead, parts = masthead_of(document, audience), html_parts(body)
    place = _place_of_actions(document, parts)
    drawn = parts.drawn(document)
    return Typeset(
        masthead=masthead,
        title=Markup(inline_html(masthead.title)),  # noqa: S704 - made safe by safe_markdown
        lead=Markup(parts.lead),  # noqa: S704 - as above
        sections=[_section(part, has_actions=part is place) for part in parts.sections],
        timeline_id=parts.timeline.id if parts.timeline else "",
        drawings=_drawings(_what_is_drawn(drawn), with_events=audience == INTERNAL)
        if drawn
        else (),
        whys_id=parts.whys.id if parts.whys else "",
        whys=_whys(document) if audience == INTERNAL else Markup(""),
        problem=problem,
    )


def _whys(document: Postmortem) -> Markup:
    if not document.whys:
        return Markup("")
    return Markup(why_tree_svg(WhyAnalysis(document.title, document.whys)))  # noqa: S704 - escaped by formats.svg


def _section(part: HtmlPart, *, has_actions: bool) -> Section:
    return Section(
        part.id,
        part.title,
        Markup(part.heading),  # noqa: S704 - made safe by safe_markdown
        Markup(_ALERT.sub(r'<a href="\g<0>">alert</a>', part.body)),  # noqa: S704 - as above
        part.is_empty,
        has_actions,
    )


def _what_is_drawn(document: Postmortem) -> Postmortem:
    """The document with nothing but what the drawing of its timeline shows."""
    return Postmortem(
        document.title, timeline=document.timeline, milestones=document.milestones,
        zone=document.zone,
    )  # fmt: skip


@lru_cache(maxsize=32)
def _drawings(drawn: Postmortem, *, with_events: bool) -> tuple[Markup, ...]:
    made = timeline_svgs(drawn, (WIDE, NARROW), with_events=with_events)
    return tuple(Markup(svg) for svg in made)  # noqa: S704 - escaped by formats.svg


def _place_of_actions(document: Postmortem, parts: HtmlParts) -> HtmlPart | None:
    """The section that lists every action: there the page lists them with their states instead."""
    described = [_flat(action.description) for action in document.action_items]
    for part in parts.sections:
        if not described or "action" not in part.title.casefold():
            continue
        words = _flat(part.words)
        if all(one in words for one in described):
            return part
    return None


def _flat(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
