"""How a text is cut into the words that a search compares: one way for what is kept and for what is asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MOST = 15_000
"""So many words of one text are kept: a PostgreSQL tsvector knows 16,383 places."""
LONGEST = 60
"""Longer runs of letters are cut: nobody types them, and an index would carry them."""
_LETTERS = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Kana and ideographs: written without spaces, so each is a word, and a run of them a phrase."""
_WORD = re.compile(rf"[{_LETTERS}]|[^\W_{_LETTERS}]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, in the spelling that is compared, and where it stands."""

    text: str
    start: int
    end: int


def words_of(text: str, most: int = MOST) -> Iterator[Word]:
    """The words of a text in order, without case and accents: `Café-Öl 5xx` is cafe, ol, 5xx."""
    count = 0
    for found in _WORD.finditer(text):
        written = plain(found[0])
        if written:
            count += 1
            yield Word(written, found.start(), found.end())
            if count >= most:
                return


def spelled(text: str, most: int = MOST) -> tuple[str, ...]:
    """The words of a text as they are compared."""
    return tuple(word.text for word in words_of(text, most))


@lru_cache(maxsize=20_000)
def plain(word: str) -> str:
    """A word without case and accents; empty where nothing of it is a letter or a digit."""
    if word.isascii():
        return word.lower()[:LONGEST]
    taken_apart = unicodedata.normalize("NFKD", word.casefold()).casefold()
    return "".join(one for one in taken_apart if one.isalnum())[:LONGEST]
