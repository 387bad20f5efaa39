"""Rules about the analysis: no person as cause, several factors, deep whys, facts apart from fixes (15 to 18)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kintsugi.core.analysis.five_whys import depth_of, ends
from kintsugi.core.language.finding import Finding
from kintsugi.core.language.people import is_tool
from kintsugi.core.language.prose import is_written, written_of
from kintsugi.core.language.wording import blamed_people, disguised_in_each
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
from kintsugi.core.shared.text import joined, plural, shortened

_WARNING, _INFO = RuleLevel.WARNING, RuleLevel.INFO

_PERSON = Asked(
    "15.person",
    "No person as cause",
    _WARNING,
    "root_cause",
    "PagerDuty, Postmortem Documentation: blamelessness",
)
_FACTORS = Asked(
    "15.factors",
    "More than a single cause",
    _WARNING,
    "contributing_factors",
    "Howie: the Post-Incident Guide",
)
_DEPTH = Asked(
    "15.depth",
    "Whys of some depth",
    _WARNING,
    "whys",
    "Google SRE book, ch. 15: is the root cause deep enough?",
)
_ENDS = Asked(
    "15.ends",
    "Whys end where we can act",
    _WARNING,
    "whys",
    "Ours: an end is chosen by people, never by a word",
)


def causes(postmortem: Postmortem, settings: Settings) -> Iterator[Answer]:
    """Rule 15: no person or role as cause; for SEV-1 and 2 factors of several kinds; whys 3 to 7 deep.

    Causes are the root cause, the contributing factors and the answers at which the whys stop. A
    chain of whys stops only where somebody marked its answer as actionable and within our control.
    """
    yield _person(postmortem)
    yield _factors(postmortem, settings)
    yield _depth(postmortem, settings)
    whys = ends(postmortem.whys)
    if not whys:
        yield not_applicable(_ENDS, "No why is asked yet.")
        return
    open_ends = [why.answer or why.question for why in whys if not why.is_actionable]
    if not open_ends:
        yield passed(_ENDS, "Every end is marked as actionable and within our control.")
        return
    first = shortened(open_ends[0], 60)
    text = f"{plural(len(open_ends), 'end')} not marked as actionable, such as {first!r}; ask on, or mark it."
    yield failed(_ENDS, text, 1 - len(open_ends) / len(whys))


def known_people(postmortem: Postmortem) -> tuple[str, ...]:
    """The names that the record itself gives, sorted."""
    named = {postmortem.commander, postmortem.owner, postmortem.facilitator, postmortem.created_by}
    named.update(postmortem.contributors, postmortem.reviewers)
    actors = {event.actor for event in postmortem.timeline}
    named.update(actor for actor in actors if not is_tool(actor))
    named.update(action.owner for action in postmortem.action_items)
    return tuple(sorted(name for name in named if len(name.strip()) > 2))


def _person(postmortem: Postmortem) -> Answer:
    stated = [("root cause", postmortem.root_cause)]
    stated += [("contributing factors", factor.text) for factor in postmortem.contributing_factors]
    stated += [("whys", why.answer) for why in ends(postmortem.whys)]
    written = [(name, text) for name, text in stated if is_written(text)]
    if not written:
        return not_applicable(_PERSON, "No cause is given yet.")
    names = known_people(postmortem)
    found = [
        (name, finding)
        for name, text in written
        for finding in blamed_people(text, people=names, is_cause=True)
    ]
    if not found:
        return passed(_PERSON, "No cause names a person or a role.")
    told = [f"{shortened(finding.quote, 60)!r} in the {name}" for name, finding in found[:3]]
    return failed(_PERSON, f"{joined(told)}. {found[0][1].rewrite}")


def _factors(postmortem: Postmortem, settings: Settings) -> Answer:
    factors = [factor for factor in postmortem.contributing_factors if is_written(factor.text)]
    if postmortem.severity is None or not postmortem.severity.is_high:
        return not_applicable(_FACTORS, "Asked for SEV-1 and SEV-2.")
    if not factors:
        return not_applicable(_FACTORS, "There is no contributing factor yet.")
    kinds = {factor.category for factor in factors if factor.category}
    size = f"{plural(len(factors), 'factor')} in {len(kinds)} {'category' if len(kinds) == 1 else 'categories'}"
    if len(factors) < settings.min_factors:
        text = f"A single cause: {size}. What else had to be true for this to happen, or to last this long?"
        return failed(_FACTORS, text)
    if len(kinds) < settings.min_factor_categories:
        text = f"{size}; look in {settings.min_factor_categories} or more, and give each factor its category."
        return failed(_FACTORS, text, 0.5)
    return passed(_FACTORS, f"{size}.")


def _depth(postmortem: Postmortem, settings: Settings) -> Answer:
    depth, (least, most) = depth_of(postmortem.whys), settings.why_depth
    if depth == 0:
        if postmortem.severity is not None and postmortem.severity.is_high:
            return failed(
                _DEPTH,
                f"No why is asked; for {postmortem.severity.label} ask at least {least} times.",
            )
        return not_applicable(_DEPTH, "Asked for SEV-1 and SEV-2, and wherever whys are written.")
    if depth < least:
        return failed(
            _DEPTH,
            f"The longest chain has {plural(depth, 'why')}; ask on to {least} or more.",
            depth / least,
        )
    bad = f"The longest chain has {depth} whys, more than {most}; it may have left what can be acted on."
    return either(_DEPTH, depth <= most, f"The longest chain has {depth} whys.", bad)


_FACTS = Asked(
    "16.facts",
    "Facts apart from fixes",
    _WARNING,
    "root_cause",
    "PagerDuty, Postmortem Documentation: what happened, then how to fix it",
)


def facts(postmortem: Postmortem, _settings: Settings) -> Iterator[Answer]:
    """Rule 16: the account tells what happened; what would have helped stands among the actions."""
    told: Sequence[tuple[str, Sequence[str]]] = [
        ("summary", [postmortem.summary]), ("lead-up", [postmortem.lead_up]),
        ("trigger", [postmortem.trigger]), ("root cause", [postmortem.root_cause]),
        ("resolution", [postmortem.resolution]),
        ("timeline", [event.description for event in postmortem.timeline]),
    ]  # fmt: skip
    written = [(name, texts) for name, each in told if (texts := written_of(each))]
    if not written:
        yield not_applicable(_FACTS, "Nothing is told yet.")
        return
    found: list[tuple[str, Finding]] = [
        (name, each) for name, texts in written for each in disguised_in_each(texts)
    ]
    if not found:
        yield passed(_FACTS, "The account tells what happened.")
        return
    places = [f"{shortened(finding.quote, 50)!r} in the {name}" for name, finding in found[:3]]
    yield failed(_FACTS, f"{joined(places)}. {found[0][1].rewrite}")


_HALVE = Asked(
    "17.halve",
    "How to halve the times",
    _WARNING,
    "response",
    "Google SRE book: would this be shorter next time?",
)
_KNOWN = Asked(
    "18.known",
    "Was a fix already known?",
    _WARNING,
    "known_before",
    "Google SRE Workbook, ch. 10: one published late, and it recurred",
)
_SIMILAR = Asked(
    "18.similar",
    "Similar incidents",
    _WARNING,
    "similar",
    "Google SRE Workbook, ch. 10: machine-readable tags",
)


def questions(postmortem: Postmortem, _settings: Settings) -> Iterator[Answer]:
    """Rules 17 and 18: how to halve detection and mitigation, whether a fix was known, what happened before."""
    asked = (
        ("detect", postmortem.response.halve_detection),
        ("mitigate", postmortem.response.halve_mitigation),
    )
    absent = [name for name, text in asked if not is_written(text)]
    if absent:
        yield failed(
            _HALVE, f"Answer how we would halve the time to {joined(absent)}.", 1 - len(absent) / 2
        )
    else:
        yield passed(_HALVE, "Answered for detection and mitigation.")
    bad = "Look through the backlog: was a fix for this known before? Write yes, no, or its ticket."
    yield either(_KNOWN, is_written(postmortem.known_before), "Answered.", bad)
    bad = "Search for similar incidents and link them, or write none."
    yield either(_SIMILAR, any(map(is_written, postmortem.similar)), "Answered.", bad)
