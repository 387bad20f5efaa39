"""Named facts in our Markdown bodies: detection, response, links, glossary, the why-tree."""

from __future__ import annotations

import re
from dataclasses import replace

from kintsugi.core.analysis.factors import FACTOR_CATEGORIES
from kintsugi.core.analysis.five_whys import Confidence, Why
from kintsugi.core.incidents.detection import Detection, DetectionMethod
from kintsugi.core.postmortems.document import (
    GlossaryTerm,
    LinkKind,
    ResponseEvaluation,
    SupportingLink,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import DURATION_EXPECTED, parse_duration
from kintsugi.formats.markdown.escape import unescaped
from kintsugi.formats.markdown.links import source_of
from kintsugi.formats.markdown.unread import Aside, Misread, quoted

FROM_IMPACT = " from the start of impact"
ACTIONABLE = "Actionable, within our control"
CONFIDENT = {one: f"{one.value.capitalize()} confidence" for one in Confidence}
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
_TYPED_FACT = re.compile(
    r"^[-*+][ ]+(?:\*\*(?P<bold>[^*]+?)[:.]?\*\*\s*[:–—-]?|(?P<plain>[^:*]{1,60}?)(?::| [-–—]) )\s*(?P<value>.*)$"
)
_LINK = re.compile(r"^- (?:\[(?P<title>.*)\]\()?<(?P<url>[^<>]*)>\)?(?: \((?P<kind>\w+)\))?$")
_TYPED_LINK = re.compile(
    r"^(?:[-*+][ ]+|\d+[.)][ ]+)?(?P<before>.*?)(?:\[(?P<title>[^\]]*)\]\(<?(?P<target>[^\s<>)]+)>?[^)]*\)"
    r"|<(?P<url>[^<>\s]+)>|(?P<bare>(?:https?://|mailto:)[^\s<>]+))(?P<after>.*)$"
)
_WHY = re.compile(
    r"^(?P<indent> *)- \*\*(?P<question>[^*]*)\*\* (?P<answer>.*?)"
    r"(?: \((?P<evidence>\[[^\]]*\]\(<[^<>]*>\)|[^()]*)\))?"
    r"(?: \*(?P<marks>[^*]+)\.\*)?$"
)
_TYPED_WHY = re.compile(r"^(?P<indent>[ \t]*)(?:[-*+]|\d+[.)])[ ]+(?P<text>.*)$")
_QUESTION = re.compile(r"^(?:\*\*)?(?P<question>[^?]*\?)(?:\*\*)?(?P<answer>.*)$", re.DOTALL)


def named_facts(text: str, names: tuple[str, ...], aside: Aside) -> dict[str, tuple[str, int]]:
    """The values of `- **Name:** value` lines with their lines, by name; other text is kept aside."""
    known = {name.casefold().rstrip("?"): name for name in names}
    found: dict[str, tuple[str, int]] = {}
    last = ""
    for at, line in enumerate(text.split("\n")):
        fact = _FACT.match(line)
        name = known.get(fact["name"].casefold().rstrip("?")) if fact else None
        if fact is None and (fact := _TYPED_FACT.match(line)):
            name = known.get((fact["bold"] or fact["plain"] or "").strip().casefold().rstrip("?"))
        if fact and name and name not in found:
            found[name] = unescaped(fact["value"]), at
            last = name
        elif (
            last and line.startswith("  ") and line.strip() and not _TYPED_FACT.match(line.strip())
        ):
            found[last] = f"{found[last][0]} {unescaped(line.strip())}".strip(), found[last][1]
        else:
            aside.rest.append(line)
            last = ""
    return found


def detection(text: str, aside: Aside) -> Detection:
    """How it was noticed. Raises Misread for a way or a time that is none."""
    facts = named_facts(text, DETECTION_FACTS, aside)
    how, by, target, gap = (facts.get(name, ("", 0)) for name in DETECTION_FACTS)
    try:
        length = parse_duration(target[0].removesuffix(FROM_IMPACT)) if target[0] else None
    except InvalidValue as error:
        raise Misread(target[1], error.problem, DURATION_EXPECTED) from error
    return Detection(_method(*how), by[0], gap[0], length)


def _method(said: str, at: int) -> DetectionMethod | None:
    if not said:
        return None
    try:
        return DetectionMethod(said.strip("*`_. ").casefold())
    except ValueError as error:
        allowed = ", ".join(method.value for method in DetectionMethod)
        raise Misread(at, f"{quoted(said)} is not a way of noticing", allowed) from error


def response(text: str, aside: Aside) -> ResponseEvaluation:
    """How the response went."""
    facts = named_facts(text, RESPONSE_FACTS, aside)
    return ResponseEvaluation(*(facts.get(name, ("", 0))[0] for name in RESPONSE_FACTS))


def backlog(text: str, aside: Aside) -> tuple[str, tuple[str, ...]]:
    """The answer to whether a fix was known, and the similar incidents."""
    facts = named_facts(text, BACKLOG_FACTS, aside)
    known, similar = (facts.get(name, ("", 0))[0] for name in BACKLOG_FACTS)
    return known, tuple(similar.split(", ")) if similar else ()


def links(text: str, aside: Aside) -> tuple[SupportingLink, ...]:
    """Supporting links, with or without title and kind; lines without an address are kept aside."""
    found = []
    for line in text.split("\n"):
        exact, kind = _LINK.match(line), None
        if exact:
            kind = _link_kind(exact["kind"] or "other")
        if exact and kind:
            title = (exact["title"] or "").replace("\\[", "[").replace("\\]", "]")
            found.append(SupportingLink(exact["url"], unescaped(title), kind))
            continue
        typed = _TYPED_LINK.match(line)
        if typed is None:
            aside.rest.append(line)
            continue
        found.append(_typed_link(typed))
    return tuple(found)


def _link_kind(word: str) -> LinkKind | None:
    try:
        return LinkKind(word.strip().casefold())
    except ValueError:
        return None


def _typed_link(typed: re.Match[str]) -> SupportingLink:
    """A link as people write it; what stands around it belongs to its title."""
    url, after = typed["target"] or typed["url"] or typed["bare"], typed["after"].strip()
    if typed["bare"] and (end := re.search(r"[.,;:)]+$", url)) and "(" not in url:
        after, url = url[end.start() :] + after, url[: end.start()]
    named = re.fullmatch(r"\((\w+)\)", after)
    kind = _link_kind(named[1]) if named else None
    before = typed["before"].strip().rstrip(":–—-").strip()
    parts = [before, typed["title"] or "", "" if kind else after]
    title = " ".join(unescaped(part) for part in parts if part.strip(" ."))
    return SupportingLink(url, title, kind or LinkKind.OTHER)


def glossary(text: str, aside: Aside) -> tuple[GlossaryTerm, ...]:
    """Terms and their meanings; other lines are kept aside."""
    found: list[GlossaryTerm] = []
    for line in text.split("\n"):
        fact = _FACT.match(line) or _TYPED_FACT.match(line)
        if fact:
            groups = fact.groupdict()
            term = groups.get("name") or groups.get("bold") or groups.get("plain") or ""
            found.append(GlossaryTerm(unescaped(term.strip()), unescaped(fact["value"])))
        elif found and line.startswith("  ") and line.strip():
            meaning = f"{found[-1].meaning} {unescaped(line.strip())}".strip()
            found[-1] = replace(found[-1], meaning=meaning)
        else:
            aside.rest.append(line)
    return tuple(found)


def whys(text: str, aside: Aside) -> tuple[Why, ...]:
    """The why-tree of a nested list, wrapped lines joined; text around it is kept aside."""
    joined: list[str] = []
    is_open = False
    for line in text.split("\n"):
        if _TYPED_WHY.match(line):
            joined.append(line)
            is_open = True
        elif is_open and line.strip():
            joined[-1] += " " + line.strip()
        else:
            is_open = False
            aside.rest.append(line)
    found: list[tuple[int, Why]] = []
    indents: list[int] = []
    for line in joined:
        typed = _TYPED_WHY.match(line)
        width = len(typed["indent"].expandtabs(4)) if typed else 0
        while indents and indents[-1] >= width:
            indents.pop()
        found.append((len(indents), _why(line)))
        indents.append(width)
    return _grown(found)


def _why(line: str) -> Why:
    exact = _WHY.match(line)
    if exact is None:
        typed = _TYPED_WHY.match(line)
        said = typed["text"] if typed else line.strip()
        asked = _QUESTION.match(said)
        if asked is None:
            return Why(unescaped(said.strip("*")), "")
        exact = _WHY.match(f"- **{asked['question'].strip('* ')}** {asked['answer'].strip('* ')}")
        if exact is None:
            return Why(unescaped(asked["question"]), unescaped(asked["answer"].strip()))
    marks = (exact["marks"] or "").split(". ")
    category = next((CATEGORIES[mark] for mark in marks if mark in CATEGORIES), "")
    answer = exact["answer"]
    sure = next((one for one, mark in CONFIDENT.items() if mark in marks), None)
    known = {*CATEGORIES, *CONFIDENT.values(), ACTIONABLE}
    if exact["marks"] and not set(marks) <= known:
        answer = f"{answer} *{exact['marks']}.*"
    evidence = unescaped(source_of(exact["evidence"] or ""))
    question = unescaped(exact["question"])
    return Why(
        question, unescaped(answer), evidence, category, ACTIONABLE in marks, confidence=sure
    )


def _grown(listed: list[tuple[int, Why]]) -> tuple[Why, ...]:
    """The tree of a list of (depth, why), children hung under their parents from the last to the first."""
    waiting: dict[int, list[Why]] = {}
    for depth, why in reversed(listed):
        children = tuple(reversed(waiting.pop(depth + 1, [])))
        waiting.setdefault(depth, []).append(replace(why, whys=children))
    return tuple(reversed(waiting.get(0, [])))
