"""The blame lint over a record: each field's texts by the rules of its passage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kintsugi.core.language.allowances import Allowed, settle
from kintsugi.core.language.blame_rules import SINGLE_CAUSE
from kintsugi.core.language.emphasis import named_people, outages
from kintsugi.core.language.finding import Finding, Level
from kintsugi.core.language.lint import NAMELESS, lint_text
from kintsugi.core.language.outline import PassageKind
from kintsugi.core.language.prose import is_written
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.rules_analysis import known_people
from kintsugi.core.postmortems.texts import texts_by_field
from kintsugi.core.shared.kept import FEW, LONG_LIST, kept

_KINDS = {
    "timeline": PassageKind.TIMELINE,
    "root_cause": PassageKind.CAUSE,
    "contributing_factors": PassageKind.FACTORS,
    "whys": PassageKind.FACTORS,
    "what_went_well": PassageKind.LESSONS,
    "what_went_poorly": PassageKind.LESSONS,
    "where_we_got_lucky": PassageKind.LESSONS,
    "lessons": PassageKind.LESSONS,
    "action_items": PassageKind.ACTIONS,
    "sections": PassageKind.LESSONS,
}
"""What is told in no other field is an account. What stands in sections of people's own nobody knows: L3 is silent."""


@dataclass(frozen=True, slots=True)
class FieldFindings:
    """One text of a field of a record, and what its words say of people."""

    field: str
    text: str
    findings: tuple[Finding, ...]
    allowed: tuple[Allowed, ...]


def lint_record(postmortem: Postmortem) -> Iterator[FieldFindings]:
    """Each text in which something is found or allowed, in the order of the record (practice notes B2)."""
    people = known_people(postmortem)
    named: set[str] = set()
    for field, texts in texts_by_field(postmortem):
        kind = kind_of_field(field)
        if len(texts) > LONG_LIST and kind in NAMELESS:
            yield from _of_many(texts, field, kind, people)
            continue
        for text in texts:
            found = dict.fromkeys((
                *_in_text(text, kind, people),
                *_of_the_whole(postmortem, field, kind, text),
                *(_named_first(text, people, named) if kind not in NAMELESS else ()),
            ))  # fmt: skip
            ordered = sorted(found, key=lambda each: (each.start, each.end))
            standing, allowed = settle(text, ordered)
            if standing or allowed:
                yield FieldFindings(field, text, standing, allowed)


@lru_cache(FEW)
def _of_many(
    texts: tuple[str, ...], field: str, kind: PassageKind, people: tuple[str, ...]
) -> tuple[FieldFindings, ...]:
    """The same of many texts, such as a timeline's, whose findings depend on nothing else in the record."""
    found = []
    for text in texts:
        once = dict.fromkeys(_in_text(text, kind, people))
        ordered = sorted(once, key=lambda each: (each.start, each.end))
        standing, allowed = settle(text, ordered)
        if standing or allowed:
            found.append(FieldFindings(field, text, standing, allowed))
    return tuple(found)


@kept
def _in_text(text: str, kind: PassageKind, people: tuple[str, ...]) -> tuple[Finding, ...]:
    return lint_text(text, kind, people=people)


_named = kept(named_people)


def _of_the_whole(
    postmortem: Postmortem, field: str, kind: PassageKind, text: str
) -> Iterator[Finding]:
    """What only the rest of the record makes a finding: a single cause, an outage of a part."""
    if field == "root_cause" and _is_single(postmortem):
        end = len(re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0])
        yield SINGLE_CAUSE.at(text, 0, end)
    share = postmortem.impact.affected_percent
    if kind is PassageKind.ACCOUNT and share is not None and share < 100:
        yield from outages(text)


def _named_first(text: str, people: tuple[str, ...], named: set[str]) -> Iterator[Finding]:
    """The people whom this text is the first of the record to name."""
    for each in _named(text, people):
        if each.quote.casefold() not in named:
            named.add(each.quote.casefold())
            yield each


def kind_of_field(field: str) -> PassageKind:
    """What a field of a record is for, in the terms of the lint."""
    return _KINDS.get(field, PassageKind.ACCOUNT)


def _is_single(postmortem: Postmortem) -> bool:
    """Whether there is a root cause and no contributing factor (practice notes B2, L6)."""
    return is_written(postmortem.root_cause) and not any(
        is_written(factor.text) for factor in postmortem.contributing_factors
    )


def blaming(postmortem: Postmortem) -> tuple[tuple[str, Finding], ...]:
    """The findings of L1 that stand, each with its field: a person as the cause, or judged."""
    return tuple(
        (each.field, finding)
        for each in lint_record(postmortem)
        for finding in each.findings
        if finding.level is Level.ERROR
    )
