"""A fault tree as data: a top event, gates, basic events, house events and common causes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from kintsugi.core.shared.errors import InvalidValue


class GateKind(Enum):
    """What of its inputs a gate needs."""

    AND = "and"
    OR = "or"
    ATLEAST = "atleast"
    """K of N: at least `least` of the inputs."""
    NOT = "not"
    XOR = "xor"
    """One of two inputs, and not the other."""
    NAND = "nand"
    NOR = "nor"


class SpreadKind(Enum):
    """How the probability of an event is uncertain."""

    LOGNORMAL = "lognormal"
    """`a` is the error factor: the 95th percentile over the median. The mean is the event's probability."""
    UNIFORM = "uniform"
    """Between `a` and `b`."""
    BETA = "beta"
    """Of shape `a`, `b`, such as 1 + failures and 1 + successes."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The uncertainty of an event's probability, for Monte Carlo."""

    kind: SpreadKind
    a: float
    b: float = 0.0


@dataclass(frozen=True, slots=True)
class BasicEvent:
    """Something that fails by itself, with a probability, or with a rate over an exposure time.

    `rate` is per unit of time and `time` in the same unit: the probability is 1 - exp(-rate * time).
    """

    name: str
    probability: float | None = None
    rate: float | None = None
    time: float | None = None
    label: str = ""
    spread: Spread | None = None


@dataclass(frozen=True, slots=True)
class HouseEvent:
    """A switch of the tree: it has happened, or it has not."""

    name: str
    state: bool
    label: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """An event that follows from others, named in `inputs`. `least` is the K of an ATLEAST gate."""

    name: str
    kind: GateKind
    inputs: tuple[str, ...]
    least: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class CommonCause:
    """Events of one probability, of which the share `beta` fails all of them at once (beta-factor model)."""

    name: str
    beta: float
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FaultTree:
    """A tree; `top` may be empty when only one gate is the input of no other."""

    name: str = ""
    top: str = ""
    gates: tuple[Gate, ...] = ()
    events: tuple[BasicEvent, ...] = ()
    houses: tuple[HouseEvent, ...] = ()
    common_causes: tuple[CommonCause, ...] = ()

    def labels(self) -> Mapping[str, str]:
        """The label of each name that has one."""
        found = {gate.name: gate.label for gate in self.gates}
        found |= {event.name: event.label for event in self.events}
        found |= {house.name: house.label for house in self.houses}
        return {name: label for name, label in found.items() if label}


class InvalidTree(InvalidValue):
    """A fault tree is not one that can be solved."""


def chances(event: BasicEvent) -> tuple[float, float]:
    """The probabilities that the event happens and that it does not, both exact for tiny values."""
    if event.probability is not None:
        return event.probability, 1.0 - event.probability
    exposure = (event.rate or 0.0) * (event.time or 0.0)
    return -math.expm1(-exposure), math.exp(-exposure)
