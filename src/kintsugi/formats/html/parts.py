"""A rendered postmortem as HTML by sections: as `document.parts` cuts it, each block set once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.formats.document.parts import free_id, is_nothing, names_timeline, names_whys
from kintsugi.formats.html.blocks import Piece, pieces_of


@dataclass(frozen=True, slots=True)
class HtmlPart:
    """A section: its heading and what stands under it as safe HTML, its words, and an id that no other has."""

    id: str
    title: str
    heading: str
    body: str
    words: str
    is_in_utc: bool

    @property
    def is_empty(self) -> bool:
        """Whether it only says that there is nothing."""
        return is_nothing(self.words)


@dataclass(frozen=True, slots=True)
class HtmlParts:
    """A document without its title: what comes before the first section, and the sections."""

    lead: str
    sections: Sequence[HtmlPart]

    @property
    def timeline(self) -> HtmlPart | None:
        """The first section about the timeline."""
        return next((part for part in self.sections if names_timeline(part.title)), None)

    @property
    def whys(self) -> HtmlPart | None:
        """The first section with the why-tree."""
        return next((part for part in self.sections if names_whys(part.title, part.words)), None)

    def drawn(self, postmortem: Postmortem) -> Postmortem | None:
        """The postmortem as the timeline section draws it; None where there is no such section."""
        if self.timeline is None:
            return None
        return replace(postmortem, zone="UTC") if self.timeline.is_in_utc else postmortem


def html_parts(markdown: str) -> HtmlParts:
    """The document split at its headings of the second level; its first heading of the first is its title.

    A further heading of the first level, as somebody may type in a field, opens a section too.
    """
    lead: list[Piece] = []
    sections: list[tuple[Piece, list[Piece]]] = []
    titles = 0
    for piece in pieces_of(markdown):
        if piece.heading is None:
            (sections[-1][1] if sections else lead).append(piece)
            continue
        titles += piece.level == 1
        if piece.level == 1 and titles == 1 and not sections:
            lead.append(replace(piece, heading=None))
        else:
            sections.append((piece, [piece]))
    taken: set[str] = set()
    return HtmlParts(_html(lead), [_part(opening, pieces, taken) for opening, pieces in sections])


def _part(opening: Piece, pieces: Sequence[Piece], taken: set[str]) -> HtmlPart:
    return HtmlPart(
        free_id(opening.title, taken),
        opening.title or "Untitled",
        opening.heading or "",
        _html(pieces),
        "".join(piece.words for piece in pieces),
        any(piece.is_in_utc for piece in pieces),
    )


def _html(pieces: Sequence[Piece]) -> str:
    return "".join(piece.html for piece in pieces)
