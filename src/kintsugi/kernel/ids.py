"""Ids: UUID version 7 as text with a prefix that says what it is the id of. They sort by when they were made."""

from __future__ import annotations

import secrets
from datetime import datetime


def new_id(prefix: str, now: datetime) -> str:
    """An id such as `inc_01932f0c8a7b7c3e9d1f2a3b4c5d6e7f` (RFC 9562, version 7, 74 random bits)."""
    milliseconds = int(now.timestamp() * 1000) & 0xFFFF_FFFF_FFFF
    random = secrets.randbits(74)
    number = (
        (milliseconds << 80)
        | (0x7 << 76)
        | ((random >> 62) << 64)
        | (0b10 << 62)
        | (random & ((1 << 62) - 1))
    )
    return f"{prefix}_{number:032x}"
