"""Completeness as the generator seed scores it: profile `basic`, 0 to 100, each point explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kintsugi.core.postmortems.document import Postmortem

FLAG_BELOW = 80
"""A postmortem under this is flagged as missing information (the seed's threshold)."""


@dataclass(frozen=True, slots=True)
class QualityPoints:
    """What one part of the document gave of its maximum, and why."""

    part: str
    points: int
    maximum: int
    reason: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """The score, the points it is the sum of, and the missing fields in the seed's names and order."""

    points: tuple[QualityPoints, ...]
    missing: tuple[str, ...]

    @property
    def value(self) -> float:
        """0 to 100."""
        return float(min(100, sum(part.points for part in self.points)))

    @property
    def is_flagged(self) -> bool:
        """Whether it is below the seed's threshold."""
        return self.value < FLAG_BELOW


def assess_basic(postmortem: Postmortem) -> Completeness:
    """Score completeness by the generator seed's eight rules (20, 10, 15, 10, 10, 10, 15 and 10 points)."""
    timeline, actions = len(postmortem.timeline), postmortem.action_items
    if timeline >= 3:
        events = QualityPoints("timeline", 15, 15, f"{timeline} events, three or more")
    elif timeline:
        events = QualityPoints("timeline", 5, 15, f"only {timeline} of the three events asked for")
    else:
        events = QualityPoints("timeline", 0, 15, "no event is recorded")
    unowned = sum(not action.owner for action in actions)
    owned = bool(actions) and not unowned
    owners = (
        "every action has an owner"
        if owned
        else f"{unowned} without an owner"
        if actions
        else "no action"
    )
    return Completeness(
        (
            _present("root_cause", 20, postmortem.root_cause),
            _present("trigger", 10, postmortem.trigger),
            events,
            _present("contributing_factors", 10, postmortem.contributing_factors),
            _present("what_went_well", 10, postmortem.what_went_well),
            _present("what_went_poorly", 10, postmortem.what_went_poorly),
            _present("action_items", 15, actions),
            QualityPoints("action owners", 10 if owned else 0, 10, owners),
        ),
        missing_fields(postmortem),
    )


def seed_quality(postmortem: Postmortem) -> float:
    """The score alone, for when nobody asks why; the same number as `assess_basic`."""
    count, actions = len(postmortem.timeline), postmortem.action_items
    score = 15 if count >= 3 else 5 if count else 0
    score += 20 if postmortem.root_cause else 0
    score += 10 if postmortem.trigger else 0
    score += 10 if postmortem.contributing_factors else 0
    score += 10 if postmortem.what_went_well else 0
    score += 10 if postmortem.what_went_poorly else 0
    if actions:
        score += 25 if all(action.owner for action in actions) else 15
    return float(score)


def missing_fields(postmortem: Postmortem) -> tuple[str, ...]:
    """The fields the generator seed asks to be filled and that are empty, in its order."""
    asked = (
        ("root_cause", postmortem.root_cause),
        ("trigger", postmortem.trigger),
        ("timeline", postmortem.timeline),
        ("summary", postmortem.summary),
        ("what_went_well", postmortem.what_went_well),
        ("what_went_poorly", postmortem.what_went_poorly),
    )
    return tuple(name for name, content in asked if not content)


def _present(part: str, maximum: int, content: str | Sequence[object]) -> QualityPoints:
    if content:
        return QualityPoints(part, maximum, maximum, "written")
    return QualityPoints(part, 0, maximum, "not written")
