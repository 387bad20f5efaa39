"""Questions that look for a person: why did somebody, and who did it (lint rules L5)."""

from __future__ import annotations

import re

from kintsugi.core.language.blame_rules import WHO, WHY_PERSON
from kintsugi.core.language.finding import Finding, without_overlaps
from kintsugi.core.language.people import PERSON, TEAM, name_pattern
from kintsugi.core.language.prose import blocks, own_words, sentences
from kintsugi.core.shared.kept import kept

_AUXILIARY = (
    r"(?:did(?:n[’']t|\s+not)?|was(?:n[’']t)?|were(?:n[’']t)?|had(?:n[’']t)?|has(?:n[’']t)?|have(?:n[’']t)?|does(?:n[’']t)?"
    r"|do(?:n[’']t)?|would(?:n[’']t)?|could(?:n[’']t)?|is|are)"
)
_ANYBODY = rf"(?:{PERSON}|{TEAM}|he|she|nobody|no\s+one)"
_NOT_THEIR_DEED = (
    r"(?!\s+(?:notified|alerted|paged|informed|told|affected|impacted|warned|called|woken)\b)"
)
_WHY = re.compile(
    rf"\bwhy\s+{_AUXILIARY}\s+(?:not\s+)?{_ANYBODY}\b(?!\s+(?:not\s+)?(?:get|be)\b){_NOT_THEIR_DEED}",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"\bwhose\s+(?:fault|mistake|error|oversight)\b[^?]{0,300}\?|(?:\A|(?<=[,;:(]\s)|(?<=\band\s))(?:so\s+)?who\s+(?:\w+ly\s+)?(?:(?:has|had)\s+)?(?:(?:un)?approved|deployed|pushed|merged|ran"
    r"|changed|caused|broke|made|forgot|missed|reviewed|wrote|deleted|removed|dropped|introduced|configured|triggered"
    r"|messed|screwed|signed\s+off|let|allowed|failed|did\s+(?:this|it|that|not)|didn[’']t|should\s+have|was\s+supposed"
    r"|(?:is|was|were)\s+(?:responsible|to\s+blame|at\s+fault|supposed))\b[^?]{0,300}\?",
    re.IGNORECASE,
)


def blaming_questions(text: str, *, people: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    """Where a text asks why somebody did something, or who did (practice notes B2, L5). About systems it may."""
    if "?" not in text:
        return ()
    plain = own_words(text)
    return without_overlaps(
        (WHY_PERSON if is_why else WHO).at(text, block.start + start, block.start + end)
        for block in blocks(plain)
        for is_why, start, end in _in_block(block.text, people)
    )


@kept
def _in_block(block: str, people: tuple[str, ...]) -> tuple[tuple[bool, int, int], ...]:
    if "?" not in block:
        return ()
    names = name_pattern(people)
    asked = [(True, _WHY), (False, _WHO)]
    if names is not None:
        asked.append(
            (True, re.compile(rf"\b[Ww]hy\s+(?i:{_AUXILIARY})\s+(?:not\s+)?{names.pattern}"))
        )
    return tuple(
        (is_why, sentence.start + place.start(), sentence.start + place.end())
        for sentence in sentences(block)
        if sentence.text.rstrip('*_ )"”').endswith("?")
        for is_why, pattern in asked
        for place in pattern.finditer(sentence.text)
    )
