"""What the knowledge base asks of the rooms above it, which answer while the event is published."""

from __future__ import annotations

from dataclasses import dataclass, field

from kintsugi.core.knowledge.told import PatternTold


@dataclass(frozen=True, slots=True)
class PatternsAsked:
    """Which patterns are there? Analytics knows, and stands above this room: so it is asked by an event."""

    told: list[PatternTold] = field(default_factory=list)
