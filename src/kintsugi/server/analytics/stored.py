"""What the room keeps, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kintsugi.core.knowledge.classes import CauseClass, Decision


@dataclass(frozen=True, slots=True)
class KeptClass:
    """A class of cause. Version 0 is a shipped one that nobody has changed."""

    cause: CauseClass
    version: int = 0
    is_retired: bool = False

    @property
    def key(self) -> str:
        """Its name in addresses."""
        return self.cause.key


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody said of an incident and a class."""

    incident_id: str
    class_key: str
    decision: Decision
    by: str
    by_name: str
    at: datetime
