"""What a message does to an alert: a new one, news of it, its end, or nothing at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import assert_never

from kintsugi.core.alerts.event import AlertEvent, AlertState, Happening
from kintsugi.core.shared.severity import Severity


class Ending(Enum):
    """Who said that an alert is over."""

    SENDER = "sender"
    PERSON = "person"
    TIMEOUT = "timeout"


class Step(Enum):
    """What a message does."""

    NEW = "new"
    REPEAT = "repeat"
    CHANGED = "changed"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    EARLY = "early"
    STALE = "stale"

    @property
    def is_row(self) -> bool:
        """Whether it makes an alert of its own: NEW an open one, EARLY one that is over already."""
        return self is Step.NEW or self is Step.EARLY

    @property
    def is_written(self) -> bool:
        """Whether it must be on disk before the sender hears of it; a repeat is only counted."""
        return self is not Step.REPEAT and self is not Step.STALE


@dataclass(frozen=True, slots=True)
class Known:
    """What intake keeps of the open alert of a fingerprint, or of the last one if none is open.

    `starts_at` and `ends_at` are the sender's own; `ends_at` of an open alert is until when the sender
    vouches for it (Alertmanager API v2). `ending` says who ended it, and means nothing while it is open.
    """

    alert_id: str
    state: AlertState
    content: str
    severity: Severity | None
    starts_at: datetime | None
    ends_at: datetime | None
    raised_at: datetime
    resolved_at: datetime | None = None
    ending: Ending = Ending.SENDER


def next_step(known: Known | None, event: AlertEvent, content: str, now: datetime) -> Step:
    """What this message does, given what is known of its fingerprint; `content` is the message's own hash.

    As PagerDuty's dedup_key: a trigger of an open alert adds to it, one after its end opens a new alert, an
    acknowledgement of what is not open does nothing. Beyond it, as messages overtake one another:

    - A resolve before its trigger is kept (EARLY), so that the trigger, when it comes, stays shut.
    - A trigger that began before the last end is told of too late (STALE). Times are compared with the same
      sender's times as far as there are any: a clock that is slow must not shut an alert out.
    - A resolve that ended before the open alert began is about an earlier one (STALE).
    - A trigger whose end has passed is a resolve, as in Alertmanager's API v2.
    """
    happening = event.happening
    if happening is Happening.TRIGGER:
        if event.ends_at is not None and event.ends_at <= now:
            return _resolve(known, event)
        if known is None:
            return Step.NEW
        if known.state is AlertState.RESOLVED:
            return Step.STALE if _was_over(known, event.starts_at) else Step.NEW
        return Step.REPEAT if known.content == content else Step.CHANGED
    if happening is Happening.RESOLVE:
        return _resolve(known, event)
    if happening is Happening.ACKNOWLEDGE:
        return _acknowledge(known)
    assert_never(happening)


def has_run_out(known: Known, now: datetime) -> bool:
    """Whether an open alert has to end by itself: its sender vouched for it until a moment that has passed.

    Prometheus tells again of a firing alert, each time with a later end, as long as it fires.
    """
    return known.state.is_open and known.ends_at is not None and known.ends_at <= now


def _resolve(known: Known | None, event: AlertEvent) -> Step:
    if known is None:
        return Step.EARLY
    starts_at, ends_at = event.starts_at, event.ends_at
    if known.state.is_open:
        is_earlier = (
            ends_at is not None and known.starts_at is not None and ends_at < known.starts_at
        )
        return Step.STALE if is_earlier else Step.RESOLVED
    if starts_at is None or ends_at is None or ends_at < starts_at:
        return Step.STALE
    return Step.STALE if _was_over(known, starts_at) else Step.EARLY


def _acknowledge(known: Known | None) -> Step:
    if known is None or not known.state.is_open:
        return Step.STALE
    return Step.REPEAT if known.state is AlertState.ACKNOWLEDGED else Step.ACKNOWLEDGED


def _was_over(known: Known, starts_at: datetime | None) -> bool:
    """Whether what began at `starts_at` is part of what is over.

    An alert that merely ran out was not said to be over: the next trigger is taken at its word.
    """
    if starts_at is None or known.ending is Ending.TIMEOUT:
        return False
    if known.ending is Ending.SENDER and known.ends_at is not None:
        return starts_at <= known.ends_at
    end = known.starts_at or known.resolved_at
    return end is not None and starts_at <= end
