"""Comments by which writers allow a finding, with their reason: `<!-- kintsugi-allow L2: reason -->`."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kintsugi.core.language.blame_rules import (
    ALLOWED_UNKNOWN,
    ALLOWED_UNUSED,
    ALLOWED_WITHOUT_REASON,
    BLAME_RULES,
)
from kintsugi.core.language.finding import Finding
from kintsugi.core.language.prose import without_fences

_COMMENT = re.compile(
    r"(?<!`)<!--[ \t]*kintsugi-allow\b(?P<rules>[^:>\n]{0,200})(?::(?P<reason>[^>\n]{0,500}?))?[ \t]*-->"
)
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_NAMES = frozenset(rule.id for rule in BLAME_RULES)
_FAMILIES = frozenset(name.split(".")[0] for name in _NAMES) - {"L0"}


@dataclass(frozen=True, slots=True)
class Allowance:
    """Rules that a comment allows between two places of a text, and why."""

    rules: frozenset[str]
    reason: str
    start: int
    end: int
    comment_start: int
    comment_end: int
    is_of_line: bool


@dataclass(frozen=True, slots=True)
class Allowed:
    """A finding that its writers allow, and their reason."""

    finding: Finding
    reason: str


def settle(text: str, found: Sequence[Finding]) -> tuple[tuple[Finding, ...], tuple[Allowed, ...]]:
    """The findings that stand, and those that comments allow.

    A comment beside words is about its line; alone on a line, about what follows up to a blank line. One
    without a reason, or with a rule that is not there, allows nothing and is found itself; so is one
    that allows nothing any longer.
    """
    if "kintsugi-allow" not in text:
        return tuple(found), ()
    holding, wrong = _read(text)
    by_name: dict[tuple[str, bool], list[Allowance]] = {}
    for each in holding:
        for name in each.rules:
            by_name.setdefault((name, each.is_of_line), []).append(each)
    standing, allowed = list(wrong), []
    used: set[Allowance] = set()
    for finding in found:
        by = _allowing(by_name, finding)
        if by is None:
            standing.append(finding)
        else:
            used.add(by)
            allowed.append(Allowed(finding, by.reason))
    unused = (each for each in holding if each not in used)
    standing += (ALLOWED_UNUSED.at(text, each.comment_start, each.comment_end) for each in unused)
    return tuple(sorted(standing, key=lambda each: (each.start, each.end))), tuple(allowed)


def _allowing(
    by_name: Mapping[tuple[str, bool], Sequence[Allowance]], finding: Finding
) -> Allowance | None:
    """The first comment that allows the finding: by its rule or its family, for its line or its paragraph."""
    for name in (finding.rule, finding.rule.split(".")[0]):
        for is_of_line in (True, False):
            # Among those of a line, and among those of a paragraph, what begins later never ends earlier.
            listed = by_name.get((name, is_of_line), ())
            place = bisect_right(listed, finding.start, key=lambda each: each.end)
            if place < len(listed) and listed[place].start < finding.end:
                return listed[place]
    return None


def _read(text: str) -> tuple[list[Allowance], list[Finding]]:
    holding: list[Allowance] = []
    wrong: list[Finding] = []
    breaks = [place.start() for place in _BLANK_LINES.finditer(text)]
    for place in _COMMENT.finditer(without_fences(text)):
        named = frozenset(re.split(r"[\s,]+", place["rules"].strip())) - {""}
        reason = (place["reason"] or "").strip()
        if not named <= _NAMES | _FAMILIES or not named:
            wrong.append(ALLOWED_UNKNOWN.at(text, *place.span()))
        elif not re.search(r"\w", reason):
            wrong.append(ALLOWED_WITHOUT_REASON.at(text, *place.span()))
        else:
            reach = _reach(text, *place.span(), breaks)
            holding.append(Allowance(named, reason, *reach[:2], *place.span(), reach[2]))
    return holding, wrong


def _reach(text: str, start: int, end: int, breaks: Sequence[int]) -> tuple[int, int, bool]:
    """The places that a comment at text[start:end] is about, and whether that is its own line."""
    opens = text.rfind("\n", 0, start) + 1
    closes = text.find("\n", end)
    closes = len(text) if closes < 0 else closes
    if text[opens:start].strip() or text[end:closes].strip():
        return opens, closes, True
    # Blank lines that follow at once do not count.
    place = bisect_right(breaks, closes)
    return closes, breaks[place] if place < len(breaks) else len(text), False
