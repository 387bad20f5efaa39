"""Our Markdown bodies back to fields: which heading holds what, and how it is written there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kintsugi.core.incidents.detection import Detection
from kintsugi.core.postmortems.document import ResponseEvaluation
from kintsugi.formats.markdown import escape, read_facts, read_lists, read_tables
from kintsugi.formats.markdown.actions import DERIVED_DATES, HORIZON_TITLES
from kintsugi.formats.markdown.escape import Fences, unescaped, without_prompts
from kintsugi.formats.markdown.unread import Aside

NOTHING = escape.NOTHING
CARRIED = (
    "summary", "impact.text", "lead_up", "trigger", "root_cause", "resolution", "timeline", "contributing_factors",
    "what_went_well", "what_went_poorly", "where_we_got_lucky", "lessons", "action_items", "no_action_because",
    "detection", "response", "whys", "links", "glossary", "known_before", "similar", "sections",
)  # fmt: skip
"""The fields a body may carry; all others stand in the front matter."""

_HEADING = re.compile(r"^(#{1,3})[ \t]+(.*?)[ \t]*#*$")
_UNDERLINE = re.compile(r"^(?:-{3,}|=+)[ \t]*$")
_NO_TITLE = re.compile(r"^(?: |\t|[-*+|>#<]|\d+[.)] |$)")
_FACT = re.compile(r"^- \*\*[^*\n]+\*\*: .*$")
_TRIGGER = re.compile(r"^\*\*Trigger:?\*\*:?[ \t]*", re.MULTILINE)
_SUFFIX = re.compile(r"(?:\s*\([^()]*\))?\s*:?\s*$")
_PREFIX = re.compile(r"^(?:\d+(?:\.\d+)*[.)]?\s+|[^\w\s]+\s+)")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading and the text under it, up to the next heading; `line` is where its text begins in the body, from 1."""

    level: int
    heading: str
    text: str
    line: int


def blocks(body: str) -> list[Block]:
    """The body cut at its headings of the first three levels; deeper ones and those in code belong to a text.

    Text before the first heading has heading ''. An underlined line is a heading too.
    """
    found: list[Block] = []
    level, heading, first = 0, "", 1
    fences = Fences()
    lines: list[str] = []
    for number, line in enumerate(body.split("\n"), start=1):
        is_code = fences.is_code(line)
        title = _HEADING.match(line) if line.startswith("#") and not is_code else None
        if title:
            found.append(_block(level, heading, lines, first))
            level, heading, lines, first = len(title[1]), title[2], [], number + 1
        elif line[:1] in ("-", "=") and not is_code and _is_underline(line, lines):
            above = lines.pop()
            found.append(_block(level, heading, lines, first))
            level, heading, lines, first = (
                (1 if line[0] == "=" else 2),
                above.strip(),
                [],
                number + 1,
            )
        else:
            lines.append(line)
    found.append(_block(level, heading, lines, first))
    return [block for block in found if block.heading or block.text]


def _is_underline(line: str, above: list[str]) -> bool:
    return bool(
        above
        and _UNDERLINE.match(line)
        and not _NO_TITLE.match(above[-1])
        and (len(above) < 2 or not above[-2].strip())
    )


def _block(level: int, heading: str, lines: list[str], first: int) -> Block:
    blank = next((at for at, line in enumerate(lines) if line), 0)
    return Block(level, heading, "\n".join(lines).strip("\n"), first + blank)


Reader = Callable[[str, Aside], Mapping[str, Any]]


def _prose(name: str) -> Reader:
    def read(text: str, _aside: Aside) -> Mapping[str, Any]:
        return {name: unescaped(text.strip("\n"))}

    return read


def _list(name: str) -> Reader:
    def read(text: str, _aside: Aside) -> Mapping[str, Any]:
        return {name: read_lists.items(text.strip("\n"))}

    return read


def _beside_facts(name: str) -> Reader:
    """Prose under a heading that may also hold a list of facts made from numbers."""

    def read(text: str, aside: Aside) -> Mapping[str, Any]:
        lines = text.split("\n")
        if aside.has_made:
            aside.made.extend(line for line in lines if _FACT.match(line))
            lines = [line for line in lines if not _FACT.match(line)]
        return {name: unescaped("\n".join(lines).strip("\n"))}

    return read


def _timeline(text: str, aside: Aside) -> Mapping[str, Any]:
    read = read_tables.timeline if read_tables.has_table(text) else read_lists.timeline
    return {"timeline": read(text, aside)}


def _actions(text: str, aside: Aside) -> Mapping[str, Any]:
    reason = read_lists.no_action(text)
    if reason is not None:
        return {"no_action_because": reason}
    text = text.replace(DERIVED_DATES, "")
    read = read_tables.actions if read_tables.has_table(text) else read_lists.actions
    return {"action_items": read(text, aside)}


def _by(name: str, read_text: Callable[[str, Aside], Any]) -> Reader:
    def read(text: str, aside: Aside) -> Mapping[str, Any]:
        return {name: read_text(text, aside)}

    return read


def _backlog(text: str, aside: Aside) -> Mapping[str, Any]:
    known, similar = read_facts.backlog(text, aside)
    return {"known_before": known, "similar": similar}


def _what_happened(text: str, _aside: Aside) -> Mapping[str, Any]:
    named = list(_TRIGGER.finditer(text))
    if not named:
        return {"lead_up": unescaped(text.strip("\n"))}
    lead_up, trigger = text[: named[-1].start()], text[named[-1].end() :]
    return {"lead_up": unescaped(lead_up.strip("\n")), "trigger": unescaped(trigger.strip("\n"))}


_READERS: Mapping[str, Reader] = {
    "summary": _beside_facts("summary"), "incident summary": _beside_facts("summary"),
    "executive summary": _beside_facts("summary"), "impact": _beside_facts("impact.text"),
    "impact analysis": _prose("impact.text"), "background": _prose("lead_up"), "trigger": _prose("trigger"),
    "root cause": _prose("root_cause"), "root causes": _prose("root_cause"), "primary cause": _prose("root_cause"),
    "resolution": _prose("resolution"), "resolution and recovery": _prose("resolution"),
    "timeline": _timeline, "contributing factors": _by("contributing_factors", read_lists.factors),
    "what went well": _list("what_went_well"),
    "what could be improved": _list("what_went_poorly"), "areas for improvement": _list("what_went_poorly"),
    "what went wrong": _list("what_went_poorly"), "what could have gone better": _list("what_went_poorly"),
    "lucky factors": _list("where_we_got_lucky"), "where we got lucky": _list("where_we_got_lucky"),
    "lessons": _list("lessons"), "lessons learned": _list("lessons"), "action items": _actions,
    "what happened": _what_happened,
    "detection": _by("detection", read_facts.detection),
    "response": _by("response", read_facts.response),
    "response time": _by("response", read_facts.response),
    "why it happened": _by("whys", read_facts.whys),
    "why-tree": _by("whys", read_facts.whys),
    "seen before": _backlog,
    "supporting documentation": _by("links", read_facts.links),
    "supporting information": _by("links", read_facts.links),
    "glossary": _by("glossary", read_facts.glossary),
}  # fmt: skip
_OURS = frozenset(
    {
        *_READERS, *(title.casefold() for title in HORIZON_TITLES.values()),
        "people", "customer impact", "technical impact", "business impact", "impact assessment", "root cause analysis",
        "response analysis", "response evaluation", "metrics", "suggested actions", "generated",
        "corrective and preventative measures", "what we are doing",
    }
)  # fmt: skip


def known_heading(heading: str) -> str:
    """The heading's name among ours, without numbers, signs, a colon or a note in brackets; '' if it is none."""
    key = heading.casefold().strip()
    if key in _OURS:
        return key
    key = _PREFIX.sub("", _SUFFIX.sub("", key.strip("*_"))).strip("*_ ")
    return key if key in _OURS else ""


@dataclass(slots=True)
class Outcome:
    """What one block says: fields with a value, text beside them, lines that a template made, notes."""

    fields: dict[str, Any] = field(default_factory=dict)
    rest: str = ""
    made: str = ""
    notes: list[str] = field(default_factory=list)


def read_block(block: Block, day: date | None, *, has_made: bool) -> Outcome | None:
    """The fields of a block; None if its heading has no reader. Raises Misread for a line it cannot read.

    `day` dates clock times in a UTC timeline; `has_made` is whether a template made lines here.
    """
    reader = _READERS.get(known_heading(block.heading)) if block.level > 1 else None
    if reader is None:
        return None
    aside = Aside(day, has_made)
    text = without_prompts(block.text)
    fields = reader(text, aside) if text.strip("\n") else {}
    said = {name: value for name, value in fields.items() if value not in EMPTY_VALUES}
    made = "\n".join(aside.made)
    return Outcome(said, "\n".join(aside.rest).strip("\n"), made, aside.notes)


EMPTY_VALUES: tuple[Any, ...] = ("", (), Detection(), ResponseEvaluation())
