"""Ids for many rows of one moment, in order: as `kernel.ids` makes them, each one more than the one before."""

from __future__ import annotations

import secrets
from datetime import datetime

_RANDOM_BITS = 74
_ROOM = 1 << 61
"""How far a series may count: half of what stands behind the variant, so that it never runs over."""


class NewIds:
    """UUIDs of version 7 that rise within a process (RFC 9562, 6.2, method 2), so that rows are appended."""

    def __init__(self) -> None:
        self._milliseconds = 0
        self._next = 0

    def begin(self, now: datetime) -> None:
        """Ids of this moment from now on; a clock that went back changes nothing."""
        milliseconds = int(now.timestamp() * 1000) & 0xFFFF_FFFF_FFFF
        if milliseconds <= self._milliseconds:
            return
        self._milliseconds = milliseconds
        random = secrets.randbits(_RANDOM_BITS - 1)
        self._next = (
            milliseconds << 80
            | 0x7 << 76
            | (random >> 61) << 64
            | 0b10 << 62
            | (random & (_ROOM - 1))
        )

    def number(self) -> int:
        """The next id, as a number."""
        self._next += 1
        return self._next

    def text(self, prefix: str) -> str:
        """The next id, as text."""
        self._next += 1
        return f"{prefix}_{self._next:032x}"
