"""The states of an incident."""

from __future__ import annotations

from enum import Enum


class IncidentStatus(Enum):
    """Where the response stands."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    CLOSED = "closed"
