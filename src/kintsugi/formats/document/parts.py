"""The parts of a rendered postmortem: what stands before the first section, and the sections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from markdown_it.token import Token

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.text import slug
from kintsugi.formats.safe_markdown import parse, plain_text

NOTHING = frozenset({"nothing recorded", "none recorded", "not recorded", "nothing recorded yet"})
"""What a template writes where nobody has written anything."""
_LONGER = 40


@dataclass(frozen=True, slots=True)
class Part:
    """A section: its heading, what stands under it, and an id that no other has."""

    id: str
    heading: Sequence[Token]
    title: str
    tokens: Sequence[Token]

    @property
    def is_empty(self) -> bool:
        """Whether it only says that there is nothing."""
        return is_nothing(plain_text(self.tokens))

    @property
    def is_timeline(self) -> bool:
        """Whether the drawn timeline belongs here."""
        return names_timeline(self.title)

    @property
    def has_whys(self) -> bool:
        """Whether the drawn why-tree belongs here."""
        return names_whys(self.title, plain_text(self.tokens))

    @property
    def is_in_utc(self) -> bool:
        """Whether a table in it gives its times in UTC: then the drawing beside it does so too."""
        return any(
            token.type == "inline" and before.type == "th_open" and "(UTC)" in token.content
            for before, token in pairwise(self.tokens)
        )


@dataclass(frozen=True, slots=True)
class Parts:
    """A document without its title: what comes before the first section, and the sections."""

    lead: Sequence[Token]
    sections: Sequence[Part]

    @property
    def timeline(self) -> Part | None:
        """The first section about the timeline."""
        return next((part for part in self.sections if part.is_timeline), None)

    @property
    def whys(self) -> Part | None:
        """The first section with the why-tree."""
        return next((part for part in self.sections if part.has_whys), None)

    def drawn(self, postmortem: Postmortem) -> Postmortem | None:
        """The postmortem as the timeline section draws it; None where there is no such section."""
        if self.timeline is None:
            return None
        return replace(postmortem, zone="UTC") if self.timeline.is_in_utc else postmortem


def parts_of(markdown: str) -> Parts:
    """The document split at its headings of the second level; its first heading of the first is its title.

    A further heading of the first level, as somebody may type in a field, opens a section too.
    """
    lead: list[Token] = []
    sections: list[Part] = []
    taken: set[str] = set()
    for heading, tokens in _split(parse(markdown)):
        if heading:
            title = plain_text(heading)
            sections.append(Part(free_id(title, taken), heading, title or "Untitled", tokens))
        else:
            lead += tokens
    return Parts(lead, sections)


def _split(tokens: Sequence[Token]) -> Iterator[tuple[list[Token], list[Token]]]:
    """Pairs of a heading's inline tokens and the blocks under it; the first pair has no heading."""
    heading: list[Token] = []
    blocks: list[Token] = []
    titles, at = 0, 0
    while at < len(tokens):
        token = tokens[at]
        if token.type == "heading_open" and token.level == 0 and token.tag in ("h1", "h2"):
            titles += token.tag == "h1"
            is_title = token.tag == "h1" and titles == 1 and not heading
            if not is_title:
                yield heading, blocks
                heading, blocks = [tokens[at + 1]], []
            at += 3
            continue
        if token.tag in ("h1", "h2"):
            token.tag = "h3"  # within a list or a quote it is no section of the document
        blocks.append(token)
        at += 1
    yield heading, blocks


def is_nothing(words: str) -> bool:
    """Whether the words of a section only say that there is nothing."""
    said = words.strip(" .")
    return not words or (len(said) < _LONGER and said.casefold() in NOTHING)


def names_timeline(title: str) -> bool:
    """Whether the drawn timeline belongs under this title."""
    return "timeline" in title.casefold()


_OF_WHYS = ("Why It Happened", "Why-tree")
"""The headings over the whys in the templates that are shipped."""


def names_whys(title: str, words: str) -> bool:
    """Whether the drawn why-tree belongs under this title, or under a heading among these words."""
    return title.casefold() in ("whys", "five whys") or any(
        one in f"{title} {words}" for one in _OF_WHYS
    )


def free_id(title: str, taken: set[str]) -> str:
    """An id for a section that none of the others has; it is taken then."""
    name = slug(title)
    number = 2
    free = f"s-{name}"
    while free in taken:
        free = f"s-{name}-{number}"
        number += 1
    taken.add(free)
    return free
