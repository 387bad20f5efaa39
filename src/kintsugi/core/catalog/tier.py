"""How much hangs on a service."""

from __future__ import annotations

from enum import IntEnum

from kintsugi.core.shared.errors import InvalidValue


class Tier(IntEnum):
    """How much hangs on a service, 1 the most; the words are those of the field."""

    MISSION_CRITICAL = 1
    BUSINESS_CRITICAL = 2
    OPERATIONAL = 3
    ADMINISTRATIVE = 4

    @property
    def word(self) -> str:
        """`Mission critical`."""
        return self.name.replace("_", " ").capitalize()

    @property
    def label(self) -> str:
        """`Tier 1, mission critical`."""
        return f"Tier {self.value}, {self.word.lower()}"


def parse_tier(written: str | int) -> Tier:
    """The tier of 1, "1", "tier 1" or "Tier-1". Raises InvalidValue for anything else."""
    if not isinstance(written, bool):
        digit = str(written).strip().casefold().removeprefix("tier").strip(" -_")
        for tier in Tier:
            if digit == str(tier.value):
                return tier
    raise InvalidValue(f"{str(written)[:40]!r} is not a tier", expected="1, 2, 3 or 4")
