"""Random fault trees, and their answers by looking at every state: slow, and right."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Mapping

from hypothesis import strategies as st

from kintsugi.core.analysis.faulttree.model import (
    BasicEvent,
    CommonCause,
    FaultTree,
    Gate,
    GateKind,
    HouseEvent,
)

COHERENT = (GateKind.AND, GateKind.OR, GateKind.ATLEAST)
ALL = tuple(GateKind)


def random_tree(
    chance: random.Random, *, events: int = 8, gates: int = 6, kinds: tuple[GateKind, ...] = ALL,
    houses: int = 0, has_common_cause: bool = False,
) -> FaultTree:  # fmt: skip
    """A tree in which events and gates are shared; its last gate is the top."""
    made = [BasicEvent(f"e{n}", chance.choice((0.5, 0.1, chance.random()))) for n in range(events)]
    switches = tuple(HouseEvent(f"h{n}", chance.random() < 0.5) for n in range(houses))
    names = [event.name for event in made] + [switch.name for switch in switches]
    found: list[Gate] = []
    for number in range(gates):
        kind = chance.choice(kinds)
        most = {GateKind.NOT: 1, GateKind.XOR: 2}.get(kind, min(5, len(names)))
        least = 2 if kind is GateKind.XOR else 1
        inputs = chance.sample(names, chance.randint(least, max(least, most)))
        needed = chance.randint(1, len(inputs)) if kind is GateKind.ATLEAST else 0
        found.append(Gate(f"g{number}", kind, tuple(inputs), needed))
        names.append(f"g{number}")
    used = {name for gate in found for name in gate.inputs}
    loose = [gate.name for gate in found if gate.name not in used]
    if len(loose) > 1:
        found.append(Gate("top", GateKind.OR, tuple(loose)))
    groups: tuple[CommonCause, ...] = ()
    if has_common_cause and events > 2:
        made[0] = BasicEvent("e0", 0.3)
        made[1] = BasicEvent("e1", 0.3)
        groups = (CommonCause("cc", 0.2, ("e0", "e1")),)
    return FaultTree("random", found[-1].name, tuple(found), tuple(made), switches, groups)


def trees(kinds: tuple[GateKind, ...] = ALL, most_events: int = 8) -> st.SearchStrategy[FaultTree]:
    """Random trees; hypothesis shrinks their sizes and the seed."""
    return st.builds(
        lambda seed, events, gates, houses, common: random_tree(
            random.Random(seed),  # noqa: S311 - test data
            events=events, gates=gates, kinds=kinds, houses=houses,
            has_common_cause=common,
        ),
        st.integers(0, 2**32), st.integers(2, most_events), st.integers(1, 9), st.integers(0, 2),
        st.booleans(),
    )  # fmt: skip


def happens(tree: FaultTree, failed: Mapping[str, bool]) -> bool:
    """Whether the top event happens in a state."""
    gates = {gate.name: gate for gate in tree.gates}
    known = dict(failed) | {house.name: house.state for house in tree.houses}
    group_of = {name: group.name for group in tree.common_causes for name in group.events}

    def value(name: str) -> bool:
        if name not in gates:
            return known[name] or (name in group_of and known[group_of[name]])
        inputs = [value(each) for each in gates[name].inputs]
        match gates[name].kind:
            case GateKind.AND:
                return all(inputs)
            case GateKind.OR:
                return any(inputs)
            case GateKind.NAND:
                return not all(inputs)
            case GateKind.NOR:
                return not any(inputs)
            case GateKind.NOT:
                return not inputs[0]
            case GateKind.XOR:
                return inputs[0] != inputs[1]
            case GateKind.ATLEAST:
                return sum(inputs) >= gates[name].least

    return value(tree.top)


def true_chances(tree: FaultTree) -> dict[str, float]:
    """The independent probability of each event, common causes taken apart."""
    found = {event.name: event.probability or 0.0 for event in tree.events}
    for group in tree.common_causes:
        whole = found[group.events[0]]
        for name in group.events:
            found[name] = (1 - group.beta) * whole
        found[group.name] = group.beta * whole
    return found


def true_states(tree: FaultTree) -> list[frozenset[str]]:
    """Every state in which the top event happens, as the set of what has failed."""
    names = list(true_chances(tree))
    return [
        frozenset(itertools.compress(names, state))
        for state in itertools.product((False, True), repeat=len(names))
        if happens(tree, dict(zip(names, state, strict=True)))
    ]


def chance_of_states(states: list[frozenset[str]], chances: Mapping[str, float]) -> float:
    """The summed probability of states."""
    return math.fsum(
        math.prod(p if name in state else 1 - p for name, p in chances.items()) for state in states
    )


def minimal(states: list[frozenset[str]]) -> set[frozenset[str]]:
    """The states that contain no other."""
    found: list[frozenset[str]] = []
    for state in sorted(states, key=len):
        if not any(other <= state for other in found):
            found.append(state)
    return set(found)


def shaped_tree(chance: random.Random, *, events: int = 120, gates: int = 90) -> FaultTree:
    """A coherent tree of the shape of the Aralia set: OR over AND in turn, most events used once, some parts shared.

    What a gate shares with others stands near it, as in models of real systems: a support system, a train.
    """
    inputs: list[list[str]] = [[] for _ in range(gates)]
    for number in range(1, gates):
        # A parent among the ten before: long branches, each with a top of its own.
        inputs[chance.randint(max(0, number - 10), number - 1)].append(f"g{number}")
    for number in range(gates):
        if chance.random() < 0.12 and number + 2 < gates:
            shared = chance.randint(number + 1, min(gates - 1, number + 12))
            if f"g{shared}" not in inputs[number]:
                inputs[number].append(f"g{shared}")
    place = 0
    for names in inputs:
        wanted = chance.choice((2, 2, 3, 3, 4, 6))
        while len(names) < wanted:
            if place < events and chance.random() < 0.8:
                name, place = f"e{place}", place + 1
            else:
                near = min(max(place, 2), events)
                name = f"e{chance.randint(max(0, near - 15), near - 1)}"
            if name not in names:
                names.append(name)
    made = []
    for number, names in enumerate(inputs):
        if chance.random() < 0.06 and len(names) > 2:
            made.append(Gate(f"g{number}", GateKind.ATLEAST, tuple(names), 2))
        else:
            kind = chance.choice((GateKind.OR, GateKind.OR, GateKind.AND))
            made.append(Gate(f"g{number}", kind, tuple(names)))
    used = sorted({name for names in inputs for name in names if name[0] == "e"})
    chances = (0.01, 0.001, 0.03)
    return FaultTree(
        "shaped",
        "g0",
        tuple(made),
        tuple(BasicEvent(name, chance.choice(chances)) for name in used),
    )
