"""What is known while one input is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, tzinfo


@dataclass(slots=True)
class Reading:
    """One input while it is read: the zone of its naive times, and what there is to say about it."""

    zone: tzinfo = UTC
    naive_times: int = 0
    unknown: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
