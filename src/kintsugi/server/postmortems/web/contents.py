"""The sections of a postmortem as a reviewer reads them: prose, pairs, lists and tables instead of fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, is_dataclass
from datetime import tzinfo
from typing import Any

from markupsafe import Markup

from kintsugi.core.actions.item import ActionItem
from kintsugi.core.analysis.factors import ContributingFactor
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import GlossaryTerm, Postmortem, SupportingLink
from kintsugi.core.postmortems.revisions import lines_of
from kintsugi.core.postmortems.taking_whys import question_of
from kintsugi.formats.markdown.escape import line
from kintsugi.formats.safe_markdown import inline_html
from kintsugi.formats.whys.outline import whys_written
from kintsugi.server.postmortems.web.controls import Control, Kind, options, shown, value_at
from kintsugi.server.postmortems.web.parts import OF_FIELD

_LINES = frozenset({"title", "zone", "scenario", "owner", "facilitator", "commander"})
"""Texts of one line, which are no Markdown."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What a field of a record is called, and what it holds."""

    label: str
    text: str
    is_markdown: bool


@dataclass(frozen=True, slots=True)
class Content:
    """What a section holds, in one or two of these forms; `outline` is a why-tree as it is typed."""

    prose: str = ""
    line: str = ""
    pairs: tuple[Pair, ...] = ()
    items: tuple[Markup, ...] = ()
    events: tuple[TimelineEvent, ...] = ()
    actions: tuple[ActionItem, ...] = ()
    outline: str = ""


def content_of(document: Postmortem, name: str, zone: tzinfo) -> Content:
    """A section; an empty content where nothing is written."""
    value = getattr(document, name)
    if name in ("timeline", "action_items"):
        return Content(events=value) if name == "timeline" else Content(actions=value)
    if name == "whys":
        return Content(outline=whys_written(value))
    if name == "sections":
        return Content(prose="\n\n".join(f"### {one.heading}\n\n{one.text}" for one in value))
    if isinstance(value, str):
        return Content(line=value) if name in _LINES else Content(prose=value)
    if isinstance(value, tuple):
        return Content(items=tuple(_inline(_item(one) + _from(document, one)) for one in value))
    if is_dataclass(value) and name in OF_FIELD:
        controls = [one for one in OF_FIELD[name].controls if one.head == name and "." in one.path]
        return _record(document, controls, zone)
    return Content(line=", ".join(lines_of(value)))


def _record(document: Postmortem, controls: Iterable[Control], zone: tzinfo) -> Content:
    prose, pairs = "", []
    for control in controls:
        text = shown(control, value_at(document, control.path), zone)
        if not text.strip():
            continue
        if control.path.endswith(".text"):
            prose = text
        else:
            text = dict(options(control)).get(text, text)
            pairs.append(Pair(control.label, text, control.kind is Kind.MARKDOWN))
    return Content(prose=prose, pairs=tuple(pairs))


def _item(one: Any) -> str:  # noqa: ANN401 - an entry of any list of a postmortem
    match one:
        case ContributingFactor():
            return f"{one.text} ({one.category_label})" if one.category else one.text
        case SupportingLink():
            return f"{one.title}: {one.url}" if one.title else one.url
        case GlossaryTerm():
            return f"{one.term}: {one.meaning}"
        case _:
            return str(one)


def _from(document: Postmortem, one: object) -> str:
    """Which why a contributing factor answers, where it is an answer of the postmortem's whys."""
    asked = question_of(document, one) if isinstance(one, ContributingFactor) else ""
    return f" Answers: {line(asked)}" if asked else ""


def _inline(text: str) -> Markup:
    return Markup(inline_html(text))  # noqa: S704 - made safe by safe_markdown
