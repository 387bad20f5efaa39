"""A document as it was set and read through, as values and as the JSON that is kept of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

from markupsafe import Markup

from kintsugi.core.language.finding import Finding, Level
from kintsugi.core.postmortems.completeness import FullAssessment, RuleResult
from kintsugi.core.postmortems.rules import Outcome, RuleLevel
from kintsugi.formats.document.masthead import Masthead
from kintsugi.server.postmortems.web.findings import Found

PAGE, FINDINGS = "page", "findings"
Read = tuple[FullAssessment, tuple[Found, ...]]
"""What the rules and the wording say of a document."""


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
    whys: Sequence[Markup] = ()
    problem: str = ""

    @property
    def empty(self) -> list[str]:
        """The titles of the sections that nobody has written yet."""
        return [section.title for section in self.sections if section.is_empty]


def typeset_written(text: Typeset) -> str:
    """What is kept of it: all but its masthead, which is quickly made."""
    sections = [
        [one.id, one.title, one.heading, one.body, one.is_empty, one.has_actions]
        for one in text.sections
    ]
    kept = [text.title, text.lead, sections, text.timeline_id, list(text.drawings)]
    return json.dumps([*kept, text.whys_id, list(text.whys), text.problem], ensure_ascii=False)


def typeset_read(written: str, masthead: Masthead) -> Typeset:
    """The same again. Its HTML was made safe before it was kept."""
    title, lead, sections, timeline_id, drawings, whys_id, whys, problem = json.loads(written)
    return Typeset(
        masthead, Markup(title), Markup(lead), [_section(*one) for one in sections],  # noqa: S704 - as above
        timeline_id, tuple(map(Markup, drawings)), whys_id, tuple(map(Markup, whys)), problem,
    )  # fmt: skip


def _section(
    id_: str, title: str, heading: str, body: str, is_empty: bool, has_actions: bool
) -> Section:  # fmt: skip
    return Section(id_, title, Markup(heading), Markup(body), is_empty, has_actions)  # noqa: S704 - as above


def findings_written(read: Read) -> str:
    """What is kept of what the rules and the wording say."""
    full, found = read
    kept = [list(map(astuple, full.results)), full.missing, full.flag_below]
    return json.dumps([kept, list(map(astuple, found))], ensure_ascii=False, default=_value)


def findings_read(written: str) -> Read:
    """The same again."""
    (results, missing, flag_below), found = json.loads(written)
    full = FullAssessment(tuple(map(_result, results)), tuple(missing), flag_below)
    return full, tuple(map(_found, found))


def _result(kept: Sequence[Any]) -> RuleResult:
    id_, title, level, outcome, *rest = kept
    return RuleResult(id_, title, RuleLevel(level), Outcome(outcome), *rest)


def _found(kept: Sequence[Any]) -> Found:
    number, part, title, field, (rule, level, *rest) = kept
    return Found(number, part, title, field, Finding(rule, Level(level), *rest))


def _value(word: RuleLevel | Outcome | Level) -> str:
    return str(word.value)
