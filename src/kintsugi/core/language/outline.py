"""The passages of a Markdown document by their headings, each with the kind of thing it tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from kintsugi.core.language.prose import without_quoted_blocks


class PassageKind(Enum):
    """What a passage of a postmortem is for, as far as its heading says."""

    ACCOUNT = "account"
    TIMELINE = "timeline"
    CAUSE = "cause"
    FACTORS = "factors"
    LESSONS = "lessons"
    ACTIONS = "actions"
    PEOPLE = "people"
    REFERENCE = "reference"

    @property
    def is_told(self) -> bool:
        """Whether it tells what happened: there, what would have helped has no place (practice notes B2, L3)."""
        return self in {PassageKind.ACCOUNT, PassageKind.TIMELINE, PassageKind.CAUSE}


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading's title, kind and depth, and where its own text stands: text[start:end], up to the next heading."""

    title: str
    kind: PassageKind
    depth: int
    heading_start: int
    heading_end: int
    start: int
    end: int


_HEADING = re.compile(
    r"^ {0,3}(?:(?P<hashes>#{1,6})[ \t]+(?P<atx>[^\n]{1,300})"
    r"|(?:\*\*|__)(?P<bold>[^*_\s][^*\n]{0,120}?)(?:\*\*|__)[ \t]*(?P<colon>:?)(?P<rest>[^\n]*)"
    r"|(?P<plain>[A-Za-z][A-Za-z /-]{2,40}):(?P<after>[^\n]*)"
    r"|(?P<setext>[^\s#>|*+=-][^\n|]{0,120})\n(?:=+|-{2,})[ \t]*)$",
    re.MULTILINE,
)
_BOLD, _LABEL = 7, 8
"""Depths of a line that is all bold, and of a label with its text beside it; both are below any heading."""
_KINDS: tuple[tuple[PassageKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\b(?:{words})", re.IGNORECASE))
    for kind, words in (
        (PassageKind.FACTORS, r"contributing|factors?\b"),
        (PassageKind.ACTIONS, (
            r"actions?\b|remed|follow[- ]?ups?\b|next steps?\b|prevent|correctiv|recommend|improvement|to-?dos?\b"
            r"|future|(?:moving|going) forward|what(?:[’']s| is) next|what we (?:will|are)|(?:short|long)[- ]term"
            r"|how (?:will|can|could) we"
        )),
        (PassageKind.LESSONS, (
            r"lessons?\b|learn|went (?:well|wrong|poorly|badly|right)|luck|take-?aways?\b|reflect|gone better"
            r"|retrospect|insights?\b|worked well|did(?: not|n[’']t) (?:go|work)|could (?:be|have)|good\b|bad\b"
        )),
        (PassageKind.TIMELINE, r"timeline|time line|chronolog|sequence of events|(?:chat )?logs?\b"),
        (PassageKind.CAUSE, r"(?:root[- ])?causes?\b|triggers?\b|why (?:did|it)\b|(?:five|5) whys"),
        (PassageKind.PEOPLE, (
            r"attend|responders?\b|participants?\b|authors?\b|owners?\b|involved|contacts?\b|acknowledge?ments?\b"
            r"|thanks|credits|roles?\b|reviewers?\b|contributors?\b|facilitators?\b|commanders?\b"
        )),
        (PassageKind.REFERENCE, (
            r"glossar|appendix|references?\b|supporting|links?\b|related|background|stats\b|q ?& ?a\b"
        )),
    )
)  # fmt: skip
_LIST_ITEM = re.compile(r"^[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+", re.MULTILINE)


def kind_of(title: str) -> PassageKind:
    """What a passage of this title is for; an account, where the title does not say."""
    for kind, words in _KINDS:
        if words.search(title):
            return kind
    return PassageKind.ACCOUNT


def outline(text: str) -> tuple[Passage, ...]:
    """The passages of a Markdown text in order; headings in code do not count.

    A line in bold is a heading too, and so is a label such as `**Root cause:** ...` if it is known. A
    heading that says nothing of its kind takes that of the heading above it, but for the title.
    """
    headings = list(_headings(without_quoted_blocks(text)))
    ends = [*(heading[2] for heading in headings[1:]), len(text)][: len(headings)]
    first = headings[0][2] if headings else len(text)
    passages = [Passage("", PassageKind.ACCOUNT, 0, 0, 0, 0, first)]
    above: list[tuple[int, PassageKind]] = []
    title = _title_of(headings)
    for index, ((depth, name, begins, stops, starts), end) in enumerate(
        zip(headings, ends, strict=True)
    ):
        while above and above[-1][0] >= depth:
            above.pop()
        kind = PassageKind.ACCOUNT if index == title else kind_of(name)
        if kind is PassageKind.ACCOUNT and above and depth > 1:
            kind = above[-1][1]
        above.append((depth, PassageKind.ACCOUNT if index == title else kind))
        passages.append(Passage(name, kind, depth, begins, stops, starts, end))
    return tuple(passages)


def items(text: str) -> list[tuple[int, int]]:
    """Where the items of the lists of a passage stand; what comes before them is one too."""
    starts = [0, *(place.start() for place in _LIST_ITEM.finditer(text))]
    ends = [*starts[1:], len(text)]
    return [
        (start, end) for start, end in zip(starts, ends, strict=True) if text[start:end].strip()
    ]


def _title_of(headings: list[tuple[int, str, int, int, int]]) -> int:
    """Which heading is the document's title: the first, if it alone is of the first depth; -1 if none is."""
    tops = [index for index, heading in enumerate(headings) if heading[0] == 1]
    return 0 if tops == [0] and len(headings) > 1 else -1


def _headings(plain: str) -> Iterator[tuple[int, str, int, int, int]]:
    """Depth, title, where the heading begins and ends, and where its text starts."""
    for place in _HEADING.finditer(plain):
        if place["hashes"]:
            title = place["atx"].strip().strip("#*_: \t")
            yield len(place["hashes"]), title, place.start("hashes"), place.end(), place.end()
        elif place["bold"]:
            name = place["bold"].strip()
            is_label = bool(place["colon"]) or name.endswith(":")
            if not place["rest"].strip():
                yield _BOLD, name.rstrip(": "), place.start("bold") - 2, place.end(), place.end()
            elif is_label and kind_of(name) is not PassageKind.ACCOUNT:
                start = place.start("rest")
                yield (
                    _LABEL,
                    name.rstrip(": "),
                    place.start("bold") - 2,
                    place.end("bold") + 2,
                    start,
                )
        elif place["plain"]:
            name = place["plain"].strip()
            if len(name.split()) < 4 and kind_of(name) in {
                PassageKind.CAUSE,
                PassageKind.FACTORS,
                PassageKind.PEOPLE,
            }:
                yield _LABEL, name, place.start("plain"), place.end("plain"), place.start("after")
        else:
            title = place["setext"].strip()
            depth = 1 if "=" in place[0][place.end("setext") - place.start() :] else 2
            yield depth, title, place.start("setext"), place.end("setext"), place.end()
