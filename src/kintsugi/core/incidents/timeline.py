"""The timeline: what happened when, by whom, and how we know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import pairwise

from kintsugi.core.shared.same import kept_of_same
from kintsugi.core.shared.times import When, between


class EventKind(Enum):
    """What sort of thing a timeline event is."""

    NOTE = "note"
    DETECTION = "detection"
    MESSAGE = "message"
    ACTION = "action"
    DECISION = "decision"
    STATUS = "status"
    SEVERITY = "severity"
    ROLE = "role"
    ESCALATION = "escalation"
    DEPLOY = "deploy"
    ROLLBACK = "rollback"
    RUNBOOK = "runbook"


RECOLLECTION = "recollection"
"""The evidence of an event that stands on memory alone."""


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One thing that happened.

    `evidence` is a link to its source, or `recollection`; empty means nobody has said.
    """

    time: When | None
    description: str
    actor: str = ""
    action_taken: str = ""
    important: bool = False
    kind: EventKind = EventKind.NOTE
    evidence: str = ""

    @property
    def has_source(self) -> bool:
        """Whether something other than memory backs it."""
        return bool(self.evidence) and self.evidence.strip().casefold() not in ("", RECOLLECTION)


@kept_of_same
def in_order(events: Sequence[TimelineEvent]) -> tuple[TimelineEvent, ...]:
    """Events by time if every one has a moment; otherwise as listed, since clock times rely on the listing."""
    if not all(isinstance(event.time, datetime) for event in events):
        return tuple(events)
    return tuple(sorted(events, key=_moment))


def _moment(event: TimelineEvent) -> datetime:
    return event.time if isinstance(event.time, datetime) else datetime.max.replace(tzinfo=UTC)


@kept_of_same
def span(events: Sequence[TimelineEvent]) -> timedelta | None:
    """From the first to the last event, whatever order they are listed in; None when fewer than two have a time.

    Clock times count from the first listed to the last listed, across one midnight. Beside moments
    they are passed over.
    """
    timed = [when for event in events if (when := event.time) is not None]
    moments = [when for when in timed if isinstance(when, datetime)]
    if len(timed) < 2:
        return None
    if moments:
        return max(moments) - min(moments) if len(moments) > 1 else None
    return between(timed[0], timed[-1])


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of the timeline in which nothing is recorded."""

    after: TimelineEvent
    before: TimelineEvent
    length: timedelta


def gaps(
    events: Sequence[TimelineEvent], longer_than: timedelta, *, until: datetime | None = None
) -> list[Gap]:
    """Stretches without an event longer than `longer_than`, among events before `until`."""
    ordered = in_order(events)
    found = []
    for earlier, later in pairwise(ordered):
        if until is not None and isinstance(earlier.time, datetime) and earlier.time >= until:
            break
        length = between(earlier.time, later.time)
        if length is not None and length > longer_than:
            found.append(Gap(earlier, later, length))
    return found


def count_kind(events: Iterable[TimelineEvent], kind: EventKind) -> int:
    """How many events are recorded as this kind. Counted from records, never from words in the text."""
    return sum(event.kind is kind for event in events)
