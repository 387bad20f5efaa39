"""Rules about what is written: required fields, summary, impact, people, acronyms and pasted logs (1 to 4, 7, 8)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from kintsugi.core.incidents.detection import Detection
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.language.acronyms import unexplained_words
from kintsugi.core.language.people import is_group, is_nobody, is_several
from kintsugi.core.language.prose import (
    LogBlock,
    is_written,
    paragraphs,
    pasted_logs,
    sentences,
    written_of,
)
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.rules import (
    Answer,
    Asked,
    RuleLevel,
    Settings,
    either,
    failed,
    not_applicable,
    passed,
)
from kintsugi.core.postmortems.texts import texts_by_field
from kintsugi.core.shared.kept import kept, kept_of_each
from kintsugi.core.shared.text import joined, plural, shortened, word_count

_SRE_BOOK = "Google SRE book, ch. 15 and its example postmortem"
_WORKBOOK = "Google SRE Workbook, ch. 10"
_PAGERDUTY = "PagerDuty, Postmortem Documentation"
_REQUIRED, _WARNING, _INFO = RuleLevel.REQUIRED, RuleLevel.WARNING, RuleLevel.INFO

_TEXTS = (
    (
        Asked("1.summary", "Summary", _REQUIRED, "summary", _SRE_BOOK),
        "Say in one paragraph what broke and for how long.",
    ),
    (
        Asked("1.impact", "Impact", _REQUIRED, "impact", _SRE_BOOK),
        "Say who was affected, by how much and when.",
    ),
    (Asked("1.timeline", "Timeline", _REQUIRED, "timeline", _SRE_BOOK), ""),
    (
        Asked("1.trigger", "Trigger", _REQUIRED, "trigger", _SRE_BOOK),
        "Say what set it off on that day.",
    ),
    (
        Asked("1.factors", "Contributing factors", _REQUIRED, "contributing_factors", _SRE_BOOK),
        "Name at least one condition that made it possible or worse.",
    ),
    (
        Asked("1.detection", "Detection", _REQUIRED, "detection", _SRE_BOOK),
        "Say how it was noticed: monitoring, customer, internal or synthetic.",
    ),
    (Asked("1.resolution", "Resolution", _REQUIRED, "resolution", _SRE_BOOK), "Say what ended it."),
    (
        Asked("1.went_well", "What went well", _REQUIRED, "what_went_well", _SRE_BOOK),
        "Name what should be kept.",
    ),
    (
        Asked("1.went_poorly", "What went poorly", _REQUIRED, "what_went_poorly", _SRE_BOOK),
        "Name what slowed people down.",
    ),
    (
        Asked("1.lucky", "Where we got lucky", _REQUIRED, "where_we_got_lucky", _SRE_BOOK),
        "Name what could have made it worse and did not, or say that there was nothing.",
    ),
    (
        Asked("1.actions", "Actions", _REQUIRED, "action_items", _SRE_BOOK),
        "Add an action, or say in no_action_because why there is none.",
    ),
)


def required_fields(postmortem: Postmortem, settings: Settings) -> Iterator[Answer]:
    """Rule 1: what has to be there before a review. A placeholder such as TBD counts as not written."""
    there = {
        "summary": is_written(postmortem.summary),
        "impact": _has_impact(postmortem.impact),
        "trigger": is_written(postmortem.trigger),
        "contributing_factors": any(
            is_written(factor.text) for factor in postmortem.contributing_factors
        ),
        "detection": _has_detection(postmortem.detection),
        "resolution": is_written(postmortem.resolution),
        "what_went_well": any(map(is_written, postmortem.what_went_well)),
        "what_went_poorly": any(map(is_written, postmortem.what_went_poorly)),
        "where_we_got_lucky": any(map(is_written, postmortem.where_we_got_lucky)),
        "action_items": any(is_written(action.description) for action in postmortem.action_items)
        or is_written(postmortem.no_action_because),
    }
    for asked, advice in _TEXTS:
        if asked.field == "timeline":
            yield _timeline(asked, postmortem, settings)
        else:
            yield either(asked, there[asked.field], "Written.", f"Not written yet. {advice}")


def _timeline(asked: Asked, postmortem: Postmortem, settings: Settings) -> Answer:
    count = len(written_of(event.description for event in postmortem.timeline))
    if count >= settings.min_events:
        return passed(asked, f"{plural(count, 'event')}.")
    advice = f"Add {settings.min_events - count} more, beginning before the impact."
    return failed(
        asked,
        f"{plural(count, 'event')} of at least {settings.min_events}. {advice}",
        count / settings.min_events,
    )


def _has_impact(impact: Impact) -> bool:
    rest = (
        impact.user_experience,
        impact.business,
        impact.reputation,
        impact.data_integrity,
        impact.text,
    )
    return (
        impact.is_quantified
        or any(is_written(text) for text in rest)
        or bool(
            impact.affected_services
            or impact.degradations
            or impact.slo_violations
            or impact.error_types
        )
        or impact.data_loss is not None
        or impact.data_corruption is not None
    )


def _has_detection(detection: Detection) -> bool:
    return (
        detection.how is not None or is_written(detection.detected_by) or is_written(detection.gap)
    )


_LENGTH = Asked("2.length", "A short summary", _WARNING, "summary", f"{_WORKBOOK}; one paragraph")
_NUMBER = Asked(
    "2.number",
    "A number in the summary",
    _WARNING,
    "summary",
    f"{_WORKBOOK}: no numbers is a bad sign",
)
_EXTERNAL = Asked(
    "2.external", "A short summary for customers", _INFO, "external.summary", _PAGERDUTY
)
_A_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand)\b"
    r"|\bhalf an? |\b(?:one|an) (?:hour|minute|day)\b|\ball (?:\w+ )?(?:users|customers)\b",
    re.IGNORECASE,
)


def summary(postmortem: Postmortem, settings: Settings) -> Iterator[Answer]:
    """Rule 2: one paragraph of up to 150 words with a duration or number; two or three sentences for customers."""
    text = postmortem.summary
    if is_written(text):
        words, blocks = word_count(text), len(paragraphs(text))
        blocks_allowed = plural(settings.summary_max_paragraphs, "paragraph")
        limit = f"{blocks_allowed} of {plural(settings.summary_max_words, 'word')}"
        size = f"{plural(blocks, 'paragraph')} and {plural(words, 'word')}"
        short = words <= settings.summary_max_words and blocks <= settings.summary_max_paragraphs
        yield either(
            _LENGTH,
            short,
            f"{size}.",
            f"{size} are more than {limit}; move details into the sections.",
        )
        yield either(
            _NUMBER,
            _A_NUMBER.search(text),
            "It holds a number.",
            "Add how long it lasted, or how many it touched.",
        )
    else:
        yield not_applicable(_LENGTH, "There is no summary yet.")
        yield not_applicable(_NUMBER, "There is no summary yet.")
    if not is_written(postmortem.external.summary):
        yield not_applicable(_EXTERNAL, "Nothing is written for customers.")
        return
    count = len(sentences(postmortem.external.summary))
    least, most = settings.external_sentences
    bad = f"{plural(count, 'sentence')}; customers read {least} to {most}."
    yield either(_EXTERNAL, least <= count <= most, f"{plural(count, 'sentence')}.", bad)


_IMPACT_NUMBER = Asked("3.number", "Impact with a number", _WARNING, "impact", _WORKBOOK)
_WHO = Asked("3.who", "Who was affected", _WARNING, "impact", _WORKBOOK)
_WHEN = Asked(
    "3.when", "When the impact was", _WARNING, "milestones", f"{_WORKBOOK}; ISO 8601 with offset"
)
_ESTIMATES = Asked("3.estimates", "Estimates are marked", _INFO, "impact.estimated", _WORKBOOK)
_SOMEBODY = re.compile(
    r"\b(?:users?|customers?|clients?|visitors?|tenants?|merchants?|sellers?|buyers?|shoppers?|drivers?|patients?|students?"
    r"|readers?|subscribers?|members?|accounts?|organi[sz]ations?|partners?|employees|staff|engineers|developers|teams?"
    r"|people|everyone|everybody|nobody|no one|internal|farmers|players|operators|colleagues|guests|citizens)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"~\s?\d|\b(?:about|approximately|approx\.?|around|roughly|estimated|an estimated|nearly|circa)\s+~?\d",
    re.IGNORECASE,
)


def impact(postmortem: Postmortem, _settings: Settings) -> Iterator[Answer]:
    """Rule 3: at least one number, who, and when with date and offset; estimates are allowed and pointed out."""
    hurt = postmortem.impact
    if not _has_impact(hurt):
        for asked in (_IMPACT_NUMBER, _WHO, _WHEN, _ESTIMATES):
            yield not_applicable(asked, "There is no impact yet.")
        return
    told = " ".join((hurt.text, hurt.user_experience, hurt.business))
    quantified = hurt.is_quantified or _A_NUMBER.search(told)
    yield either(
        _IMPACT_NUMBER,
        quantified,
        "It holds a number.",
        "Add one: users, requests, minutes, money, %.",
    )
    who = (
        hurt.affected_users is not None
        or hurt.affected_percent is not None
        or hurt.affected_services
    )
    bad = "Say who noticed: which users, customers or teams, and how many of them."
    yield either(_WHO, who or _SOMEBODY.search(told), "It says who.", bad)
    yield _impact_times(postmortem)
    marked = [*hurt.estimated, *(found[0] for found in _ABOUT.finditer(told))]
    if not quantified:
        yield not_applicable(_ESTIMATES, "There is no number yet.")
    elif marked:
        yield passed(
            _ESTIMATES,
            f"Estimates, to be confirmed: {joined([shortened(each, 30) for each in marked[:5]])}.",
        )
    else:
        yield passed(_ESTIMATES, "No number is marked as an estimate.")


def _impact_times(postmortem: Postmortem) -> Answer:
    stones = postmortem.milestones
    start, end = stones.impact_start, stones.recovered or stones.resolved
    if start is None or end is None:
        absent = [name for name, when in (("start", start), ("end", end)) if when is None]
        share = 0.25 * (2 - len(absent))
        return failed(
            _WHEN,
            f"Not recorded: the {joined(absent)} of the impact. Set impact_start and recovered.",
            share,
        )
    zoned = isinstance(start, datetime) and isinstance(end, datetime)
    dated = zoned or (postmortem.date is not None and bool(postmortem.zone))
    bad = "Start and end are clock times; give them a date and an offset, or set the date and the zone."
    return passed(_WHEN, "Start and end are recorded.") if dated else failed(_WHEN, bad, 0.5)


_OWNER = Asked("4.owner", "One owner", _WARNING, "owner", f"{_WORKBOOK}: four owners is a bad sign")
_FACILITATOR = Asked(
    "4.facilitator",
    "A facilitator beside the owner",
    _WARNING,
    "facilitator",
    "Etsy, Debriefing Facilitation Guide",
)
_OUTSIDER = Asked(
    "4.outsider",
    "A facilitator from outside",
    _WARNING,
    "facilitator",
    "Etsy, Debriefing Facilitation Guide",
)


def people(postmortem: Postmortem, _settings: Settings) -> Iterator[Answer]:
    """Rule 4: exactly one owner; for SEV-1 and 2 another person as facilitator, who took no part in the response."""
    owner = postmortem.owner
    if is_nobody(owner):
        yield failed(_OWNER, "Nobody owns it yet; name one person, the others are contributors.")
    elif is_several(owner) or is_group(owner):
        yield failed(
            _OWNER,
            f"{shortened(owner, 60)} is not one person; name one, the others are contributors.",
        )
    else:
        yield passed(_OWNER, f"{shortened(owner, 60)} owns it.")
    yield _facilitator(postmortem)
    yield _outsider(postmortem)


def _same(one: str, other: str) -> bool:
    return one.strip().lstrip("@").casefold() == other.strip().lstrip("@").casefold()


def _facilitator(postmortem: Postmortem) -> Answer:
    who = postmortem.facilitator
    if postmortem.severity is None or not postmortem.severity.is_high:
        return not_applicable(_FACILITATOR, "Asked for SEV-1 and SEV-2.")
    if is_nobody(who):
        return failed(_FACILITATOR, "Name who will lead the meeting; not the owner.")
    bad = "The owner also facilitates; let somebody else lead the meeting, so that the owner can listen."
    return either(
        _FACILITATOR, not _same(who, postmortem.owner), "Owner and facilitator differ.", bad
    )


def _outsider(postmortem: Postmortem) -> Answer:
    who = postmortem.facilitator
    if is_nobody(who):
        return not_applicable(_OUTSIDER, "There is no facilitator.")
    responders = {event.actor for event in postmortem.timeline} | {postmortem.commander}
    bad = f"{shortened(who, 60)} took part in the response; somebody from outside asks freer questions."
    return either(
        _OUTSIDER, not any(_same(who, each) for each in responders if each), "Not a responder.", bad
    )


_ACRONYMS = Asked(
    "7.acronyms", "Acronyms are explained", _INFO, "glossary", f"{_WORKBOOK}: glossary"
)
_LOGS = Asked(
    "8.logs", "Logs are linked, not pasted", _WARNING, "links", f"{_WORKBOOK}: raw logs are linked"
)


def acronyms(postmortem: Postmortem, settings: Settings) -> Iterator[Answer]:
    """Rule 7: each acronym stands in the glossary, is written out once, or is known to everybody."""
    texts = texts_by_field(postmortem)
    if not texts:
        yield not_applicable(_ACRONYMS, "There is no text yet.")
        return
    known = {*settings.known_acronyms, *(entry.term for entry in postmortem.glossary)}
    known.update(
        word
        for service in postmortem.impact.affected_services
        for word in re.findall(r"\w+", service)
    )
    names = unexplained_words([each for _, each in texts], known)
    if not names:
        yield passed(_ACRONYMS, "No acronym is left unexplained.")
        return
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    listed = ", ".join(names[:10]) + more
    yield failed(_ACRONYMS, f"{listed}: add to the glossary, or write out once.")


@kept
def _logs_in(text: str, longer_than: int) -> tuple[LogBlock, ...]:
    return tuple(pasted_logs(text, longer_than))


_all_logs = kept_of_each(_logs_in)


def logs(postmortem: Postmortem, settings: Settings) -> Iterator[Answer]:
    """Rule 8: no more than 40 lines of raw log in a text; what is longer is attached or linked."""
    texts = texts_by_field(postmortem)
    if not texts:
        yield not_applicable(_LOGS, "There is no text yet.")
        return
    for name, each in texts:
        for block in _all_logs(each, settings.max_log_lines):
            where = f"{name} holds {plural(block.lines, 'line')} of log from {shortened(block.opening, 40)!r}"
            yield failed(_LOGS, f"{where}; keep the lines that matter and link the rest.")
            return
    yield passed(_LOGS, "No long log is pasted in.")
