"""The generator seed's severity score: 0 to 100 points from measured impact, each explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from kintsugi.core.incidents.impact import Impact
from kintsugi.core.shared.times import written_duration


@dataclass(frozen=True, slots=True)
class Points:
    """What one rule gave: points of a maximum, and why. `scored` is False where the input did not allow it."""

    rule: str
    points: int
    maximum: int
    reason: str
    scored: bool = True


@dataclass(frozen=True, slots=True)
class SeverityScore:
    """The score and the points it is the sum of."""

    points: tuple[Points, ...]

    @property
    def value(self) -> float:
        """0 to 100."""
        return float(min(100, sum(part.points for part in self.points)))

    @property
    def not_scored(self) -> tuple[Points, ...]:
        """The rules that could not be scored, with the reason."""
        return tuple(part for part in self.points if not part.scored)


_USERS = ((10_000, 30), (1_000, 20), (100, 10))
_MINUTES = ((240, 25), (60, 15), (15, 5))
_DOLLARS = ((100_000, 15), (10_000, 10), (0, 5))


def severity_score(impact: Impact) -> SeverityScore:
    """Score the impact as the generator seed does: users 30, duration 25, services 20, revenue 15, data loss 10.

    What is not known scores nothing. Revenue in another currency without a rate is not scored and says so.
    """
    return SeverityScore(
        (_users(impact), _duration(impact), _services(impact), _revenue(impact), _data_loss(impact))
    )


def seed_score(impact: Impact) -> float:
    """The score alone, for when nobody asks why; the same number as `severity_score`."""
    score = _step(impact.affected_users or 0, _USERS)[0]
    if impact.duration is not None:
        score += _step(impact.duration / timedelta(minutes=1), _MINUTES)[0]
    score += min(20, len(impact.affected_services) * 5)
    if impact.revenue is not None:
        score += _step(impact.revenue_usd or 0, _DOLLARS)[0]
    if impact.data_loss:
        score += 10
    return float(score)


def _step(number: float | Decimal, steps: Sequence[tuple[int, int]]) -> tuple[int, str]:
    for threshold, points in steps:
        if number > threshold:
            return points, f"more than {threshold:,}"
    return 0, f"not more than {steps[-1][0]:,}"


def _users(impact: Impact) -> Points:
    if impact.affected_users is None:
        return Points("affected users", 0, 30, "not known")
    points, why = _step(impact.affected_users, _USERS)
    return Points("affected users", points, 30, f"{impact.affected_users:,} is {why}")


def _duration(impact: Impact) -> Points:
    if impact.duration is None:
        return Points("duration", 0, 25, "not known")
    points, why = _step(impact.duration / timedelta(minutes=1), _MINUTES)
    return Points("duration", points, 25, f"{written_duration(impact.duration)} is {why} min")


def _services(impact: Impact) -> Points:
    count = len(impact.affected_services)
    return Points("affected services", min(20, count * 5), 20, f"5 for each of {count}, at most 20")


def _revenue(impact: Impact) -> Points:
    if impact.revenue is None:
        return Points("revenue", 0, 15, "not known")
    dollars = impact.revenue_usd
    if dollars is None:
        reason = f"not scored: no dollar rate is given for {impact.revenue.currency}"
        return Points("revenue", 0, 15, reason, scored=False)
    points, why = _step(dollars, _DOLLARS)
    return Points("revenue", points, 15, f"${dollars:,.2f} is {why}")


def _data_loss(impact: Impact) -> Points:
    known = {True: "data was lost", False: "no data was lost", None: "not known"}[impact.data_loss]
    return Points("data loss", 10 if impact.data_loss else 0, 10, known)
