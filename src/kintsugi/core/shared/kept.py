"""Answers about a text, kept for the next time: of a long document little changes between two readings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

SHORT = 4_000
"""Characters: so short are the paragraphs and events of most documents, and many answers about such are kept."""
MANY, FEW = 16_384, 16
LONG_LIST = 50
"""Texts: of longer lists, such as a timeline, the answers about all of them together are kept as well."""

P = ParamSpec("P")
R = TypeVar("R")


def kept(read: Callable[Concatenate[str, P], R]) -> Callable[Concatenate[str, P], R]:
    """The same question, its latest answers kept: many about short texts, few about long ones, to spare memory.

    For questions whose answer cannot be changed and depends on what they are asked alone.
    """
    about_short = cast("Callable[Concatenate[str, P], R]", lru_cache(MANY)(read))
    about_long = cast("Callable[Concatenate[str, P], R]", lru_cache(FEW)(read))

    @wraps(read)
    def answer(text: str, *asked: P.args, **named: P.kwargs) -> R:
        return (about_short if len(text) <= SHORT else about_long)(text, *asked, **named)

    return cast("Callable[Concatenate[str, P], R]", answer)


def kept_of_each(
    read: Callable[Concatenate[str, P], Iterable[R]],
) -> Callable[Concatenate[Iterable[str], P], tuple[R, ...]]:
    """A question that many things may answer, asked of each of several texts: all answers in their order."""

    def gathered(texts: Iterable[str], *asked: P.args, **named: P.kwargs) -> tuple[R, ...]:
        return tuple(found for text in texts for found in read(text, *asked, **named))

    about_many = cast(
        "Callable[Concatenate[Iterable[str], P], tuple[R, ...]]", lru_cache(FEW)(gathered)
    )

    @wraps(read)
    def answer(texts: Iterable[str], *asked: P.args, **named: P.kwargs) -> tuple[R, ...]:
        listed = tuple(texts)
        return (about_many if len(listed) > LONG_LIST else gathered)(listed, *asked, **named)

    return cast("Callable[Concatenate[Iterable[str], P], tuple[R, ...]]", answer)
