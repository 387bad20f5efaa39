"""The blame lint: every rule L1 to L6, each where it applies, over a Markdown document or one text of it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from kintsugi.core.language.allowances import Allowed, settle
from kintsugi.core.language.blame_rules import SINGLE_CAUSE
from kintsugi.core.language.emphasis import coloured_words, named_people
from kintsugi.core.language.finding import Finding, without_overlaps
from kintsugi.core.language.hindsight import hindsight
from kintsugi.core.language.outline import Passage, PassageKind, items, outline
from kintsugi.core.language.people import is_one_person
from kintsugi.core.language.prose import is_written, paragraphs, without_quoted_blocks
from kintsugi.core.language.questions import blaming_questions
from kintsugi.core.language.wording import blamed_people, disguised_fixes


@dataclass(frozen=True, slots=True)
class Linted:
    """What a document's words were found to say of people: what stands, and what its writers allow."""

    findings: tuple[Finding, ...]
    allowed: tuple[Allowed, ...] = ()


_FRONT_MATTER = re.compile(r"\A---\n.*?^---[ \t]*$", re.DOTALL | re.MULTILINE)
_ROLE = (
    r"(?:authors?|owners?|created by|written by|prepared by|(?:incident )?commander|ic|facilitator|reviewers?"
    r"|responders?|participants|attendees|involved|on[- ]call|(?:incident |tech )?lead|scribe|contributors"
    r"|reporter|reported by)"
)
_BYLINE = re.compile(
    rf"^[ \t]*(?:#{{1,6}}[ \t]+|[-*+|][ \t]*)?[*_]{{0,2}}{_ROLE}[*_]{{0,2}}[ \t]*[:|]"
    r"[*_]{0,2}(?P<who>[^\n]{1,300})$",
    re.IGNORECASE | re.MULTILINE,
)
_NAME = re.compile(
    r"@[A-Za-z][\w-]{2,38}|[A-Z][\w’'.-]{1,20}(?: [A-Z][\w’'.-]{1,20}){1,2}|[\w.-]{2,40}@[\w.-]{3,60}"
)
_NO_NAME = re.compile(r"(?:The|This|That|These|All|Our|Some|No|It|We|In|On)\b|.*noreply")
_LISTED = re.compile(r"^[ \t]*(?:[-*+|][ \t]*)?(?P<who>[^\n.:]{2,80})$", re.MULTILINE)
"""A line that can be a name and a role, and no sentence."""
_NOT_KNOWN = re.compile(
    r"\b(?:unknown|under investigation|not (?:yet )?(?:known|clear))\b", re.IGNORECASE
)
_NO_FACTOR = re.compile(r"\W*(?:none|n/?a|nothing|no|not applicable|unknown)?\W*", re.IGNORECASE)


def lint_markdown(text: str, *, people: Iterable[str] = ()) -> Linted:
    """What the words of a Markdown document say of people (practice notes B2, rules L1 to L6).

    Headings tell the passages: what would have helped (L3) is looked for in the account and not among
    actions and lessons, and the subject of a root cause's first sentence counts as the cause. `people`
    are known names; those in bylines and lists of attendees are found. Line ends are single line feeds.
    """
    plain = _FRONT_MATTER.sub(lambda place: re.sub(r"[^\n]", " ", place[0]), text, count=1)
    passages = outline(plain)
    names = tuple(sorted({*people, *people_named(plain, passages)}))
    found: list[Finding] = []
    for passage in passages:
        body = plain[passage.start : passage.end]
        found += _moved(text, passage.start, lint_text(body, passage.kind, people=names))
        if passage.heading_end > passage.heading_start:
            heading = plain[passage.heading_start : passage.heading_end]
            found += _moved(text, passage.heading_start, _in_heading(heading, names))
    found += _named_once(text, plain, passages, names)
    found += _single_cause(text, plain, passages)
    standing, allowed = settle(text, sorted(found, key=lambda each: (each.start, each.end)))
    return Linted(standing, allowed)


def lint_text(text: str, kind: PassageKind, *, people: Sequence[str] = ()) -> tuple[Finding, ...]:
    """What one text says of people, given the kind of passage it is; findings in the order of the text.

    The rules about a whole document (names in the account, a single cause) are not asked.
    """
    names = tuple(people)
    found = [*_blamed(text, kind, names), *hindsight(text, people=names)]
    if kind.is_told:
        found += disguised_fixes(text)
    found += coloured_words(text)
    found += blaming_questions(text, people=names)
    return without_overlaps(_gravest_first(found))


def _gravest_first(found: Iterable[Finding]) -> Iterator[Finding]:
    """Without those that overlap one of a graver family: L1 goes before L2, and so on."""
    starts: list[int] = []
    ends: list[int] = []
    for finding in sorted(found, key=lambda each: (each.rule[:2], each.start, -each.end)):
        # Those kept never overlap, so that starts and ends are in one order and two neighbours tell.
        place = bisect_left(starts, finding.end)
        if place and ends[place - 1] > finding.start:
            continue
        starts.insert(place, finding.start)
        ends.insert(place, finding.end)
        yield finding


def _blamed(text: str, kind: PassageKind, names: tuple[str, ...]) -> Iterator[Finding]:
    if kind is not PassageKind.FACTORS:
        yield from blamed_people(text, people=names, is_cause=kind is PassageKind.CAUSE)
        return
    for start, end in items(text):
        found = blamed_people(text[start:end], people=names, is_cause=True)
        yield from _moved(text, start, found)


def _in_heading(heading: str, names: tuple[str, ...]) -> Iterator[Finding]:
    yield from blamed_people(heading, people=names)
    yield from blaming_questions(heading, people=names)


def _moved(text: str, by: int, found: Iterable[Finding]) -> Iterator[Finding]:
    """Findings of a passage, told by their places in the whole."""
    for each in found:
        start, end = each.start + by, each.end + by
        yield replace(each, start=start, end=end, quote=text[start:end])


def people_named(text: str, passages: Sequence[Passage] | None = None) -> tuple[str, ...]:
    """The people whom bylines (`Authors: ...`) and passages such as Attendees name, by handle or by full name."""
    told = [place["who"] for place in _BYLINE.finditer(text)]
    told += (
        line["who"]
        for passage in (outline(text) if passages is None else passages)
        if passage.kind is PassageKind.PEOPLE
        for line in _LISTED.finditer(text, passage.start, passage.end)
    )
    names = {name for each in told for name in _NAME.findall(each)}
    return tuple(sorted(name for name in names if is_one_person(name) and not _NO_NAME.match(name)))


NAMELESS = frozenset(
    {PassageKind.TIMELINE, PassageKind.PEOPLE, PassageKind.ACTIONS, PassageKind.REFERENCE}
)
"""Where names belong: whoever did something, is there for something, or will do it."""


def _named_once(
    text: str, plain: str, passages: Sequence[Passage], names: tuple[str, ...]
) -> Iterator[Finding]:
    """Each known person where the account names them first; bylines do not count."""
    if not names:
        return
    without_bylines = _BYLINE.sub(lambda place: " " * len(place[0]), plain)
    seen: set[str] = set()
    for passage in passages:
        if passage.kind in NAMELESS:
            continue
        for each in named_people(without_bylines[passage.start : passage.end], names):
            if each.quote.casefold() not in seen:
                seen.add(each.quote.casefold())
                yield from _moved(text, passage.start, [each])


def _single_cause(text: str, plain: str, passages: Sequence[Passage]) -> Iterator[Finding]:
    """A root cause of one sentence or paragraph, where no passage tells of contributing factors (L6)."""
    said = without_quoted_blocks(plain)
    causes = [
        (index, passage)
        for index, passage in enumerate(passages)
        if re.search(r"root[- ]cause", passage.title, re.IGNORECASE)
    ]
    if not causes or re.search(
        r"\bcontribut(?:ed|ing|ory)\b(?! factors?\W*$)", said, re.IGNORECASE | re.MULTILINE
    ):
        return
    factors = [
        _whole(said, index, passages)
        for index, passage in enumerate(passages)
        if passage.kind is PassageKind.FACTORS
    ]
    if any(not _NO_FACTOR.fullmatch(told) and is_written(told) for told in factors):
        return
    told = [_whole(said, index, passages) for index, _ in causes]
    written = [each for each in told if is_written(each) and not _NOT_KNOWN.search(each)]
    if len(written) == 1 and len(items(written[0].strip())) < 2 and len(paragraphs(written[0])) < 2:
        _, first = causes[told.index(written[0])]
        yield SINGLE_CAUSE.at(text, first.heading_start, first.heading_end)


def _whole(text: str, index: int, passages: Sequence[Passage]) -> str:
    """The text of a passage with that of the passages under it."""
    own = passages[index]
    after = islice(passages, index + 1, None)
    end = next((each.heading_start for each in after if each.depth <= own.depth), len(text))
    return text[own.start : end]
