"""By when the next update of an incident is due, and when to be reminded of it (practice.md rule 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from kintsugi.core.shared.severity import Severity

FIRST = timedelta(minutes=5)
"""From the declaration to the first word."""
SCOPE = timedelta(minutes=5)
"""From the first word to the second, which says whom it hurts."""
USUAL = timedelta(minutes=20)
LONG_AFTER = timedelta(hours=2)
"""From here on it is a long incident, with updates less often."""
LONG = timedelta(hours=1)
NUDGE_AT = 0.8
_TIMED = frozenset({Severity.SEV_1, Severity.SEV_2})


class Timeliness(Enum):
    """How the next update stands."""

    NOT_ASKED = "not asked"
    """No update is due by a time: a milder severity, or an incident that is over."""
    IN_TIME = "in time"
    NUDGE = "nudge"
    """Four fifths of the time are over."""
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class NextUpdate:
    """When the next update is due, and since when its time runs."""

    due_at: datetime
    since: datetime

    @property
    def nudge_at(self) -> datetime:
        """When to remind whoever communicates."""
        return self.since + NUDGE_AT * (self.due_at - self.since)

    def timeliness(self, now: datetime) -> Timeliness:
        """How it stands now."""
        if now >= self.due_at:
            return Timeliness.OVERDUE
        return Timeliness.NUDGE if now >= self.nudge_at else Timeliness.IN_TIME


def is_timed(severity: Severity | None) -> bool:
    """Whether updates are due by a time at this severity."""
    return severity in _TIMED


def next_update(
    severity: Severity | None,
    declared_at: datetime,
    updates: tuple[datetime, ...],
    promised_at: datetime | None = None,
) -> NextUpdate | None:
    """The next update after those that were sent, oldest first; None for severities without a cadence.

    The first is due 5 minutes after the declaration, the second 5 minutes later, then every 20 minutes
    until two hours after the declaration, then every hour. A time that was promised with the last
    update counts instead when it is earlier.
    """
    if not is_timed(severity):
        return None
    if not updates:
        return NextUpdate(declared_at + FIRST, declared_at)
    last = updates[-1]
    usual = LONG if last - declared_at >= LONG_AFTER else USUAL
    due = last + (SCOPE if len(updates) == 1 else usual)
    if promised_at is not None and last < promised_at < due:
        due = promised_at
    return NextUpdate(due, last)
