"""Words that explain an incident by somebody's skill or fault (lint rules L1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kintsugi.core.language.blame_rules import PERSON_AS_CAUSE, SKILL, TO_BLAME
from kintsugi.core.language.finding import LanguageRule
from kintsugi.core.language.negation import is_denied, is_reported
from kintsugi.core.language.people import PERSON, TEAM
from kintsugi.core.language.prose import sentences, without_case
from kintsugi.core.shared.kept import kept

_GROUP = r"(?:the\s+|our\s+|their\s+)?(?:[\w-]{1,20}\s+)?(?:operators?|admins?|managers?|operations|management)"
_ANYBODY = rf"(?:{PERSON}|{TEAM}|{_GROUP})"
_SKILLS = (
    r"(?:training|experience|skills?|knowledge|expertise|competence|care|diligence|discipline|attention|understanding"
    r"|professionalism|judge?ment|rigou?r)"
)
_FEW = r"(?:[\w-]{1,20}\s+(?:and\s+)?){0,2}?"
_TRAINED = (
    r"(?:un(?:trained|skilled|qualified)|incapable"
    r"|(?:poorly|badly|insufficiently|inadequately|improperly)[- ]trained)"
)
_ABLE = r"(?:competent|qualified|skilled|trained|experienced|senior)\b(?:\s+enough)?"
_NOT_ENOUGH = (
    rf"(?:not\s+(?:\w+ly\s+)?{_ABLE}"
    r"|too\s+(?:junior|inexperienced|new))"
)
_SKILL = re.compile(
    r"\binexperienced\b"
    rf"|\b{_TRAINED}\s+(?:[\w-]{{1,20}}\s+){{0,2}}?{_ANYBODY}"
    rf"|\b(?:{_ANYBODY}|she|he)\s+(?:wasn[’']t|weren[’']t)\s+(?:\w+ly\s+)?{_ABLE}"
    rf"|\b(?:{_ANYBODY}|she|he)\s+(?:was|were|is|are)\s+(?:\w+ly\s+)?(?:{_TRAINED}\b|{_NOT_ENOUGH})"
    rf"|\b(?:lack|absence)\s+of\s+{_FEW}{_SKILLS}\s+(?:of|by|among|amongst|in|within|on\s+the\s+part\s+of|for|from)\s+{_ANYBODY}\b"
    rf"|\b{_ANYBODY}(?:[’']s|s?[’'])\s+(?:lack\s+of|insufficient|limited|poor|inadequate|missing)\s+{_FEW}{_SKILLS}\b"
    rf"|\b(?:{_ANYBODY}|she|he)\s+(?:lacked|lacks|lacking)\s+(?:the\s+)?{_FEW}{_SKILLS}\b"
    r"|\b(?:not|n[’']t)\s+know\s+what\s+(?:she|he|they)\s+(?:was|were)\s+doing\b",
    re.IGNORECASE,
)
_FAULT = re.compile(
    rf"\b(?:{_ANYBODY})(?:[’']s|s?[’'])\s+(?:own\s+)?fault\b(?!\s+(?:tree|toler|inject|domain|line))"
    r"|\b(?:it|this|that)\s+(?:is|was)\s+(?:all\s+|entirely\s+)?(?:his|her|their)\s+(?:own\s+)?fault\b"
    rf"|\b(?:{_ANYBODY}|she|he)\s+(?:is|was|were|are)\s+(?:at\s+fault|responsible\s+for\s+the\s+"
    r"(?:incident|outage|error|mistake|failure|crash|loss|bug|downtime))\b"
    rf"|\bblame\s+(?:lies|rests|falls|lay|fell)\s+(?:squarely\s+)?(?:with|on)\s+{_ANYBODY}\b",
    re.IGNORECASE,
)
_ERROR_BY = re.compile(
    r"\b(?:errors?|mistakes?|oversights?|slips?|blunders?|typos?|misconfigurations?|carelessness|negligence)\s+"
    rf"(?:made\s+|introduced\s+)?(?:by|on\s+the\s+part\s+of|(?<=oversight\s)of|(?<=mistake\s)of)\s+(?:{_ANYBODY}\b(?!\s*(?:-|tool|portal|console|script|interface)))",
    re.IGNORECASE,
)
_HINTS: tuple[tuple[LanguageRule, re.Pattern[str], tuple[str, ...]], ...] = (
    (SKILL, _SKILL, (
        "inexperienced", "untrained", "unskilled", "unqualified", "incapable", "trained", "competent", "skilled",
        "qualified", "experienced", "senior", "junior", "too new", "lack", "absence", "insufficient", "limited",
        "poor", "inadequate", "missing", "doing",
    )),
    (TO_BLAME, _FAULT, ("fault", "responsible", "blame")),
    (PERSON_AS_CAUSE, _ERROR_BY, (
        "error", "mistake", "oversight", "slip", "blunder", "typo", "misconfig", "careless", "negligence",
    )),
)  # fmt: skip


@kept
def skill_or_fault(block: str) -> tuple[tuple[LanguageRule, int, int], ...]:
    """Where a paragraph, free of code and quoted blocks, gives a person's skill, training or fault as the reason."""
    return tuple(_found(block))


def _found(block: str) -> Iterator[tuple[LanguageRule, int, int]]:
    said = without_case(block)
    asked = [each for each in _HINTS if any(hint in said for hint in each[2])]
    for sentence in sentences(block) if asked else ():
        said = without_case(sentence.text)
        for rule, pattern, hints in asked:
            if any(hint in said for hint in hints):
                for place in pattern.finditer(sentence.text):
                    start, end = sentence.start + place.start(), sentence.start + place.end()
                    if not (is_denied(block, start) or is_reported(block, start, end)):
                        yield rule, start, end
