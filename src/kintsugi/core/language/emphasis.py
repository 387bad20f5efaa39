"""Words that colour an account: hindsight adverbs, shouting, outage for a part, names in it (lint rules L4)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kintsugi.core.language.blame_rules import ANIMATED, HINDSIGHT_WORD, NAMED, OUTAGE
from kintsugi.core.language.finding import Finding, LanguageRule, without_overlaps
from kintsugi.core.language.people import name_pattern
from kintsugi.core.language.prose import blocks, own_words, sentences, without_case
from kintsugi.core.shared.kept import kept

_SHOWN = (
    r"(?:visible|mark|label|defin|document|show|stat|identif|communicat|visibl|separat|nam|specif|describ|indicat"
    r"|understood|see\b|distinguish|explain|written|log)"
)
_HINDSIGHT = re.compile(
    r"\bobviously\b|\bof course\b(?!\s*\?)|\b(?:ridiculous|absurd|laughabl|inexcusabl|unbelievabl)(?:e|ly|y)?\b"
    rf"|(?:\A|(?<=[,;:]\s))clearly\b(?!\s+{_SHOWN})|\b(?:is|was|were|are|had|has)\s+clearly\b(?!\s+(?:not\s+)?{_SHOWN})"
    r"|\b(?:was|were|is|are)\s+simply\s+(?!to\b|not\b|too\b)\w*(?:ed|[tnd])\b"
    r"|\b(?:could|should|(?:had|have|needed|need)\s+to)\s+(?:have\s+)?simply\b"
    r"|\bsimply\s+(?:forgot|failed|did\s+not|didn[’']t|ignored|missed|overlooked)\b|\btrivially\b"
    r"|\b(?:was|were|had\s+to|have\s+to|needed\s+to|need\s+to|only\s+had\s+to|could|should)\s+just\b"
    r"(?!\s+(?:after|before|over|under|above|below|about|as|in|at|one|two|an?|the|started|begun|finished|completed|been"
    r"|recently|out|short|\d|enough|like|beginning|starting|about|released|deployed|upgraded|migrated|joined"
    r"|that|for|so|to|because|in\s+case))",
    re.IGNORECASE,
)
_SHOUTED = frozenset(
    "STILL NOT NEVER ALWAYS VERY EVERY EVERYTHING NOTHING NOBODY EVERYONE ALL AGAIN ANYONE ANYTHING BUT IS WAS WERE ARE"
    " NO RUNNING DOWN BROKEN REALLY HUGE BAD WRONG WHY HOW THIS THAT THE WE THEY YOU"
    " HAD HAS HAVE TWICE EVER YEARS DAYS".split()
)
_CAPITALS = re.compile(r"(?<![\w`.-])[A-Z]{2,}(?:[ \t]+[A-Z]{2,}){1,20}(?![\w-])")
_MARKS = re.compile(r"(?<=[\w)\"”’'*.?])(?:!{2,}|[?!]*\?!|!\?)(?![\w=(\[])")
_OUTAGE = re.compile(
    r"(?<![\w-])(?<!partial\s)(?<!full\s)(?<!total\s)(?<!complete\s)(?<!no\s)outage\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"(?<![\d.,])(?:[1-9]?\d(?:[.,]\d+)?)\s?(?:%|percent\b|per\s+cent\b)\s+of\s+"
    r"(?:(?:the|all|our|their|total|incoming|active)\s+)*"
    r"(?:[\w-]{1,20}\s+)?(?:requests?|users?|customers?|traffic|payments?|calls|accounts|orders|sessions|jobs|builds|tenants)\b",
    re.IGNORECASE,
)
_HINTS = (
    "obviously", "of course", "ridicul", "absurd", "laughabl", "inexcus", "unbeliev", "clearly", "simply", "trivially",
    "just",
)  # fmt: skip


def coloured_words(text: str) -> tuple[Finding, ...]:
    """Where the words of a text make more, or less, of what happened than it was (practice notes B2, L4)."""
    plain = own_words(text)
    return without_overlaps(
        rule.at(text, block.start + start, block.start + end)
        for block in blocks(plain)
        for rule, start, end in _in_block(block.text)
    )


@kept
def _in_block(block: str) -> tuple[tuple[LanguageRule, int, int], ...]:
    found: list[tuple[LanguageRule, int, int]] = []
    said = without_case(block)
    if any(hint in said for hint in _HINTS):
        found += (
            (HINDSIGHT_WORD, one.start + place.start(), one.start + place.end())
            for one in sentences(block)
            for place in _HINDSIGHT.finditer(one.text)
        )
    if "!" in block:
        found += ((ANIMATED, *place.span()) for place in _MARKS.finditer(block))
    found += (
        (ANIMATED, *place.span()) for place in _CAPITALS.finditer(block) if _is_shouted(place[0])
    )
    if "outage" in said and ("%" in said or "cent" in said):
        found += (
            (OUTAGE, one.start + place.start(), one.start + place.end())
            for one in sentences(block)
            if _PART.search(one.text)
            for place in _OUTAGE.finditer(one.text)
        )
    return tuple(found)


def _is_shouted(words: str) -> bool:
    listed = words.split()
    return sum(word in _SHOUTED for word in listed) * 2 >= len(listed)


def outages(text: str) -> tuple[Finding, ...]:
    """Where a text speaks of an outage, for an incident that is known to have hit a part only."""
    plain = own_words(text)
    return tuple(OUTAGE.at(text, *place.span()) for place in _OUTAGE.finditer(plain))


def named_people(text: str, people: tuple[str, ...]) -> tuple[Finding, ...]:
    """Where a text first names each of these people."""
    names = name_pattern(people)
    return () if names is None else tuple(_first_of_each(text, names))


def _first_of_each(text: str, names: re.Pattern[str]) -> Iterator[Finding]:
    seen: set[str] = set()
    for place in names.finditer(own_words(text)):
        name = place[0].lstrip("@").casefold()
        if name not in seen:
            seen.add(name)
            yield NAMED.at(text, *place.span())
