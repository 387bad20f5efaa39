"""A value as a key of what is kept of it: a long one is told apart as the object it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import TypeVar, cast

T = TypeVar("T")
R = TypeVar("R")

LONG = 50
"""Hashing two thousand events takes longer than all else that a page does."""


class Same:
    """An object as a key. The key keeps its object, so no other can take its place while the key is held."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.value is self.value


def key_of(value: object) -> object:
    """A key for a value: itself, or where it is long which object holds it."""
    return Same(value) if isinstance(value, tuple) and len(value) > LONG else value


def value_of(key: object) -> object:
    """What `key_of` was given."""
    return key.value if isinstance(key, Same) else key


def kept_of_same(read: Callable[[Sequence[T]], R]) -> Callable[[Sequence[T]], R]:
    """A question about a list; of a long tuple the answer is kept as long as it is asked about the same object.

    For questions whose answer cannot be changed and depends on what they are asked alone.
    """

    @lru_cache(16)
    def about_same(key: Same) -> R:
        return read(cast("Sequence[T]", key.value))

    @wraps(read)
    def answer(values: Sequence[T]) -> R:
        key = key_of(values)
        return about_same(key) if isinstance(key, Same) else read(values)

    return answer
