"""What happened to messages, as told to the rooms above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MessageSent:
    """A message about an incident was sent, or written down where nobody gets any."""

    incident_id: str
    message_id: str
    at: datetime
