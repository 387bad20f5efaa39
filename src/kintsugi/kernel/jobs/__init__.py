"""Work done later: `work.later(...)` writes a job in the transaction that wants it; workers do it, at least once.

Light: the engine (DBOS) is loaded when a worker starts.
"""

from __future__ import annotations

from kintsugi.kernel.jobs.overview import JobNumbers, Overview, do_again, overview, park_overdue
from kintsugi.kernel.jobs.presence import LeaseLost
from kintsugi.kernel.jobs.registry import (
    Handler,
    Jobs,
    Nightly,
    Parked,
    Patience,
    Payload,
    Step,
    StepFailed,
)
from kintsugi.kernel.jobs.upkeep import check_audit
from kintsugi.kernel.jobs.worker import PURGE, InBackground, Pace, Worker
from kintsugi.kernel.outbox import Job, State

__all__ = [
    "PURGE",
    "Handler",
    "InBackground",
    "Job",
    "JobNumbers",
    "Jobs",
    "LeaseLost",
    "Nightly",
    "Overview",
    "Pace",
    "Parked",
    "Patience",
    "Payload",
    "State",
    "Step",
    "StepFailed",
    "Worker",
    "check_audit",
    "do_again",
    "overview",
    "park_overdue",
]
