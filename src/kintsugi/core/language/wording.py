"""Wording of causes and accounts: people named as causes (L1), and fixes dressed up as facts (L3).

Each question answers with findings and is meant to be right when it speaks: a plain list of blame
words is right about once in seven on real postmortems, so what counts here is who is the subject.
The questions read English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from kintsugi.core.language.blame_rules import (
    HUMAN_ERROR,
    JUDGEMENT,
    LACK_OF,
    MORE_CAREFUL,
    PERSON_AS_CAUSE,
    TO_BLAME,
    WOULD_HAVE,
)
from kintsugi.core.language.finding import Finding, LanguageRule, without_overlaps
from kintsugi.core.language.negation import is_denied, is_negated, is_reported
from kintsugi.core.language.people import AMBIGUOUS, PERSON, TEAM, name_pattern
from kintsugi.core.language.prose import (
    blocks,
    own_words,
    sentences,
    without_case,
    without_quoted_blocks,
)
from kintsugi.core.language.skill import skill_or_fault
from kintsugi.core.shared.kept import kept, kept_of_each

_HUMAN_ERROR = re.compile(
    r"\bhuman[-\s]+(?:error|mistake|oversight|failure)s?\b(?!\s+(?:is|are)\s+inevitable)|\bpilot\s+errors?\b"
    r"|\b(?:operator|user)\s+(?:error|mistake)\b(?!\s*(?:rates?|messages?|counts?|logs?|pages?|budgets?|reports?|codes?"
    r"|handling|handler|boundar\w+|tracking|responses?)\b)",
    re.IGNORECASE,
)
_JUDGEMENT = re.compile(
    r"\bcareless(?:ly|ness)?\b|\bnegligen(?:t|ce|tly)\b|\bincompeten(?:t|ce|cy|tly)\b|\bstupid(?:ly|ity)?\b"
    r"|\bsloppy\b(?! quorum)|\bsloppiness\b|\bfat[- ]finger(?:ed|ing|s)?\b|\blaziness\b"
    r"|\b(?:too|was|were|is|are|being|got) lazy\b(?! (?:load|init|eval|import|quer|fetch|enough))"
    r"|\bwithout\s+(?:being\s+(?:\w+\s+)?(?:thorough|careful|diligent)|due\s+(?:care|diligence)|taking\s+care)\b"
    r"|\b(?:reckless|irresponsib|unprofessional|idiot|boneheaded|amateurish)\w*|\b(?:rookie|dumb|silly)\s+(?:\w+\s+)?(?:mistake|error)s?\b"
    r"|\b(?:was|were)(?:\s+not|n[’']t)\s+paying\s+attention\b|\binattenti(?:on|ve)\b"
    r"|\bdid\s+an?\s+(?:poor|bad|terrible|lousy|awful)\s+job\b"
    rf"|\blazy (?:{'engineer|developer|operator|admin|team|people|person|work|mistake|reviewer'})s?\b",
    re.IGNORECASE,
)
_MORE_CAREFUL = re.compile(
    r"\b(?:be|been|being)\s+more\s+(?:careful|cautious|vigilant|attentive|diligent)\b"
    r"|\bpay(?:ing)? (?:more|closer|better) attention\b",
    re.IGNORECASE,
)

# A regular expression takes a thousand times longer to find nothing in a text than `in` does: of the words in
# each list, the patterns need at least one, in lower case.
_ERROR_HINTS = (
    "human", "pilot", "operator", "user",
)  # fmt: skip
_JUDGEMENT_HINTS = (
    "careless", "negligen", "incompeten", "stupid", "sloppy", "sloppiness", "finger", "laziness", "lazy",
    "without", "reckless", "irresponsib", "unprofessional", "idiot", "bonehead", "amateurish", "rookie", "dumb",
    "silly",    "attenti", "job",
)  # fmt: skip
_CAREFUL_HINTS = (
    "careful", "cautious", "vigilant", "attentive", "diligent", "attention",
)  # fmt: skip
_CAUSE_HINTS = ("cause", "due to", "result of", "fault of", "brought down by", "to blame")
_HAVE_HINTS, _WOULD_HINTS = ("have",), ("would", "could", "might")
_LACK_HINTS, _HAD_HINTS = (
    ("lack", "absence", "insufficient", "inadequate", "not enough"),
    ("there", "had"),
)
_SAFEGUARD_HINTS = (
    "monitor", "alert", "observability", "test", "doc", "runbook", "playbook", "validation", "review",
    "guard", "check", "redundancy", "automation", "training",
)  # fmt: skip

_FAULTS = (
    r"forgot|neglected|omitted|overlooked|ignored|skipped|bypassed|mistyped|misread|misunderstood|misconfigured"
    r"|mis(?:managed|handled|judged)|failed to|did not|didn[’']t|should(?:n[’']t| not)? have|broke|messed up"
    r"|made (?:an?|the|this|some) (?:\w+ )?(?:mistake|error|typo|slip)s?"
)
_DEEDS = (
    r"deployed|pushed|merged|changed|modified|deleted|removed|dropped|ran|executed|entered|typed|set|configured"
    r"|disabled|enabled|turned off|shut down|stopped|introduced|caused|triggered|used|applied|uploaded|released"
    r"|approved|left|copied|pasted|overwrote|clicked|pressed|selected|chose|edited|updated|upgraded|committed"
    r"|unplugged|tripped|assumed|missed|made|added|created|wrote|started|restarted|scaled|migrated|rotated|revoked"
    r"|published|shipped|installed|reset|renamed|switched"
)
_HUMAN_ONLY = (
    r"forgot|mistyped|typed|misread|misunderstood|clicked|pressed|chose|entered|pasted|overlooked|neglected|assumed"
    r"|made (?:an?|the) (?:\w+ )?(?:mistake|error|typo|slip)"
)
_ADVERBS = r"(?:(?:\w+ly|then|had|also|just|never)\s+){0,2}"
_STATES = (
    r"(?:was|were)\s+(?:\w+ly\s+|too\s+|not\s+)*(?:inexperienced|untrained|unfamiliar|distracted|tired|confused|mistaken"
    r"|careful|responsible|at fault|in a hurry|rushing|paying attention|the (?:root )?cause)\b"
)
_FAULT_NOUNS = (
    r"mistakes?|errors?|faults?|failure|oversight|negligence|misconfiguration|inattention|typo|carelessness"
    r"|inexperience|misunderstanding|slip"
)
_CAUSE_IS = (
    r"(?:(?:root|underlying|primary|main|real|ultimate|direct)\s+)?cause(?:\s+(?:of|for|behind)\s+[^.:;\n]{1,80}?)?"
    r"\s*(?:\b(?:was|is|were)(?:\s+that)?\b|:)\s*[*_]*\s*(?:simply\s+|just\s+|that\s+)?"
)
_CAUSED_BY = (
    r"\b(?:caused by|due to|because of|(?:the )?result of|(?:the )?fault of|brought down by)\s+"
)


def blamed_people(
    text: str, *, people: Sequence[str] = (), is_cause: bool = False
) -> tuple[Finding, ...]:
    """Where the text makes a person or a role the cause, or judges one (practice rule 15; lint rules L1).

    `people` are known names. `is_cause` says that the text itself answers "what was the cause?": then
    the subject of its first sentence counts. What people noticed, decided or repaired does not.
    """
    return _blamed(text, tuple(people), is_cause=is_cause)


@kept
def _blamed(text: str, people: tuple[str, ...], *, is_cause: bool) -> tuple[Finding, ...]:
    opens = is_cause
    found: list[Finding] = []
    for block in blocks(without_quoted_blocks(text)):
        for rule, start, end in _blamed_in(block.text, people, opens=opens):
            found.append(rule.at(text, block.start + start, block.start + end))
        opens = False
    return without_overlaps(found)


_Place = tuple[LanguageRule, int, int]


@kept
def _blamed_in(block: str, people: tuple[str, ...], *, opens: bool) -> tuple[_Place, ...]:
    said = without_case(block)
    found: list[_Place] = []
    if _holds(said, _ERROR_HINTS):
        found += _unless_negated(block, HUMAN_ERROR, _HUMAN_ERROR)
    if _holds(said, _JUDGEMENT_HINTS):
        found += _unless_negated(block, JUDGEMENT, _JUDGEMENT)
    if _holds(said, _CAREFUL_HINTS):
        found += ((MORE_CAREFUL, *place.span()) for place in _MORE_CAREFUL.finditer(block))
    found += skill_or_fault(block)
    if opens or _holds(said, _CAUSE_HINTS):
        found += _causes_in(block, name_pattern(people), opens=opens)
    return tuple(found)


def _causes_in(block: str, names: re.Pattern[str] | None, *, opens: bool) -> Iterator[_Place]:
    for index, sentence in enumerate(sentences(block)):
        is_first = opens and index == 0
        if not is_first and not _holds(without_case(sentence.text), _CAUSE_HINTS):
            continue
        for start, end in _person_causes(sentence.text, names, opens=is_first):
            yield PERSON_AS_CAUSE, sentence.start + start, sentence.start + end
        for start, end in _spans(_TO_BLAME, sentence.text, names):
            yield TO_BLAME, sentence.start + start, sentence.start + end


def _holds(said: str, hints: Sequence[str]) -> bool:
    return any(hint in said for hint in hints)


def _unless_negated(block: str, rule: LanguageRule, pattern: re.Pattern[str]) -> Iterator[_Place]:
    for place in pattern.finditer(block):
        if not (is_denied(block, place.start()) or is_reported(block, *place.span())):
            yield rule, place.start(), place.end()


class _Phrases:
    """A phrase about somebody, once for roles and once for the names of a document.

    `needs` is found at once in lower case, and wherever the phrase is.
    """

    def __init__(self, roles: str, names: str, needs: str = "") -> None:
        self.roles = re.compile(roles, re.IGNORECASE)
        self.names = names
        self.needs = re.compile(needs)


_WHO = rf"(?:{PERSON}|she|he)"
_ENDS_OR_ACTS = rf"(?=\s*(?:[.,;!?)*_]|$|who\b|(?:on|from|in|at|of)\s|\w+ing\b|{_ADVERBS}(?:{_FAULTS}|{_DEEDS})\b))"
_POSSESSIVE = rf"(?:[’']s|s?[’'])\s+(?:\w+\s+){{0,2}}(?:{_FAULT_NOUNS})\b"
_TO_BLAME = _Phrases(
    rf"\b(?:{PERSON}|{TEAM}|(?-i:\bI)|she|he|they)\s+(?:is|are|was|were)\s+(?:\w+ly\s+)?to blame\b",
    r"{who}\s+(?:is|was|are|were)\s+(?:\w+ly\s+)?to blame\b",
    "to blame",
)
_EXPLICIT = (
    _Phrases(
        rf"\b{_CAUSE_IS}(?:{_WHO}(?:{_POSSESSIVE}|{_ENDS_OR_ACTS})|{TEAM}(?:{_POSSESSIVE}|\s*(?:[.,;!?]|$)))",
        rf"\b(?i:{_CAUSE_IS}){{who}}(?:{_POSSESSIVE}|{_ENDS_OR_ACTS})",
        r"\bcause",
    ),
    _Phrases(
        rf"\b(?:{_WHO}|{TEAM})\s+(?:is|are|was|were)\s+the\s+(?:root\s+|underlying\s+|main\s+|primary\s+)?cause\b",
        r"{who}\s+(?:is|was|were|are)\s+the\s+(?:root\s+|underlying\s+|main\s+|primary\s+)?cause\b",
        r"(?:the|root|underlying|main|primary)\s+cause\b",
    ),
    _Phrases(
        rf"{_CAUSED_BY}(?:{_WHO}|{TEAM})(?:{_POSSESSIVE}|(?=\s*(?:[.,;!?)]|$|who\b|not\b|\w+ing\b)))",
        rf"(?i:{_CAUSED_BY}){{who}}(?:{_POSSESSIVE}|(?=\s*(?:[.,;!?)]|$|who\b|not\b|\w+ing\b)))",
        "caused by|due to|because of|result of|fault of|brought down by",
    ),
    _Phrases(
        rf"\bbecause\s+(?:{_WHO}|{TEAM})\s+{_ADVERBS}(?:{_FAULTS})\b",
        rf"(?i:\bbecause)\s+{{who}}\s+{_ADVERBS}(?:{_FAULTS})\b",
        "because",
    ),
)
_DONE_BY = rf"{_ADVERBS}(?:{_DEEDS}|{_FAULTS})\s+(?:\w+\s+){{0,3}}?by\s+"
_PHRASE_ENDS = r"(?=\s*(?:[.,;!?)]|$|who\b|on\b))"
_OPENING = (
    _Phrases(
        rf"\A(?:(?:{_WHO}|I)(?:\s+(?:{_ADVERBS}(?:{_FAULTS}|{_DEEDS})\b|{_STATES})|{_POSSESSIVE}|\s*[.!]?\Z)"
        rf"|{TEAM}(?:\s+{_ADVERBS}(?:{_FAULTS})\b|{_POSSESSIVE})|{AMBIGUOUS}\s+{_ADVERBS}(?:{_HUMAN_ONLY})\b)",
        rf"\A(?:{{who}}(?:\s+(?:{_ADVERBS}(?:{_FAULTS}|{_DEEDS})\b|{_STATES})|{_POSSESSIVE}|\s*[.!]?\Z))",
    ),
    _Phrases(
        rf"\b{_DONE_BY}{PERSON}{_PHRASE_ENDS}",
        rf"\b{_DONE_BY}{{who}}{_PHRASE_ENDS}",
    ),
)


def _person_causes(
    sentence: str, names: re.Pattern[str] | None, *, opens: bool
) -> Iterator[tuple[int, int]]:
    for phrases in (*_EXPLICIT, *(_OPENING if opens else ())):
        yield from _spans(phrases, sentence, names)


def _spans(
    phrases: _Phrases, sentence: str, names: re.Pattern[str] | None
) -> Iterator[tuple[int, int]]:
    if not phrases.needs.search(without_case(sentence)):
        return
    for place in phrases.roles.finditer(sentence):
        if not is_negated(sentence, place.start()):
            yield place.span()
    if names is not None and names.search(sentence):
        for place in _with_names(phrases.names, names).finditer(sentence):
            if not is_negated(sentence, place.start()):
                yield place.span()


@lru_cache(maxsize=256)
def _with_names(phrase: str, names: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(phrase.replace("{who}", names.pattern))


_OUTCOMES = (
    r"prevented|avoided|averted|stopped|caught|detected|alerted|mitigated|shortened|reduced|limited"
    r"|helped|saved|enabled"
)
_WOULD_HAVE = re.compile(
    rf"\b(?:would|could|might)(?:\s+(?:likely|probably|also|easily|all))?\s+have\s+(?:also\s+)?(?:been\s+)?"
    rf"(?:\w+ly\s+|much\s+|all\s+)?(?:{_OUTCOMES})\b"
    r"|\b(?:if|had)\s+(?:only\s+)?[^.;:\n]{3,200}?"
    r"\b(?:would|could|might)(?:n[’']t|\s+not|\s+never)\s+(?:\w+ly\s+)?have\b",
    re.IGNORECASE,
)
_SAFEGUARDS = (
    r"(?:monitoring|monitors?|alerting|alerts|observability|testing|tests?|test coverage"
    r"|documentation|docs|runbooks?|playbooks?|validation|code reviews?|reviews?|guardrails?"
    r"|safeguards?|checks|redundancy|automation"
    r"|training(?!\s+(?:data|sets?|jobs?|runs?|pipelines?|clusters?)))"
)
_ADJECTIVES = r"(?:(?!of\b|to\b|from\b|in\b|and\b|for\b)[\w-]+[\s,]+(?:and\s+)?){0,3}?"
_LACK_OF = re.compile(
    rf"\b(?:lack(?:ed)?|absence)\s+(?:of\s+)?{_ADJECTIVES}{_SAFEGUARDS}\b(?!-)"
    rf"|\b(?:insufficient|inadequate|not enough)\s+{_ADJECTIVES}{_SAFEGUARDS}\b(?!-)"
    rf"|\b(?:there\s+(?:was|were|is|are)|(?:we|it|they)\s+had)\s+(?:no|not any)\s+{_ADJECTIVES}{_SAFEGUARDS}\b"
    r"(?!-|\s+(?:fired|firing|failed|failing|failures?|triggered|raised|sent|errors?|during|at))",
    re.IGNORECASE,
)


def disguised_in_each(texts: Sequence[str]) -> tuple[Finding, ...]:
    """What `disguised_fixes` finds in each of several texts, in their order."""
    return _disguised_in_each(texts)


@kept
def disguised_fixes(text: str) -> tuple[Finding, ...]:
    """Where the account tells what would have helped instead of what happened (practice rule 16; lint rule L3).

    For summary, narrative, timeline and root cause. Not for actions, lessons or luck, where such
    sentences belong. Quotations and code are passed over.
    """
    return without_overlaps(
        rule.at(text, block.start + start, block.start + end)
        for block in blocks(own_words(text))
        for rule, start, end in _disguised_in(block.text)
    )


def _may_disguise(said: str) -> bool:
    if _holds(said, _HAVE_HINTS) and _holds(said, _WOULD_HINTS):
        return True
    lacks = _holds(said, _LACK_HINTS) or ("no" in said and _holds(said, _HAD_HINTS))
    return lacks and _holds(said, _SAFEGUARD_HINTS)


@kept
def _disguised_in(block: str) -> tuple[_Place, ...]:
    if not _may_disguise(without_case(block)):
        return ()
    return tuple(
        (rule, sentence.start + place.start(), sentence.start + place.end())
        for sentence in sentences(block)
        if _may_disguise(without_case(sentence.text))
        for rule, pattern in ((WOULD_HAVE, _WOULD_HAVE), (LACK_OF, _LACK_OF))
        for place in pattern.finditer(sentence.text)
    )


_disguised_in_each = kept_of_each(disguised_fixes)
