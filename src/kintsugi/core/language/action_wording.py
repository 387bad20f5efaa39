"""Wording of actions: does it begin with a verb, is it vague, does it only ask people to do better."""

from __future__ import annotations

import re

from kintsugi.core.language.finding import Finding, LanguageRule, Level
from kintsugi.core.language.verbs import ACTION_VERBS, IRREGULAR_PASTS

_LUNNEY = "Lunney, Lueder and Beyer, Postmortem Action Items: actionable, specific, bounded"

NOT_A_VERB = LanguageRule(
    "B3.verb-first", Level.WARNING,
    "The action does not begin with a verb, so it names a topic rather than work that can be finished.",
    "Begin with what will be done: Add, Remove, Limit, Alert on, Test ...", _LUNNEY,
)  # fmt: skip
VAGUE = LanguageRule(
    "B3.vague", Level.WARNING,
    "This opening has no end by which anybody could see that it is done.",
    "Name the change and its end: 'Alert on p99 above 2 s for 5 min' rather than 'Improve alerting'.", _LUNNEY,
)  # fmt: skip
WEAK = LanguageRule(
    "B3.weak", Level.WARNING,
    "This asks people to know or remember more and leaves the system as it is; such actions are the weakest kind.",
    "Add one that changes the system: a limit, a check, a default, an automatic step. Keep this one beside it.",
    "VA National Center for Patient Safety, RCA2: the action hierarchy",
)  # fmt: skip

_PREFIX = re.compile(
    r"\s*(?:(?:[-*+•]|\d+[.)])\s+)?(?:\[[ xX]\]\s*)?(?:\[[^\]\n]{0,40}\](?!\()\s*|\([^)\n]{0,40}\)\s*)*"
    r"(?:(?:TODO|AI|Action(?: item)?|P[0-3]|[A-Z][A-Z0-9]+-\d+)\s*[:–-]\s+)*"
    r"[^\w\s(`*_]{0,4}\s*[*_\"“'\u2018\[]*"
)
_LABEL = re.compile(r"[^*\n]{1,80}(?::\*\*|\*\*:)\s*")
_ADVERB = re.compile(
    r"(?:(?:more )?\w+ly|always|also|never|do not|don[’']t|please)[ ,]+", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_DETERMINER = re.compile(
    r"\s+(?:an?|the|all|every|each|any|our|its|their|this|these|those|more|how|whether|that)\b",
    re.IGNORECASE,
)
_NO_VERB = frozenset(
    "a an the our all any each every some this that these those no new better more less additional automatic automated"
    " after before for with when if in on at from to during per as while once because since by via of and or but not"
    " we i you they he she it there both such same proper clear regular further possible potential maybe perhaps could"
    " should would will can may might must need needs half most many several not only without within between".split()
)
_NO_VERB_ENDINGS = (
    "ing",
    "tion",
    "sion",
    "ment",
    "ness",
    "ity",
    "ance",
    "ence",
    "ism",
    "ship",
    "ology",
)


def action_starts(description: str) -> tuple[int, ...]:
    """Where the words of an action begin, past list markers, check boxes, [owners], (P1) and ticket numbers.

    After a bold label (`**Alerting:** add a ...`) they may begin a second time.
    """
    found = _PREFIX.match(description)
    start = found.end() if found else 0
    label = _LABEL.match(description, start) if description[:start].endswith("**") else None
    return (start,) if label is None else (start, label.end())


def is_verb_first(description: str) -> bool:
    """Whether the action begins with a verb, in the base form or, for what is done already, in the past."""
    return any(_is_verb_at(description, start) for start in action_starts(description))


def _is_verb_at(description: str, start: int) -> bool:
    adverb = _ADVERB.match(description, start)
    while adverb:
        start = adverb.end()
        adverb = _ADVERB.match(description, start)
    first = _WORD.match(description, start)
    if first is None:
        return False
    word = first[0].casefold()
    if _is_known_verb(word):
        return True
    if word in _NO_VERB or word.endswith(_NO_VERB_ENDINGS):
        return False
    return bool(_DETERMINER.match(description, first.end()))


def _is_known_verb(word: str) -> bool:
    if word in ACTION_VERBS or word in IRREGULAR_PASTS:
        return True
    for prefix in ("re-", "re", "un", "de-", "de", "pre-", "auto-", "auto", "dis", "over", "self-"):
        if (
            word.startswith(prefix)
            and word.removeprefix(prefix) in ACTION_VERBS
            and len(word) - len(prefix) > 2
        ):
            return True
    if not word.endswith("ed"):
        return False
    stem = word[:-2]
    stems = (
        stem,
        stem + "e",
        stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else stem,
        word[:-3] + "y",
    )
    return any(each in ACTION_VERBS for each in stems)


_VAGUE_OPENERS = re.compile(
    r"(?:(?:re-?)?investigat(?:e|ed|ing)|improv(?:e|ed|ing)|enhanc(?:e|ed|ing)|explor(?:e|ing)"
    r"|mak(?:e|ing) (?:\w+ ){0,4}?better|mak(?:e|ing) sure|look(?:ing)? (?:into|at)|think about"
    r"|consider(?:ing)?|try(?:ing)? to|be (?:more )?(?:careful|mindful|aware)"
    r"|ensur(?:e|ing) (?:that )?(?:people|everyone|everybody|engineers|developers|staff|the team)"
    r"|(?:re)?train(?:ed|ing)?|remind(?:ed|ing)?)\b(?!-)",
    re.IGNORECASE,
)
_PEOPLE = (
    r"(?:(?:the|all|our|new|on-call|every)\s+){0,3}(?:\w+\s+)?(?:people|everyone|everybody|engineers?"
    r"|developers?|staff|teams?|operators?|responders?|employees|colleagues|on-call|users|members)"
)
_MACHINES = r"(?:models?|classifiers?|networks?|detectors?|embeddings?|weights)"
_TRAINING = (
    r"\btrainings?\b(?!\s+(?:jobs?|pipelines?|runs?|data|sets?|clusters?|models?|environment"
    r"|platform|service|site|app)\b)"
)
_PROVIDE = (
    r"(?:conduct|schedule|hold|run|give|do|provide|organi[sz]e|arrange|offer|plan|attend|require"
    r"|create|develop|add|set up)(?:d|ed)?"
)
_RULES = r"(?:process|procedures?|policy|policies|guidelines?|rules)"
_WEAK_OPENERS = re.compile(
    rf"(?:(?:re-?)?train(?:ed)?\b(?!-)(?!\s+(?:\S+\s+){{0,5}}?{_MACHINES}\b)"
    rf"|educate\b|coach\b|teach\s+{_PEOPLE}|remind(?:ed)?\b|raise (?:the )?awareness"
    r"|send (?:out )?(?:an? |the )?reminders?|pay (?:\w+ )?attention"
    r"|be (?:more )?(?:careful|mindful|aware|cautious|vigilant)"
    rf"|(?:make sure|ensure)(?: that)? {_PEOPLE}|encourage {_PEOPLE}"
    rf"|(?:tell|ask|urge|instruct|advise) {_PEOPLE}"
    rf"|(?:follow|adhere to|respect) (?:the|our|all|existing)\s+(?:\w+\s+){{0,2}}{_RULES}"
    rf"|{_PROVIDE}\s+(?:[\w-]+\s+){{0,4}}?{_TRAINING})",
    re.IGNORECASE,
)
_DOCUMENTATION = re.compile(
    r"(?:document(?:ed)?\b(?!\s+(?:store|database|db|index|service|api|parser)\b)"
    r"|(?:write|update|improve|add|create|expand|extend|complete|fix|review|clarify|refresh|amend"
    r"|revise)d?\s+(?:[\w’'-]+\s+){0,4}?(?:documentation|docs|wiki(?: page| article)?s?|readmes?"
    r"|confluence(?: page)?s?|guidelines?)"
    r"(?=\s*(?:$|[.,;:!)(]|(?:for|of|on|about|with|in|to|so|how|the|what|our|an?|that|and|which|when)\b)))",
    re.IGNORECASE,
)
_STRONGER = re.compile(
    r"\b(?:runbooks?|playbooks?|checklists?|tests?|lint(?:er)?|CI|automat\w+|generat\w+)\b",
    re.IGNORECASE,
)


def vague_opening(description: str) -> Finding | None:
    """The opening that leaves an action without an end (practice notes B3): improve, investigate, make sure ..."""
    for start in action_starts(description):
        found = _VAGUE_OPENERS.match(description, start)
        if found:
            return VAGUE.at(description, *found.span())
    return None


def weak_action(description: str) -> Finding | None:
    """What makes an action weak: only training, documentation or being careful (practice rules 20 and 21).

    A runbook or checklist is not weak: it is used in the next incident, and can be drilled.
    """
    for start in action_starts(description):
        found = _WEAK_OPENERS.match(description, start)
        if found is None and not _STRONGER.search(description):
            found = _DOCUMENTATION.match(description, start)
        if found:
            return WEAK.at(description, *found.span())
    return None


def no_verb_first(description: str) -> Finding | None:
    """The first words of an action that does not begin with a verb."""
    if is_verb_first(description):
        return None
    start = action_starts(description)[0]
    end = (
        start + len(description[start:].split(maxsplit=1)[0])
        if description[start:].strip()
        else start
    )
    return NOT_A_VERB.at(description, start, end)
