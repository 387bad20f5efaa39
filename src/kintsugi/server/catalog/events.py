"""What happened to services, as told to the rooms above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ServiceAdded:
    service_id: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ServiceChanged:
    """`fields` as Python spells them; `retired` is among them when the service is run again."""

    service_id: str
    name: str
    fields: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class ServiceRetired:
    service_id: str
    name: str
    at: datetime
