"""What is wrong with a fault tree, each finding with its place and what would be right."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kintsugi.core.analysis.faulttree.model import (
    BasicEvent,
    CommonCause,
    FaultTree,
    Gate,
    GateKind,
    InvalidTree,
    Spread,
    SpreadKind,
    chances,
)
from kintsugi.core.shared.text import plural, shortened

Path = tuple[str | int, ...]
MOST_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or, as a warning, suspicious; `path` leads to it, such as gates, down, inputs."""

    path: Path
    problem: str
    expected: str = ""
    is_warning: bool = False


@dataclass(slots=True)
class _Names:
    """Each name with the part that defines it."""

    gates: dict[str, Gate] = field(default_factory=dict)
    events: dict[str, BasicEvent] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)


def findings_of(tree: FaultTree) -> list[Finding]:
    """Everything that is wrong with a tree, errors before warnings, in the order of the file."""
    names = _Names()
    found = [*_defined(tree, names)]
    for gate in tree.gates:
        found += _of_gate(gate, names)
    for event in tree.events:
        found += _of_event(event)
    for group in tree.common_causes:
        found += _of_common_cause(group, names)
    circle = _circle(names.gates)
    if circle:
        way = " > ".join(_few(circle))
        found.append(
            Finding(("gates", circle[0]), f"the gates lead in a circle: {way}", "no gate that needs itself")
        )  # fmt: skip
    found += _of_top(tree, names, has_circle=bool(circle))
    if not any(not each.is_warning for each in found):
        found += _unreached(tree, names)
    return sorted(found, key=lambda each: each.is_warning)


def top_of(tree: FaultTree) -> str:
    """The name of the top event. Raises InvalidTree for the first thing that is wrong with the tree."""
    for finding in findings_of(tree):
        if not finding.is_warning:
            raise InvalidTree(finding.problem, path=finding.path, expected=finding.expected)
    return tree.top or _roots(tree)[0]


def _roots(tree: FaultTree) -> list[str]:
    used = {name for gate in tree.gates for name in gate.inputs}
    return [gate.name for gate in tree.gates if gate.name not in used]


def _defined(tree: FaultTree, names: _Names) -> Iterator[Finding]:
    parts: list[tuple[str, str, str]] = [("gates", "a gate", gate.name) for gate in tree.gates]
    parts += [("events", "a basic event", event.name) for event in tree.events]
    parts += [("houses", "a house event", house.name) for house in tree.houses]
    parts += [("common_causes", "a common cause", group.name) for group in tree.common_causes]
    for where, kind, name in parts:
        before = names.kinds.get(name)
        if not name:
            yield Finding((where,), f"{kind} has no name", "a name")
        elif {before, kind} == {"a basic event", "a gate"}:
            yield Finding(
                (where, name), f"{name!r} has both a gate and a probability",
                "inputs or a probability of its own, not both: one would silently win",
            )  # fmt: skip
        elif before:
            yield Finding((where, name), f"{name!r} is {kind} and {before} too", "each name once")
        names.kinds.setdefault(name, kind)
    names.gates = {gate.name: gate for gate in tree.gates}
    names.events = {event.name: event for event in tree.events}


def _of_gate(gate: Gate, names: _Names) -> Iterator[Finding]:
    place: Path = ("gates", gate.name)
    count = len(gate.inputs)
    if not count:
        yield Finding(place, "the gate has no inputs", "at least one")
        return
    for name in dict.fromkeys(gate.inputs):
        kind = names.kinds.get(name)
        if kind is None:
            yield Finding(
                place, f"{_shown(name)} is not defined", "a gate, a basic event or a house event"
            )
        elif kind == "a common cause":
            yield Finding(
                place, f"{_shown(name)} is a common cause", "one of the events it is about"
            )
    if gate.kind is GateKind.NOT and count != 1:
        yield Finding(place, f"a not gate has {count:,} inputs", "one")
    elif gate.kind is GateKind.XOR and count != 2:
        yield Finding(
            place, f"an xor gate has {count:,} inputs", "two: with more, xor has two readings"
        )
    elif gate.kind is GateKind.ATLEAST and not 1 <= gate.least <= count:
        yield Finding(
            (*place, "least"),
            f"at least {gate.least:,} of {plural(count, 'input')}",
            f"1 to {count:,}",
        )
    for name, times in Counter(gate.inputs).items():
        if times > 1 and gate.kind is not GateKind.ATLEAST:
            yield Finding(place, f"{_shown(name)} stands in it {times} times", is_warning=True)


def _of_event(event: BasicEvent) -> Iterator[Finding]:
    place: Path = ("events", event.name)
    if event.probability is not None:
        if event.rate is not None or event.time is not None:
            yield Finding(place, "has a probability and a rate", "one of the two")
        if not 0.0 <= event.probability <= 1.0:
            yield Finding(
                (*place, "probability"), f"{event.probability:g} is no probability", "0 to 1"
            )
    elif event.rate is None or event.time is None:
        missing = "a probability" if event.rate is None and event.time is None else "its other half"
        yield Finding(place, f"has not {missing}", "a probability, or a rate with an exposure time")
    else:
        for name, value in (("rate", event.rate), ("time", event.time)):
            if not (math.isfinite(value) and value >= 0):
                yield Finding((*place, name), f"{value:g} is not a {name}", "0 or more")
    if event.spread is not None:
        yield from _of_spread(event.spread, (*place, "spread"))


def _of_spread(spread: Spread, place: Path) -> Iterator[Finding]:
    a, b = spread.a, spread.b
    is_right, expected = {
        SpreadKind.LOGNORMAL: (a >= 1, "an error factor of 1 or more"),
        SpreadKind.UNIFORM: (0 <= a <= b <= 1, "a lower and an upper probability"),
        SpreadKind.BETA: (a > 0 and b > 0, "two shapes above 0"),
    }[spread.kind]
    if not (is_right and math.isfinite(a) and math.isfinite(b)):
        yield Finding(place, f"{spread.kind.value}({a:g}, {b:g}) is no distribution here", expected)


def _of_common_cause(group: CommonCause, names: _Names) -> Iterator[Finding]:
    place: Path = ("common_causes", group.name)
    if not 0.0 <= group.beta <= 1.0:
        yield Finding((*place, "beta"), f"{group.beta:g} is no share", "0 to 1")
    if len(set(group.events)) < 2:
        yield Finding(
            place, "has fewer than two events", "those that one cause takes down together"
        )
    for name in group.events:
        if name not in names.events:
            yield Finding(place, f"{_shown(name)} is not a basic event", "basic events")
    members = [names.events[name] for name in group.events if name in names.events]
    if len({chances(event)[0] for event in members if _has_chance(event)}) > 1:
        yield Finding(
            place,
            "its events differ in probability",
            "one probability for all: the beta factor is a share of it",
        )


def _has_chance(event: BasicEvent) -> bool:
    return not any(_of_event(event))


def _of_top(tree: FaultTree, names: _Names, *, has_circle: bool) -> Iterator[Finding]:
    if not tree.gates:
        yield Finding((), "the tree has no gates", "at least a top event with inputs")
    elif tree.top:
        if tree.top not in names.gates:
            yield Finding(("top",), f"{_shown(tree.top)} is not a gate", "one of the gates")
    elif not has_circle:
        roots = _roots(tree)
        if len(roots) > 1:
            told = ", ".join(_few(roots))
            yield Finding(
                ("top",),
                f"{len(roots):,} gates are the input of no other: {told}",
                "one top event, or its name under top",
            )
    in_groups = Counter(name for group in tree.common_causes for name in group.events)
    for name, count in in_groups.items():
        if count > 1:
            yield Finding(
                ("common_causes",), f"{_shown(name)} stands in {count} common causes", "one at most"
            )


def _circle(gates: Mapping[str, Gate]) -> list[str]:
    """Names of gates along a circle, first and last the same; empty when there is none."""
    done: set[str] = set()
    for start in gates:
        if start in done:
            continue
        way = {start: iter(gates[start].inputs)}
        while way:
            here = next(reversed(way))
            for name in way[here]:
                if name in way:
                    steps = list(way)
                    return [*steps[steps.index(name) :], name]
                if name in gates and name not in done:
                    way[name] = iter(gates[name].inputs)
                    break
            else:
                way.popitem()
                done.add(here)
    return []


def _unreached(tree: FaultTree, names: _Names) -> Iterator[Finding]:
    waiting = [tree.top or _roots(tree)[0]]
    reached = set(waiting)
    while waiting:
        gate = names.gates.get(waiting.pop())
        for name in gate.inputs if gate else ():
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    places = {"a gate": "gates", "a basic event": "events", "a house event": "houses"}
    for name, kind in names.kinds.items():
        if name not in reached and kind in places:
            yield Finding(
                (places[kind], name), "the top event does not depend on it", is_warning=True
            )


def _few(names: list[str]) -> list[str]:
    told = [shortened(name, 40) for name in names]
    if len(told) <= MOST_SHOWN:
        return told
    return [*told[: MOST_SHOWN - 1], f"({len(told) - MOST_SHOWN:,} more)", told[-1]]


def _shown(name: str) -> str:
    return repr(shortened(name, 60))
