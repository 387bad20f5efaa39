"""Where a message goes: one address, and the way to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Way(Enum):
    """How a message reaches somebody."""

    EMAIL = "email"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody, or a program, that gets a message. `address` is an e-mail address, or the id of a webhook's endpoint."""

    way: Way
    address: str
    name: str
