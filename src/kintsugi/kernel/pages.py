"""Cursor pages: never an unpaged list."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean

Item = TypeVar("Item")
Made = TypeVar("Made")
MOST = 100
USUAL = 25
LONGEST = 500
"""No cursor of ours is longer."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items, and the cursor of the next page (None on the last)."""

    items: tuple[Item, ...]
    next_cursor: str | None

    def map(self, make: Callable[[Item], Made]) -> Page[Made]:
        """The same page of something made from each item."""
        return Page(tuple(make(item) for item in self.items), self.next_cursor)


def page_of(found: Sequence[Item], limit: int, key: Callable[[Item], Sequence[str]]) -> Page[Item]:
    """The page of up to `limit` items; `found` holds one more when there is a next page."""
    kept = tuple(found[:limit])
    return Page(kept, cursor_of(key(kept[-1])) if len(found) > limit else None)


def cursor_of(key: Sequence[str]) -> str:
    """A cursor that says after which key the next page begins."""
    return base64.urlsafe_b64encode(json.dumps(list(key)).encode()).decode().rstrip("=")


def key_of(cursor: str, length: int) -> tuple[str, ...]:
    """The key of a cursor. Raises InvalidValue for one that is none of ours."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise not_ours() from error
    if (
        not isinstance(key, list)
        or len(key) != length
        or not all(isinstance(part, str) and clean(part) == part for part in key)
    ):
        raise not_ours()
    return tuple(key)


def number_of(part: str) -> int:
    """A part of a cursor's key that is a number. Raises InvalidValue."""
    if not part.isdecimal() or len(part) > 9:
        raise not_ours()
    return int(part)


def moment_of(part: str) -> datetime:
    """A part of a cursor's key that is a moment, in UTC. Raises InvalidValue."""
    try:
        moment = datetime.fromisoformat(part)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise not_ours() from error
    raise not_ours()


def not_ours() -> InvalidValue:
    """What is wrong with a cursor that no answer of ours gave."""
    return InvalidValue(
        "is none of our cursors", path=("cursor",), expected="the nextCursor of the page before"
    )
