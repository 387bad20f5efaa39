"""Named facts in our Markdown bodies: detection, response, links, glossary, the why-tree."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from kintsugi.core.analysis.factors import FACTOR_CATEGORIES
from kintsugi.core.analysis.five_whys import Why
from kintsugi.core.incidents.detection import Detection, DetectionMethod
from kintsugi.core.postmortems.document import (
    GlossaryTerm,
    LinkKind,
    ResponseEvaluation,
    SupportingLink,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import parse_duration
from kintsugi.formats.markdown.escape import unescaped
from kintsugi.formats.markdown.links import source_of

FROM_IMPACT = " from the start of impact"
ACTIONABLE = "Actionable, within our control"
DETECTION_FACTS = ("Noticed by", "Detected by", "Target", "Why not earlier")
RESPONSE_FACTS = (
    "Detection to resolution",
    "Communication",
    "What would have halved the time to detect",
    "What would have halved the time to mitigate",
)
BACKLOG_FACTS = ("Was a fix already known?", "Similar incidents")

CATEGORIES = {label: category for category, label in FACTOR_CATEGORIES.items()}

_FACT = re.compile(r"^- \*\*(?P<name>[^*]+?):?\*\*:? (?P<value>.*)$")
_LINK = re.compile(r"^- (?:\[(?P<title>.*)\]\()?<(?P<url>[^<>]*)>\)?(?: \((?P<kind>\w+)\))?$")
_WHY = re.compile(
    r"^(?P<indent> *)- \*\*(?P<question>[^*]*)\*\* (?P<answer>.*?)"
    r"(?: \((?P<evidence>\[[^\]]*\]\(<[^<>]*>\)|[^()]*)\))?"
    r"(?: \*(?P<marks>[^*]+)\.\*)?$"
)


def named_facts(text: str) -> dict[str, str] | None:
    """`- **Name:** value` lines by name; None if a line is none, or a name stands twice."""
    found: dict[str, str] = {}
    for line in text.split("\n"):
        fact = _FACT.match(line)
        if fact is None or fact["name"] in found:
            return None
        found[fact["name"]] = unescaped(fact["value"])
    return found


def detection(text: str) -> Detection | None:
    """How it was noticed; None if the text says it in another way."""
    facts = named_facts(text)
    if facts is None or not facts.keys() <= set(DETECTION_FACTS):
        return None
    how, by, target, gap = (facts.get(name, "") for name in DETECTION_FACTS)
    try:
        length: timedelta | None = (
            parse_duration(target.removesuffix(FROM_IMPACT)) if target else None
        )
        return Detection(DetectionMethod(how) if how else None, by, gap, length)
    except (InvalidValue, ValueError):
        return None


def response(text: str) -> ResponseEvaluation | None:
    """How the response went; None if the text says it in another way."""
    facts = named_facts(text)
    if facts is None or not facts.keys() <= set(RESPONSE_FACTS):
        return None
    return ResponseEvaluation(*(facts.get(name, "") for name in RESPONSE_FACTS))


def known_before(text: str) -> str:
    """The answer to whether a fix was known; empty if there is none."""
    return (named_facts(text) or {}).get(BACKLOG_FACTS[0], "")


def similar(text: str) -> tuple[str, ...]:
    """The similar incidents; none if there are none."""
    listed = (named_facts(text) or {}).get(BACKLOG_FACTS[1], "")
    return tuple(listed.split(", ")) if listed else ()


def links(text: str) -> tuple[SupportingLink, ...] | None:
    """Supporting links; None if a line is none."""
    found = []
    for line in text.split("\n"):
        link = _LINK.match(line)
        if link is None:
            return None
        title = unescaped((link["title"] or "").replace("\\[", "[").replace("\\]", "]"))
        try:
            kind = LinkKind(link["kind"]) if link["kind"] else LinkKind.OTHER
        except ValueError:
            return None
        found.append(SupportingLink(link["url"], title, kind))
    return tuple(found)


def glossary(text: str) -> tuple[GlossaryTerm, ...] | None:
    """Terms and their meanings; None if a line is none."""
    facts = named_facts(text)
    return (
        None
        if facts is None
        else tuple(GlossaryTerm(term, meaning) for term, meaning in facts.items())
    )


def whys(text: str) -> tuple[Why, ...] | None:
    """The why-tree of a nested list; None if a line is none or hangs in the air."""
    found: list[tuple[int, Why]] = []
    for line in text.split("\n"):
        why = _WHY.match(line)
        depth = len(why["indent"]) // 2 if why else 0
        if why is None or depth > (found[-1][0] + 1 if found else 0):
            return None
        marks = (why["marks"] or "").split(". ")
        category = next((CATEGORIES[mark] for mark in marks if mark in CATEGORIES), "")
        evidence = unescaped(source_of(why["evidence"] or ""))
        question, answer = unescaped(why["question"]), unescaped(why["answer"])
        found.append((depth, Why(question, answer, evidence, category, ACTIONABLE in marks)))
    return _grown(found)


def _grown(listed: list[tuple[int, Why]]) -> tuple[Why, ...]:
    """The tree of a list of (depth, why), children hung under their parents from the last to the first."""
    waiting: dict[int, list[Why]] = {}
    for depth, why in reversed(listed):
        children = tuple(reversed(waiting.pop(depth + 1, [])))
        waiting.setdefault(depth, []).append(replace(why, whys=children))
    return tuple(reversed(waiting.get(0, [])))
