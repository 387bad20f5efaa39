"""What analysis asks of the rooms above it, which answer while the event is published."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FactorAsked:
    """Which incidents had a contributing factor of this category? Whoever knows adds their ids.

    Postmortems know, and stand above this room: so they are asked by an event, and no copy of what they say is kept.
    """

    category: str
    incident_ids: set[str] = field(default_factory=set)
