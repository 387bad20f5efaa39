"""Words that judge people by what is only known afterwards: should have, failed to, by mistake (lint rules L2).

A verb alone says nothing: `the health check failed to detect` is a fact about a system. So each verb is
looked for first, and then, in the few words before it, a person, role, team or pronoun as its subject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kintsugi.core.language.blame_rules import FIRST_PERSON, MISTAKE, OMISSION, SHOULD_HAVE
from kintsugi.core.language.finding import Finding, LanguageRule, without_overlaps
from kintsugi.core.language.people import PERSON, TEAM, is_tool, name_pattern
from kintsugi.core.language.prose import blocks, own_words, sentences, without_case
from kintsugi.core.shared.kept import kept

_REACH = 110
"""Characters before a verb in which its subject is looked for: a noun phrase, and 30 between it and the verb."""


def _phrase(pattern: str) -> re.Pattern[str]:
    """A pattern whose spaces are any white space, without case."""
    return re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE)


_NOT_THEIRS = (
    r"(?! (?:have (?!read|looked|checked|asked|tested|thought)|receive|get|need|want|mean|experience|lose"
    r"|own|exist|expect|know\b|find any|notice any|see any(?:thing)? (?:unusual|wrong|abnormal)|work\b|use\b))"
)
"""What one does without wanting to, or what only tells of the means one had: `did not have access`."""
_ERRORS = r"(?:mistakes?|errors?|typos?|slips?|blunders?)"
_DEED = r"(?!(?:believed|thought|assumed|and|or|but|that|it|they|we|which|when|the|a|an)\b)\w+"
_BY_MISTAKE = (
    r"(?:accidentally|mistakenly|inadvertently|unintentionally|erroneously|wrongly|incorrectly)"
)
_VERBS = _phrase(
    r"(?P<should>\b(?:should(?:n[’']t| not)?|ought(?: not)? to|could)(?: have|[’']ve)"
    r"(?! (?:had|received|gotten|got|lost|been (?!more\b|aware\b|careful\b|\w+er\b)|access|an?|the|more|better|some|any"
    r"|no|our|enough|\w+ing)\b)|\b(?:was|were) supposed to\b(?! (?:be|have been|see|get|receive)\b))"
    rf"|(?P<omission>\bfailed to\b(?! reproduce| find| connect| log| open| load)|\b(?:did not|didn[’']t)\b{_NOT_THEIRS}"
    r"|\b(?:forgot|forgotten)\b|\bneglected\b|\boverlooked\b|\bdisregarded\b|\bignored\b"
    r"|\b(?:had not|hadn[’']t) (?:read|checked|tested|asked|looked|verified|followed|reviewed|told|bothered)\b"
    r"|\bnever (?:read|checked|tested|asked|looked|verified|followed|reviewed|told|bothered|escalated|updated|noticed"
    r"|acknowledged|responded)\b)"
    rf"|(?P<mistake>\bmade (?:an?|the|another|some|several|this|that) (?:\w+ ){{0,2}}?{_ERRORS}\b"
    r"|\bmis(?:managed|handled|judged|typed|read|understood|configured|interpreted|diagnosed)\b"
    rf"|\b(?:messed|screwed) up\b|\bbotched\b|\bdropped the ball\b|\b{_BY_MISTAKE} {_DEED}|\b(?:un)?knowingly {_DEED})"
)
_HINTS = (
    "should", "ought", "could", "failed", "did", "forgot", "neglect", "overlook", "disregard", "ignored", "mis",
    "typo", "error", "slip", "blunder", "messed", "screwed", "botched", "accident", "inadvert", "unintention",
    "wrongly", "incorrectly", "knowingly", "suppose", "had", "never", "dropped",
)  # fmt: skip

_ADVERBS = r"(?:(?:\w+ly|then|had|have|also|just|still|again|both|all|simply)\s+){0,2}"
_LATER = r"(?:,?\s+who|\s+(?:of|on|at|in|for|from|with|or)\s+[^.,;:!?|\n]{1,30}?)?,?\s+"
_OFFICE = (
    r"(?:\A|(?:his|her|their|our|my|the|another|an?)\s+)(?:[\w-]{1,20}\s+)?(?:manager|boss|admin|administrator|operator"
    r"|architect|tester|vendor|supplier|approver|owner|driver|facilitator|commander)"
)
_SUBJECT = re.compile(
    rf"(?:(?P<person>\b(?:{PERSON}|{TEAM}|nobody|no one|everyone|everybody|anyone|anybody"
    r"|(?-i:Support|Management|QA|DevOps|SRE)))"
    rf"|(?P<office>\b{_OFFICE})|(?P<pronoun>\b(?:he|she))|(?P<they>\bthey)|(?P<we>\b(?:we|(?-i:I))))"
    rf"(?P<later>{_LATER}){_ADVERBS}\Z",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:^|[.;,:|]\s*|\b(?:and|but|that|because|as)\s+)"
    rf"(?P<name>(?P<handle>@[\w-]{{2,39}})|[A-Z][a-z]{{2,15}}(?: [A-Z][a-z]{{1,15}})?)\s+{_ADVERBS}\Z"
)
_NO_NAMES = frozenset(
    "the this that these those it its we they you he she our their his her there here when where what which who why how"
    " if because since while after before then later also and but or so as at in on by for from with without within"
    " during until once both each every all some many most several another other one two three no not nothing none"
    " often never always sometimes usually still also"
    " only even first second finally however instead unfortunately initially google amazon microsoft cloudflare"
    " facebook meta apple oracle fastly akamai github gitlab azure stripe twilio docker linux windows redis kafka"
    " postgres mysql mongo consul vault nginx envoy istio helm terraform kubernetes jenkins puppet ansible chef"
    " grafana prometheus cassandra elasticsearch support code pods nodes clients servers requests users"
    " customers".split()
)
_HUMAN_DEED = (
    r"(?:ask|check|know|tell|told|read|notice|wait|call|escalat|test|verif|review|realis|realiz|inform|notif|communicat"
    r"|approv|follow|look|think|thought|pay|paid|bother|understand|understood|respond to the page|acknowledg|announc)"
)
_PERSONAL = _phrase(
    r"(?:forgot|forgotten|neglected|overlooked|made|mistyped|misjudged|mismanaged|mishandled|misunderstood|messed|screwed|botched)\b"
)
_HUMAN_AFTER = re.compile(rf"(?:\s+(?:\w+ly|even|been))?\s+{_HUMAN_DEED}", re.IGNORECASE)
_OWN_OMISSION = re.compile(
    r"\s+(?:\w+ly\s+|even\s+)?(?:detect|notic|check|test|verif|realis|realiz|consider|anticipat|follow|communicat|escalat"
    r"|announc|updat|catch|think|monitor|document|plan|review|validat|account for|foresee|understand|prepare|act"
    r"|alert)",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"(?:\b(?:to|for|by|from|with|on|at|in|into|about|against|through|via|per|than|paging|paged|notif\w+|alert\w*|tell\w*"
    r"|told|ask\w*)"
    r"|(?<!one)(?<!two)(?<!some)(?<!most)(?<!all)(?<!none)(?<!many)(?<!both)(?<!neither)(?<!either)\s+of)\s+\Z",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(
    r"\b(?:if|unless|whether|in case|even if|lest|assum\w+)(?:\s+that)?\s+\Z"
    r"|\b(?:confirm|inform|stat|claim|report|den[iy])\w*(?:\s+(?:them|us|me|him|her))?\s+that\s+\Z"
    r"|\b(?:said|told\s+(?:them|us|me|him|her))(?:\s+that)?\s+\Z",
    re.IGNORECASE,
)
_PURPOSE = re.compile(r"(?:\bso(?:\s+that)?|\bassum\w+(?:\s+that)?)\s+\Z", re.IGNORECASE)
_PERFECT = re.compile(r"(?:\b(?:had|has|have)|[’'](?:d|s|ve))\s+(?:\w+\s+)?\Z", re.IGNORECASE)
_AGENT = _phrase(
    rf"\b(?:{_BY_MISTAKE}) \w+(?:[^.;:!?|\n]{{0,40}}?) by "
    rf"(?:{PERSON}|(?:the|an?|our) (?:[\w-]{{1,20}} )?(?:operator|admin|manager)s?)\b"
    rf"|\b(?:{PERSON}|he|she) [^.;:!?|\n]{{2,60}}? by (?:mistake|accident)\b"
    rf"|\b(?:{PERSON}|{TEAM})(?:[’']s|s?[’']) (?:\w+ )?(?:mistake|error|oversight|blunder|slip|typo)s?\b"
)


def hindsight(text: str, *, people: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    """Where a text measures people against what is known now (practice notes B2, L2).

    `people` are known names. Quotations and code are passed over. Of ourselves (`we did not notice`) it
    is only a hint; of systems nothing is said.
    """
    plain = own_words(text)
    if not _hinted(plain):
        return ()
    return without_overlaps(
        rule.at(text, block.start + start, block.start + end)
        for block in blocks(plain)
        for rule, start, end in _in_block(block.text, people)
    )


def _hinted(text: str) -> bool:
    said = without_case(text)
    return any(hint in said for hint in _HINTS)


@kept
def _in_block(block: str, people: tuple[str, ...]) -> tuple[tuple[LanguageRule, int, int], ...]:
    if not _hinted(block):
        return ()
    names = name_pattern(people)
    return tuple(
        (rule, sentence.start + start, sentence.start + end)
        for sentence in sentences(block)
        if _hinted(sentence.text)
        for rule, start, end in _in_sentence(sentence.text.replace("*", " "), names)
    )


def _in_sentence(
    sentence: str, names: re.Pattern[str] | None
) -> Iterator[tuple[LanguageRule, int, int]]:
    for verb in _VERBS.finditer(sentence):
        opens = max(0, verb.start() - _REACH)
        if opens > 0 and sentence[opens - 1].isalnum():
            opens = sentence.find(" ", opens, verb.start()) + 1 or verb.start()
        before = sentence[opens : verb.start()]
        found = _subject(before, verb, sentence, names, is_cut=opens > 0)
        if found is not None:
            rule, start = found
            yield rule, opens + start, verb.end()
    if "by" in sentence or "’" in sentence or "'" in sentence:
        for place in _AGENT.finditer(sentence):
            yield MISTAKE, *place.span()


def _subject(
    before: str,
    verb: re.Match[str],
    sentence: str,
    names: re.Pattern[str] | None,
    *,
    is_cut: bool,
) -> tuple[LanguageRule, int] | None:
    """The rule that speaks and where the subject begins in the words before; None if no person is the subject."""
    rule = {"should": SHOULD_HAVE, "omission": OMISSION, "mistake": MISTAKE}[verb.lastgroup or ""]
    personal = bool(_PERSONAL.match(verb[0]))
    human = bool(_HUMAN_AFTER.match(sentence, verb.end(), verb.end() + 40))
    if verb[0].casefold() == "forgotten" and not _PERFECT.search(before):
        return None
    found = _SUBJECT.search(before, 1 if is_cut else 0)
    if found is None:
        start = _name_before(before, names, strict=not (personal or human))
        return None if start is None else (rule, start)
    introduced = before[: found.start()]
    if _OBJECT.search(introduced):
        return None
    if (_PURPOSE if rule is SHOULD_HAVE else _SUPPOSED).search(introduced):
        return None
    if found["we"]:
        owned = rule is SHOULD_HAVE or personal or _OWN_OMISSION.match(sentence, verb.end())
        return (FIRST_PERSON, found.start()) if owned else None
    if found["office"] and rule is MISTAKE:
        return rule, found.start()
    if found["they"] or found["office"]:
        return (rule, found.start()) if personal or human else None
    if verb[0].casefold().startswith("could") and re.match(
        r"(?:an?|some|any)", found[0], re.IGNORECASE
    ):
        # An engineer could have done so: that is a possibility, no reproach.
        return None
    return rule, found.start()


def _name_before(before: str, names: re.Pattern[str] | None, *, strict: bool) -> int | None:
    """Where a name right before the verb begins: a known one, or before what only people do any that looks like one."""
    if names is not None:
        for place in names.finditer(before):
            if re.fullmatch(rf",?\s+(?:who\s+)?{_ADVERBS}", before[place.end() :], re.IGNORECASE):
                return None if _OBJECT.search(before[: place.start()]) else place.start()
    named = _NAMED.search(before)
    if named is None or (strict and not named["handle"]):
        return None
    words = named["name"].casefold().lstrip("@").split()
    if _NO_NAMES.intersection(words) or is_tool(named["name"]) or len(words) > 2:
        return None
    return named.start("name")
