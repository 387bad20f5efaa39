"""Our Markdown bodies back to fields: which heading holds what, and how it is written there."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kintsugi.core.postmortems.document import ExtraSection
from kintsugi.formats.markdown import read_facts, read_lists, read_tables
from kintsugi.formats.markdown.actions import DERIVED_DATES
from kintsugi.formats.markdown.escape import unescaped

NOTHING = "_Nothing recorded._"
"""Stands in a section that is empty; read back as empty."""
CARRIED = (
    "summary", "impact.text", "lead_up", "trigger", "root_cause", "resolution", "timeline", "contributing_factors",
    "what_went_well", "what_went_poorly", "where_we_got_lucky", "lessons", "action_items", "no_action_because",
    "detection", "response", "whys", "links", "glossary", "known_before", "similar", "sections",
)  # fmt: skip
"""The fields a body may carry; all others stand in the front matter."""

_HEADING = re.compile(r"^(#{1,3})[ \t]+(.*?)[ \t]*#*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
PROMPT = re.compile(r"^<!-- prompt:.*?-->\n*", re.MULTILINE | re.DOTALL)
_FACT = re.compile(r"^- \*\*[^*\n]+\*\*: .*$")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading and the text under it, up to the next heading."""

    level: int
    heading: str
    text: str


def blocks(body: str) -> list[Block]:
    """The body cut at its headings of the first three levels; deeper ones and those in code belong to a text.

    Text before the first heading has heading ''.
    """
    found: list[Block] = []
    level, heading, fence = 0, "", ""
    lines: list[str] = []
    for line in body.split("\n"):
        if line.startswith(("`", "~", " ")) and (mark := _FENCE.match(line)):
            if not fence:
                fence = mark[1]
            elif mark[1][0] == fence[0] and len(mark[1]) >= len(fence):
                fence = ""
        title = _HEADING.match(line) if line.startswith("#") and not fence else None
        if title:
            found.append(Block(level, heading, "\n".join(lines).strip("\n")))
            level, heading, lines = len(title[1]), title[2], []
        else:
            lines.append(line)
    found.append(Block(level, heading, "\n".join(lines).strip("\n")))
    return [block for block in found if block.heading or block.text]


Reader = Callable[[str, "date | None"], Mapping[str, Any]]


def _prose(name: str) -> Reader:
    def read(text: str, _day: date | None) -> Mapping[str, Any]:
        return {name: unescaped(text)}

    return read


def _list(name: str) -> Reader:
    def read(text: str, _day: date | None) -> Mapping[str, Any]:
        return {name: read_lists.items(text)}

    return read


def _after_facts(name: str) -> Reader:
    """Prose under a heading that also holds a list of facts made from numbers."""

    def read(text: str, _day: date | None) -> Mapping[str, Any]:
        lines = [line for line in text.split("\n") if not _FACT.match(line)]
        return {name: unescaped("\n".join(lines).strip("\n"))}

    return read


def _timeline(text: str, day: date | None) -> Mapping[str, Any]:
    events = read_tables.timeline(text, day) if text.startswith("|") else read_lists.timeline(text)
    return {"timeline": events} if events is not None else {}


def _actions(text: str, _day: date | None) -> Mapping[str, Any]:
    if text.startswith("No action, because "):
        return {"no_action_because": unescaped(text.removeprefix("No action, because "))}
    text = text.removesuffix(DERIVED_DATES).rstrip("\n")
    items = read_tables.actions(text) if text.startswith("|") else read_lists.actions(text)
    return {"action_items": items} if items is not None else {}


def _by(name: str, read_text: Callable[[str], Any]) -> Reader:
    """A field read by a function that answers None for what it cannot read."""

    def read(text: str, _day: date | None) -> Mapping[str, Any]:
        value = read_text(text)
        return {} if value is None else {name: value}

    return read


def _backlog(text: str, _day: date | None) -> Mapping[str, Any]:
    return {"known_before": read_facts.known_before(text), "similar": read_facts.similar(text)}


def _what_happened(text: str, _day: date | None) -> Mapping[str, Any]:
    lead_up, _, trigger = ("\n\n" + text).rpartition("\n\n**Trigger:** ")
    if not trigger or not _:
        return {"lead_up": unescaped(text)}
    return {"lead_up": unescaped(lead_up.strip("\n")), "trigger": unescaped(trigger)}


def _factors(text: str, _day: date | None) -> Mapping[str, Any]:
    return {"contributing_factors": read_lists.factors(text)}


_READERS: Mapping[str, Reader] = {
    "summary": _after_facts("summary"), "incident summary": _after_facts("summary"),
    "executive summary": _after_facts("summary"), "impact": _after_facts("impact.text"),
    "impact analysis": _prose("impact.text"), "background": _prose("lead_up"), "trigger": _prose("trigger"),
    "root cause": _prose("root_cause"), "root causes": _prose("root_cause"), "primary cause": _prose("root_cause"),
    "resolution": _prose("resolution"), "resolution and recovery": _prose("resolution"),
    "timeline": _timeline, "contributing factors": _factors, "what went well": _list("what_went_well"),
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
        *_READERS,
        "people",
        "customer impact",
        "technical impact",
        "business impact",
        "impact assessment",
        "root cause analysis",
        "what happened",
        "why it happened",
        "why-tree",
        "response analysis",
        "response evaluation",
        "detection",
        "response",
        "response time",
        "seen before",
        "supporting documentation",
        "supporting information",
        "glossary",
        "metrics",
        "suggested actions",
        "generated",
        "corrective and preventative measures",
        "immediate (within 1 week)",
        "short-term (within 1 month)",
        "long-term (within 1 quarter)",
        "what we are doing",
    }
)


def read_body(
    body: str, day: date | None, template: str, template_headings: Collection[str] = ()
) -> dict[str, Any]:
    """The fields a body carries, by name (`impact.text` for the impact in words).

    `day` dates clock times in a UTC timeline. The generator seed's layout (`basic`) is plain text
    that says each thing once; only its timeline is read. A heading that is none of ours is a
    section of its own, unless it is one of `template_headings`, which the template made.
    """
    found: dict[str, Any] = {}
    extras: list[ExtraSection] = []
    in_extra = False
    for block in blocks(body):
        key, text = block.heading.casefold(), _said(block.text)
        if block.level <= 1:
            continue
        if template == "basic" and key in _SEED_HEADINGS:
            in_extra = False
            if key == "timeline":
                found["timeline"] = read_lists.seed_timeline(text)
        elif key in _OURS or block.heading in template_headings:
            in_extra = False
            if text and key in _READERS and template != "basic":
                _merge(found, _READERS[key](text, day))
        elif in_extra and block.level > 2:
            last = extras.pop()
            more = "\n\n".join(
                part for part in (last.text, f"#### {block.heading}", unescaped(text)) if part
            )
            extras.append(ExtraSection(last.heading, more))
        else:
            in_extra = True
            extras.append(ExtraSection(block.heading, unescaped(text)))
    if extras:
        found["sections"] = tuple(extras)
    return found


def _said(text: str) -> str:
    """The text of a block without questions to the writer; nothing where nothing is recorded."""
    said = PROMPT.sub("", text).strip("\n") if "<!-- prompt:" in text else text
    return "" if said == NOTHING else said


_SEED_HEADINGS = frozenset(
    {"summary", "impact", "timeline", "root cause", "lessons", "action items"}
)


def _merge(found: dict[str, Any], more: Mapping[str, Any]) -> None:
    """The first heading that holds a field wins; a list of facts alone says nothing."""
    for name, value in more.items():
        if value not in ("", ()) and name not in found:
            found[name] = value
