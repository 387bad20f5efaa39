"""Comments by which writers allow a finding, with their reason: `<!-- kintsugi-allow L2: reason -->`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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

    def allows(self, finding: Finding) -> bool:
        """Whether the finding is of these rules and touches these places."""
        is_named = finding.rule in self.rules or finding.rule.split(".")[0] in self.rules
        return is_named and finding.start < self.end and self.start < finding.end


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
    standing, allowed = list(wrong), []
    used: set[Allowance] = set()
    for finding in found:
        by = next((each for each in holding if each.allows(finding)), None)
        if by is None:
            standing.append(finding)
        else:
            used.add(by)
            allowed.append(Allowed(finding, by.reason))
    unused = (each for each in holding if each not in used)
    standing += (ALLOWED_UNUSED.at(text, each.comment_start, each.comment_end) for each in unused)
    return tuple(sorted(standing, key=lambda each: (each.start, each.end))), tuple(allowed)


def _read(text: str) -> tuple[list[Allowance], list[Finding]]:
    holding: list[Allowance] = []
    wrong: list[Finding] = []
    for place in _COMMENT.finditer(without_fences(text)):
        named = frozenset(re.split(r"[\s,]+", place["rules"].strip())) - {""}
        reason = (place["reason"] or "").strip()
        if not named <= _NAMES | _FAMILIES or not named:
            wrong.append(ALLOWED_UNKNOWN.at(text, *place.span()))
        elif not re.search(r"\w", reason):
            wrong.append(ALLOWED_WITHOUT_REASON.at(text, *place.span()))
        else:
            holding += (
                Allowance(named, reason, start, end, *place.span())
                for start, end in _reach(text, *place.span())
            )
    return holding, wrong


def _reach(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The places that a comment at text[start:end] is about."""
    opens = text.rfind("\n", 0, start) + 1
    closes = text.find("\n", end)
    closes = len(text) if closes < 0 else closes
    if text[opens:start].strip() or text[end:closes].strip():
        yield opens, closes
        return
    following = re.compile(r"\s*").match(text, closes)
    first = following.end() if following else closes
    blank = re.compile(r"\n[ \t]*\n").search(text, first)
    yield first, blank.start() if blank else len(text)
