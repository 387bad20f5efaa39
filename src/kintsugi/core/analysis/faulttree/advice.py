"""What to do about a fault tree: its paths from the top event down, and recommendations from its answers."""

from __future__ import annotations

from dataclasses import dataclass

from kintsugi.core.analysis.faulttree.model import FaultTree
from kintsugi.core.analysis.faulttree.solution import Solution
from kintsugi.core.shared.text import shortened

HIGH, MODERATE = 0.1, 0.01
"""The guide's thresholds: above the first act now, above the second plan."""

MOST_PATHS = 100
MOST_NAMES = 20_000
"""Names in all listed paths together, so that a deep tree stays readable."""

MOST_SINGLE_POINTS = 5
MOST_HALVED = 3
WORTH_HALVING = 0.05


@dataclass(frozen=True, slots=True)
class Paths:
    """Ways from the top event down to each event, as the guide's critical paths, the first of them listed.

    They are ways through the tree, not cut sets: a path through an AND gate does not cause the top event.
    """

    count: int
    items: tuple[tuple[str, ...], ...]


def paths_of(tree: FaultTree, top: str, limit: int = MOST_PATHS) -> Paths:
    """The paths of a sound tree, in its order; all are counted."""
    gates = {gate.name: gate.inputs for gate in tree.gates}
    counts: dict[str, int] = {}
    waiting = [(top, False)]
    while waiting:
        name, is_done = waiting.pop()
        if name not in gates:
            counts[name] = 1
        elif is_done:
            counts[name] = sum(counts[each] for each in gates[name])
        elif name not in counts:
            counts[name] = 0
            waiting.append((name, True))
            waiting += [(each, False) for each in gates[name] if each not in counts]
    items: list[tuple[str, ...]] = []
    written = 0
    way: list[str] = []
    steps: list[tuple[str, int]] = [(top, 0)]
    while steps and len(items) < limit and written < MOST_NAMES:
        name, depth = steps.pop()
        del way[depth:]
        way.append(name)
        if name in gates:
            steps += [(each, depth + 1) for each in reversed(gates[name])]
        else:
            items.append(tuple(way))
            written += len(way)
    return Paths(counts[top], tuple(items))


def recommendations_of(solution: Solution) -> list[str]:
    """What to do, the most urgent first: the guide's thresholds, single points of failure, what halving buys."""
    found = []
    top = _shown(solution.top)
    known = solution.probability
    value = known.low if known.value is None else known.value
    told = f"{value:.3g}" if known.value is not None else f"at least {value:.3g}"
    if value > HIGH:
        found.append(f"Lower the probability of {top} now: it is {told}, above {HIGH:g}.")
    elif value > MODERATE:
        found.append(
            f"Plan how to lower the probability of {top}: it is {told}, above {MODERATE:g}."
        )
    found += [
        f"Remove the single point of failure {_shown(one.events[0])}: it alone causes {top}."
        for one in solution.cut_sets.single_points[:MOST_SINGLE_POINTS]
    ]
    for row in (solution.importance or ())[:MOST_HALVED]:
        if row.halved is not None and row.halved >= WORTH_HALVING:
            found.append(
                f"Halve the probability of {_shown(row.event)}: that of {top} falls by {row.halved:.0%}."
            )
    return found


def _shown(name: str) -> str:
    return shortened(name, 80)
