"""The blame lint of a why-tree: what its questions and answers say of people, and what to ask instead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kintsugi.core.analysis.five_whys import walk
from kintsugi.core.analysis.why_analysis import WhyAnalysis, WhyHint
from kintsugi.core.language.blame_rules import WHY_PERSON
from kintsugi.core.language.finding import Level
from kintsugi.core.language.lint import lint_text
from kintsugi.core.language.outline import PassageKind
from kintsugi.core.language.people import is_tool

MOST_LINTED = 2_000
"""Characters of one question or answer that are looked at; nobody writes longer ones."""

_REFRAMED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\bwhy\b[^?]{{0,120}}?\b(?:{verbs})\b", re.IGNORECASE), asked)
    for verbs, asked in (
        (
            r"forg[eo]t(?:ten)?|miss(?:ed)?|overlook(?:ed)?|neglect(?:ed)?|(?:not|n[’']t)\s+(?:notice|see|spot)(?:d|n)?",
            "What made it easy to miss?",
        ),
        (
            r"(?:not|didn[’']t|hadn[’']t)\b[^?]{0,60}?\b(?:check|test|verify|review|look|read|follow)\w*",
            "What made it easy to go on without looking?",
        ),
        (
            r"ignor(?:e|ed)|dismiss(?:ed)?|acknowledg(?:e|ed)|silenc(?:e|ed)",
            "What did it look like at the time, and what else rang?",
        ),
        (
            r"delet(?:e|ed)|dropp?(?:ed)?|r[ua]n|deploy(?:ed)?|push(?:ed)?|merg(?:e|ed)|chang(?:e|ed)|approv(?:e|ed)|restart(?:ed)?",
            "What made it look safe, and what let it through?",
        ),
    )
)  # fmt: skip
"""What a question about somebody's deed becomes: the same question about what was around them. The first that fits."""
_PEOPLE_ALONE = re.compile(
    r"\b[Ww]hy\s+did(?:n[’']t|\s+not)?\s+(?P<who>[A-Z][\w’'-]*)\s+(?:not\s+)?"
    r"(?:forget|overlook|neglect|not\s+notice|notice|remember|bother|think|realise|realize)\b"
)
"""What only people do makes a name of the word before it, whoever they are."""


def wording_hints(analysis: WhyAnalysis, people: Sequence[str] = ()) -> tuple[WhyHint, ...]:
    """What each question and answer says of people, with what to ask or write instead; a rule finds it once in a text.

    The rules are those of the blame lint (docs/reference/blame-lint.md); its notes on mere emphasis are left to the
    document. `people` are names that are people's, such as those of who responded.
    """
    found: dict[WhyHint, None] = {}
    for _, why in walk(analysis.whys):
        for hint in _of(why.question, PassageKind.ACCOUNT, people, why.answer or why.question):
            found.setdefault(hint)
        for hint in _of(why.answer, PassageKind.CAUSE, people, why.answer):
            found.setdefault(hint)
    return tuple(found)


def _of(text: str, kind: PassageKind, people: Sequence[str], about: str) -> Iterator[WhyHint]:
    text = text[:MOST_LINTED]
    named = _PEOPLE_ALONE.search(text)
    found = lint_text(text, kind, people=people)
    if named and not any(one.rule.startswith("L5.") for one in found) and not is_tool(named["who"]):
        # Whom nobody named: that it is a person, what they did says.
        found = (WHY_PERSON.at(text, named.start(), named.end()), *found)
    for one in found:
        is_question = one.rule.startswith("L5.")
        if one.level is Level.INFO and not is_question:
            continue
        instead = reframed(text) if is_question else ""
        yield WhyHint(
            f"Try: {instead}" if instead else one.rewrite, f"“{one.quote}”: {one.why}", about
        )


def reframed(question: str) -> str:
    """The question to ask in place of one about somebody's deed; empty where none fits."""
    return next((asked for pattern, asked in _REFRAMED if pattern.search(question)), "")
