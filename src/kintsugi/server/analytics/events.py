"""What happened in analytics, as told to whoever is above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ClassDecided:
    """Somebody said whether an incident is of a class, or took it back (`decision` is empty)."""

    incident_id: str
    class_key: str
    decision: str
    at: datetime
