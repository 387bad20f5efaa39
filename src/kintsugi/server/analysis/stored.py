"""Trees as the room keeps them: what somebody wrote, and what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from kintsugi.core.analysis.what_if import Left
from kintsugi.core.analysis.why_analysis import WhyAnalysis


class Kind(Enum):
    """What of the incident history an event is held against."""

    SERVICE = "service"
    FACTOR = "factor"


@dataclass(frozen=True, slots=True)
class Link:
    """An event of a tree whose rate comes from the history of a service, or of a factor category."""

    event: str
    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Measure:
    """An action that leaves so much of an event: a share of its probability, or a probability."""

    event: str
    action_id: str
    left: Left


USUAL_EXPOSURE = 91
"""Days of a quarter: what a rate becomes a probability for."""


@dataclass(frozen=True, slots=True)
class StoredTree:
    """One fault tree. `text` is as it was written, `form` says in which form; `incident_id` is None when it is
    about no incident, and never changes: who sees the tree follows from it.
    """

    id: str
    number: int
    reference: str
    title: str
    text: str
    form: str
    incident_id: str | None
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int
    exposure_days: int = USUAL_EXPOSURE
    links: tuple[Link, ...] = ()
    measures: tuple[Measure, ...] = ()
    happened: tuple[str, ...] = ()
    """The cut set that happened in the incident it is about; empty while nobody said."""

    @property
    def model(self) -> Model:
        """All that its answers are made of."""
        return Model(self.text, self.exposure_days, self.links, self.measures)


@dataclass(frozen=True, slots=True)
class Model:
    """A tree's text with what it is held against."""

    text: str
    exposure_days: int = USUAL_EXPOSURE
    links: tuple[Link, ...] = ()
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which trees a list shows; what is empty does not narrow it."""

    incident_id: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class StoredWhys:
    """One why-tree. It is about an incident, for ever: who sees that incident sees the tree.

    The evidence of an answer may be `entry 7`: the entry of the incident's timeline with that sequence.
    """

    id: str
    number: int
    reference: str
    incident_id: str
    analysis: WhyAnalysis
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int
