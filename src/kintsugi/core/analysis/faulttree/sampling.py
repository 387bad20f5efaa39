"""Uncertainty by Monte Carlo: the events' probabilities are drawn, the diagrams stay as they are."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping

from kintsugi.core.analysis.faulttree.budget import Budget
from kintsugi.core.analysis.faulttree.diagrams import Diagram
from kintsugi.core.analysis.faulttree.graph import TRUE, Graph
from kintsugi.core.analysis.faulttree.model import (
    BasicEvent,
    FaultTree,
    Spread,
    SpreadKind,
    chances,
)
from kintsugi.core.analysis.faulttree.solution import Uncertainty
from kintsugi.core.analysis.faulttree.state import Parts
from kintsugi.core.shared.distributions import incomplete_beta_inverse

AT_ONCE = 256
"""Samples that go through a diagram together."""

AT_95 = 1.6448536269514722
"""The normal distribution's 95th percentile, by which an error factor is defined."""

Columns = tuple[list[float], list[float]]
"""The probabilities that something happens and that it does not, a sample each."""

_NORMAL = statistics.NormalDist()


def sampled(
    tree: FaultTree,
    graph: Graph,
    parts: Parts,
    samples: int,
    chance: Callable[[], float],
    budget: Budget,
) -> Uncertainty:
    """The distribution of the top event's probability. Raises BudgetSpent.

    Members of a common cause share one draw, since they share one probability.
    """
    sources = _sources(tree)
    spread = {
        sources[name][0].name
        for name in graph.names.values()
        if sources[name][0].spread is not None
    }
    found: list[float] = []
    while len(found) < samples:
        budget.check_time()
        count = min(AT_ONCE, samples - len(found))
        found += _batch(graph, parts, sources, count, chance, budget)
    ordered = sorted(found)
    return Uncertainty(
        samples=samples,
        uncertain_events=len(spread),
        mean=statistics.fmean(found),
        deviation=statistics.stdev(found) if samples > 1 else 0.0,
        low=_percentile(ordered, 0.05),
        median=_percentile(ordered, 0.5),
        high=_percentile(ordered, 0.95),
    )


def _sources(tree: FaultTree) -> dict[str, tuple[BasicEvent, str, float]]:
    """By the name in the graph: the event that is drawn, the name its draw is kept under, the share of it."""
    events = {event.name: event for event in tree.events}
    found = {name: (event, name, 1.0) for name, event in events.items()}
    for group in tree.common_causes:
        drawn = next(
            (events[name] for name in group.events if events[name].spread), events[group.events[0]]
        )
        for name in group.events:
            found[name] = (drawn, group.name, 1.0 - group.beta)
        found[group.name] = (drawn, group.name, group.beta)
    return found


def _batch(
    graph: Graph, parts: Parts, sources: Mapping[str, tuple[BasicEvent, str, float]], count: int,
    chance: Callable[[], float], budget: Budget,
) -> list[float]:  # fmt: skip
    drawn: dict[str, list[float]] = {}
    columns: dict[int, Columns] = {}
    for node in sorted(graph.names):
        event, key, share = sources[graph.names[node]]
        if event.spread is None:
            columns[node] = ([graph.happens[node]] * count, [graph.spared[node]] * count)
            continue
        if key not in drawn:
            mean = chances(event)[0]
            drawn[key] = [draw(event.spread, mean, chance()) for _ in range(count)]
        happens = [share * p for p in drawn[key]]
        columns[node] = (happens, [1.0 - p for p in happens])
    top = ([1.0 if graph.root == TRUE else 0.0] * count, [0.0] * count)
    for diagram in parts.whole:
        budget.check_time()
        top = _through(diagram, columns, count)
        if diagram.module.inside:
            columns[diagram.module.root] = top
    return top[0]


def _through(diagram: Diagram, columns: Mapping[int, Columns], count: int) -> Columns:
    bdd = diagram.bdd
    found: dict[int, Columns] = {0: ([1.0] * count, [0.0] * count)}
    for node in bdd.reached(diagram.root):
        happens, spared = columns[diagram.leaves[bdd.level[node]]]
        yes, no = found[bdd.high[node] >> 1]
        edge = bdd.low[node]
        low_yes, low_no = found[edge >> 1]
        if edge & 1:
            low_yes, low_no = low_no, low_yes
        found[node] = (
            [p * a + q * b for p, q, a, b in zip(happens, spared, yes, low_yes, strict=True)],
            [p * a + q * b for p, q, a, b in zip(happens, spared, no, low_no, strict=True)],
        )
    yes, no = found[diagram.root >> 1]
    return (no, yes) if diagram.root & 1 else (yes, no)


def draw(spread: Spread, mean: float, share: float) -> float:
    """The probability at a share (0 to 1) of the distribution, at most 1. `mean` is the event's own probability."""
    inside = min(max(share, 1e-12), 1.0 - 1e-12)
    match spread.kind:
        case SpreadKind.LOGNORMAL:
            if mean <= 0:
                return 0.0
            sigma = math.log(spread.a) / AT_95
            middle = math.log(mean) - sigma * sigma / 2
            return min(1.0, math.exp(middle + sigma * _NORMAL.inv_cdf(inside)))
        case SpreadKind.UNIFORM:
            return spread.a + (spread.b - spread.a) * share
        case SpreadKind.BETA:
            return incomplete_beta_inverse(spread.a, spread.b, inside)


def _percentile(ordered: list[float], share: float) -> float:
    """Linear between the two nearest samples."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
