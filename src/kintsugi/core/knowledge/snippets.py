"""The place of a text that shows why it was found, with the words that were asked for marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kintsugi.core.knowledge.query import Phrase, Query
from kintsugi.core.knowledge.words import Word, words_of
from kintsugi.core.shared.text import one_line

LENGTH = 240
_AROUND = 700
"""Characters before and behind the first hit in which the best place is looked for."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of a text, as it was written; `is_hit` where it was asked for."""

    text: str
    is_hit: bool = False


def asked_phrases(query: Query) -> tuple[Phrase, ...]:
    """The phrases of a question that something found can hold."""
    return tuple(phrase for group in query.groups for phrase in group)


def marked(text: str, phrases: Sequence[Phrase]) -> tuple[Piece, ...]:
    """The whole text in pieces, its hits marked."""
    return tuple(_pieces(text, _hits(list(words_of(text)), phrases)))


def snippet(text: str, phrases: Sequence[Phrase], length: int = LENGTH) -> tuple[Piece, ...]:
    """At most about `length` characters of a text on one line: where most hits stand close together.

    The beginning of it where there are none.
    """
    at = _first_hit(text, phrases)
    start = max(0, at - _AROUND)
    near = text[start : at + _AROUND]
    words = list(words_of(near))
    hits = _hits(words, phrases)
    begin, end = _window(near, words, hits, length)
    pieces = list(
        _pieces(
            near[begin:end], [(a - begin, b - begin) for a, b in hits if begin <= a and b <= end]
        )
    )
    if start + begin > 0:
        pieces.insert(0, Piece("… "))
    if start + end < len(text.rstrip()):
        pieces.append(Piece(" …"))
    return tuple(Piece(_spaced(piece.text), piece.is_hit) for piece in pieces)


def _spaced(text: str) -> str:
    """On one line, with the space that stood at its ends: pieces are put side by side."""
    inner = one_line(text)
    before = " " if text[:1].isspace() and inner else ""
    after = " " if text[-1:].isspace() else ""
    return f"{before}{inner}{after}"


def _first_hit(text: str, phrases: Sequence[Phrase]) -> int:
    """Where the first word of a phrase stands as it is written; by a full look where accents hide it."""
    firsts = "|".join(
        re.escape(phrase.words[0])
        + ("" if phrase.is_beginning and len(phrase.words) == 1 else r"(?![^\W_])")
        for phrase in phrases
    )
    if not firsts:
        return 0
    found = re.search(rf"(?<![^\W_])(?:{firsts})", text, re.IGNORECASE)
    if found:
        return found.start()
    hits = _hits(list(words_of(text)), phrases)
    return hits[0][0] if hits else 0


def _hits(words: Sequence[Word], phrases: Sequence[Phrase]) -> list[tuple[int, int]]:
    """Where phrases stand, from where to where, in order and without overlap."""
    found = []
    begun = {phrase.words[0] for phrase in phrases}
    beginnings = tuple(one.words[0] for one in phrases if one.is_beginning and len(one.words) == 1)
    at = 0
    while at < len(words):
        text = words[at].text
        # Most words begin nothing: they are told at one glance.
        if text not in begun and not text.startswith(beginnings):
            at += 1
            continue
        length = max(_length_at(words, at, phrase) for phrase in phrases)
        if length:
            found.append((words[at].start, words[at + length - 1].end))
        at += length or 1
    return found


def _length_at(words: Sequence[Word], at: int, phrase: Phrase) -> int:
    wanted = phrase.words
    if at + len(wanted) > len(words):
        return 0
    for place, one in enumerate(wanted):
        there = words[at + place].text
        is_last = phrase.is_beginning and place == len(wanted) - 1
        if not (there.startswith(one) if is_last else there == one):
            return 0
    return len(wanted)


def _window(
    text: str, words: Sequence[Word], hits: Sequence[tuple[int, int]], length: int
) -> tuple[int, int]:
    """From where to where the snippet goes: it begins and ends with whole words."""
    if not hits:
        first, best = 0, 0
    else:
        counts = [
            sum(1 for start, end in hits if start >= begin and end <= begin + length)
            for begin, _ in hits
        ]
        best = counts.index(max(counts))
        first = max(0, hits[best][0] - length // 4)
    last = first + length
    begin = next((word.start for word in words if word.start >= first), first) if first else 0
    if hits:
        begin = min(begin, hits[best][0])
    if last >= len(text):
        return begin, len(text)
    ends = [word.end for word in words if begin < word.end <= last]
    return begin, max([*ends, *(b for _, b in hits[best : best + 1]), begin])


def _pieces(text: str, hits: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    at = 0
    for start, end in hits:
        if start > at:
            yield Piece(text[at:start])
        yield Piece(text[start:end], is_hit=True)
        at = end
    if at < len(text):
        yield Piece(text[at:])
