"""A fault tree with other probabilities, or with some of its events happened."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from kintsugi.core.analysis.faulttree.model import BasicEvent, FaultTree, Gate, GateKind, chances
from kintsugi.core.analysis.rates import Rate
from kintsugi.core.shared.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of an event's probability once work is done: a share of it, or a probability of its own."""

    share: float | None = None
    probability: float | None = None

    def __post_init__(self) -> None:
        if (self.share is None) == (self.probability is None):
            raise InvalidValue(
                "says both or neither of share and probability", expected="one of the two"
            )
        value = self.share if self.share is not None else self.probability
        if value is None or not 0 <= value <= 1:
            name = "share" if self.share is not None else "probability"
            raise InvalidValue(f"is {value!r}", path=(name,), expected="from 0 to 1")

    def of(self, probability: float) -> float:
        """The probability that is left; never more than there was."""
        if self.share is not None:
            return self.share * probability
        return min(probability, self.probability if self.probability is not None else probability)


def bound_together(tree: FaultTree) -> frozenset[str]:
    """The events that share one probability with others by a common cause, so that none can be changed alone."""
    return frozenset(name for group in tree.common_causes for name in group.events)


def at_rates(
    tree: FaultTree,
    rates: Mapping[str, Rate],
    time: float,
    of: Callable[[Rate], float] = lambda rate: rate.mean,
) -> FaultTree:
    """The tree with these events at the mean of their rate over an exposure of `time`, in the rates' unit.

    `of` says which value of a rate to take in place of the mean, such as an end of its interval.
    Events that are not in the tree change nothing. Raises InvalidValue for one that a common cause binds.
    """

    def event(one: BasicEvent) -> BasicEvent:
        rate = rates.get(one.name)
        if rate is None:
            return one
        return replace(one, probability=None, rate=of(rate), time=time, spread=None)

    return _with(tree, {one.name: event(one) for one in tree.events if one.name in rates})


def after(tree: FaultTree, left: Mapping[str, Left]) -> FaultTree:
    """The tree once work has left this of its events. Raises InvalidValue for one that a common cause binds."""
    return _with(
        tree,
        {
            one.name: replace(
                one, probability=left[one.name].of(chances(one)[0]), rate=None, time=None, spread=None
            )
            for one in tree.events
            if one.name in left
        },
    )  # fmt: skip


def _with(tree: FaultTree, changed: Mapping[str, BasicEvent]) -> FaultTree:
    bound = sorted(bound_together(tree) & changed.keys())
    if bound:
        raise InvalidValue(
            f"{bound[0]} shares one probability with others by a common cause",
            path=("event",), expected="an event of its own",
        )  # fmt: skip
    if not changed:
        return tree
    return replace(tree, events=tuple(changed.get(one.name, one) for one in tree.events))


def is_minimal_cause(tree: FaultTree, top: str, happened: Collection[str]) -> bool:
    """Whether these events, and no fewer of them, cause the top event while no other happens.

    For a sound tree. A common cause is named as an event of its own, as in cut sets.
    """
    events = frozenset(happened)
    known = {one.name for one in tree.events} | {one.name for one in tree.common_causes}
    if not events <= known or not _happens(tree, top, events):
        return False
    return not any(_happens(tree, top, events - {one}) for one in events)


def _happens(tree: FaultTree, top: str, events: frozenset[str]) -> bool:
    groups = [group for group in tree.common_causes if group.name in events]
    state = {one.name: one.name in events for one in tree.events}
    state |= {name: True for group in groups for name in group.events}
    state |= {one.name: one.state for one in tree.houses}
    gates = {one.name: one for one in tree.gates}
    waiting = [top]
    while waiting:
        name = waiting[-1]
        if name in state:
            waiting.pop()
            continue
        missing = [one for one in gates[name].inputs if one not in state]
        if missing:
            waiting += missing
        else:
            state[name] = _opens(gates[name], [state[one] for one in gates[name].inputs])
    return state[top]


def _opens(gate: Gate, inputs: Sequence[bool]) -> bool:
    match gate.kind:
        case GateKind.AND:
            return all(inputs)
        case GateKind.OR:
            return any(inputs)
        case GateKind.ATLEAST:
            return sum(inputs) >= gate.least
        case GateKind.NOT:
            return not inputs[0]
        case GateKind.XOR:
            return sum(inputs) % 2 == 1
        case GateKind.NAND:
            return not all(inputs)
        case GateKind.NOR:
            return not any(inputs)
        case _:
            assert_never(gate.kind)
