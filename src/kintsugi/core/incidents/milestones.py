"""The seven milestones of an incident and the durations between them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from itertools import pairwise

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import either
from kintsugi.core.shared.times import When, between


@dataclass(frozen=True, slots=True)
class Milestones:
    """When each point of the incident was reached, as far as known; `fields` order is the expected order."""

    impact_start: When | None = None
    detected: When | None = None
    acknowledged: When | None = None
    declared: When | None = None
    mitigated: When | None = None
    recovered: When | None = None
    resolved: When | None = None

    def known(self) -> list[tuple[str, When]]:
        """The milestones that have a time, in their expected order."""
        pairs = [(field.name, getattr(self, field.name)) for field in fields(self)]
        return [(name, when) for name, when in pairs if when is not None]

    def impact_duration(self) -> timedelta | None:
        """From the start of impact to recovery, or to resolution where recovery is not recorded."""
        return _forward(between(self.impact_start, self.recovered or self.resolved))

    def total_duration(self) -> timedelta | None:
        """From the start of impact (else detection) to resolution (else recovery)."""
        return _forward(
            between(self.impact_start or self.detected, self.resolved or self.recovered)
        )


NAMES = tuple(field.name for field in fields(Milestones))
"""Each milestone, in the expected order."""


def milestone_named(written: str) -> str:
    """The name of a milestone. Raises InvalidValue, at `name`, for any other."""
    if written not in NAMES:
        raise InvalidValue(
            f"{written[:60]!r} is not a milestone", path=("name",), expected=either(NAMES)
        )
    return written


def _forward(length: timedelta | None) -> timedelta | None:
    """No incident lasts less than no time: milestones the wrong way round give no duration."""
    return None if length is None or length < timedelta(0) else length


@dataclass(frozen=True, slots=True)
class NamedDuration:
    """A duration that says from what to what."""

    name: str
    start: str
    end: str
    length: timedelta


_SPANS = (
    ("Time to detect", "impact_start", "detected"),
    ("Time to acknowledge", "detected", "acknowledged"),
    ("Time to mitigate", "impact_start", "mitigated"),
    ("Time to recover", "impact_start", "recovered"),
    ("Time to resolve", "declared", "resolved"),
)


def durations(milestones: Milestones) -> list[NamedDuration]:
    """The field's durations, each only where both of its ends are known (t0 to t6 of the practice notes)."""
    found = []
    for name, start, end in _SPANS:
        length = between(getattr(milestones, start), getattr(milestones, end))
        if length is not None:
            found.append(NamedDuration(name, start, end, length))
    return found


_ENDS = ("mitigated", "recovered", "resolved")


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """Two milestones whose times stand the wrong way round."""

    earlier: str
    later: str
    by: timedelta


def out_of_order(milestones: Milestones) -> list[OutOfOrder]:
    """Neighbouring known milestones that go back in time. Detection may come before impact.

    Where it does, the start of impact is held against the first of mitigated, recovered and resolved.
    """
    known = [(name, when) for name, when in milestones.known() if not hasattr(when, "at")]
    found = []
    for (first, start), (second, end) in pairwise(known):
        length = between(start, end)
        if (
            length is not None
            and length < timedelta(0)
            and (first, second) != ("impact_start", "detected")
        ):
            found.append(OutOfOrder(first, second, -length))
    ended = next(((name, when) for name, when in known if name in _ENDS), None)
    if not found and ended is not None and milestones.impact_start is not None:
        length = between(milestones.impact_start, ended[1])
        if length is not None and length < timedelta(0):
            found.append(OutOfOrder("impact_start", ended[0], -length))
    return found
