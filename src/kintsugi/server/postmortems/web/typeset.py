"""A postmortem typeset for reading: its head, its sections and its drawn timeline, in the words of the exports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from markupsafe import Markup

from kintsugi.core.analysis.why_analysis import WhyAnalysis
from kintsugi.core.postmortems.document import ExtraSection, Postmortem
from kintsugi.core.shared.same import LONG
from kintsugi.formats.document.masthead import INTERNAL, masthead_of
from kintsugi.formats.errors import InputError
from kintsugi.formats.html.parts import HtmlPart, HtmlParts, html_parts
from kintsugi.formats.markdown.templating import Template, render, shipped_template
from kintsugi.formats.safe_markdown import inline_html
from kintsugi.formats.svg.timeline import timeline_drawn, timeline_svgs
from kintsugi.formats.svg.why_tree import why_tree_svgs
from kintsugi.kernel.latest import Latest
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.plugins.manager import plugin_sections
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.web.set_pages import PAGE, Section, Typeset, typeset_read

_ALERT = re.compile(r"(?<=>)/alerts/[A-Za-z0-9_-]+(?=</td>)")
"""An alert of ours as the source of an event: an address inside the service, which exports leave as it is."""
WIDE, NARROW = 704, 340
"""The timeline is drawn twice, for a page and for a phone, as in the HTML export."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A document with a template, told apart by its version: what one version says never changes."""

    id: str
    version: int
    template_name: str
    sections: tuple[ExtraSection, ...]
    document: Postmortem = field(compare=False)
    template: Template | None = field(compare=False)
    problem: str = field(compare=False)


_LATEST: Latest[Typeset] = Latest(32)
"""After a change, what did not change is taken from what was set before."""


def typeset(work: UnitOfWork, stored: postmortems.Stored) -> Typeset:
    """The document in the template it was begun with; in ours when its own fails, and then it says so."""
    document = replace(stored.document, id=stored.reference)
    template, problem = None, ""
    try:
        template = postmortems.templates.template_for(work, stored.template, stored.template_text)
    except InputError as error:
        problem = error.problem
    text = _Text(
        stored.id, stored.version, stored.template, document.sections, document, template, problem
    )
    return _LATEST.get(text) or _LATEST.put(text, _kept(work, stored, text) or _inside(text))


def _kept(work: UnitOfWork, stored: postmortems.Stored, text: _Text) -> Typeset | None:
    """What was set of this very document before, in whatever process."""
    if text.template is None or not is_ours(text.template):
        return None
    written = postmortems.pages.find(work, stored, PAGE, text.template.source)
    return None if written is None else typeset_read(written, masthead_of(text.document, INTERNAL))


def is_ours(template: Template) -> bool:
    """Whether no plugin has a section in it: what theirs say may depend on more than the document."""
    return plugin_sections(template.sections) is template.sections


def _inside(text: _Text) -> Typeset:
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
        whys=_whys(document) if audience == INTERNAL else (),
        problem=problem,
    )


def _whys(document: Postmortem) -> tuple[Markup, ...]:
    """The drawings of the why-tree, each of which a page of paper holds as well."""
    if not document.whys:
        return ()
    drawn = why_tree_svgs(WhyAnalysis(document.title, document.whys))
    return _marked(drawn)


def _with_alerts(html: str) -> str:
    """Alerts as links; a long text has mostly none, and looking for them by pattern takes as long as all else."""
    return _ALERT.sub(r'<a href="\g<0>">alert</a>', html) if "/alerts/" in html else html


def _section(part: HtmlPart, *, has_actions: bool) -> Section:
    return Section(
        part.id,
        part.title,
        Markup(part.heading),  # noqa: S704 - made safe by safe_markdown
        Markup(_with_alerts(part.body)),  # noqa: S704 - as above
        part.is_empty,
        has_actions,
    )


def _what_is_drawn(document: Postmortem) -> Postmortem:
    """The document with nothing but what the drawing of its timeline shows."""
    return Postmortem(
        document.title, timeline=document.timeline, milestones=document.milestones,
        zone=document.zone,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A document told apart by what its drawing shows of it: of a long timeline when, and the words of key moments."""

    key: tuple[object, ...]
    document: Postmortem = field(compare=False)


def _drawings(document: Postmortem, *, with_events: bool) -> tuple[Markup, ...]:
    """The drawings; words that no drawing shows may change, and it stays."""
    events = document.timeline
    if len(events) > LONG:
        said = tuple((at, one.description) for at, one in enumerate(events) if one.important)
        times = tuple(event.time for event in events)
        key = (document.title, document.milestones, document.zone, times, said)
        svgs = _by_times(_Drawn(key, document), with_events=with_events)
        if svgs is not None:
            return svgs
    return _in_full(document, with_events=with_events)


@lru_cache(maxsize=16)
def _by_times(drawn: _Drawn, *, with_events: bool) -> tuple[Markup, ...] | None:
    """The drawings, unless there are words of other events on them."""
    svgs, says_all = timeline_drawn(drawn.document, (WIDE, NARROW), with_events=with_events)
    return None if says_all else _marked(svgs)


@lru_cache(maxsize=32)
def _in_full(document: Postmortem, *, with_events: bool) -> tuple[Markup, ...]:
    return _marked(timeline_svgs(document, (WIDE, NARROW), with_events=with_events))


def _marked(svgs: Sequence[str]) -> tuple[Markup, ...]:
    return tuple(Markup(svg) for svg in svgs)  # noqa: S704 - escaped by formats.svg


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
