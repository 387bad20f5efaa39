"""A tree while it is solved: its modules with their diagrams, as far as the budget went."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kintsugi.core.analysis.faulttree.bounds import Range, bounds_of
from kintsugi.core.analysis.faulttree.budget import Budget, BudgetSpent
from kintsugi.core.analysis.faulttree.diagrams import Diagram, diagram_of
from kintsugi.core.analysis.faulttree.families import Family, Tally, tally_of
from kintsugi.core.analysis.faulttree.graph import FALSE, TRUE, Graph
from kintsugi.core.analysis.faulttree.modules import Module, modules_of
from kintsugi.core.analysis.faulttree.probability import Chances, chance_of, chances_in
from kintsugi.core.analysis.faulttree.zbdd import minimal_solutions


@dataclass(slots=True)
class Parts:
    """The modules of a graph from the bottom up, with their diagrams; None stands for one that did not fit."""

    modules: list[Module]
    diagrams: list[Diagram | None] = field(default_factory=list)
    problem: str = ""
    """Why one did not fit."""

    @property
    def whole(self) -> list[Diagram]:
        """The diagrams, where all are there."""
        return [each for each in self.diagrams if each is not None]

    @property
    def is_whole(self) -> bool:
        """Whether every module has its diagram."""
        return not self.problem

    def require_whole(self) -> None:
        """Raises BudgetSpent when a module has no diagram."""
        if self.problem:
            raise BudgetSpent(self.problem)


def parts_of(graph: Graph, budget: Budget, *, coherent_only: bool, has_modules: bool) -> Parts:
    """The diagrams of a graph's modules; after the first that does not fit, the others are still tried."""
    modules = modules_of(graph, coherent_only=coherent_only, has_modules=has_modules)
    parts = Parts(modules)
    for module in modules:
        try:
            diagram = diagram_of(graph, module, budget)
        except BudgetSpent as spent:
            parts.problem = str(spent)
            parts.diagrams.append(None)
            continue
        if module is modules[-1] and graph.root & 1:
            diagram = replace(diagram, root=diagram.root ^ 1)
        parts.diagrams.append(diagram)
    return parts


def event_chances(graph: Graph) -> Chances:
    """The probabilities of a graph's events."""
    return {node: (graph.happens[node], graph.spared[node]) for node in graph.names}


@dataclass(slots=True)
class Solved:
    """The chances of every module and of the top event."""

    top: tuple[float, float]
    chances: Chances
    nodes: list[list[tuple[float, float]]]
    """Of each module's diagram, the chances of its nodes."""


def solved(graph: Graph, parts: Parts) -> Solved:
    """The probabilities, where every module has its diagram."""
    chances = event_chances(graph)
    top = (1.0, 0.0) if graph.root == TRUE else (0.0, 1.0)
    nodes = []
    for diagram in parts.whole:
        found = chances_in(diagram, chances)
        nodes.append(found)
        top = chance_of(diagram, found)
        if diagram.module.inside:
            chances[diagram.module.root] = top
    return Solved(top, chances, nodes)


def bounded(graph: Graph, parts: Parts) -> Range:
    """Bounds of the top event's probability, where a module has no diagram."""
    ranges: dict[int, Range] = {node: (p, p) for node, p in graph.happens.items()}
    low, high = (1.0, 1.0) if graph.root == TRUE else (0.0, 0.0)
    for module, diagram in zip(parts.modules, parts.diagrams, strict=True):
        is_sharp = all(ranges[leaf][0] == ranges[leaf][1] for leaf in module.leaves)
        if diagram is not None and is_sharp:
            exact: Chances = {
                leaf: (ranges[leaf][0], 1.0 - ranges[leaf][0]) for leaf in module.leaves
            }
            value = chance_of(diagram, chances_in(diagram, exact))[0]
            low, high = value, value
        else:
            low, high = bounds_of(graph, module, ranges)
            if module is parts.modules[-1] and graph.root & 1:
                low, high = 1.0 - high, 1.0 - low
        ranges[module.root] = low, high
    return low, high


@dataclass(slots=True)
class Counted:
    """The minimal cut sets of every module, by its gate, with their tallies."""

    families: dict[int, Family]
    tallies: dict[int, Tally]
    top: int


def counted(graph: Graph, parts: Parts, budget: Budget) -> Counted:
    """The families of cut sets, where every module has its diagram. Raises BudgetSpent."""
    tallies = {node: Tally(1, 1, 1, p) for node, p in graph.happens.items()}
    families: dict[int, Family] = {}
    is_coherent = graph.is_coherent
    for diagram in parts.whole:
        zbdd, sets = minimal_solutions(diagram, budget)
        # A tree of one event has no gate to name it by.
        root = diagram.module.root if diagram.module.inside else -1
        families[root] = Family(root, zbdd, sets, diagram.leaves, is_coherent)
        tallies[root] = tally_of(families[root], tallies)
    return Counted(families, tallies, next(reversed(families)))


def constant_tally(graph: Graph) -> Tally:
    """Of a top event that always happens (by the empty set) or never does."""
    return Tally(1, 0, 0, 1.0) if graph.root == TRUE else Tally(0, 0, 0, 0.0)


def is_constant(graph: Graph) -> bool:
    """Whether the house events alone decide the top event."""
    return graph.root in (TRUE, FALSE)


def names_of(graph: Graph, nodes: tuple[int, ...]) -> tuple[str, ...]:
    """The names of events, in order."""
    return tuple(sorted(graph.names[node] for node in nodes))
