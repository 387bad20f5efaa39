"""Targets that a team sets, held against a figure and its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from kintsugi.core.shared.distributions import Interval
from kintsugi.core.shared.errors import InvalidValue


class Aim(Enum):
    """Which side of a target is good."""

    AT_MOST = "at most"
    AT_LEAST = "at least"


class Standing(Enum):
    """How a figure stands to its target; where its interval spans the target, that cannot be told."""

    MET = "met"
    MISSED = "missed"
    NOT_TOLD = "cannot be told yet"


@dataclass(frozen=True, slots=True)
class Target:
    """A value that a figure should keep, in the figure's own unit. Raises InvalidValue for one that is no number."""

    aim: Aim
    value: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise InvalidValue(
                f"the target is {self.value!r}", path=("value",), expected="a number"
            )

    def standing(self, value: float | None, interval: Interval | None) -> Standing:
        """How a figure stands to it: by the whole interval, and not by the figure alone."""
        if value is None or interval is None:
            return Standing.NOT_TOLD
        if self.aim is Aim.AT_MOST:
            kept, broken = interval.high <= self.value, interval.low > self.value
        else:
            kept, broken = interval.low >= self.value, interval.high < self.value
        return Standing.MET if kept else Standing.MISSED if broken else Standing.NOT_TOLD
