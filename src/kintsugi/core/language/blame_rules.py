"""The rules of the blame lint: what each speaks of, why it matters, what to ask instead, and who says so."""

from __future__ import annotations

from kintsugi.core.language.finding import LanguageRule, Level

_DEKKER = "Dekker, The Field Guide to Understanding Human Error"
_PAGERDUTY = "PagerDuty, Postmortem Documentation: blamelessness"
_ETSY = "Allspaw, Evans and Schauenberg, Etsy Debriefing Facilitation Guide (2016)"
_JUST_CULTURE = "Allspaw, Blameless PostMortems and a Just Culture (Etsy, 2012)"
_INFINITE_HOWS = "Allspaw, The Infinite Hows (2014)"
_SRE_BOOK = "Google SRE book, ch. 15: Postmortem Culture"
_WORKBOOK = "Google SRE Workbook, ch. 10"
_COOK = "Cook, How Complex Systems Fail (1998), points 7 and 8"
_ASK = "What made this the sensible thing to do at the time, and what let it reach production?"

HUMAN_ERROR = LanguageRule(
    "L1.human-error", Level.ERROR,
    "A person's error is where the analysis starts, not where it ends: the next person may do the same.",
    f"Name the condition instead. {_ASK}", _DEKKER,
)  # fmt: skip
JUDGEMENT = LanguageRule(
    "L1.judgement", Level.ERROR,
    "This judges a person's character or care. It explains nothing, and people stop telling what they saw.",
    "Say what happened and what the person could know then, without the judgement.", _PAGERDUTY,
)  # fmt: skip
MORE_CAREFUL = LanguageRule(
    "L1.more-careful", Level.ERROR,
    "Asking people to be more careful changes nothing that could be checked.",
    "Say which check, default or limit will catch it when somebody is not.", _WORKBOOK,
)  # fmt: skip
TO_BLAME = LanguageRule(
    "L1.to-blame", Level.ERROR,
    "This assigns blame to a person.",
    f"Say what the system allowed. {_ASK}", _PAGERDUTY,
)  # fmt: skip
PERSON_AS_CAUSE = LanguageRule(
    "L1.person-as-cause", Level.ERROR,
    "The cause given is a person or a role. What one individual did is never a root cause.",
    f"Make the system the subject: what allowed, invited or hid it? {_ASK}", _PAGERDUTY,
)  # fmt: skip
SKILL = LanguageRule(
    "L1.skill", Level.ERROR,
    "This makes a person's skill or training the explanation. Whoever does this work next may know as little.",
    "Say what the task asked for that its tools and documents did not show, and how one would have known.", _SRE_BOOK,
)  # fmt: skip
SHOULD_HAVE = LanguageRule(
    "L2.should-have", Level.WARNING,
    "This measures people against what is only known now. It tells of an incident that did not happen.",
    "Say what they did and saw, in their order. What made that make sense at the time?", _DEKKER,
)  # fmt: skip
OMISSION = LanguageRule(
    "L2.omission", Level.WARNING,
    "What a person did not do cannot have been seen; somebody with hindsight expected it.",
    "Say what the person did instead and why, or what did not prompt or show the step.", _ETSY,
)  # fmt: skip
MISTAKE = LanguageRule(
    "L2.mistake", Level.WARNING,
    "A step is called wrong by its outcome. To whoever took it, it looked right.",
    "Say what was done and what it led to. What did it look like from where the person stood?", _JUST_CULTURE,
)  # fmt: skip
FIRST_PERSON = LanguageRule(
    "L2.first-person", Level.INFO,
    "We may judge ourselves, yet this still says what was absent rather than what was there.",
    "Say what we saw and did; put the improvement among the actions.", _ETSY,
)  # fmt: skip
WOULD_HAVE = LanguageRule(
    "L3.would-have", Level.WARNING,
    "This tells of an incident that did not happen. It is a fix written as a fact.",
    "Say here what was there and what it did; put the improvement among the actions.", _PAGERDUTY,
)  # fmt: skip
LACK_OF = LanguageRule(
    "L3.lack-of", Level.WARNING,
    "Something that was absent cannot be seen in the record. It is a fix written as a fact.",
    "Say what was watched, tested or written and what it showed; put the improvement among the actions.", _PAGERDUTY,
)  # fmt: skip
HINDSIGHT_WORD = LanguageRule(
    "L4.hindsight-word", Level.INFO,
    "This word says that it was easy to see or to do. It is so only now that the outcome is known.",
    "Leave the word out; the sentence says the same.", _COOK,
)  # fmt: skip
ANIMATED = LanguageRule(
    "L4.animated", Level.INFO,
    "Loud words draw attention to the writer's feelings and away from what happened.",
    "Say how large it was, with a number.", _WORKBOOK,
)  # fmt: skip
OUTAGE = LanguageRule(
    "L4.outage", Level.INFO,
    "An outage is when nothing works; here a part did.",
    "Say degradation or partial outage, and how large the part was.", _PAGERDUTY,
)  # fmt: skip
NAMED = LanguageRule(
    "L4.named-person", Level.INFO,
    "A person is named in the account. Readers remember the name and not the system.",
    "Name the role, such as the on-call engineer; names belong to roles, timeline and owners.", _WORKBOOK,
)  # fmt: skip
WHY_PERSON = LanguageRule(
    "L5.why-person", Level.INFO,
    "Asked why they did it, people defend themselves.",
    "Ask what they saw and how they came to it: 'What did the screen show?', 'How is this done on other days?'",
    _INFINITE_HOWS,
)  # fmt: skip
WHO = LanguageRule(
    "L5.who", Level.INFO,
    "Asked who, a review finds a person and stops there.",
    "Ask how it came about: 'How did the change reach production?', 'How does one learn that it is due?'",
    _INFINITE_HOWS,
)  # fmt: skip
SINGLE_CAUSE = LanguageRule(
    "L6.single-cause", Level.INFO,
    "One root cause and no contributing factor. Each factor is needed, and only together do they suffice.",
    "What else had to be true for this to happen, to grow, or to last this long?", _COOK,
)  # fmt: skip
ALLOWED_WITHOUT_REASON = LanguageRule(
    "L0.no-reason", Level.WARNING,
    "A finding is allowed here and nobody says why, so it is not allowed.",
    "Write the reason after a colon: <!-- kintsugi-allow L2.omission: it quotes the policy -->", "Ours",
)  # fmt: skip
ALLOWED_UNKNOWN = LanguageRule(
    "L0.unknown-rule", Level.WARNING,
    "There is no rule of this name, so nothing is allowed.",
    "Take the name from the finding, such as L2.omission, or its family, such as L2.", "Ours",
)  # fmt: skip
ALLOWED_UNUSED = LanguageRule(
    "L0.unused", Level.INFO,
    "Nothing is found here any longer that this would allow.",
    "Take the comment out.", "Ours",
)  # fmt: skip

BLAME_RULES: tuple[LanguageRule, ...] = (
    HUMAN_ERROR, JUDGEMENT, MORE_CAREFUL, TO_BLAME, PERSON_AS_CAUSE, SKILL,
    SHOULD_HAVE, OMISSION, MISTAKE, FIRST_PERSON, WOULD_HAVE, LACK_OF,
    HINDSIGHT_WORD, ANIMATED, OUTAGE, NAMED, WHY_PERSON, WHO, SINGLE_CAUSE,
    ALLOWED_WITHOUT_REASON, ALLOWED_UNKNOWN, ALLOWED_UNUSED,
)  # fmt: skip
"""All of them, in the order of the reference (docs/reference/blame-lint.md)."""
