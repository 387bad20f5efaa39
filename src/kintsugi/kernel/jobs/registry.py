"""What the rooms register: who does which kind of job, and which jobs come every night."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kintsugi.kernel.unit_of_work import UnitOfWork

Payload = Mapping[str, Any]
Handler = Callable[[UnitOfWork, Payload], None]
"""Does a job in a unit of work of its own, as SYSTEM. What it wrote and that it was done are committed as one."""
Step = Callable[[str, Payload], None]
"""Does a job outside the database (a call over the network), outside any unit of work.

It may run twice, when a worker dies between the call and the note that it was made: it gets the
job's key, to make the second call one with the first.
"""

Parked = Callable[[UnitOfWork, Payload, str], None]
"""Hears that a job of its kind was given up, and why, in the transaction that parks it."""


class StepFailed(Exception):
    """Something outside did not work; `permanent` says that trying again will not help."""

    def __init__(self, says: str, *, permanent: bool) -> None:
        super().__init__(says)
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a job that fails is tried, and how long it waits in between: each time thrice as long."""

    tries: int = 8
    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(hours=1)

    def wait(self, attempts: int) -> timedelta:
        """How long to wait after so many attempts."""
        return min(self.first * int(3 ** min(attempts - 1, 20)), self.longest)


@dataclass(frozen=True, slots=True)
class Nightly:
    """A job that comes again and again, as a cron text says; one that was missed is made up for once."""

    kind: str
    cron: str
    zone: ZoneInfo = ZoneInfo("UTC")

    def next_after(self, now: datetime) -> datetime:
        """When it comes next."""
        from croniter import croniter

        moment: datetime = croniter(self.cron, now.astimezone(self.zone)).get_next(datetime)
        return moment.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Jobs:
    """Every kind of job there is. A kind has a handler or a step."""

    handlers: Mapping[str, Handler] = field(default_factory=dict)
    steps: Mapping[str, Step] = field(default_factory=dict)
    nightly: tuple[Nightly, ...] = ()
    parked: Mapping[str, Parked] = field(default_factory=dict)
    patience: Patience = Patience()
