"""Deliveries as values: one message to one recipient, and how it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, NewType

from kintsugi.core.comms.recipient import Recipient

DeliveryId = NewType("DeliveryId", str)


class DeliveryState(Enum):
    """How a delivery stands."""

    WAITING = "waiting"
    """It is tried, at first or again."""
    SENT = "sent"
    FAILED = "failed"
    """It is not tried again, because that would not help."""
    GIVEN_UP = "given up"
    """It was tried for as long as it is tried, or its attempt came to no end."""


@dataclass(frozen=True, slots=True)
class About:
    """What is sent belongs to: a message and an incident, by their ids; empty where there is none."""

    message_id: str = ""
    incident_id: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What is sent, the same to all recipients and at every attempt. `facts` is what JSON can hold."""

    id: str
    event: str
    subject: str
    text: str
    facts: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one recipient. `attempts` are those since it was begun, or begun again."""

    id: DeliveryId
    content_id: str
    about: About
    to: Recipient
    state: DeliveryState
    attempts: int
    error: str
    created_by: str
    created_at: datetime
    round: int = 1
    next_at: datetime | None = None
    tried_at: datetime | None = None
    settled_at: datetime | None = None
    is_endpoint_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of a delivery, and what came of it."""

    round: int
    number: int
    at: datetime
    seconds: float
    is_sent: bool
    says: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where webhooks go, and the secrets that sign them."""

    id: str
    name: str
    url: str = field(repr=False)
    secret: str = field(repr=False)
    created_by: str
    created_at: datetime
    updated_at: datetime
    old_secret: str = field(default="", repr=False)
    old_secret_until: datetime | None = None
    succeeded_at: datetime | None = None
    failing_since: datetime | None = None
    disabled_at: datetime | None = None
    disabled_because: str = ""
    version: int = 1

    @property
    def is_enabled(self) -> bool:
        """Whether anything is sent there."""
        return self.disabled_at is None

    def secrets_at(self, now: datetime) -> tuple[str, ...]:
        """The secrets that sign at a moment, the newest first."""
        is_kept = self.old_secret_until is not None and now < self.old_secret_until
        return (self.secret, self.old_secret) if is_kept else (self.secret,)


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint takes messages, of those somebody may see: the last success, the first failure after it."""

    sent_at: datetime | None = None
    failing_since: datetime | None = None
