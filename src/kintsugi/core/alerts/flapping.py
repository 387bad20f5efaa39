"""Flapping: an alert that comes and goes so often that one more of it is no news."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class FlappingLimits:
    """So many episodes of one fingerprint within this time are flapping."""

    episodes: int = 4
    within: timedelta = timedelta(hours=1)


FLAPPING = FlappingLimits()


def is_flapping(
    starts: Iterable[datetime], now: datetime, limits: FlappingLimits = FLAPPING
) -> bool:
    """Whether an alert flaps, from when its episodes began, the present one included."""
    return episodes_lately(starts, now, limits) >= limits.episodes


def episodes_lately(
    starts: Iterable[datetime], now: datetime, limits: FlappingLimits = FLAPPING
) -> int:
    """How many episodes began in the time that is looked at; one that began exactly so long ago does not count."""
    since = now - limits.within
    return sum(1 for start in starts if since < start <= now)


def calm_at(
    starts: Iterable[datetime], now: datetime, limits: FlappingLimits = FLAPPING
) -> datetime | None:
    """When a flapping alert will have stopped, if it does not begin again; None while it does not flap."""
    since = now - limits.within
    lately = sorted(start for start in starts if since < start <= now)
    if len(lately) < limits.episodes:
        return None
    return lately[len(lately) - limits.episodes] + limits.within
