"""Who gets a message, and by which way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Way(Enum):
    """How a message reaches a recipient."""

    EMAIL = "email"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One who gets a message: an e-mail address, or the id of a webhook endpoint, and the name people know it by."""

    way: Way
    address: str
    name: str
