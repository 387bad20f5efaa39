"""What a foreign heading speaks of: timeline, action items, root cause, or something of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from kintsugi.core.actions.item import Horizon


class Kind(Enum):
    """What a section of a foreign document is."""

    TITLE = "title"
    SUMMARY = "summary"
    IMPACT = "impact"
    TIMELINE = "timeline"
    TRIGGER = "trigger"
    ROOT_CAUSE = "root_cause"
    CONTRIBUTING_FACTORS = "contributing_factors"
    DETECTION = "detection"
    RESOLUTION = "resolution"
    WHAT_WENT_WELL = "what_went_well"
    WHAT_WENT_POORLY = "what_went_poorly"
    WHERE_WE_GOT_LUCKY = "where_we_got_lucky"
    LESSONS = "lessons"
    ACTION_ITEMS = "action_items"
    FACT = "fact"
    OTHER = "other"


_KINDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.TIMELINE: (
        (
            r"(?:\w+ )?(?:time ?-?line|chronology|sequence of events|course of events|incident log|event log)"
            r"(?: (?:of|for|on) .*)?"
        ),
        "events",
    ),
    Kind.ACTION_ITEMS: (
        (
            r"(?:(?:open|immediate|follow-?up|corrective|preventive|preventative|remedial|remediation|post-?mortem|next"
            r"|mitigating) )*"
            r"(?:action(?: item| point| plan)?s?|follow-?ups?|measures?|remediations?|next steps?|to-?dos?|todo list)"
        ),
        r"(?:corrective and )?prevent(?:at)?ive (?:measures?|actions?)",
        "prevention",
        (
            r"(?:planned|short[- ]term|medium[- ]term|long[- ]term|immediate) "
            r"(?:actions?|improvements?|fix(?:es)?|solutions?|remediations?)"
        ),
        r"how (?:are|will|do) we (?:be )?prevent(?:ing)? (?:it|this)(?: from)?(?: happening)?(?: again)?",
        r"what (?:are we|we are) (?:doing|changing)(?: .*)?",
    ),
    Kind.SUMMARY: (
        (
            r"(?:(?:issue|incident|executive|event|problem|outage|post-?mortem) )?"
            r"(?:summary|overview|abstract|tl;?dr|synopsis)"
        ),
        "in short",
    ),
    Kind.IMPACT: (
        r"(?:(?:customer|user|business|technical|incident) )?impact(?: (?:analysis|assessment|summary))?",
    ),
    Kind.TRIGGER: (r"triggers?",),
    Kind.ROOT_CAUSE: (
        r"(?:the )?(?:(?:primary|root|underlying) )?causes?(?: analysis)?(?: \(rca\))?",
        "rca",
        r"why did (?:it|this) happen",
    ),
    Kind.CONTRIBUTING_FACTORS: (r"contributing (?:factors|causes|conditions)", "contributors"),
    Kind.DETECTION: (
        "detection",
        r"how (?:was|did we) (?:it )?(?:detected|notice(?: it)?|detect(?: it)?)",
    ),
    Kind.RESOLUTION: (
        r"(?:incident )?(?:resolution|recovery|remedy)(?:(?: and|,| &) (?:recovery|resolution|mitigation))?",
    ),
    Kind.WHAT_WENT_WELL: (r"(?:what|things that) (?:went|worked) well", "what worked"),
    Kind.WHAT_WENT_POORLY: (
        (
            r"what (?:went (?:wrong|poorly|badly|less well)|didn['’]?t(?: go| work)? ?well|didn['’]?t work"
            r"|could (?:be|have been) improved|could have gone better|could improve)"
        ),
        "areas for improvement",
    ),
    Kind.WHERE_WE_GOT_LUCKY: (r"(?:where|how) we (?:got|were) lucky", "lucky factors"),
    Kind.LESSONS: (
        r"lessons(?: learn(?:ed|t))?",
        r"(?:key )?(?:takeaways|learnings)",
        r"what (?:did we learn|we learned)",
    ),
}
_MATCH = {kind: re.compile("|".join(patterns)) for kind, patterns in _KINDS.items()}
_MARKS = re.compile(r"[*_`~]|^[\W\d_]+(?=\w)|\[([^\]]*)\]\([^)]*\)")
_NUMBERED = re.compile(r"^\d+(?:\.\d+)*[.):]?\s+")
_NOTE = re.compile(r"\s*(?:\(.*|[:?!].*|\s[-–—].*)$")
_FACT = re.compile(r"^[A-Z][\w /-]{1,30}:\s*\S.*$|^[A-Z][\w /-]{1,30}:\s*$")
_SET_APART = re.compile(r"\s*[/&]\s*|\s+and\s+")
_WHEN = re.compile(
    r"\b(?P<immediate>immediate)|\b(?P<short>short)[- ]?term|\b(?P<long>long)[- ]?term",
    re.IGNORECASE,
)
_DONE = re.compile(r"\b(?:completed|done|finished|resolved)\b", re.IGNORECASE)


def plain_heading(heading: str) -> str:
    """A heading's words in lower case, without marks, numbers and what stands in brackets or behind a colon."""
    text = _NUMBERED.sub("", heading.strip())
    text = _MARKS.sub(lambda found: found[1] or "", text).strip().casefold()
    return _NOTE.sub("", text).strip() or text


def kind_of(heading: str) -> Kind:
    """What a heading speaks of; FACT for one such as `Date: 12 March`, OTHER for one of its own."""
    plain = plain_heading(heading)
    tries = [plain, *_SET_APART.split(plain)]
    for text in tries:
        for kind, pattern in _MATCH.items():
            if pattern.fullmatch(text):
                return kind
    return Kind.FACT if _FACT.match(heading.strip()) else Kind.OTHER


def horizon_in(heading: str) -> Horizon | None:
    """The practices' horizon that a heading over actions names, if it names one."""
    found = _WHEN.search(heading)
    if found is None:
        return None
    if found["immediate"]:
        return Horizon.IMMEDIATE
    return Horizon.SHORT if found["short"] else Horizon.LONG


def says_done(text: str) -> bool:
    """Whether a heading or remark says that what it is about is done."""
    return bool(_DONE.search(text)) and not re.search(
        r"\b(?:not|to be|in progress)\b", text, re.IGNORECASE
    )
