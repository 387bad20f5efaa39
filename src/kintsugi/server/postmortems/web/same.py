"""A value as a key of what is kept of it: a long one is told apart as the object it is."""

from __future__ import annotations

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
